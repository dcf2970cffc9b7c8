"""Weighted draws: effective size, quantiles, and draws of equal weight that are picked from them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.analysis.weights import effective_size, log_mean, normalised, systematic, weighted_quantiles

WEIGHTS = st.lists(st.floats(1e-6, 1.0), min_size=1, max_size=40)


def test_equal_weights_are_worth_their_number_and_one_weight_one() -> None:
    assert effective_size(np.full(50, 0.02)) == pytest.approx(50.0)
    assert effective_size(np.array([0.0, 1.0, 0.0])) == 1.0
    assert effective_size(np.array([2.0, 1.0])) == pytest.approx(9.0 / 5.0)


def test_weights_by_their_logarithms() -> None:
    np.testing.assert_allclose(normalised(np.log([1.0, 3.0]) - 5000.0), [0.25, 0.75])
    assert log_mean(np.log([1.0, 3.0]) - 5000.0) == pytest.approx(np.log(2.0) - 5000.0)


@settings(deadline=None, derandomize=True)
@given(weights=WEIGHTS, count=st.integers(1, 60), uniform=st.floats(0.0, 1.0, exclude_max=True))
def test_each_is_picked_as_often_as_its_weight_to_within_one(weights: list[float], count: int, uniform: float) -> None:
    shares = np.array(weights) / sum(weights)
    chosen = systematic(shares, count, uniform)
    assert len(chosen) == count
    assert (np.diff(chosen) >= 0).all()
    times = np.bincount(chosen, minlength=len(shares))
    assert (np.abs(times - count * shares) < 1.0 + 1e-6).all()


def test_quantiles_of_equal_weights_are_those_of_the_sample() -> None:
    values = np.random.default_rng(1).normal(size=4001)
    found = weighted_quantiles(values, np.full(4001, 1.0), np.array([0.1, 0.5, 0.9]))
    np.testing.assert_allclose(found, np.quantile(values, [0.1, 0.5, 0.9]), atol=2e-3)


def test_a_weight_counts_as_so_many_draws() -> None:
    once, thrice = np.array([1.0, 2.0, 5.0]), np.array([1.0, 3.0, 1.0])
    repeated = np.array([1.0, 2.0, 2.0, 2.0, 5.0])
    assert weighted_quantiles(once, thrice, np.array([0.5])) == weighted_quantiles(repeated, np.ones(5), np.array([0.5])) == 2.0
