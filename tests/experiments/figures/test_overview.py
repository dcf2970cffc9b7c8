"""Does the overview write and draw what the comparison says?"""

import numpy as np
import pytest
from drawing import EIGHT, arms, note_of, table_of, texts_of
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from experiments.analysis.paired import IS_RATIO
from experiments.studies.compare.figures.overview import BETTER, WORSE, overview


def written(figure: Figure, gid: str) -> list[str]:
    """Return the texts of a kind, column by column and row by row."""
    return [text.get_text() for text in texts_of(figure) if text.get_gid() == gid]


def bars(figure: Figure, gid: str) -> list[Rectangle]:
    """Return the bars of a kind in the order of the cells."""
    return [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle) and patch.get_gid() == gid]


def test_every_arm_has_a_row_and_every_headline_a_column() -> None:
    figure = overview(table_of(arms(EIGHT)))
    assert [name.replace("\n", " ") for name in written(figure, "arm")][:2] == ["Stay (level)", "US pullout"]
    assert len(written(figure, "arm")) == len(EIGHT)
    assert len(written(figure, "value")) == len(EIGHT) * len(written(figure, "heading"))
    assert written(figure, "heading")[0] == "attacks on sites"


def test_a_cell_has_the_median_difference_and_its_range() -> None:
    table = table_of(arms(EIGHT[:2]))
    figure = overview(table)
    (row,) = table.query("arm == 'us_pullout' and outcome == 'attacks'").to_dict("records")
    level, difference = written(figure, "value")[:2]
    assert level == f"{table.query("arm == 'stay' and outcome == 'attacks'")['median'].item():.0f}"
    assert float(difference.replace("\N{MINUS SIGN}", "-")) == pytest.approx(row["difference_median"], abs=0.51)
    assert f"{row['difference_q95']:+.0f}" in written(figure, "range")[1].replace("\N{MINUS SIGN}", "-")
    (ratio,) = table.query("arm == 'us_pullout' and outcome == @IS_RATIO", local_dict={"IS_RATIO": IS_RATIO})["median"]
    assert f"{ratio:.2f}" in written(figure, "value")


def test_bars_are_the_shares_of_worlds_worse_to_the_right_better_to_the_left() -> None:
    table = table_of(arms(EIGHT[:2]))
    figure = overview(table)
    row = table.query("arm == 'us_pullout' and outcome == 'attacks'").iloc[0]
    worse, better = bars(figure, "worse")[0], bars(figure, "better")[0]
    assert worse.get_x() == better.get_x()
    assert worse.get_width() / row["worse"] == pytest.approx(-better.get_width() / row["better"])
    full = worse.get_width() / row["worse"]
    assert all(abs(bar.get_width()) <= full + 1e-9 for bar in (*bars(figure, "worse"), *bars(figure, "better")))


def test_worse_is_darker_than_better_without_colour() -> None:
    grey = {colour: float(np.dot(to_rgb(colour), (0.299, 0.587, 0.114))) for colour in (WORSE, BETTER)}
    assert grey[BETTER] - grey[WORSE] > 0.15
    assert grey[WORSE] > 0.5


def test_the_note_says_which_day_against_whom_and_on_how_many_worlds() -> None:
    note = note_of(overview(table_of(arms(EIGHT[:3])), seed=7))
    assert note.startswith("By day 66, against Stay on the same worlds.")
    assert "40 worlds, seed 7." in note


def test_a_single_arm_has_no_overview() -> None:
    with pytest.raises(ValueError, match="besides the reference"):
        overview(table_of(arms(["stay"])))
