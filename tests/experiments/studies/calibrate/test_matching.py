"""History matching: a draw is ruled out if its distance from the report is too large.

Too large means that chance, the errors of report and emulator, and the discrepancy together cannot explain the distance.
"""

import numpy as np
import pytest

from experiments.studies.calibrate.waves import emulate, implausibility


def test_implausibility_is_in_standard_deviations() -> None:
    np.testing.assert_allclose(implausibility(np.array([[2.0, 1.0]]), np.array([5.0, 1.0]), np.array([4.0, 1.0])), [[1.5, 0.0]])


def test_an_emulator_finds_a_quadratic_and_knows_what_it_does_not_explain() -> None:
    random = np.random.default_rng(3)
    scores = random.normal(size=(400, 3))
    truth = 2.0 + scores[:, 0] - 0.5 * scores[:, 1] ** 2
    noisy = np.column_stack([truth, truth + random.normal(scale=0.5, size=400), random.normal(size=400)])
    found = emulate(scores, noisy)
    np.testing.assert_allclose(found.mean(scores)[:, 0], truth, atol=1e-9)
    assert found.explained[0] == pytest.approx(1.0)
    assert found.residual[1] == pytest.approx(0.25, rel=0.35)
    assert 0.6 < found.explained[1] < 0.95
    assert found.explained[2] < 0.1
