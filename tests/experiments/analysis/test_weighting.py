"""Do weights make a posterior of a prior, and do proposals waste fewer draws?"""

import numpy as np
import pytest
from scipy import stats

from experiments.analysis.proposals import fitted, of_prior, quantiles_of
from experiments.analysis.weighting import (
    contraction,
    correlation,
    effective_sample_size,
    log_evidence,
    prior_against_posterior,
    resampled,
    weighted_mean,
    weighted_quantiles,
    weights_of,
)

RANDOM = np.random.default_rng(11)
DRAWS = 40_000
OBSERVED, NOISE = 1.5, 0.5
Z = RANDOM.standard_normal((DRAWS, 2))
LOG_LIKELIHOOD = stats.norm.logpdf(OBSERVED, Z[:, 0], NOISE)
"""A normal mean with a standard normal prior, observed once; the second number is not observed."""
EVEN = np.full(DRAWS, 1.0 / DRAWS)


def test_weighted_draws_have_the_moments_of_the_conjugate_posterior() -> None:
    """Precision 1 + 4, mean 6/5."""
    weights = weights_of(LOG_LIKELIHOOD)
    assert weights.sum() == pytest.approx(1.0)
    assert weighted_mean(Z[:, 0], weights) == pytest.approx(1.2, abs=0.02)
    assert contraction(Z[:, 0], weights, EVEN) == pytest.approx(0.8, abs=0.02)
    assert contraction(Z[:, 1], weights, EVEN) == pytest.approx(0.0, abs=0.05)


def test_evidence_is_the_marginal_likelihood() -> None:
    assert log_evidence(LOG_LIKELIHOOD) == pytest.approx(stats.norm.logpdf(OBSERVED, 0.0, np.hypot(1.0, NOISE)), abs=0.02)


def test_likelihoods_that_underflow_still_weigh() -> None:
    assert weights_of(np.array([-2000.0, -2000.0 + np.log(3.0)])) == pytest.approx([0.25, 0.75])


@pytest.mark.parametrize(("weights", "size"), [([0.25] * 4, 4.0), ([1.0, 0.0, 0.0], 1.0), ([0.5, 0.5, 0.0], 2.0)])
def test_effective_sample_size_by_hand(weights: list[float], size: float) -> None:
    assert effective_sample_size(np.array(weights)) == pytest.approx(size)


def test_weighted_quantiles_by_hand() -> None:
    values, weights = np.array([[3.0, 1.0, np.nan, 2.0]]), np.array([0.1, 0.4, 0.2, 0.3])
    assert weighted_quantiles(values, weights, (0.1, 0.5, 0.79, 0.95))[:, 0].tolist() == [1.0, 2.0, 3.0, np.inf]


def test_correlation_by_hand() -> None:
    one, other = np.array([0.0, 1.0, 5.0]), np.array([2.0, 0.0, 9.0])
    assert correlation(one, other, np.array([0.5, 0.5, 0.0])) == pytest.approx(-1.0)
    assert np.isnan(correlation(one, np.ones(3), np.array([0.5, 0.3, 0.2])))


def test_the_table_says_which_parameter_the_data_moved() -> None:
    table = prior_against_posterior({"seen": Z[:, 0], "unseen": Z[:, 1]}, weights_of(LOG_LIKELIHOOD), EVEN).set_index(
        "parameter"
    )
    assert table.loc["seen", "posterior_median"] == pytest.approx(1.2, abs=0.03)
    assert table.loc["seen", "prior_q95"] == pytest.approx(1.645, abs=0.05)
    assert table["contraction"].idxmax() == "seen"


def test_resampling_takes_worlds_as_often_as_they_weigh() -> None:
    taken = resampled(np.array([0.1, 0.0, 0.6, 0.3]), 10, 0.5)
    assert np.bincount(taken, minlength=4).tolist() == [1, 0, 6, 3]
    assert resampled(np.array([0.5, 0.5]), 4, 0.999).max() == 1


def test_the_prior_as_a_proposal_changes_no_weight() -> None:
    assert of_prior(2).log_ratio(Z) == pytest.approx(0.0)
    assert np.allclose(quantiles_of(Z), stats.norm.cdf(Z))
    assert quantiles_of(np.array([40.0]))[0] < 1.0


def test_a_fitted_proposal_has_the_same_posterior_from_more_effective_draws() -> None:
    """Three numbers observed closely: a draw of the prior rarely explains them."""
    truth, noise = np.array([1.5, -1.0, 2.0]), 0.15
    random = np.random.default_rng(2)

    def weigh(z: np.ndarray, ratio: np.ndarray) -> np.ndarray:
        return weights_of(stats.norm.logpdf(truth, z, noise).sum(axis=1) + ratio)

    proposal, sizes = of_prior(3), []
    for _ in range(4):
        z = proposal.draw(random.random(4000), random.standard_normal((4000, 3)))
        weights = weigh(z, proposal.log_ratio(z))
        sizes.append(effective_sample_size(weights))
        proposal = fitted(z, [weights])
    assert sizes[-1] > 20 * sizes[0]
    assert weights @ z == pytest.approx(truth / (1.0 + noise**2), abs=0.03)


def test_proposals_integrate_to_one() -> None:
    """The mean over its draws of prior over proposal is 1, whatever it was fitted to."""
    proposal = fitted(Z[:500], [weights_of(LOG_LIKELIHOOD[:500]), weights_of(-LOG_LIKELIHOOD[:500])])
    random = np.random.default_rng(4)
    z = proposal.draw(random.random(20_000), random.standard_normal((20_000, 2)))
    assert np.exp(proposal.log_ratio(z)).mean() == pytest.approx(1.0, abs=0.03)
    assert np.exp(proposal.log_ratio(z)).max() <= 5.0 + 1e-9
