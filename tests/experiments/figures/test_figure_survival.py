"""Does the survival of the coalition equal the survival that was counted by hand?"""

import numpy as np
import pytest
import xarray as xr
from drawing import EIGHT, arm, arms, note_of, texts_of

from experiments.analysis.counts import DAYS_A_MONTH
from experiments.studies.compare.figures.survival import members_that_can_leave, survival, survival_of


@pytest.fixture
def two_worlds() -> xr.Dataset:
    """In one world a of two members leaves on day 3, in the other both do; a third was never there."""
    exits = np.array([[3.0, np.nan, np.nan], [3.0, 7.0, np.nan]])[:, None, :]
    troops = np.array([[0.0, 9.0, 0.0], [0.0, 0.0, 0.0]])[:, None, :]
    dimensions = ("world", "day", "member")
    data = {"exit_day_by_member": (dimensions, exits), "troops_by_member": (dimensions, troops)}
    return xr.Dataset(data, {"day": [10], "member": ["italy", "spain", "portugal"]})


def test_members_that_were_never_there_do_not_count(two_worlds: xr.Dataset) -> None:
    assert members_that_can_leave({"stay": two_worlds}) == ["italy", "spain"]
    nobody_here = two_worlds.assign(
        exit_day_by_member=two_worlds["exit_day_by_member"] * np.nan, troops_by_member=two_worlds["troops_by_member"] * 0
    )
    assert members_that_can_leave({"stay": nobody_here}) == []
    assert members_that_can_leave({"us_pullout": nobody_here, "stay": two_worlds}) == ["italy", "spain"]


def test_steps_and_errors_are_those_counted_by_hand(two_worlds: xr.Dataset) -> None:
    curve = survival_of(two_worlds, ["italy", "spain"])
    at = dict(zip(curve.days.tolist(), curve.share.tolist(), strict=True))
    assert at == {0.0: 1.0, 3.0: 0.5, 7.0: 0.25, 10.0: 0.25}
    assert curve.grid.tolist() == [0.0, 7.0, 10.0]
    # On day 7 one of two members stays in the first world and none in the second: sd of (0.5, 0) over root 2.
    assert np.allclose(curve.error, [0.0, 0.25, 0.25])


def test_nobody_leaves(two_worlds: xr.Dataset) -> None:
    curve = survival_of(two_worlds.assign(exit_day_by_member=two_worlds["exit_day_by_member"] * np.nan), ["italy", "spain"])
    assert set(curve.share) == {1.0}
    assert np.allclose(curve.error, 0.0)


def test_the_drawn_curve_is_that_share_in_per_cent(two_worlds: xr.Dataset) -> None:
    figure = survival({"stay": two_worlds})
    (axes,) = figure.axes
    line = next(line for line in axes.get_lines() if line.get_label() == "stay")
    assert line.get_drawstyle() == "steps-post"
    drawn = dict(zip(np.round(np.asarray(line.get_xdata()) * DAYS_A_MONTH, 6), line.get_ydata(), strict=True))
    assert drawn == {0.0: 100.0, 3.0: 50.0, 7.0: 25.0, 10.0: 25.0}
    assert "2 members there at the start" in note_of(figure)
    assert "(a)" not in note_of(figure)


def test_troops_are_the_median_of_what_is_not_gone() -> None:
    data = arms(EIGHT[:3])
    figure = survival(data)
    for label, outcomes in data.items():
        line = next(line for line in figure.axes[0].get_lines() if line.get_label() == label)
        assert np.allclose(
            line.get_ydata(), 100 - 100 * np.quantile(outcomes["members_troops_gone_by_week"].values, 0.5, axis=0)
        )
    assert "of Stay and US pullout only" in note_of(figure)


def test_the_share_at_the_end_is_that_of_all_member_worlds() -> None:
    data = arm()
    days = data["exit_day_by_member"].sel(member=["italy", "spain", "poland"])
    curve = survival_of(data, ["italy", "spain", "poland"])
    assert curve.share[-1] == pytest.approx(float(days.isnull().mean()))
    assert np.all(np.diff(curve.share) <= 0.0)


def test_without_weeks_the_troops_are_left_out() -> None:
    data = arm().drop_vars("members_troops_gone_by_week")
    assert [text.get_text() for text in texts_of(survival({"stay": data})) if text.get_text() == "a"] == ["a"]
    assert len(survival({"stay": data}).axes) == 1
