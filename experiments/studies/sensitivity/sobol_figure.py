"""Sobol: which numbers does the spread of an outcome, or of a difference, hinge on?"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from experiments.analysis.quantities import Scale, scale_of
from experiments.figures.page_layout import Grid, folded, stripe, tick_rows, title
from experiments.figures.style import INK, LABEL, NOTE, factor_name, in_style, outcome_name
from experiments.figures.venue import venue
from experiments.studies.sensitivity.ablation_figure import draw_interval

MOST = 5
"""Factors in a panel: those with the largest total index."""
_LABELS, _ROW = 1.62, 0.27
_APART = 0.17
"""How far the two indices of a factor stand from its row's middle."""
TOTAL, FIRST = "#0072B2", "#D55E00"
_NOTE = (
    "Circles: total index, a factor with all its interplay; diamonds: first order, the factor by itself; lines: 95 %"
    " intervals. Hollow and dotted: the interval covers zero, so the index may be none. Below each panel: how much of the"
    " variance of a single world the kept factors explain; the rest is chance and what is not among them."
)


@in_style
def sobol(table: pd.DataFrame, variances: pd.DataFrame, about: str) -> Figure:
    """Draw total and first-order indices of one `of` with their intervals, a panel per outcome.

    Raises:
        ValueError: there is nothing to draw.
    """
    outcomes = list(dict.fromkeys(table["outcome"]))
    if not outcomes:
        raise ValueError("no outcome has indices")
    shown = min(MOST, table["factor"].nunique())
    grid = Grid(
        len(outcomes), min(venue().columns, len(outcomes)), shown * _ROW, left=_LABELS, right=0.12, above=0.42, below=0.36,
        note=f"{_NOTE} {about}",
    )  # fmt: skip
    figure, panels = grid.build()
    for number, (outcome, axes) in enumerate(zip(outcomes, panels, strict=True)):
        rows = table[table["outcome"] == outcome].sort_values("total", ascending=False, kind="stable").head(shown)
        _panel(axes, rows, shown)
        share = float(variances.loc[variances["outcome"] == outcome, "share"].iloc[0])
        name = outcome_name(outcome) + _scale(outcome)
        title(axes, number, name, _LABELS + grid.panel_width - 0.15, outdent=72 * _LABELS - 6)
        explained = "index" if np.isnan(share) else f"index; these factors: {100 * share:.0f} % of a world's variance"
        axes.set_xlabel(explained, size=NOTE, labelpad=1, loc="right")
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, places: int) -> None:
    axes.set_ylim(places - 0.5, -0.5)
    ends = [float(rows[name].max()) for name in ("total_high", "first_high")]
    lows = [float(rows[name].min()) for name in ("total_low", "first_low")]
    top, bottom = np.nanmax([*ends, 0.1]) if rows["total"].notna().any() else 1.0, np.nanmin([*lows, 0.0])
    axes.set_xlim(min(-0.05, float(bottom) - 0.02), float(top) + 0.05)
    axes.axvline(0.0, color=INK, linewidth=0.6, zorder=1)
    axes.xaxis.set_major_locator(MultipleLocator(0.5 if top - bottom > 1.2 else 0.2 if top - bottom > 0.5 else 0.1))
    axes.tick_params(labelsize=LABEL)
    tick_rows(axes, [folded(factor_name(str(f)), _LABELS - 0.15, LABEL) for f in rows["factor"]])
    if rows["total"].isna().all():
        axes.text(0.5, 0.5, "no variance beyond chance", size=LABEL, ha="center", transform=axes.transAxes, gid="empty")
        return
    for place, row in enumerate(rows.to_dict("records")):
        stripe(axes, place)
        for name, colour, marker, side in (("total", TOTAL, "o", -_APART), ("first", FIRST, "D", _APART)):
            numbers = [float(row[name + ending]) for ending in ("", "_low", "_high")]
            draw_interval(axes, place + side, numbers, colour, marker, bool(row[f"{name}_clear"]), (4.0, 3.4))


def _scale(outcome: str) -> str:
    scale = scale_of(outcome)
    return "" if scale is Scale.AS_IT_IS else ", logarithm" if scale is Scale.LOGARITHM else ", probability"
