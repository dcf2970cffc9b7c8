"""Overview: in how many worlds is there more, the same and fewer of every headline, by arm?"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from experiments.analysis.matters import IS_RATIO
from experiments.config.defaults import Headline
from experiments.figures.names import arm_name, sentence_case
from experiments.figures.page_layout import LINE_SPACING, POINTS, Grid, folded, wrap
from experiments.figures.style import HAIRLINE, INK, NOTE, in_style
from experiments.figures.venue import venue
from experiments.reports.sentences import amount
from experiments.studies.compare.figures.shares import FEWER, MORE, SAME, follows, headlines_in, in_words, note_on, with_unit
from experiments.studies.compare.text import Cells, Row, asked_about, cells_of, value_and_range

_MARGIN, _ROW, _GAP, _BAR = 1.3, 0.29, 0.05, 0.05
"""Inches: width of the names of the arms, height of a row, room between two cells, and height of a bar."""
_LINE = 0.11  # inches: a second line in the cells, where any has two humps
_NARROWEST = 0.72  # inches of a column


@in_style("Overview: in how many of 100 worlds does each arm have more, the same or fewer of every headline?")
def overview(table: pd.DataFrame, shares: pd.DataFrame, about: str, only: Sequence[Headline] | None = None) -> Figure:
    """Draw a table of the shares of worlds and the median differences on the last day, the largest effect on top.

    See `most_columns` for how many columns are readable.
    """
    columns = [column for column in headlines_in(shares) if only is None or column in only]
    arms, day = ordered(shares), int(table["day"].max())
    rows = {(str(row["arm"]), str(row["outcome"])): row for row in shares.to_dict("records")}
    cells = cells_of(table, day)
    room = (venue().width - _MARGIN) / len(columns) - 2 * _GAP
    headings = [wrap(sentence_case(with_unit(column)), room, NOTE) for column in columns]
    above = (max(map(len, headings)) + 0.6) * NOTE * LINE_SPACING / POINTS
    drawn = shares[shares["outcome"].isin([column.outcome for column in columns])]
    high = _ROW + _LINE * bool(humps := drawn["low_share"].notna().any())
    grid = Grid(
        1, 1, len(arms) * high, left=0.0, right=0.04, above=above, below=0.08, margin=_MARGIN,
        note=f"{note_on(_NOTE, columns)}{_HUMPS if humps else ''} {about}",
        finding=in_words(shares[shares["arm"] == asked_about(arms)], columns),
    )  # fmt: skip
    figure, (axes,) = grid.build()
    axes.set(xlim=(0, grid.panel_width), ylim=(len(arms), 0), xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    width = grid.panel_width / len(columns)
    for number, (column, heading) in enumerate(zip(columns, headings, strict=True)):
        look: dict[str, Any] = {"textcoords": "offset points", "ha": "center", "va": "bottom", "gid": "heading"}
        axes.annotate("\n".join(heading), ((number + 0.5) * width, 0), (0, 5), size=NOTE, **look)
        if follows(column) and number and not follows(columns[number - 1]):
            axes.axvline(number * width, color=INK, linewidth=0.6, gid="follows")
        for row, arm in enumerate(arms):
            if (share := rows.get((arm, column.outcome))) is not None:
                _cell(axes, (number * width, row), (width, high), share, _amount(share, cells, arm, column))
    for row, arm in enumerate(arms):
        name = folded(arm_name(arm), _MARGIN - 0.1, NOTE)
        axes.annotate(name, (0, row + 0.5), (-4, 0), textcoords="offset points", size=NOTE, ha="right", va="center", gid="arm")
        axes.axhline(row, color=HAIRLINE, linewidth=0.5, zorder=0)
    return figure


_NOTE = (
    "Each cell shows the median difference from the reference on the last day on the same worlds (rare events: difference"
    " of the means{ratio}), and in how many of 100 worlds there is more/the same/fewer. Bar: these three shares, dark, white"
    " and light. The same: a difference too small to matter.{follows}"
)
_HUMPS = " Two amounts: worlds form two groups, one near each amount, with few worlds between; see the dots."


def ordered(shares: pd.DataFrame) -> list[str]:
    """Return the arms, the largest effect first. Effect: worlds in which a headline is not the same, summed over headlines."""
    moved = shares[~shares["outcome"].isin([column.outcome for column in headlines_in(shares) if follows(column)])].assign(
        moved=lambda rows: 1.0 - rows["same"]
    )
    return list(moved.groupby("arm", sort=False)["moved"].sum().sort_values(ascending=False, kind="stable").index)


def most_columns() -> int:
    """Return how many columns are readable side by side on the page."""
    return int((venue().width - _MARGIN) / _NARROWEST)


def _amount(share: Row, cells: Cells, arm: str, column: Headline) -> str:
    """Return the median difference, or the two humps of its distribution: "0 / +21"."""
    if np.isfinite(share["low_share"]):
        bare, times = replace(column, unit=""), "×" if column.outcome == IS_RATIO else ""
        return " / ".join(f"{amount(share[name], bare)}{times}" for name in ("low_hump", "high_hump"))
    row = cells.get((arm, column.outcome))
    if row is None or (column.outcome == IS_RATIO and np.isnan(row["median"])):
        return "–"
    value = value_and_range(row, column, "" if column.outcome == IS_RATIO else "difference_")[0]
    return f"{value}×" if column.outcome == IS_RATIO else value


def _cell(axes: Axes, corner: tuple[float, float], size: tuple[float, float], row: Row, value: str) -> None:
    (left, top), (width, high) = corner, size
    first, last = top + 0.3 * _ROW / high, top + (high - 0.7 * _ROW) / high
    axes.text(left + _GAP, first, value, size=NOTE, va="center", weight="bold", gid="value")
    numbers = "/".join(f"{100 * row[name]:.0f}" for name in ("more", "same", "fewer"))
    axes.text(left + width - _GAP, last, numbers, size=NOTE, ha="right", va="center", gid="shares")
    at, room = left + _GAP, width - 2 * _GAP
    for name, colour in (("more", MORE), ("same", SAME), ("fewer", FEWER)):
        length = float(row[name]) * room
        corner = at, top + (high - 0.38 * _ROW) / high
        bar = Rectangle(corner, length, _BAR / high, facecolor=colour, edgecolor=INK, linewidth=0.3, gid=name)
        axes.add_patch(bar)
        at += length
