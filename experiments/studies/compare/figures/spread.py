"""The figures behind the headlines: the variance of the differences, and their convergence."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, NullLocator, StrMethodFormatter

from experiments.figures.names import arm_name, outcome_name
from experiments.figures.page_layout import Grid, folded, key_below, name_rows, title
from experiments.figures.style import FAINT, INK, LABEL, NOTE, TEXT, ArmStyle, in_style
from experiments.figures.venue import venue
from experiments.studies.compare.figures.focus import named, styles_of
from experiments.studies.compare.figures.line_ends import LineEnd, label_line_ends, room_for
from experiments.studies.compare.text import asked_about
from experiments.studies.compare.variance import CHANCE, PARAMETERS, STRUCTURE, UNDIVIDED

SOURCES = {CHANCE: "#c8c8c8", UNDIVIDED: "#c8c8c8", PARAMETERS: "#56B4E9", STRUCTURE: "#A6400C"}
"""Colours, from light to dark; a comparison has one of the first two."""
LARGEST_ERROR = 0.15
"""Standard error above which a share is withheld."""
ERRORS = 2.0
_MARGIN, _NARROWEST = 1.3, 1.9
_ROW = 0.24  # height of an outcome, inches


@in_style("Variance: how much of the spread comes from chance, from unknown parameters and from model structure?")
def variance_bars(table: pd.DataFrame, note: str, arms: Sequence[str] | None = None) -> Figure:
    """Draw the shares of the variance of the paired differences, one panel per arm, with two standard errors either way.

    The bars are not stacked: an estimated share can be below zero, and each has its own error.
    """
    rows = table[(table["of"] == "difference") & table["source"].isin(list(SOURCES))]
    shown = [arm for arm in dict.fromkeys(rows["arm"]) if arms is None or arm in arms]
    outcomes, sources = list(dict.fromkeys(rows["outcome"])), [source for source in SOURCES if source in set(rows["source"])]
    columns = min(len(shown), int((venue().width - _MARGIN) / _NARROWEST))
    undivided = " Every world has a draw of its own: only with several worlds per draw can chance and parameters be separated."
    text = (
        "Variance of the paired differences from the reference on the same worlds, deaths and IS attacks as ln(1 + x), hazards"
        " as probabilities; lines: two standard errors (jackknife over draws). Structure: between the variants of the switches."
        " An arrow: the estimate, which is bias-corrected, lies beyond 0 or 100. Withheld: shares with a standard error above"
        f" {100 * LARGEST_ERROR:.0f} points.{undivided if UNDIVIDED in sources else ''} {note}"
    )
    grid = Grid(
        len(shown), columns, len(outcomes) * _ROW, left=0.08, right=0.12, above=0.46, below=0.42, margin=_MARGIN, note=text,
    )  # fmt: skip
    figure, panels = grid.build(extra=0.2)
    for number, (arm, axes) in enumerate(zip(shown, panels, strict=True)):
        _panel(axes, rows[rows["arm"] == arm], outcomes, sources)
        title(axes, number, arm_name(arm), grid.panel_width - 0.1)
        if number % columns == 0:
            name_rows(axes, [folded(outcome_name(outcome), _MARGIN - 0.05, TEXT) for outcome in outcomes], "outcome")
    key_below(figure, panels[-1], [Patch(color=SOURCES[source]) for source in sources], sources)
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, outcomes: Sequence[str], sources: Sequence[str]) -> None:
    thickness = 0.8 / len(sources)
    worst = np.full(len(outcomes), np.nan)
    for number, source in enumerate(sources):
        here = rows[rows["source"] == source].set_index("outcome").reindex(list(outcomes))
        places = np.arange(len(outcomes)) + (number - (len(sources) - 1) / 2) * thickness
        share, error = 100.0 * here["share"].to_numpy(float), 100.0 * here["share_error"].to_numpy(float)
        known = error <= 100.0 * LARGEST_ERROR
        low, high = (np.clip(share + side * ERRORS * error, 0.0, 100.0) for side in (-1.0, 1.0))
        inside = np.clip(share, 0.0, 100.0)
        axes.barh(places[known], inside[known], 0.9 * thickness, color=SOURCES[source], linewidth=0.0, zorder=2)
        axes.hlines(places[known], low[known], high[known], color=INK, linewidth=0.8, zorder=3, gid="error")
        for beyond, end, marker in ((share < 0.0, 0.0, "<"), (share > 100.0, 100.0, ">")):
            there = places[known & beyond]
            axes.plot([end] * len(there), there, marker, color=INK, markersize=2.5, zorder=4, clip_on=False, gid="beyond")
        worst = np.fmax(worst, np.where(known, np.nan, error))
    for place, each in enumerate(worst):
        if np.isfinite(each):
            text = f"needs {max(2, np.ceil((each / 100.0 / LARGEST_ERROR) ** 2)):,.0f} times as many worlds"
            axes.text(1.5, place, text, size=NOTE, va="center", color="#555555", gid="withheld")
    axes.axvline(0.0, color=INK, linewidth=0.6, zorder=3)
    axes.axvline(100.0, color=FAINT, linewidth=0.6, zorder=0)
    axes.set(xlim=(0.0, 100.0), ylim=(len(outcomes) - 0.5, -0.5))
    axes.set_yticks([])
    axes.set_xlabel("% of the variance of the difference", size=NOTE, labelpad=1)
    axes.tick_params(labelsize=LABEL)


_TICKS = tuple(factor * 10**power for power in range(1, 7) for factor in (1, 2, 5))
_MOST_TICKS = 5


@in_style("Convergence: are there enough worlds, or would more worlds change a headline?")
def convergence(table: pd.DataFrame, labels: list[str], note: str) -> Figure:
    """Draw the share of worlds in a headline from the first worlds, from more worlds and from all, with its error.

    The styles depend on `labels`, all arms of the comparison with their references.
    """
    references = set(table["reference"])
    styles, shown = styles_of(labels, references), named(labels, references)
    arms = list(dict.fromkeys(table["arm"]))
    sides = _sides(table[table["arm"] == asked_about(arms)])
    room, stack = room_for([arm for arm in arms if arm in shown])
    columns = min(venue().columns, len(sides))
    last = table[table["worlds"] == table.groupby(["arm", "outcome"])["worlds"].transform("max")]
    found = (
        f"With all {last['worlds'].max():,} worlds, two Monte Carlo errors of the shares in the headlines are at most"
        f" ±{np.ceil(200.0 * last['error'].max()):.0f} of 100 worlds."
    )
    text = (
        "Number of worlds of 100 with more of the outcome than the reference, or with fewer. Each panel shows one side: the"
        f" side that has more worlds in {arm_name(asked_about(arms))}, as in the headlines. Lines: two Monte Carlo standard"
        " errors either way. Points: the first worlds of the ensemble; each point includes the worlds of the points before."
        f" {note}"
    )
    grid = Grid(
        len(sides), columns, max(0.9, 0.9 * stack),
        left=0.55, right=room + 0.06, above=0.32, below=0.34, note=text, finding=found,
    )  # fmt: skip
    figure, panels = grid.build()
    for number, ((outcome, side), axes) in enumerate(zip(sides.items(), panels, strict=True)):
        rows = table[(table["outcome"] == outcome) & (table["side"] == side)]
        _convergence_panel(axes, rows, {arm: styles[arm] for arm in arms})
        heading = f"{outcome_name(outcome)}: {side}, worlds of 100"
        title(axes, number, heading, grid.panel_width + 0.6 * room, outdent=30)
        axes.set_xlabel("worlds", size=NOTE, labelpad=1)
    return figure


def _sides(rows: pd.DataFrame) -> dict[str, str]:
    """Return the side on which an arm has more worlds, by outcome."""
    found = rows.groupby(["outcome", "side"], sort=False)["estimate"].last().unstack("side")
    return {str(outcome): "fewer" if sides["fewer"] > sides["more"] else "more" for outcome, sides in found.iterrows()}


def _convergence_panel(axes: Axes, rows: pd.DataFrame, styles: dict[str, ArmStyle]) -> None:
    axes.set_xscale("log")
    ends = []
    for number, (arm, style) in enumerate(styles.items()):
        here = rows[rows["arm"] == arm].sort_values("worlds")
        worlds, estimate = here["worlds"].to_numpy(float), 100.0 * here["estimate"].to_numpy(float)
        low, high = (np.clip(estimate + side * 200.0 * here["error"].to_numpy(float), 0.0, 100.0) for side in (-1.0, 1.0))
        axes.fill_between(worlds, low, high, color=style.colour, alpha=0.15, linewidth=0, zorder=1)
        axes.plot(worlds, estimate, zorder=3, **style.drawn(number))
        ends.append(LineEnd(arm, float(worlds[-1]), float(estimate[-1]), style))
    low, high = float(rows["worlds"].min()), float(rows["worlds"].max())
    axes.set(xlim=(0.97 * low, 1.03 * high), ylim=(0.0, 100.0))
    axes.set_yticks([0.0, 50.0, 100.0])
    ticks = [tick for tick in _TICKS if low <= tick <= high]
    axes.xaxis.set_major_locator(FixedLocator(ticks[:: -(-len(ticks) // _MOST_TICKS)] if ticks else sorted({low, high})))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    axes.tick_params(labelsize=LABEL)
    label_line_ends(axes, [end for end in ends if end.style.marker])
