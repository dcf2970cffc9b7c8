"""Posteriors by regression: the known posterior of a normal model, and intervals that hold the truth as often as they say."""

import numpy as np
import pytest
from scipy.stats import binom

from experiments.analysis.weights import weighted_quantiles
from experiments.studies.calibrate.fit import Regression, regress

DRAWS, ERROR = 40_000, 0.8
RANDOM = np.random.default_rng(7)
SCORES = RANDOM.standard_normal((DRAWS, 3))
"""The first is reported twice, the second through its square, the third not at all."""


def reported(scores: np.ndarray) -> np.ndarray:
    errors = ERROR * RANDOM.standard_normal((len(scores), 3))
    return np.column_stack([scores[:, 0], scores[:, 0], scores[:, 1] + 0.3 * scores[:, 1] ** 2]) + errors


@pytest.fixture(scope="module")
def learnt() -> Regression:
    return regress(reported(SCORES), SCORES, 0.05)


def test_a_normal_posterior_is_found(learnt: Regression) -> None:
    precision = 1.0 + 2.0 / ERROR**2
    scores, weights = learnt.given(np.array([1.5, 1.1, 0.3]))
    assert len(scores) == 2000
    mean = weights @ scores
    assert weights.sum() == pytest.approx(1.0)
    assert mean[0] == pytest.approx((1.5 + 1.1) / ERROR**2 / precision, abs=0.04)
    assert np.sqrt(weights @ (scores[:, 0] - mean[0]) ** 2) == pytest.approx(precision**-0.5, abs=0.03)


def test_what_is_not_reported_keeps_its_prior(learnt: Regression) -> None:
    scores, weights = learnt.given(np.array([2.0, 2.0, 0.0]))
    ends = weighted_quantiles(scores[:, 2], weights, np.array([0.05, 0.5, 0.95]))
    np.testing.assert_allclose(ends, [-1.645, 0.0, 1.645], atol=0.12)
    assert learnt.explained[2] == pytest.approx(0.0, abs=0.01)
    assert learnt.explained[0] == pytest.approx(1.0 - 1.0 / (1.0 + 2.0 / ERROR**2), abs=0.02)


def test_intervals_hold_the_truth_as_often_as_they_say(learnt: Regression) -> None:
    truths = RANDOM.standard_normal((400, 3))
    hits = np.zeros(3)
    for truth, reports in zip(truths, reported(truths), strict=True):
        scores, weights = learnt.given(reports)
        for place in range(3):
            low, high = weighted_quantiles(scores[:, place], weights, np.array([0.05, 0.95]))
            hits[place] += low <= truth[place] <= high
    low, high = binom.interval(0.999, 400, 0.9)
    assert (hits >= low).all()
    assert (hits <= high).all()
