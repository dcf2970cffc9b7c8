"""Odds ratios against hand-worked numbers, and their intervals against repeated samples."""

import math

import numpy as np
import pytest

from experiments.analysis.paired import odds_ratio, probability


def test_the_ratio_of_two_constant_probabilities_has_no_error() -> None:
    found = odds_ratio(np.full(10, 0.5), np.full(10, 0.2))
    assert [found[key] for key in ("odds_ratio", "odds_ratio_low", "odds_ratio_high")] == pytest.approx([4.0, 4.0, 4.0])


def test_a_mean_probability_of_nothing_has_no_odds_ratio() -> None:
    assert all(math.isnan(value) for value in odds_ratio(np.full(3, 0.5), np.zeros(3)).values())
    assert all(math.isnan(value) for value in odds_ratio(np.ones(3), np.full(3, 0.5)).values())


def test_hazards_become_probabilities() -> None:
    assert probability(np.array([0.0, math.log(2.0)])).tolist() == pytest.approx([0.0, 0.5])


def worlds(number: int, count: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities in two arms that share most of what differs between worlds."""
    random = np.random.default_rng(number)
    shared, own = random.normal(-2.0, 1.0, count), random.normal(0.7, 0.3, count)
    return 1.0 / (1.0 + np.exp(-shared - own)), 1.0 / (1.0 + np.exp(-shared))


def test_the_interval_covers_the_truth_and_pairing_narrows_it() -> None:
    truth = odds_ratio(*worlds(0, 400_000))["odds_ratio"]
    found = [odds_ratio(*worlds(number)) for number in range(1, 301)]
    covered = np.mean([one["odds_ratio_low"] <= truth <= one["odds_ratio_high"] for one in found])
    assert 0.91 <= covered <= 0.98
    arm, reference = worlds(1)
    paired, shuffled = odds_ratio(arm, reference), odds_ratio(arm, np.random.default_rng(1).permutation(reference))
    width = [math.log(one["odds_ratio_high"] / one["odds_ratio_low"]) for one in (paired, shuffled)]
    assert paired["odds_ratio"] == pytest.approx(shuffled["odds_ratio"])
    assert width[0] < 0.5 * width[1]


def test_worlds_of_a_draw_count_as_one() -> None:
    arm, reference = worlds(1)
    three = odds_ratio(np.repeat(arm, 3), np.repeat(reference, 3), np.repeat(np.arange(len(arm)), 3))
    assert three["odds_ratio_high"] == pytest.approx(odds_ratio(arm, reference)["odds_ratio_high"])
