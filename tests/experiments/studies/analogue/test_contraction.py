"""Do tables show how observations change a parameter? A normal mean with a standard normal prior, observed once."""

import numpy as np
import pytest
from scipy import stats

from experiments.analysis.weights import effective_size, log_mean, normalised, tempered
from experiments.studies.analogue.findings import contraction, correlation, prior_against_posterior

DRAWS = 40_000
OBSERVED, NOISE = 1.5, 0.5
Z = np.random.default_rng(11).standard_normal((DRAWS, 2))
LOG_LIKELIHOOD = stats.norm.logpdf(OBSERVED, Z[:, 0], NOISE)
"""Of the first number; the second is not observed."""
WEIGHTS, EVEN = normalised(LOG_LIKELIHOOD), np.full(DRAWS, 1.0 / DRAWS)


def test_the_table_has_the_conjugate_posterior() -> None:
    """Precision 1 + 4, mean 6/5; four fifths of the variance are gone."""
    table = prior_against_posterior({"seen": Z[:, 0], "unseen": Z[:, 1]}, WEIGHTS, EVEN).set_index("parameter")
    seen = table.loc["seen"]
    assert seen["posterior_median"] == pytest.approx(1.2, abs=0.03)
    assert seen["posterior_q95"] == pytest.approx(1.2 + 1.645 / np.sqrt(5.0), abs=0.04)
    assert seen["prior_q95"] == pytest.approx(1.645, abs=0.05)
    assert seen["contraction"] == pytest.approx(0.8, abs=0.02)
    assert table.loc["unseen", "contraction"] == pytest.approx(0.0, abs=0.05)


def test_what_does_not_vary_has_no_contraction_and_no_correlation() -> None:
    one = np.array([0.0, 1.0, 5.0])
    assert np.isnan(contraction(np.ones(3), np.array([0.5, 0.3, 0.2]), np.full(3, 1 / 3)))
    assert np.isnan(correlation(one, np.ones(3), np.array([0.5, 0.3, 0.2])))


def test_correlation_by_hand() -> None:
    one, other = np.array([0.0, 1.0, 5.0]), np.array([2.0, 0.0, 9.0])
    assert correlation(one, other, np.array([0.5, 0.5, 0.0])) == pytest.approx(-1.0)


def test_mean_weight_is_the_marginal_likelihood() -> None:
    assert log_mean(LOG_LIKELIHOOD) == pytest.approx(stats.norm.logpdf(OBSERVED, 0.0, np.hypot(1.0, NOISE)), abs=0.02)


def test_weights_are_flattened_no_more_than_is_needed() -> None:
    assert tempered(LOG_LIKELIHOOD, 100.0) == pytest.approx(WEIGHTS)
    sharp = 400.0 * LOG_LIKELIHOOD
    assert effective_size(normalised(sharp)) < 500.0
    assert effective_size(tempered(sharp, 500.0)) == pytest.approx(500.0, rel=0.01)
