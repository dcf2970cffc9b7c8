"""Forest: how much does each arm differ from the reference on the same worlds, and in how many of them is it worse?"""

from collections.abc import Collection, Sequence
from typing import Any, cast

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from experiments.analysis.paired import IS_RATIO, QUANTILES
from experiments.figures.page_layout import (
    POINTS,
    Grid,
    counted,
    exposure,
    name_rows,
    rows_of,
    stripe,
    title,
    without_left,
    write_at,
)
from experiments.figures.style import FAINT, INK, LABEL, NOTE, ArmStyle, arm_name, in_style, style_arms
from experiments.figures.venue import venue
from experiments.studies.compare.text import shares
from sim.record.outcomes import BY_NAME

SHOWN = {
    "attacks": "Attacks on sites",
    "displaced_attacks": "Displaced attacks",
    "coalition_deaths": "Coalition deaths",
    "civilian_deaths": "Iraqi civilian deaths",
    "members_out": "Members out for good",
    IS_RATIO: "IS attacks, last 30 days, ratio",
}
"""Outcomes and the titles of their panels."""
_MARGIN, _NARROWEST = 1.22, 1.9  # inches: for the names of the arms, and of a panel with its shares
_SHARES_WIDTH = 0.87
_HALF_MARKER = 0.025  # half a marker's width relative to the axes: a smaller error hides behind it


@in_style("Forest: how much does each arm differ from the reference on the same worlds, and in what share of them is it worse?")
def forest(table: pd.DataFrame, seed: int | None = None, only: Collection[str] = tuple(SHOWN)) -> Figure:
    """Draw the paired differences from the reference on the last day, one panel per outcome and one row per arm."""
    day = int(table["day"].max())
    rows = table[(table["day"] == day) & (table["arm"] != table["reference"])]
    arms = list(dict.fromkeys(rows["arm"]))
    if not arms:
        raise ValueError("a forest needs an arm besides the reference")
    styles = style_arms(list(dict.fromkeys(table["arm"])), set(table["reference"]))
    outcomes = [name for name in outcomes_of(rows) if name in only]
    columns = min(len(outcomes), int((venue().width - _MARGIN) / _NARROWEST))
    names, height = rows_of(arms, _MARGIN - 0.05, 0.24, 3)
    grid = Grid(
        len(outcomes), columns, height, left=0.08, right=_SHARES_WIDTH, above=0.44, below=0.38,
        margin=_MARGIN, note=_note(rows[rows["outcome"].isin(outcomes)], day, seed),
    )  # fmt: skip
    figure, panels = grid.build()
    for number, (outcome, axes) in enumerate(zip(outcomes, panels, strict=True)):
        _panel(axes, rows[rows["outcome"] == outcome].set_index("arm"), arms, styles, outcome)
        _write(axes, number, outcome, BY_NAME[outcome].unit if outcome in BY_NAME else "")
        name_rows(axes, names if number % columns == 0 else ())
    return figure


def outcomes_of(table: pd.DataFrame) -> list[str]:
    """Return the outcomes of a comparison that a forest shows."""
    return [name for name in SHOWN if name in set(table["outcome"])]


def interval(row: pd.Series, outcome: str) -> tuple[list[float], float]:
    """Return the five quantiles of a row and the Monte Carlo standard error of their median.

    The ratio of IS attacks is a comparison already and has its own quantiles, not those of a difference.
    """
    prefix = "" if outcome == IS_RATIO else "difference_"
    quantiles = [float(row[prefix + name]) for name in QUANTILES]
    return quantiles, float(row["difference_error"])


def _panel(axes: Axes, rows: pd.DataFrame, arms: Sequence[str], styles: dict[str, ArmStyle], outcome: str) -> None:
    nothing = 1.0 if outcome == IS_RATIO else 0.0
    drawn = {arm: interval(cast(pd.Series, rows.loc[arm]), outcome) for arm in arms if arm in rows.index}
    ends = [value for quantiles, _ in drawn.values() for value in quantiles if np.isfinite(value)] + [nothing]
    span = max(ends) - min(ends) or 1.0
    axes.set_xlim(min(ends) - 0.06 * span, max(ends) + 0.06 * span)
    axes.set_ylim(len(arms) - 0.5, -0.5)
    axes.axvline(nothing, color=FAINT, linewidth=0.8, zorder=1, gid="no difference")
    for place, arm in enumerate(arms):
        stripe(axes, place)
        if arm in drawn:
            _row(axes, place, *drawn[arm], styles[arm])
            write_at(axes, shares(cast(pd.Series, rows.loc[arm])), (1, place), (4, 0), size=NOTE, va="center", gid="shares")


def _row(axes: Axes, place: int, quantiles: Sequence[float], error: float, style: ArmStyle) -> None:
    low, quarter, median, three_quarters, high = quantiles
    bar: dict[str, Any] = {"color": style.colour, "solid_capstyle": "butt"}
    axes.plot([low, high], [place, place], linewidth=0.9, zorder=2, gid="90 %", **bar)
    axes.plot([quarter, three_quarters], [place, place], linewidth=6.5, alpha=0.4, zorder=3, gid="50 %", **bar)
    axes.plot(
        [median], [place], marker=style.marker, color=style.colour, markersize=4.5, markeredgecolor="white",
        markeredgewidth=0.4, linestyle="", zorder=5, gid="median",
    )  # fmt: skip
    left, right = axes.get_xlim()
    if 2 * error > _HALF_MARKER * (right - left):
        axes.errorbar(median, place, xerr=2 * error, color=INK, linewidth=0.8, capsize=2.2, capthick=0.8, zorder=6)


def _write(axes: Axes, number: int, outcome: str, unit: str) -> None:
    title(axes, number, SHOWN[outcome], rise=11.0)
    corner, look = (POINTS * _SHARES_WIDTH - 4, 3), {"size": 6.5, "ha": "right", "color": "#555555", "gid": "heading"}
    write_at(axes, "worse / equal / better, %", (1, 1), corner, up="axes fraction", **look)
    without_left(axes)
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    axes.tick_params(labelsize=LABEL)
    axes.set_xlabel("times the reference" if outcome == IS_RATIO else f"difference, {unit}", size=NOTE, labelpad=1)


def _note(rows: pd.DataFrame, day: int, seed: int | None) -> str:
    references = list(dict.fromkeys(rows["reference"]))
    against = arm_name(references[0]) if len(references) == 1 else "the reference arm with the same other values"
    shown = set(rows["outcome"])
    ratio = "; the ratio is to its IS attacks" if IS_RATIO in shown else ""
    worlds = counted([int(count) for count in rows["worlds"]], "world")
    return (
        f"Differences from {against} on the same worlds by day {day}{ratio}. Marker: median; bar:"
        " central 50 %, line: central 90 % of worlds; black whisker: two Monte Carlo standard errors of the median either"
        f" way, if wider than the marker. Right: share of worlds in which the arm is worse, equal or better."
        f" {worlds}{'' if seed is None else f', seed {seed}'}.{exposure(shown)}"
    )
