"""The second wave of draws: where they lie, and that their weights restore the prior."""

import numpy as np
import pytest
from scipy.stats import qmc

from experiments.analysis.weights import propose, quantiles_of, scores_of

FIRST = np.random.default_rng(5).normal(size=(4000, 2)) * [0.3, 1.0] + [1.2, 0.0]
EQUAL = np.full(4000, 1.0 / 4000.0)


def drawn(prior_share: float, count: int = 2**14) -> tuple[np.ndarray, np.ndarray]:
    points = qmc.Sobol(3, seed=1).random(count)
    proposal = propose(FIRST, EQUAL, prior_share)
    scores = proposal.scores(points[:, 0], points[:, 1:])
    return scores, np.exp(proposal.log_weights(scores))


def test_it_lies_where_the_first_wave_was_and_a_little_wider() -> None:
    scores, _ = drawn(prior_share=1e-9)
    np.testing.assert_allclose(scores.mean(axis=0), [1.2, 0.0], atol=0.03)
    np.testing.assert_allclose(scores.std(axis=0), np.sqrt(1.3) * np.array([0.3, 1.0]), rtol=0.04)


@pytest.mark.parametrize("prior_share", [0.1, 0.5])
def test_weighted_draws_are_the_prior(prior_share: float) -> None:
    scores, weights = drawn(prior_share)
    assert weights.mean() == pytest.approx(1.0, abs=0.05)
    assert weights.max() <= 1.0 / prior_share + 1e-9
    mean = weights @ scores / weights.sum()
    np.testing.assert_allclose(mean, 0.0, atol=0.06)
    np.testing.assert_allclose(weights @ (scores - mean) ** 2 / weights.sum(), 1.0, atol=0.12)


def test_weights_of_the_first_wave_count() -> None:
    right = (FIRST[:, 0] > 1.2).astype(float)
    assert propose(FIRST, right / right.sum(), 0.1).mean[0] > 1.35


def test_quantiles_and_scores_are_one_thing() -> None:
    quantiles = np.array([0.0, 0.25, 0.5, 0.999999])
    np.testing.assert_allclose(quantiles_of(scores_of(quantiles)), quantiles, atol=1e-9)
    assert quantiles_of(np.array([40.0]))[0] < 1.0
