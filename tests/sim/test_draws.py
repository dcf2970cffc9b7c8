"""Draws by inverse CDF, against SciPy."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sim.distributions import (
    binomial,
    clip,
    geometric,
    happens_within_a_day,
    poisson,
    sigmoid,
    truncated_zeta,
)

GRID = np.concatenate([(np.arange(499) + 0.5) / 499.0, [1e-12, 1e-6, 1.0 - 1e-6, 1.0 - 1e-9, 1.0 - 1e-12]])
ALMOST_ONE = math.nextafter(1.0, 0.0)
quickly = settings(deadline=None, max_examples=50, derandomize=True, database=None)


def zeta_of(exponent, largest):
    return (exponent, largest, float(np.sum(np.arange(1.0, largest + 1.0) ** -exponent)))


DISTRIBUTIONS = [
    *[(poisson, (mean,), stats.poisson(mean)) for mean in (1e-4, 0.1, 0.9999, 1.0, 2.5, 7.3, 60.0)],
    *[(binomial, (float(n), p), stats.binom(n, p)) for n in (1, 2, 7, 30) for p in (0.001, 0.2, 0.5, 0.95, 1.0 - 1e-9)],
    *[(geometric, (mean,), stats.geom(1.0 / (1.0 + mean), loc=-1)) for mean in (0.01, 1.0, 8.0, 30.0)],
    *[
        (truncated_zeta, zeta_of(exponent, largest), stats.zipfian(exponent, int(largest)))
        for exponent in (2.2, 2.5, 3.0)
        for largest in (1.0, 5.0, 250.0)
    ],
]
NAMES = [f"{draw.__name__}{numbers[:2]}" for draw, numbers, _ in DISTRIBUTIONS]


@pytest.mark.parametrize(("draw", "numbers", "distribution"), DISTRIBUTIONS, ids=NAMES)
def test_draw_is_the_quantile(draw, numbers, distribution):
    draws = np.array([draw(uniform, *numbers) for uniform in GRID])
    wrong = draws != distribution.ppf(GRID)
    # Within a rounding error of a step of the CDF either side of it is right.
    at_a_step = np.abs(distribution.cdf(np.minimum(draws, distribution.ppf(GRID))) - GRID) < 1e-13
    assert not np.any(wrong & ~at_a_step), GRID[wrong & ~at_a_step]
    assert np.sum(wrong) <= 2


@pytest.mark.parametrize(("draw", "numbers", "distribution"), DISTRIBUTIONS, ids=NAMES)
def test_more_uniform_draws_more(draw, numbers, distribution):
    draws = [draw(uniform, *numbers) for uniform in np.linspace(0.0, ALMOST_ONE, 301)]
    assert np.all(np.diff(draws) >= 0.0)
    assert draws[0] == distribution.support()[0]
    assert draws[-1] <= distribution.support()[1]
    assert math.isfinite(draws[-1])


@pytest.mark.parametrize("mean", [1e-9, 0.02, 0.3, 0.999])
def test_zero_of_a_poisson_is_decided_without_an_exponential_and_as_with_one(mean):
    quick, exact = 1.0 - mean, math.exp(-mean)
    assert [poisson(uniform, mean) for uniform in (0.0, quick, (quick + exact) / 2.0)] == [0.0, 0.0, 0.0]
    assert poisson(exact + 1e-12, mean) == 1.0


@pytest.mark.parametrize("mean", [699.0, 701.0, 800.0, 3e4])
def test_a_poisson_of_a_mean_whose_exponential_is_no_number_is_the_quantile(mean):
    """It was the mean and one more, whatever the uniform."""
    uniforms = (np.arange(199) + 0.5) / 199.0
    assert [poisson(uniform, mean) for uniform in uniforms] == stats.poisson(mean).ppf(uniforms).tolist()


@pytest.mark.parametrize(("trials", "probability"), [(1.0, 0.3), (3.0, 0.2), (40.0, 0.01)])
def test_zero_of_a_binomial_is_decided_by_bernoulli_and_as_without(trials, probability):
    quick, exact = 1.0 - trials * probability, (1.0 - probability) ** trials
    assert [binomial(uniform, trials, probability) for uniform in (0.0, quick, (quick + exact) / 2.0 - 1e-15)] == [0.0] * 3
    assert binomial(exact + 1e-12, trials, probability) == 1.0


@pytest.mark.parametrize("uniform", [0.0, 0.5, ALMOST_ONE])
def test_distributions_without_spread(uniform):
    assert poisson(uniform, 0.0) == 0.0
    assert binomial(uniform, 0.0, 0.5) == 0.0
    assert binomial(uniform, 5.0, 0.0) == 0.0
    assert binomial(uniform, 5.0, 1.0) == 5.0
    assert geometric(uniform, 0.0) == 0.0
    assert truncated_zeta(uniform, 2.5, 1.0, 1.0) == 1.0


@pytest.mark.parametrize(
    ("logit", "probability"),
    [(0.0, 0.5), (math.log(3.0), 0.75), (-math.log(3.0), 0.25), (800.0, 1.0), (-800.0, 0.0), (-40.0, 4.248354e-18)],
)
def test_sigmoid(logit, probability):
    assert sigmoid(logit) == pytest.approx(probability, rel=1e-6)


@quickly
@given(one=st.floats(-30.0, 30.0), other=st.floats(-30.0, 30.0))
def test_sigmoid_rises_and_is_symmetric(one, other):
    low, high = sorted((one, other))
    assert 0.0 < sigmoid(low) <= sigmoid(high) < 1.0
    assert sigmoid(low) + sigmoid(-low) == pytest.approx(1.0)


@pytest.mark.parametrize(("value", "expected"), [(-0.1, 0.2), (0.2, 0.2), (0.5, 0.5), (0.8, 0.8), (7.0, 0.8)])
def test_clip(value, expected):
    assert clip(value, 0.2, 0.8) == expected


@pytest.mark.parametrize(
    ("hazard", "probability"), [(0.0, 0.0), (math.log(2.0), 0.5), (1e-18, 1e-18), (0.02, 0.01980133), (1e9, 1.0)]
)
def test_chance_within_a_day(hazard, probability):
    assert happens_within_a_day(hazard) == pytest.approx(probability, rel=1e-6)
