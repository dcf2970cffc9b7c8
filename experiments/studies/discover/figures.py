"""Draw a box: the values inside it, and the trade-off between density and coverage."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.analysis.counts import share_in_words
from experiments.figures.names import factor_name
from experiments.figures.page_layout import POINTS, Grid, folded, tick_rows, title, wrap, write_at
from experiments.figures.style import FAINT, INK, LABEL, NOTE, in_style
from experiments.figures.venue import venue
from experiments.studies.discover.boxes import HALVES

BAR = "#0072B2"
_CLEAR = {"boxstyle": "square,pad=0.1", "facecolor": "white", "linewidth": 0}
"""Keeps the line of all draws from crossing the text of a limit."""
_LABELS, _RIGHT = 0.32, 0.17  # room at the left and the right, of the page's width
_LINE, _THICK = 0.12, 0.36  # height of a line of a name, inches, and of a bar, of its row
_VARIANTS = 0.9  # width of the variants of a switch, of the panel's
_HALVES: dict[str, dict[str, Any]] = {
    "found on": {"color": "#0072B2", "marker": "o", "linestyle": "-"},
    "held out": {"color": "#D55E00", "marker": "^", "linestyle": (0, (4, 1.5))},
}
_HEIGHT = 2.1
_LEAST_P = 0.001
_BOX_NOTE = (
    "Bars: share of draws inside the box. Numbers: limits of the box, in the unit beside the name; for a switch, the"
    " variants inside. A number without a row is not restricted. Quasi-p: probability of an equally good restriction by chance."
    " In brackets: 95 % intervals."
)
_NOTE = (
    "Each mark is a box of the peeling, which begins with all draws at the lower right. Ring: the chosen box, before its weak"
    " sides were dropped. Where the two curves differ, the box partly fits chance in the half that was searched."
)


@in_style("Box: for which values of which numbers is the answer to the question mostly yes?")
def box(restrictions: pd.DataFrame, fit: pd.DataFrame, about: str) -> Figure:
    """Draw each number that a `Discovery` restricts, with its `unit` if given, as the share of its draws inside the box."""
    left, right = _LABELS * venue().width, _RIGHT * venue().width + 0.05
    room = venue().width - left - right
    rows = restrictions.to_dict("records")
    whole = [", ".join(filter(None, (factor_name(str(row["factor"])), str(row.get("unit", ""))))) for row in rows]
    names = [wrap(name, left - 0.15, LABEL) for name in whole]
    named = [f"only {row['forms']} ({row['to_share']:.0%} of draws)" if row["forms"] else "" for row in rows]
    variants = [folded(text.replace("_", " "), _VARIANTS * room, NOTE) for text in named]
    lines = max([2, *map(len, names), *(1.4 + text.count("\n") for text in variants)])
    height = len(restrictions) * (lines * _LINE + 0.1)
    grid = Grid(1, 1, height, left=left, right=right, above=0.34, below=0.4, note=f"{_BOX_NOTE} {about}", finding=_found(fit))
    figure, (axes,) = grid.build()
    axes.set(xlim=(0.0, 100.0), ylim=(len(restrictions) - 0.5, -0.5))
    axes.set_xlabel("share of draws below, %", size=NOTE, labelpad=1)
    axes.tick_params(labelsize=LABEL)
    tick_rows(axes, ["\n".join(name) for name in names])
    for place, row in enumerate(rows):
        _row(axes, place, row, variants[place], right)
    look = {"size": NOTE, "ha": "right", "color": "#555555", "gid": "heading"}
    write_at(axes, "quasi-p", (1, 1), (POINTS * right - 6, 4), up="axes fraction", **look)
    return figure


def _row(axes: Axes, place: int, row: Mapping[Any, Any], variants: str, room: float) -> None:
    look: dict[str, Any] = {"size": NOTE, "va": "center", "zorder": 4}
    chance = f"{row['quasi_p']:.1g}" if row["quasi_p"] >= _LEAST_P else f"<{_LEAST_P:g}"
    write_at(axes, chance, (1, place), (POINTS * room - 6, 0), ha="right", gid="quasi-p", **look)
    if variants:
        write_at(axes, variants, (0, place), (3, 0), gid="forms", **look)  # a form has no place among shares of draws
        return
    axes.plot([0.0, 100.0], [place, place], color=FAINT, linewidth=0.8, zorder=1, gid="all draws")
    low, high = 100.0 * row["from_share"], 100.0 * row["to_share"]
    axes.barh(place, high - low, left=low, height=_THICK, color=BAR, linewidth=0, zorder=2, gid="inside")
    for limit, at, side, align in ((row["low"], low, -3, "right"), (row["high"], high, 3, "left")):
        if pd.notna(limit):
            axes.plot([at, at], [place - 0.3, place + 0.3], color=INK, linewidth=1.0, zorder=3)
            inside = (at < 14.0 and align == "right") or (at > 96.0 and align == "left")
            axes.annotate(
                f"{limit:.3g}".replace("-", "\N{MINUS SIGN}"), (at, place), (-side if inside else side, 0),
                ha={"left": "right", "right": "left"}[align] if inside else align, gid="limit",
                color="white" if inside else INK, bbox=None if inside else _CLEAR, textcoords="offset points", **look,
            )  # fmt: skip


def _found(fit: pd.DataFrame) -> str:
    halves = {str(row["half"]): row for row in fit.to_dict("records")}
    held_out, alone = halves["held out"], halves["no box"]
    return (
        f"Among the draws held out from the search, the answer is yes in {share_in_words(held_out, 'density')} of the draws"
        f" inside the box, and in {alone['density']:.0%} of all draws. The box contains"
        f" {share_in_words(held_out, 'coverage')} of all held-out draws that answer yes."
    )


@in_style("Trade-off: how much coverage does a box lose as its density grows, on draws of the search and on others?")
def trade_off(trajectory: pd.DataFrame, about: str) -> Figure:
    """Draw density over coverage along the peeling of a `Discovery`, with the number of restricted numbers of each box."""
    grid = Grid(2, min(2, venue().columns), _HEIGHT, left=0.55, right=0.15, above=0.34, below=0.42, note=f"{_NOTE} {about}")
    figure, (curve, count) = grid.build()
    chosen = trajectory[trajectory["chosen"]].iloc[0]
    for half, style in _HALVES.items():
        coverage, density = 100.0 * trajectory[f"coverage, {half}"], 100.0 * trajectory[f"density, {half}"]
        curve.plot(coverage, density, linewidth=0.9, markersize=2.6, markeredgewidth=0, label=HALVES[half], zorder=2, **style)
        at = (100.0 * chosen[f"coverage, {half}"], 100.0 * chosen[f"density, {half}"])
        _ring(curve, *at, str(style["color"]), f"chosen, {half}")
    curve.set_ylim(0.0, 103.0)
    curve.set_ylabel("density: yes among those inside, %", size=NOTE, labelpad=1)
    curve.legend(
        loc="lower left", fontsize=LABEL, frameon=False, title="half of the draws", title_fontsize=LABEL, handlelength=2.6
    )
    title(curve, 0, "Coverage and density")
    count.step(100.0 * trajectory["coverage, found on"], trajectory["restricted"], where="post", color=INK, linewidth=1.0)
    _ring(count, 100.0 * chosen["coverage, found on"], float(chosen["restricted"]), INK, "chosen")
    count.set_ylim(-0.2, float(trajectory["restricted"].max()) + 0.6)
    count.yaxis.set_major_locator(MaxNLocator(integer=True))
    count.set_ylabel("numbers restricted", size=NOTE, labelpad=1)
    title(count, 1, "Restrictions")
    for axes in (curve, count):
        axes.set_xlim(0.0, 103.0)
        axes.set_xlabel("coverage: draws of interest inside, %", size=NOTE, labelpad=1)
        axes.tick_params(labelsize=LABEL)
        axes.grid(color=FAINT, alpha=0.25, linewidth=0.4)
    return figure


def _ring(axes: Axes, x: float, y: float, colour: str, name: str) -> None:
    axes.plot(
        [x], [y], marker="o", markersize=7, markerfacecolor="none", markeredgecolor=colour, markeredgewidth=1.0, linestyle="",
        zorder=4, gid=name,
    )  # fmt: skip
