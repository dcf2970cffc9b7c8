"""Two groups of worlds: the overview shows both amounts, and a sentence names the groups that a median line hides."""

import numpy as np
import xarray as xr
from drawing import arms, table_of, texts_of

from experiments.analysis.findings import find
from experiments.analysis.matters import Matters
from experiments.config.defaults import HEADLINE_OUTCOMES
from experiments.studies.compare.figures.fans import fans
from experiments.studies.compare.figures.groups import two_groups
from experiments.studies.compare.figures.overview import overview
from experiments.studies.compare.figures.survival import survival

LABELS = ("stay", "us_pullout")


def parted() -> dict[str, xr.Dataset]:
    """Return two arms; of one 19 of 40 worlds lose no member, and 21 worlds lose 21 members and 95 % of the troops."""
    data = arms(LABELS)
    stay, leave = (each.copy(deep=True) for each in data.values())
    weeks, many = stay.sizes["week"], np.arange(40) >= 19
    for name, amount in (("members_out", 21.0), ("members_troops_gone", 0.95)):
        for each, top in ((stay, 0.0 * many), (leave, amount * many)):
            each[name].values[:] = top[:, None]
            each[f"{name}_by_week"].values[:] = top[:, None] * np.linspace(1.0 / weeks, 1.0, weeks)
    return {"stay": stay, "us_pullout": leave}


def test_the_overview_writes_both_humps_in_place_of_their_median() -> None:
    data = parted()
    shown = [name for name in HEADLINE_OUTCOMES if all(name in each for each in data.values())]
    found = find(data, dict.fromkeys(data, "stay"), shown, Matters(), by_form=False)
    figure = overview(table_of(data), found, "40 worlds.")
    values = [text.get_text() for text in texts_of(figure) if text.get_gid() == "value"]
    assert "0 / +21" in values
    assert "0 / +95" in values
    assert "Two amounts" in str(figure.get_label())
    assert "Share of coalition members' troops gone, points" in [
        text.get_text().replace("\n", " ") for text in texts_of(figure) if text.get_gid() == "heading"
    ]


def test_captions_of_lines_begin_with_the_groups_that_a_median_hides() -> None:
    assert "Members out for good: 48 of 100 worlds near 0, 52 near 21." in str(fans(parted()).get_label())
    assert str(survival(parted()).get_label()).startswith(
        "US pullout by the last week: Members' troops still there, %: 52 of 100 worlds near 5, 48 near 100."
    )
    assert "by the last week:" not in str(survival(arms(LABELS)).get_label())


def test_a_median_is_said_to_run_between_the_groups_only_where_it_does() -> None:
    assert two_groups("Out", np.repeat([0.0, 0.21], [50, 50]), 100.0).endswith(
        "near 21; the median line runs between the groups, where few worlds are"
    )
    assert two_groups("Out", np.repeat([0.0, 0.21], [30, 70]), 100.0) == "Out: 30 of 100 worlds near 0, 70 near 21"
    assert two_groups("Out", np.arange(100.0), 1.0) == ""
