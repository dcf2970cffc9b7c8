"""Monte Carlo errors against textbook formulas, and against repeated samples."""

import math

import numpy as np
import pytest
from scipy.stats import mstats

from experiments.analysis import monte_carlo
from experiments.analysis.monte_carlo import error_of_mean, error_of_median, is_nested

DRAWS, EACH = 60, 8


def nested(random: np.random.Generator, between: float = 2.0, within: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Return worlds of which eight share a draw, and the numbers of the draws."""
    centres = random.normal(0.0, between, DRAWS)
    values = centres[:, None] + random.normal(0.0, within, (DRAWS, EACH))
    return values.ravel(), np.repeat(np.arange(DRAWS), EACH)


def test_the_error_of_a_mean_is_the_textbooks() -> None:
    arm, reference = np.array([5.0, 9.0, 4.0, 8.0]), np.array([4.0, 6.0, 5.0, 1.0])
    differences = [1.0, 3.0, -1.0, 7.0]  # mean 2.5, variance 35 / 3
    assert error_of_mean(arm - reference) == pytest.approx(math.sqrt(35.0 / 3.0) / 2.0)
    assert error_of_mean(np.array(differences), np.arange(4)) == pytest.approx(math.sqrt(35.0 / 3.0) / 2.0)


def test_worlds_of_a_draw_count_as_one() -> None:
    """Four draws, each of three equal worlds, are four values."""
    values = np.array([1.0, 3.0, -1.0, 7.0])
    assert error_of_mean(np.repeat(values, 3), np.repeat(np.arange(4), 3)) == pytest.approx(error_of_mean(values))
    assert error_of_mean(np.repeat(values, 3)) < 0.6 * error_of_mean(values)


@pytest.mark.parametrize(("statistic", "error"), [(np.mean, error_of_mean), (np.median, error_of_median)])
def test_the_error_over_draws_is_the_spread_of_the_statistic(statistic, error) -> None:
    found = [nested(np.random.default_rng(number)) for number in range(400)]
    truth = np.std([statistic(values) for values, _ in found])
    told = np.mean([error(values, draws) for values, draws in found[:25]])
    assert told == pytest.approx(truth, rel=0.12)
    assert np.mean([error(values) for values, _ in found[:25]]) < 0.7 * truth  # as if all worlds were independent


def test_so_is_that_of_a_median_of_very_many_worlds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monte_carlo, "_MANY", 0)
    found = [nested(np.random.default_rng(number)) for number in range(400)]
    truth = np.std([np.median(values) for values, _ in found])
    assert np.mean([error_of_median(values, draws) for values, draws in found]) == pytest.approx(truth, rel=0.12)
    assert math.isnan(error_of_median(np.array([1.0, 2.0, 3.0]), np.zeros(3, int)))


def test_draws_of_unequal_size_and_worlds_without_a_value() -> None:
    values, draws = nested(np.random.default_rng(1))
    whole = error_of_median(values, draws)
    holes = values.copy()
    holes[::9] = np.nan
    assert error_of_median(holes, draws) == pytest.approx(whole, rel=0.4)
    assert error_of_mean(holes, draws) == pytest.approx(error_of_mean(values, draws), rel=0.2)


def test_one_draw_says_nothing_of_its_error() -> None:
    assert math.isnan(error_of_mean(np.array([1.0, 2.0]), np.zeros(2, int)))
    assert math.isnan(error_of_median(np.array([1.0, 2.0, 3.0]), np.zeros(3, int)))
    assert math.isnan(error_of_mean(np.array([1.0])))


def test_errors_are_the_same_every_time() -> None:
    values, draws = nested(np.random.default_rng(2))
    assert error_of_median(values, draws) == error_of_median(values, draws)


def test_worlds_with_draws_of_their_own_are_not_nested() -> None:
    assert not is_nested(np.arange(5))
    assert is_nested(np.array([0, 0, 1]))
    sample = np.random.default_rng(3).normal(size=101)
    assert error_of_median(sample, np.arange(101)) == error_of_median(sample)


@pytest.mark.parametrize("size", [3, 4, 10, 301, 1000])
def test_the_error_of_a_median_is_that_of_maritz_and_jarrett(size: int) -> None:
    values = np.random.default_rng(size).gamma(2.0, size=size).round(1)
    assert error_of_median(values) == pytest.approx(float(mstats.mjci(values, prob=[0.5])[0]))


def test_two_values_have_no_error_of_their_median() -> None:
    assert math.isnan(error_of_median(np.array([1.0, 2.0])))
