"""Satisficing: in what share of the draws does each arm stay within the thresholds?"""

import pandas as pd
from matplotlib.figure import Figure

from experiments.figures.draw import MET, draw_cells, name_columns, name_rows
from experiments.figures.page_layout import Grid
from experiments.figures.style import arm_name, in_style, outcome_name
from experiments.figures.venue import venue
from experiments.studies.decide.satisficing import ALL

_LABELS, _ROW, _HEAD = 1.45, 0.29, 0.85
_NARROWEST = 0.9
"""Width of a column, inches."""


@in_style
def satisficing_heatmap(table: pd.DataFrame, about: str) -> Figure:
    """Draw shares of draws (of `satisfice`) as shaded cells, a row per arm, a column per threshold."""
    arms, thresholds = (list(dict.fromkeys(table[name])) for name in ("arm", "threshold"))
    grid = Grid(1, 1, len(arms) * _ROW, left=_LABELS, right=0.05, above=_HEAD, below=0.02, note=_note(table, about))
    figure, (axes,) = grid.build()
    written = [
        f"{100 * s:.0f}  ({100 * low:.0f}–{100 * high:.0f})" for s, low, high in table[["share", "low", "high"]].to_numpy()
    ]
    cells = table.assign(text=written).pivot(index="arm", columns="threshold").loc[arms]
    draw_cells(axes, cells["share"][thresholds].to_numpy(float), cells["text"][thresholds].to_numpy().tolist(), MET)
    name_rows(axes, [arm_name(arm) for arm in arms], _LABELS - 0.1)
    width = (venue().width - _LABELS - 0.05) / len(thresholds)
    name_columns(axes, [_named(threshold) for threshold in thresholds], width - 0.08)
    return figure


def most_thresholds() -> int:
    """Return how many thresholds have room beside each other."""
    return int((venue().width - _LABELS) / _NARROWEST)


def _named(threshold: str) -> str:
    if threshold == ALL:
        return "All of them"
    outcome, _, rest = threshold.partition(" ")
    return f"{outcome_name(outcome)} {rest}"


def _note(table: pd.DataFrame, about: str) -> str:
    return (
        f"Share, in %, of {int(table['draws'].iloc[0]):,} draws of the parameters in which the arm's expected outcome over the"
        " worlds of the draw meets the threshold, with its 95 % Wilson interval. The thresholds are the analyst's own. A share"
        f" of draws is a share of what was assumed possible, not a probability that it will happen. {about}"
    )
