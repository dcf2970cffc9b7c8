"""Tables by part and by month have the values of the worlds, paired with the reference."""

from datetime import date

import numpy as np
import pytest
import xarray as xr

from experiments.analysis.by_part import by_month, by_part, who_leaves
from experiments.analysis.dates import months_after

NAN = np.nan
START = date(2020, 9, 30)
REFERENCES = {"stay": "stay", "leave": "stay"}


def arm(more: float, exits: list[list[float]]) -> xr.Dataset:
    """Make an arm of four worlds, two members, two sites, nine weeks."""
    weeks = np.arange(9.0)[None, :] + np.arange(4.0)[:, None] + more
    return xr.Dataset(
        {
            "attacks_by_site": (
                ("world", "day", "site"),
                np.array([[[1.0, 2.0]], [[3.0, 2.0]], [[5.0, 2.0]], [[7.0, 2.0]]]) + more,
            ),
            "exit_day_by_member": (("world", "day", "member"), np.array(exits)[:, None, :]),
            "attacks_by_week": (("world", "week"), weeks),
            "restraint_by_week": (("world", "week"), weeks / 100),
        },
        coords={"world": range(4), "day": [63], "week": range(9), "site": ["embassy", "base"], "member": ["italy", "spain"]},
    )


@pytest.fixture
def arms() -> dict[str, xr.Dataset]:
    stay = arm(0.0, [[NAN, NAN], [NAN, NAN], [NAN, NAN], [40.0, NAN]])
    return {"stay": stay, "leave": arm(10.0, [[10.0, 20.0], [20.0, 20.0], [30.0, NAN], [NAN, NAN]])}


def test_a_part_has_its_own_row_and_its_paired_difference(arms: dict[str, xr.Dataset]) -> None:
    table = by_part(arms, REFERENCES).set_index(["arm", "part"])
    assert table.loc[("stay", "embassy"), "median"] == 4.0
    assert table.loc[("leave", "embassy"), "mean"] == 14.0
    assert table.loc[("leave", "base"), ["difference_q05", "difference_median", "difference_mean"]].tolist() == [
        10.0,
        10.0,
        10.0,
    ]
    assert np.isnan(table.loc[("stay", "base"), "difference_median"])
    assert set(table["outcome"]) == {"attacks_by_site"}


def test_who_leaves_first_by_when_and_how_sure(arms: dict[str, xr.Dataset]) -> None:
    table = who_leaves(arms, REFERENCES, START)
    assert table[table["arm"] == "leave"]["member"].tolist() == ["italy", "spain"]
    rows = table.set_index(["arm", "member"])
    italy = rows.loc[("leave", "italy")]
    assert italy["p_leaves"] == 0.75
    assert italy["p_leaves_error"] == pytest.approx(np.std([1, 1, 1, 0], ddof=1) / 2)
    assert italy["p_first"] == pytest.approx((1 + 0.5 + 1 + 0) / 4), "two on one day share being the first"
    assert (italy["median_day"], italy["median_date"]) == (20.0, "2020-10-20")
    assert italy["difference"] == pytest.approx(0.5)
    assert rows.loc[("leave", "spain"), "p_first"] == pytest.approx(0.125)
    assert rows.loc[("stay", "spain"), "p_leaves"] == 0.0
    assert rows.loc[("stay", "spain"), "median_date"] == ""


def test_a_month_has_the_sum_or_level_of_its_last_whole_week(arms: dict[str, xr.Dataset]) -> None:
    table = by_month(arms, REFERENCES, START, ["attacks", "restraint"]).set_index(["arm", "outcome", "month"])
    assert sorted({month for *_, month in table.index}) == [1, 2]
    first, second = (table.loc[("stay", "attacks", month)] for month in (1, 2))
    assert (first["day"], first["date"]) == (28, "2020-10-27")
    assert (second["day"], second["date"]) == (56, "2020-11-24")
    assert first["mean"] == pytest.approx(np.mean([sum(range(4)) + 4 * world for world in range(4)]))
    assert table.loc[("leave", "attacks", 2), "difference_mean"] == pytest.approx(80.0), "10 more in each of 8 weeks"
    assert table.loc[("stay", "restraint", 2), "mean"] == pytest.approx((7 + 1.5) / 100), "a level is not added up"


def test_months_can_be_chosen_and_end_with_the_run(arms: dict[str, xr.Dataset]) -> None:
    assert set(by_month(arms, REFERENCES, START, ["attacks"], [2, 18])["month"]) == {2}
    assert by_month(arms, REFERENCES, START, ["resurgence_day"]).empty
    assert months_after(date(2020, 8, 31), 18) == date(2022, 2, 28)
