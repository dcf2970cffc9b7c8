"""The figures of a decision: regret and thresholds as heatmaps."""

from collections.abc import Collection

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from experiments.figures.draw import MET, WORSE, draw_cells, name_columns, name_rows, short
from experiments.figures.names import arm_name, outcome_name
from experiments.figures.page_layout import Grid, title, wrap
from experiments.figures.style import LABEL, in_style
from experiments.figures.venue import venue
from experiments.studies.decide.criteria import ALL

PANELS = {
    "mean": "Mean regret over draws",
    "q90": "Regret in the worst tenth of draws begins at",
    "max": "Largest regret in any draw",
}
_LABELS, _ROW, _HEAD = 1.45, 0.29, 0.78
_TITLE, _LINE = 0.28, 0.125  # heights of a title and of a line of the names below it, inches
_BELOW = 2  # columns with names below a title
OUTCOME, THRESHOLD = 0.66, 0.9
"""Least width of a column of either figure, inches."""


@in_style("Regret: by how much is each arm worse than the best arm, by outcome, on average and at worst?")
def regret_heatmap(table: pd.DataFrame, about: str, only: Collection[str] = tuple(PANELS)) -> Figure:
    """Draw regrets as shaded cells, one panel per summary, one row per arm, one column per outcome in its own unit."""
    shown = [summary for summary in PANELS if summary in only]
    arms, outcomes = (list(dict.fromkeys(table[name])) for name in ("arm", "outcome"))
    width = (venue().width - _LABELS - 0.05) / len(outcomes)
    units = dict(zip(table["outcome"], table["unit"], strict=True))
    names = [f"{outcome_name(outcome)}, {units[outcome]}" for outcome in outcomes]
    head = max(_HEAD, _TITLE + _LINE * max(len(wrap(name, width - 0.05, LABEL)) for name in names[:_BELOW]))
    note = (
        f"Regret in each of {int(table['draws'].iloc[0]):,} draws of the parameters: by how much the arm's expected outcome is"
        " worse than that of the best arm shown. Each column has its own unit and is shaded by its own largest value; columns"
        " cannot be added. The best arm of a draw is chosen on few worlds, so regret is slightly overstated; the table also has"
        f" regret on held-out worlds. {about}"
    )
    grid = Grid(len(shown), 1, len(arms) * _ROW, left=_LABELS, right=0.05, above=head, below=0.02, note=note)
    figure, panels = grid.build()
    for number, summary in enumerate(shown):
        axes = panels[number]
        values = table.pivot(index="arm", columns="outcome", values=summary).loc[arms, outcomes].to_numpy(float)
        largest = values.max(axis=0, keepdims=True)
        shades = np.divide(values, largest, out=np.zeros_like(values), where=largest > 0.0)
        draw_cells(axes, shades, [[short(value) for value in row] for row in values], WORSE)
        name_rows(axes, [arm_name(arm) for arm in arms], _LABELS - 0.1)
        name_columns(axes, names, width - 0.05)
        title(axes, number, PANELS[summary], outdent=72 * _LABELS - 6, rise=72 * (head - 0.22))
    return figure


def most_columns(narrowest: float) -> int:
    """Return how many columns of at least this width have room side by side."""
    return int((venue().width - _LABELS) / narrowest)


@in_style("Satisficing: in what share of the draws does each arm stay within the thresholds?")
def satisficing_heatmap(table: pd.DataFrame, about: str) -> Figure:
    """Draw shares of draws (of `satisfice`) as shaded cells, one row per arm, one column per threshold."""
    arms, thresholds = (list(dict.fromkeys(table[name])) for name in ("arm", "threshold"))
    width = (venue().width - _LABELS - 0.05) / len(thresholds)
    names = [_named(threshold) for threshold in thresholds]
    head = 0.12 + _LINE * max(len(wrap(name, width - 0.08, LABEL)) for name in names)
    note = (
        f"Share, in %, of {int(table['draws'].iloc[0]):,} draws of the parameters in which the arm's expected outcome over the"
        " worlds of the draw meets the threshold, with its 95 % Wilson interval. The thresholds are the analyst's own. A share"
        f" of draws is a share of the assumptions, not a probability of an event. {about}"
    )
    grid = Grid(1, 1, len(arms) * _ROW, left=_LABELS, right=0.05, above=head, below=0.02, note=note)
    figure, (axes,) = grid.build()
    shares = table[["share", "low", "high"]].to_numpy()
    written = [f"{100 * share:.0f}  ({100 * low:.0f}–{100 * high:.0f})" for share, low, high in shares]
    cells = table.assign(text=written).pivot(index="arm", columns="threshold").loc[arms]
    draw_cells(axes, cells["share"][thresholds].to_numpy(float), cells["text"][thresholds].to_numpy().tolist(), MET)
    name_rows(axes, [arm_name(arm) for arm in arms], _LABELS - 0.1)
    name_columns(axes, names, width - 0.08)
    return figure


def _named(threshold: str) -> str:
    if threshold == ALL:
        return "All of them"
    outcome, _, rest = threshold.partition(" ")
    return f"{outcome_name(outcome)} {rest}"
