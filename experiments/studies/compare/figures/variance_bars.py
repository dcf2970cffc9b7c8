"""Variance: how much of the spread is chance, how much parameters that nobody knows, how much the form of the model?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.page_layout import Grid, folded, name_rows, title
from experiments.figures.style import FAINT, INK, LABEL, NOTE, TEXT, arm_name, in_style, outcome_name
from experiments.figures.venue import venue
from experiments.studies.compare.variance import CHANCE, PARAMETERS, STRUCTURE, UNDIVIDED

SOURCES = {CHANCE: ("#A0A0A0", ""), UNDIVIDED: ("#A0A0A0", ""), PARAMETERS: ("#56B4E9", "////"), STRUCTURE: ("#D55E00", "....")}
"""Colour and hatch of each; of the first two a comparison has either."""
_MARGIN, _NARROWEST = 1.5, 1.9
_ROW = 0.285  # height of an outcome, inches


@in_style
def variance_bars(table: pd.DataFrame, note: str, arms: Sequence[str] | None = None) -> Figure:
    """Draw the shares of the variance of the paired differences, one panel per arm, with two standard errors either way.

    Bars beside and not on each other: a share that is estimated can come out below zero, and each has its own error.

    Args:
        table: of `experiments.studies.compare.variance.split_variance`.
        note: what the figure rests on.
        arms: those to draw; all that are compared by default.
    """
    rows = table[(table["of"] == "difference") & table["source"].isin(list(SOURCES))]
    shown = [arm for arm in dict.fromkeys(rows["arm"]) if arms is None or arm in arms]
    if not shown:
        raise ValueError("the variance of differences needs an arm besides the reference")
    outcomes, sources = list(dict.fromkeys(rows["outcome"])), [source for source in SOURCES if source in set(rows["source"])]
    columns = min(len(shown), int((venue().width - _MARGIN) / _NARROWEST))
    grid = Grid(
        len(shown), columns, len(outcomes) * _ROW, left=0.08, right=0.12, above=0.46, below=0.42, margin=_MARGIN,
        note=_note(sources, note),
    )  # fmt: skip
    figure, panels = grid.build(extra=0.2)
    for number, (arm, axes) in enumerate(zip(shown, panels, strict=True)):
        _panel(axes, rows[rows["arm"] == arm], outcomes, sources)
        title(axes, number, arm_name(arm), grid.panel_width - 0.1)
        if number % columns == 0:
            name_rows(axes, [folded(outcome_name(outcome), _MARGIN - 0.05, TEXT) for outcome in outcomes], "outcome")
    handles, names = panels[0].get_legend_handles_labels()
    foot = float(panels[-1].get_position().y0) - 0.52 / figure.get_figheight()
    figure.legend(
        handles, names, loc="lower left", bbox_to_anchor=(0.06 / venue().width, foot), ncols=len(names),
        frameon=False, fontsize=LABEL, borderaxespad=0.0, handlelength=1.4, columnspacing=1.5,
    )  # fmt: skip
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, outcomes: Sequence[str], sources: Sequence[str]) -> None:
    thickness = 0.8 / len(sources)
    for number, source in enumerate(sources):
        here = rows[rows["source"] == source].set_index("outcome").reindex(list(outcomes))
        places = np.arange(len(outcomes)) + (number - (len(sources) - 1) / 2) * thickness
        colour, hatch = SOURCES[source]
        share, error = 100.0 * here["share"].to_numpy(float), 200.0 * here["share_error"].to_numpy(float)
        axes.barh(
            places, share, 0.9 * thickness, xerr=error, color=colour, hatch=hatch, edgecolor="white", linewidth=0.0,
            error_kw={"elinewidth": 0.8, "capsize": 1.5, "ecolor": INK}, label=source, zorder=2,
        )  # fmt: skip
    axes.axvline(0.0, color=INK, linewidth=0.6, zorder=3)
    axes.axvline(100.0, color=FAINT, linewidth=0.6, zorder=0)
    axes.set_xlim(min(-5.0, axes.get_xlim()[0]), max(105.0, axes.get_xlim()[1]))
    axes.set_ylim(len(outcomes) - 0.5, -0.5)
    axes.set_yticks([])
    axes.set_xlabel("% of the variance of the difference", size=NOTE, labelpad=1)
    axes.tick_params(labelsize=LABEL)


def _note(sources: Sequence[str], note: str) -> str:
    undivided = (
        " Every world has a draw of its own, so chance and parameters cannot be told apart: ensemble.worlds_per_draw=4 would."
        if UNDIVIDED in sources
        else ""
    )
    return (
        "Variance of the paired differences from the reference on the same worlds, deaths and IS attacks as ln(1 + x), hazards"
        " as probabilities; lines: two standard errors (jackknife over draws). Structure: between the forms of the switches."
        f" Estimates are bias-corrected, so a share can fall below 0.{undivided} {note}"
    )
