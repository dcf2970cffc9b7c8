"""Do forecasts have the scores that follow from their definitions?"""

import math

import numpy as np
import pytest
from scipy import stats

from experiments.analysis.forecasts import CountForecast, Ensemble, overdispersed, poisson


def test_crps_of_two_members_by_hand() -> None:
    """E|X - 3| = (2 + 1)/2, E|X - X'| = 3/2: 1.5 - 0.75."""
    assert Ensemble(np.array([1.0, 4.0])).crps(3.0) == pytest.approx(0.75)


def test_crps_of_one_member_is_the_absolute_error() -> None:
    assert Ensemble(np.array([29.0])).crps(27.0) == pytest.approx(2.0)


def test_crps_of_a_distribution_by_hand() -> None:
    """A fair coin, 1 observed: (1/2 - 0)^2 at 0 and (1 - 1)^2 from 1 on."""
    assert CountForecast(stats.bernoulli(0.5)).crps(1.0) == pytest.approx(0.25)


@pytest.mark.parametrize("mean", [2.0, 170.0, 3000.0])
def test_crps_of_a_distribution_is_that_of_many_draws(mean: float) -> None:
    forecast = overdispersed(mean, 3.0)
    draws = Ensemble(np.array([forecast.quantile((i + 0.5) / 4000) for i in range(4000)]))
    assert forecast.crps(1.3 * mean) == pytest.approx(draws.crps(1.3 * mean), rel=2e-3)


def test_probabilities_of_a_negative_binomial_by_hand() -> None:
    """Mean 2 and variance 4: size 2, success 1/2, so that P(k) = (k + 1)/2^(k + 2)."""
    forecast = overdispersed(2.0, 2.0)
    assert -math.log(forecast.within(3.0, 3.0)) == pytest.approx(-math.log(4.0 / 32.0))
    assert forecast.within(0.0, 1.0) == pytest.approx(1 / 4 + 2 / 8)
    assert (forecast.below(1.0), forecast.up_to(1.0)) == (pytest.approx(0.25), pytest.approx(0.5))
    assert forecast.quantile(0.5) == 1.0


def test_no_more_spread_than_poisson_is_poisson() -> None:
    assert overdispersed(4.0, 0.7).within(4.0, 4.0) == pytest.approx(math.exp(-4.0) * 4.0**4 / 24.0)
    assert poisson(0.0).within(0.0, 0.0) == 1.0


def test_a_share_of_members_is_never_quite_nothing() -> None:
    forecast = Ensemble(np.array([1.0, 2.0, 2.0, 5.0]))
    assert forecast.within(2.0, 2.0) == pytest.approx(2.5 / 5.0)
    assert forecast.within(9.0, 10.0) == pytest.approx(0.5 / 5.0)
    assert (forecast.below(2.0), forecast.up_to(2.0)) == (0.25, 0.75)


def test_a_single_number_has_no_probability_in_a_continuous_forecast() -> None:
    forecast = Ensemble(np.array([0.5, 0.7, 0.9]))
    assert math.isnan(forecast.within(0.7, 0.7))
    assert forecast.within(0.6, 0.8) == pytest.approx(1.5 / 4.0)
