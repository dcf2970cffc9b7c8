"""Distributions and paired differences against numbers worked out by hand."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pytest
from hand_made import NAN, dataset

from experiments.analysis.counts import ratio
from experiments.analysis.matters import IS_RATIO, Matters
from experiments.analysis.monte_carlo import error_of_median
from experiments.analysis.paired import compare_arms, is_rare, tidy


def row(table: pd.DataFrame, arm: str, outcome: str, day: int = 365) -> pd.Series:
    """Return the one row of an arm, outcome and day."""
    (found,) = (line for _, line in table.iterrows() if (line["arm"], line["outcome"], line["day"]) == (arm, outcome, day))
    return found


def compared(outcome: str, reference: Sequence[float], arm: Sequence[float]) -> pd.Series:
    """Compare one outcome of two arms and return the row of the second."""
    data = {"stay": dataset({outcome: reference}), "leave": dataset({outcome: arm})}
    return row(compare_arms(data, {"stay": "stay", "leave": "stay"}), "leave", outcome)


# distributions


def test_quantiles_of_a_distribution() -> None:
    values = np.random.default_rng(1).permutation(101).astype(float)
    table = compare_arms({"stay": dataset({"attacks": values})}, {"stay": "stay"})
    one = row(table, "stay", "attacks")
    assert [one[name] for name in ("q05", "q25", "median", "q75", "q95")] == [5.0, 25.0, 50.0, 75.0, 95.0]
    assert (one["worlds"], one["unit"], one["reference"]) == (101, "attacks", "stay")


def test_a_reference_is_not_compared_with_itself() -> None:
    data = {name: dataset({"attacks": [1, 2, 3]}) for name in ("stay", "leave")}
    table = compare_arms(data, {"stay": "stay", "leave": "stay"})
    assert math.isnan(row(table, "stay", "attacks")["difference_median"])
    assert row(table, "leave", "attacks")["difference_median"] == 0.0


def test_every_reporting_day_has_its_row() -> None:
    data = {"stay": dataset({"attacks": [1, 2, 3]}, days=(365, 730)), "leave": dataset({"attacks": [2, 4, 6]}, days=(365, 730))}
    table = compare_arms(data, {"stay": "stay", "leave": "stay"})
    assert [row(table, "leave", "attacks", day)["median"] for day in (365, 730)] == [4.0, 8.0]
    assert [row(table, "leave", "attacks", day)["difference_median"] for day in (365, 730)] == [2.0, 4.0]
    assert len(table) == 4


def test_outcomes_by_place_or_actor_are_left_out() -> None:
    data = dataset({"attacks": [1, 2]}).assign(attacks_by_site=(["world", "day", "site"], np.ones((2, 1, 5))))
    table = compare_arms({"stay": data}, {"stay": "stay"})
    assert set(table["outcome"]) == {"attacks"}


@pytest.mark.parametrize(("deaths", "share"), [([6, 6, 6, 6], 0.0), ([6, 7, 8, 0], 0.5), ([7, 7, 7, 70], 1.0)])
def test_deaths_are_also_told_as_the_probability_of_seven(deaths: Sequence[float], share: float) -> None:
    assert compared("coalition_deaths", [0, 0, 0, 0], deaths)["p_many"] == share
    assert "p_many" not in compared("attacks", [0, 0, 0, 0], deaths)


# paired differences


def test_differences_are_taken_world_by_world() -> None:
    one = compared("attacks", [10, 20, 30, 40, 50], [11, 18, 33, 40, 55])  # differences 1, -2, 3, 0, 5
    assert one["difference_median"] == 1.0
    assert one["difference_q25"] == 0.0
    assert one["difference_q75"] == 3.0
    assert one["difference_q05"] == pytest.approx(-1.6)
    assert one["difference_q95"] == pytest.approx(4.6)
    assert one["median"] == 33.0


def test_worlds_are_paired_by_their_numbers() -> None:
    stay = dataset({"attacks": [10, 20, 30, 40]}, first=0)
    leave = dataset({"attacks": [21, 31, 41, 51]}, first=1)  # worlds 1 to 4: of worlds 1 to 3 one more each
    one = row(compare_arms({"stay": stay, "leave": leave}, {"stay": "stay", "leave": "stay"}), "leave", "attacks")
    assert one["worlds"] == 3
    assert (one["difference_q05"], one["difference_median"], one["difference_q95"]) == (1.0, 1.0, 1.0)
    assert (one["superiority"], one["same"]) == (1.0, 1.0)  # 1 of 30 is less than a twentieth


SHARES = ("more", "same", "fewer")


@pytest.mark.parametrize("outcome", ["attacks", "truce_days", "lead_troops"])
def test_shares_of_worlds_with_more_the_same_and_fewer(outcome: str) -> None:
    """A direction is no judgement: it is the same for what is worse, better or neither."""
    difference = np.array([1, 2, 3, 4, 5, 0, 0, 0, -1, -2], dtype=float)
    one = compared(outcome, [10.0] * 10, 10.0 + difference)
    assert [one[name] for name in SHARES] == pytest.approx((0.5, 0.3, 0.2))
    assert one["more_error"] == pytest.approx(math.sqrt(0.25 / 9))


def test_a_difference_below_what_matters_is_the_same() -> None:
    data = {"stay": dataset({"attacks": [100.0] * 4}), "leave": dataset({"attacks": [104, 105, 95, 96]})}
    one = row(compare_arms(data, {"stay": "stay", "leave": "stay"}), "leave", "attacks")
    assert [one[name] for name in (*SHARES, "matters")] == [0.25, 0.5, 0.25, 5.0]
    assert one["superiority"] == 0.5
    own = Matters(outcomes={"attacks": 4.0})
    one = row(compare_arms(data, {"stay": "stay", "leave": "stay"}, matters=own), "leave", "attacks")
    assert [one[name] for name in SHARES] == [0.5, 0.0, 0.5]


def test_each_arm_is_compared_with_its_own_reference() -> None:
    data = {name: dataset({"attacks": [value, value]}) for name, value in {"a": 1, "b": 5, "c": 100, "d": 110}.items()}
    table = compare_arms(data, {"a": "a", "b": "a", "c": "c", "d": "c"})
    assert row(table, "b", "attacks")["difference_median"] == 4.0
    assert row(table, "d", "attacks")["difference_median"] == 10.0


def test_what_never_happened_is_no_day() -> None:
    one = compared("resurgence_day", [100, 200, NAN, NAN], [50, 250, 70, NAN])
    assert one["p_happened"] == 0.75
    assert one["median"] == 70.0
    assert one["difference_median"] == pytest.approx(0.0)  # -50 and 50, where it happened in both
    assert math.isnan(compared("resurgence_day", [NAN, NAN], [NAN, NAN])["median"])


def test_what_happened_in_one_arm_alone_came_earlier_in_it() -> None:
    one = compared("resurgence_day", [100, NAN, NAN, NAN], [100, 70, NAN, 80])
    assert [one[name] for name in SHARES] == [0.0, 0.5, 0.5]


def test_superiority_counts_half_of_the_ties() -> None:
    one = compared("attacks", [10.0] * 8, [9, 9, 9, 9, 10, 10, 11, 11])  # fewer in four of eight, equal in two
    assert one["superiority"] == 0.375
    scores = np.array([0, 0, 0, 0, 0.5, 0.5, 1, 1])
    assert one["superiority_error"] == pytest.approx(scores.std(ddof=1) / math.sqrt(8))


def test_worlds_that_share_a_draw_count_as_one() -> None:
    values = np.random.default_rng(8).normal(10.0, 3.0, 40).round(2)
    draws = np.repeat(np.arange(40), 5)
    names = ("attacks", "incident_hazard")
    each = {name: dataset(dict.fromkeys(names, values * number / 10)) for number, name in enumerate(("stay", "leave"))}
    many = {
        name: dataset({o: np.repeat(values, 5) * number / 10 for o in names}).assign(draw=("world", draws))
        for number, name in enumerate(("stay", "leave"))
    }
    one, five = (compare_arms(arms, {"stay": "stay", "leave": "stay"}, names) for arms in (each, many))
    for name in names:
        alone, shared = (row(table, "leave", name) for table in (one, five))
        assert shared["difference_error"] == pytest.approx(alone["difference_error"], rel=0.25)
        assert shared["superiority_error"] == pytest.approx(alone["superiority_error"])


def test_chosen_outcomes_alone() -> None:
    data = {name: dataset({"attacks": [1, 2], "strikes": [3, 4]}) for name in ("stay", "leave")}
    assert set(compare_arms(data, {"stay": "stay", "leave": "stay"}, ["strikes"])["outcome"]) == {"strikes"}


# rare events


def probability(hazards: Sequence[float]) -> list[float]:
    """Return P(at least one event) world by world."""
    return [1.0 - math.exp(-hazard) for hazard in hazards]


HERE, THERE = [0.5, 0.1, 1.5, 0.0], [0.2, 0.1, 0.4, 0.3]


def test_a_hazard_becomes_the_probability_of_at_least_one() -> None:
    one = compared("incident_hazard", THERE, HERE)
    each = probability(HERE)
    assert is_rare("incident_hazard")
    assert one["mean"] == pytest.approx(sum(each) / 4, rel=1e-6)
    spread = math.sqrt(sum((value - sum(each) / 4) ** 2 for value in each) / 3)
    assert one["mean_error"] == pytest.approx(spread / math.sqrt(4), rel=1e-6)
    assert "median" not in one


def test_hazards_are_compared_world_by_world() -> None:
    one = compared("incident_hazard", THERE, HERE)
    differences = [here - there for here, there in zip(probability(HERE), probability(THERE), strict=True)]
    mean = sum(differences) / 4
    spread = math.sqrt(sum((value - mean) ** 2 for value in differences) / 3)
    assert one["difference_mean"] == pytest.approx(mean, rel=1e-5)
    assert one["difference_error"] == pytest.approx(spread / 2, rel=1e-5)
    assert [one[name] for name in SHARES] == [0.5, 0.25, 0.25]


def test_an_odds_ratio() -> None:
    half, fifth = math.log(2.0), -math.log(0.8)  # cumulative hazards of probabilities 1/2 and 1/5
    one = compared("breach_hazard", [fifth, fifth], [half, half])
    assert one["odds_ratio"] == pytest.approx(4.0, rel=1e-5)
    assert compared("breach_hazard", [half, half], [half, half])["odds_ratio"] == pytest.approx(1.0)
    assert math.isnan(compared("breach_hazard", [0.0, 0.0], [half, half])["odds_ratio"])
    spread = compared("breach_hazard", [fifth, fifth, half], [half, 2.0 * half, half])
    assert spread["odds_ratio_low"] < spread["odds_ratio"] < spread["odds_ratio_high"]


def test_the_error_of_a_mean_shrinks_with_the_root_of_the_worlds() -> None:
    hazards = np.random.default_rng(3).exponential(0.2, 400)
    few, many = (compared("fall_hazard", hazards[:count] * 0.0, hazards[:count]) for count in (100, 400))
    assert few["mean_error"] / many["mean_error"] == pytest.approx(2.0, rel=0.25)


# the Islamic State relative to the reference


def test_a_ratio_leaves_out_worlds_whose_reference_has_none() -> None:
    np.testing.assert_array_equal(ratio(np.array([2, 5, 0]), np.array([4, 0, 3])), [0.5, NAN, 0.0])
    name = "islamic_state_attacks_last_month"
    data = {"stay": dataset({name: [4, 0, 2, 10]}), "leave": dataset({name: [6, 9, 2, 5]})}
    table = compare_arms(data, {"stay": "stay", "leave": "stay"})
    one = row(table, "leave", IS_RATIO)
    assert (one["median"], one["unit"]) == (1.0, "ratio")
    assert one["q95"] == pytest.approx(1.45)
    assert [one[name] for name in SHARES] == pytest.approx([1 / 3, 1 / 3, 1 / 3])
    reference = row(table, "stay", IS_RATIO)
    assert reference["median"] == 1.0
    assert math.isnan(reference["more"])


def test_a_ratio_to_nothing_at_all_is_unknown() -> None:
    name = "islamic_state_attacks_last_month"
    data = {"stay": dataset({name: [0, 0]}), "leave": dataset({name: [6, 9]})}
    one = row(compare_arms(data, {"stay": "stay", "leave": "stay"}), "leave", IS_RATIO)
    assert math.isnan(one["median"])
    assert math.isnan(one["more"])


# errors of medians


SAMPLES: Mapping[str, np.ndarray] = {
    "normal": np.random.default_rng(5).normal(10.0, 3.0, 201),
    "skewed": np.random.default_rng(6).lognormal(1.0, 0.8, 200),
    "counts": np.random.default_rng(7).poisson(30.0, 200).astype(float),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_error_of_a_median_is_that_of_a_bootstrap(name: str) -> None:
    sample = SAMPLES[name]
    resampled = np.random.default_rng(0).choice(sample, (4000, len(sample)))
    bootstrap = np.median(resampled, axis=1).std(ddof=1)
    assert error_of_median(sample) == pytest.approx(bootstrap, rel=0.1)


def test_the_error_of_a_median_without_spread() -> None:
    assert error_of_median(np.full(50, 3.0)) == 0.0
    assert error_of_median(np.array([0.0] * 60 + [5.0] * 3)) == pytest.approx(0.0, abs=1e-6)
    assert math.isnan(error_of_median(np.array([4.0])))
    assert math.isnan(error_of_median(np.array([NAN, 4.0, NAN])))
    sample = SAMPLES["normal"]
    assert error_of_median(np.append(sample, NAN)) == error_of_median(sample)


def test_a_difference_carries_the_error_of_its_median() -> None:
    sample = SAMPLES["counts"]
    one = compared("attacks", np.zeros(len(sample)), sample)
    assert one["difference_error"] == pytest.approx(error_of_median(sample))


# tidy


def test_tidy_stacks_arms_and_days() -> None:
    data = {
        "stay": dataset({"attacks": [1, 2], "truce_days": [5, 6]}, days=(365, 730)),
        "leave": dataset({"attacks": [3, 4], "truce_days": [7, 8]}, days=(365, 730)),
    }
    table = tidy(data)
    assert list(table.columns) == ["arm", "world", "day", "attacks", "truce_days"]
    assert len(table) == 8
    assert table.set_index(["arm", "world", "day"]).loc[("leave", 1, 730), "attacks"] == 8.0


# events


def test_an_event_is_told_by_its_share_of_worlds_and_by_its_hazard_each_with_its_error() -> None:
    falls, hazard = [0.0, 1.0, 2.0, 0.0], [0.1, 0.2, 0.3, 0.4]
    data = dataset({"government_falls": falls, "fall_hazard": hazard})
    one = row(compare_arms({"stay": data}, {"stay": "stay"}), "stay", "government_falls")
    assert one["p_happened"] == 0.5
    assert one["p_happened_error"] == pytest.approx(np.std([0, 1, 1, 0], ddof=1) / 2)
    chances = [1 - math.exp(-h) for h in hazard]
    assert one["p_by_hazard"] == pytest.approx(np.mean(chances))
    assert one["p_by_hazard_error"] == pytest.approx(np.std(chances, ddof=1) / 2)
    assert one["p_by_hazard_error"] < one["p_happened_error"]


def test_what_is_so_or_not_is_told_by_its_share_of_worlds() -> None:
    one = compared("ultimatum_executed", [0, 0, 0, 0], [0, 0, 0, 1])
    assert one["p_happened"] == 0.25
    assert "p_happened" not in compared("attacks", [0, 0], [1, 2])
