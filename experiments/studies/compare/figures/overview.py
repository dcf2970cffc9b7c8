"""Overview: what does each arm do to every headline, in one picture?"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from experiments.analysis.paired import IS_RATIO, is_rare
from experiments.config.defaults import Headline
from experiments.figures.page_layout import LINE_SPACING, POINTS, Grid, counted, exposure, wrap
from experiments.figures.style import HAIRLINE, INK, NOTE, arm_name, in_style
from experiments.figures.venue import venue
from experiments.studies.compare.text import COLUMNS, Row, cells_of, value_and_range

SHOWN = (*COLUMNS, Headline("fall_hazard", "worlds in 1,000 where the government falls", 1000.0))
"""The columns of the printed table, and the government's fall."""
WORSE, BETTER = "#e0955f", "#c3dcf0"
"""Shades of the bars: WORSE is darker in greyscale too, and text is legible on both."""
_MARGIN, _ROW, _GAP = 1.42, 0.285, 0.035  # inches: for the names of the arms, the height of a row, between two cells
_NARROWEST = 0.6  # inches of a column
_VALUE, _RANGE, _HEADING = 7.0, 6.0, 6.0
_SCALE = (("better", "right", -2.0), ("worse", "left", 2.0))


@in_style("Overview: how does each arm change every headline outcome?")
def overview(table: pd.DataFrame, seed: int | None = None, only: Sequence[Headline] = SHOWN) -> Figure:
    """Draw the paired differences from the reference on the last day, one row per arm and one column per outcome.

    See `most_columns` for how many columns are readable.
    """
    day = int(table["day"].max())
    cells = cells_of(table, day)
    reference_of = dict(zip(table["arm"], table["reference"], strict=True))
    references = [arm for arm in reference_of if reference_of[arm] == arm]
    arms = [arm for arm in reference_of if arm not in references]
    if not arms:
        raise ValueError("an overview needs an arm besides the reference")
    columns = [column for column in columns_of(table) if column in only]
    headings = [wrap(column.heading, (venue().width - _MARGIN) / len(columns) - 2 * _GAP, _HEADING) for column in columns]
    above = (max(map(len, headings)) + 1.4) * _HEADING * LINE_SPACING / POINTS
    rows = [*references, *arms]
    here = table[(table["day"] == day) & table["outcome"].isin([column.outcome for column in columns])]
    note = _note(here, references, day, seed)
    grid = Grid(1, 1, len(rows) * _ROW, left=0.0, right=0.06, above=above, below=0.1, margin=_MARGIN, note=note)
    figure, (axes,) = grid.build()
    axes.set(xlim=(0, grid.panel_width), ylim=(len(rows), 0), xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    width = grid.panel_width / len(columns)
    for number, (column, heading) in enumerate(zip(columns, headings, strict=True)):
        _head(axes, (number + 0.5) * width, heading)
        for place, arm in enumerate(rows):
            _cell(axes, (number * width, place), width, cells[arm, column.outcome], column, arm in references)
    _name(axes, rows, len(references))
    return figure


def columns_of(table: pd.DataFrame) -> list[Headline]:
    """Return the columns for which every arm of a comparison has an outcome."""
    arms = table.groupby("outcome")["arm"].nunique()
    return [column for column in SHOWN if arms.get(column.outcome, 0) == table["arm"].nunique()]


def most_columns() -> int:
    """Return how many columns are readable side by side on the page."""
    return int((venue().width - _MARGIN) / _NARROWEST)


def _head(axes: Axes, middle: float, heading: Sequence[str]) -> None:
    axes.annotate(
        "\n".join(heading), (middle, 0), (0, 1.5 * _HEADING), textcoords="offset points", size=_HEADING, ha="center",
        va="bottom", linespacing=1.1, gid="heading",
    )  # fmt: skip
    for word, side, shift in _SCALE:
        look: dict[str, Any] = {"size": 6.0, "ha": side, "color": "#555555", "gid": "scale"}
        axes.annotate(word, (middle, 0), (shift, 2), textcoords="offset points", **look)


def _cell(axes: Axes, corner: tuple[float, float], width: float, row: Row, column: Headline, is_reference: bool) -> None:
    left, top = corner
    middle, half = left + width / 2, width / 2 - _GAP
    if not is_reference:
        for name, colour, sign in (("worse", WORSE, 1), ("better", BETTER, -1)):
            share = float(row[name])
            if share > 0.0:
                bar = Rectangle((middle, top + 0.06), sign * share * half, 0.88, facecolor=colour, linewidth=0, gid=name)
                axes.add_patch(bar)
        for end in (top + 0.06, top + 0.86):  # not through the letters
            axes.plot([middle, middle], [end, end + 0.08], color=INK, linewidth=0.6, gid="middle")
    value, spread = _texts(row, column, is_reference)
    axes.text(middle, top + 0.33, value, size=_VALUE, ha="center", va="center", weight="bold", gid="value")
    axes.text(middle, top + 0.72, spread, size=_RANGE, ha="center", va="center", gid="range")


def _texts(row: Row, column: Headline, is_reference: bool) -> tuple[str, str]:
    """Return the value and the range of a cell; the ratio is a comparison already, and its reference is 1."""
    if column.outcome != IS_RATIO:
        return value_and_range(row, column, "" if is_reference else "difference_")
    if is_reference:
        return "1", ""
    return ("unknown", "") if np.isnan(row["median"]) else value_and_range(row, column)


def _name(axes: Axes, rows: Sequence[str], references: int) -> None:
    """Write the names of the arms and draw lines between them, a stronger one below the references."""
    for place, arm in enumerate(rows):
        level = " (level)" if place < references else ""
        lines = wrap(arm_name(arm) + level, _MARGIN - 0.12, NOTE)
        axes.annotate(
            "\n".join(lines), (0, place + 0.5), (-4, 0), textcoords="offset points", size=NOTE, ha="right", va="center",
            linespacing=1.05, gid="arm",
        )  # fmt: skip
        strong = place + 1 == references
        axes.axhline(place + 1, color=INK if strong else HAIRLINE, linewidth=0.8 if strong else 0.5, zorder=0, clip_on=False)


def _note(rows: pd.DataFrame, references: Sequence[str], day: int, seed: int | None) -> str:
    against = arm_name(references[0]) if len(references) == 1 else "the reference arm with the same other values"
    worlds = counted([int(count) for count in rows["worlds"]], "world")
    seeded = "" if seed is None else f", seed {seed}"
    ratio = "; IS attacks as a ratio" if IS_RATIO in set(rows["outcome"]) else ""
    rare = (
        " For rare events, the difference of the probability ± two Monte Carlo errors."
        if any(is_rare(name) for name in rows["outcome"])
        else ""
    )
    return (
        f"By day {day}, against {against} on the same worlds. Bold: median difference, below it the 5 % to 95 % range of"
        f" worlds{ratio}.{rare} Bars: share of worlds in which the arm is worse (dark, to the right) and better"
        f" (light, to the left), from the middle; a bar that fills its half is all worlds. {worlds}{seeded}."
        f"{exposure(set(rows['outcome']))}"
    )
