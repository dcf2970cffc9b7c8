"""Findings: shares of worlds by form, medians on both sides, two humps, and 50 equally likely worlds, worked out by hand."""

import math

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hand_made import dataset

from experiments.analysis.findings import dots, find, two_humps
from experiments.analysis.matters import IS_RATIO, Matters

REFERENCE_OF = {"stay": "stay", "leave": "stay"}
EXACT = Matters(share_of_median=0.0)
MONTH = "islamic_state_attacks_last_month"


def found(
    outcome: str, stay: list[float], leave: list[float], matters: Matters = EXACT, forms: list[int] | None = None
) -> pd.DataFrame:
    """Return the findings on one outcome of two arms, indexed by switch and form."""
    arms = {"stay": dataset({outcome: stay}), "leave": dataset({outcome: leave})}
    if forms is not None:
        switch = ("world", np.array(forms, dtype=np.int8), {"forms": ["low", "high", "never"]})
        arms = {label: data.assign(form_displacement=switch) for label, data in arms.items()}
    return find(arms, REFERENCE_OF, [outcome], matters).set_index(["switch", "form"])


def whole(*args: object, **more: object) -> pd.Series:
    return found(*args, **more).loc[("", "")]  # type: ignore[arg-type]


def test_both_sides_have_their_share_and_their_median() -> None:
    row = whole("attacks", [10.0] * 10, [10.0, 10, 10, 11, 13, 15, 17, 19, 8, 4])
    assert (row["more"], row["same"], row["fewer"]) == (0.5, 0.3, 0.2)
    assert (row["more_middle"], row["fewer_middle"], row["middle"]) == (5.0, -4.0, 0.5)
    assert (row["level"], row["level_there"]) == (10.5, 10.0)
    assert row["more_error"] == pytest.approx(math.sqrt(0.25 / 9))


def test_a_difference_below_what_matters_is_the_same() -> None:
    leave = [100.0, 104.9, 105.0, 95.1, 95.0]
    assert tuple(whole("attacks", [100.0] * 5, leave, Matters())[["more", "same", "fewer"]]) == (0.2, 0.6, 0.2)
    assert tuple(whole("attacks", [100.0] * 5, leave, Matters(outcomes={"attacks": 4.5}))[["more", "fewer"]]) == (0.4, 0.4)
    assert whole("attacks", [0.0] * 3, [0.0, 1, 0], Matters())["more"] == pytest.approx(1 / 3)  # of nothing, any matters


def test_half_as_many_is_as_far_as_twice_as_many() -> None:
    at_least = Matters(outcomes={IS_RATIO: 0.25})
    row = whole(MONTH, [100.0] * 4, [125.0, 124.0, 80.0, 81.0], at_least)
    assert row.name == ("", "")
    assert tuple(row[["more", "same", "fewer"]]) == (0.25, 0.5, 0.25)
    assert (row["more_middle"], row["fewer_middle"]) == pytest.approx((1.25, 0.8))


def test_a_ratio_to_nothing_is_unknown() -> None:
    row = whole(MONTH, [0.0] * 3, [0.0] * 3)
    assert row[["more", "same", "fewer", "middle"]].isna().all()


def test_a_hazard_is_compared_by_its_probability() -> None:
    stay, leave = [0.0, 0.0, 0.0, 0.0], [0.0, 0.005, math.log(2.0), math.log(4.0)]
    row = whole("incident_hazard", stay, leave, Matters())
    assert row["level"] == pytest.approx((0.0 + 0.004987 + 0.5 + 0.75) / 4, abs=1e-5)
    assert row["middle"] == pytest.approx(row["level"])
    assert tuple(row[["more", "same"]]) == (0.5, 0.5)  # 0.5 in 100 is less than 1 in 100


def test_each_form_has_its_worlds_and_its_weight() -> None:
    table = found("attacks", [10.0] * 5, [11.0, 12, 9, 10, 10], forms=[0, 0, 1, 1, 1])
    low, high = table.loc[("displacement", "low")], table.loc[("displacement", "high")]
    assert (low["weight"], low["worlds"], low["more"]) == (0.4, 2, 1.0)
    assert (high["weight"], high["worlds"], high["more"], high["fewer"]) == (0.6, 3, 0.0, pytest.approx(1 / 3))
    assert ("displacement", "never") not in table.index
    mixed = sum(row["weight"] * row["more"] for row in (low, high))
    assert mixed == pytest.approx(table.loc[("", ""), "more"])


def test_what_matters_is_the_same_in_every_form() -> None:
    """The reference's median differs between forms; a smallest difference per form would not add up to the whole."""
    stay = [10.0, 10, 1000, 1000, 1000]
    table = found("attacks", stay, [value + 20 for value in stay], Matters(), forms=[0, 0, 1, 1, 1])
    assert set(table["matters"]) == {50.0}
    assert set(table["same"]) == {1.0}


def test_a_form_that_all_worlds_share_is_left_out() -> None:
    assert list(found("attacks", [1.0, 2], [2.0, 2], forms=[0, 0]).index) == [("", "")]


def test_one_arm_alone_has_no_findings() -> None:
    assert find({"stay": dataset({"attacks": [1.0]})}, {"stay": "stay"}, ["attacks"], EXACT).empty


@pytest.mark.parametrize(
    "draw", [np.random.default_rng(4).normal, np.random.default_rng(4).uniform, np.random.default_rng(4).exponential]
)
def test_a_distribution_with_one_hump_has_a_median(draw: object) -> None:
    assert two_humps(draw(size=20_000)) is None  # type: ignore[operator]


def test_a_mixture_with_little_between_has_two_humps() -> None:
    random = np.random.default_rng(5)
    low, high, share = two_humps(np.concatenate([random.normal(2, 1, 600), random.normal(26, 1, 400)])) or (0, 0, 0)
    assert (low, high, share) == pytest.approx((2, 26, 0.6), abs=0.2)


def test_a_few_outliers_are_no_hump() -> None:
    assert two_humps(np.concatenate([np.zeros(90), np.full(10, 50.0)])) is None
    assert two_humps(np.full(9, 3.0)) is None
    assert two_humps(np.repeat([0.0, 1.0, 2.0], [700, 250, 50])) is None
    assert two_humps(np.random.default_rng(3).poisson(6.0, 40).astype(float)) is None
    assert two_humps(np.array([np.nan])) is None


def test_fifty_dots_are_equally_likely_worlds() -> None:
    arms = {"stay": dataset({"attacks": [0.0] * 100}), "leave": dataset({"attacks": [float(world) for world in range(1, 101)]})}
    table = dots(arms, REFERENCE_OF, ["attacks"])
    assert table["value"].tolist() == pytest.approx([2 * place - 0.5 for place in range(1, 51)])
    assert table["place"].tolist() == list(range(1, 51))
    assert set(table["arm"]) == {"leave"}


def test_worlds_of_one_draw_count_as_one() -> None:
    leave = [float(world % 2) for world in range(40)]
    one = whole("attacks", [0.0] * 40, leave)
    arms = {
        label: dataset({"attacks": list(np.repeat(values, 5))}).assign(draw=("world", np.repeat(np.arange(40), 5)))
        for label, values in (("stay", [0.0] * 40), ("leave", leave))
    }
    five = find(arms, REFERENCE_OF, ["attacks"], EXACT).iloc[0]
    assert five["more_error"] == pytest.approx(one["more_error"])


def test_worlds_are_paired_by_number() -> None:
    stay, leave = dataset({"attacks": [10.0, 20, 30]}), dataset({"attacks": [21.0, 31, 41]}, first=1)
    (row,) = find({"stay": stay, "leave": leave}, REFERENCE_OF, ["attacks"], EXACT).to_dict("records")
    assert (row["worlds"], row["middle"], row["more"]) == (2, 1.0, 1.0)


def test_headlines_of_fewer_worlds_agree_within_their_errors() -> None:
    """A mixture of two humps: its median jumps, the share of worlds does not."""
    random = np.random.default_rng(6)
    change = np.where(random.random(4000) < 0.45, random.normal(20, 3, 4000), random.normal(0.0, 2.0, 4000))
    arms = {"stay": dataset({"attacks": [0.0] * 4000}), "leave": dataset({"attacks": list(change)})}
    every = find(arms, REFERENCE_OF, ["attacks"], Matters(outcomes={"attacks": 5.0})).iloc[0]
    for count in (100, 300, 1000):
        few: dict[str, xr.Dataset] = {label: data.isel(world=slice(0, count)) for label, data in arms.items()}
        row = find(few, REFERENCE_OF, ["attacks"], Matters(outcomes={"attacks": 5.0})).iloc[0]
        for name in ("more", "same", "more_middle"):
            error = np.hypot(row[f"{name}_error"], every[f"{name}_error"])
            assert abs(row[name] - every[name]) < 3.0 * error
