"""Draws that were picked: set apart, they say together what they said before."""

import numpy as np
import pytest

from experiments.analysis.jitter import set_apart
from experiments.analysis.weights import normalised, systematic

RANDOM = np.random.default_rng(5)
DRAWS = RANDOM.multivariate_normal([0.0, 0.0], [[1.0, 0.6], [0.6, 1.0]], size=20_000)
WEIGHTS = normalised(-0.5 * ((DRAWS[:, 0] - 1.0) / 0.5) ** 2)
CHOSEN = systematic(WEIGHTS, len(DRAWS), 0.4)


def moved(discount: float) -> np.ndarray:
    return set_apart(DRAWS, WEIGHTS, CHOSEN, RANDOM.standard_normal(DRAWS.shape), discount)


@pytest.mark.parametrize("discount", [0.6, 0.9, 0.99])
def test_mean_and_covariance_stay(discount: float) -> None:
    found = moved(discount)
    np.testing.assert_allclose(found.mean(axis=0), WEIGHTS @ DRAWS, atol=0.03)
    np.testing.assert_allclose(np.cov(found.T), np.cov(DRAWS.T, aweights=WEIGHTS), atol=0.03)


def test_they_differ_by_as_much_as_the_discount_says() -> None:
    np.testing.assert_allclose(moved(1.0), DRAWS[CHOSEN], atol=1e-6)
    assert len(np.unique(moved(1.0)[:, 0].round(9))) < len(np.unique(moved(0.99)[:, 0].round(9))) == len(DRAWS)
    near, far = (np.abs(moved(discount) - DRAWS[CHOSEN]).mean() for discount in (0.99, 0.9))
    assert 0.0 < near < far
