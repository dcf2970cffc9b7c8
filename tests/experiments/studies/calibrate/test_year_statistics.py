"""Statistics of a year, and how well they agree with the observed values."""

from dataclasses import replace

import numpy as np
import pytest

from experiments.studies.calibrate.year_statistics import ADD_UP, YEAR_STATISTICS, Observation, ObservationScale

YEAR = {
    "attacks": np.array([[2, 0], [4, 0], [6, 0]]),
    "convoy_attacks": np.array([[0, 0], [1, 0], [2, 0]]),
    "fatal_events": np.array([[1, 0], [0, 1], [1, 0]]),
    "unanswered": np.array([[0, 1], [0, 0], [1, 0]]),
    "other_strikes": np.array([[0, 0], [0, 2], [0, 0]]),
    "exits": np.array([[0, 1], [1, 0], [0, 0]]),
    "member_days": np.array([[365, 365], [365, 365], [0, 365]]),
    "islamic_state_attacks": np.array([[[5, 0], [3, 0], [2, 0], [1, 0]]] * 3),
}
"""Three months, two worlds; four cells."""


@pytest.mark.parametrize(
    ("measure", "first", "second"),
    [
        ("attacks", 12.0, 0.0),
        ("rocket_attacks", 9.0, 0.0),
        ("convoy_attacks", 3.0, 0.0),
        ("dispersion", 1.0, 1.0),
        ("rocket_dispersion", 1.0 / 3.0, 1.0),
        ("convoy_dispersion", 1.0, 1.0),
        ("convoys_share", 0.25, 0.0),
        ("fatal_events", 2.0, 1.0),
        ("lethality", 2.0 / 12.0, 0.0),
        ("unanswered", 1.0, 1.0),
        ("other_strikes", 0.0, 2.0),
        ("exits", 1.0, 1.0),
        ("exit_rate", 1.0 / 24.0, 1.0 / 36.0),
        ("islamic_state_attacks", 33.0, 0.0),
        ("islamic_state_top_three", 10.0 / 11.0, 0.0),
    ],
)
def test_a_measure(measure: str, first: float, second: float) -> None:
    np.testing.assert_allclose(YEAR_STATISTICS[measure](YEAR), [first, second])


def test_every_measure_is_tried() -> None:
    (marker,) = test_a_measure.pytestmark  # ty: ignore[unresolved-attribute]
    assert {case[0] for case in marker.args[1]} == set(YEAR_STATISTICS)


def seen(scale: ObservationScale, value: float, first: int = 0, last: int = 2) -> Observation:
    return Observation("attacks", (1,), "attacks", scale, first, last, value, 0.3, 0.4, "a source")


def test_only_its_months_count() -> None:
    np.testing.assert_array_equal(seen(ObservationScale.PLAIN, 1.0, 1, 2).measured(YEAR), [10.0, 0.0])
    np.testing.assert_array_equal(seen(ObservationScale.PLAIN, 1.0, 0, 0).measured(YEAR), [2.0, 0.0])


def test_agreement_is_a_normal_density_on_the_scale() -> None:
    plain = seen(ObservationScale.PLAIN, 11.0)
    assert plain.variance == pytest.approx(0.25)
    np.testing.assert_allclose(plain.log_likelihood(YEAR), [-1.0 / 0.5, -121.0 / 0.5])
    log = seen(ObservationScale.LOG, 12.0).log_likelihood(YEAR)
    np.testing.assert_allclose(log, [0.0, -(np.log(25.0) ** 2) / 0.5])
    np.testing.assert_allclose(seen(ObservationScale.LOG, 12.0).log_likelihood(YEAR, tolerance=2.0), log / 4.0)


def test_a_part_of_the_months_counts_for_a_part_against_a_part() -> None:
    whole = seen(ObservationScale.PLAIN, 12.0)
    np.testing.assert_allclose(whole.so_far(YEAR, 0), -((np.array([2.0, 0.0]) - 4.0) ** 2) / (2.0 * 0.25) / 3.0)
    np.testing.assert_array_equal(whole.so_far(YEAR, 2), whole.log_likelihood(YEAR))
    np.testing.assert_array_equal(seen(ObservationScale.PLAIN, 12.0, 1, 2).so_far(YEAR, 0), 0.0)
    share = Observation("share", (19,), "convoys_share", ObservationScale.PLAIN, 0, 2, 0.3, 0.3, 0.4, "a source")
    gap = replace(share, last=0).measured(YEAR) - 0.3
    np.testing.assert_allclose(share.so_far(YEAR, 0), -(gap**2) / (2.0 * 0.25) / 3.0)


@pytest.mark.parametrize("name", [*ADD_UP, "convoys_share", "islamic_state_top_three"])
def test_what_adds_up_does(name: str) -> None:
    measure = YEAR_STATISTICS[name]
    parts = [measure({key: values[[month]] for key, values in YEAR.items()}) for month in range(3)]
    assert (name in ADD_UP) == np.allclose(measure(YEAR), sum(parts))
