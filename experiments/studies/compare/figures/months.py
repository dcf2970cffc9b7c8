"""Months: differences from the reference at the ends of the months that an analyst chose."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.config.show import headlines
from experiments.figures.names import outcome_name
from experiments.figures.page_layout import LINE_SPACING, POINTS, Grid, exposure, title
from experiments.figures.style import FAINT, LABEL, NOTE, ArmStyle, in_style
from experiments.figures.venue import venue
from experiments.studies.compare.figures.distributions import names_side_by_side, write_key
from experiments.studies.compare.figures.focus import MOST_NAMED, styles_of
from experiments.studies.compare.text import asked_about
from sim.record.outcomes import BY_NAME

_SPREAD = 0.6
"""Width of the arms around a month, as a share of the distance between two months."""
_NOTE = (
    "Marks: median over worlds of the paired difference from the reference (rare events: mean). Sums count from the start."
    " Lines: 90 % of worlds (rare events: two Monte Carlo errors either way). A month ends with the last whole week in it."
)
_ALONE = "Marks: median over worlds (rare events: mean). Lines: 90 % of worlds (rare events: two Monte Carlo errors)."


@in_style("Months: how large is the difference at the end of each chosen month?")
def months(table: pd.DataFrame, about: str) -> Figure:
    """Draw differences by month, or levels for a single arm, one panel per outcome; the table is that of `by_month`.

    If there are more than six arms, the arm asked about is drawn.
    """
    labels = list(dict.fromkeys(table["arm"]))
    references = set(table["reference"])
    others = [label for label in labels if label not in references]
    shown = (others if len(others) <= MOST_NAMED else [asked_about(others)]) or labels
    before = "difference_" if others else ""
    outcomes = list(dict.fromkeys(table["outcome"]))
    columns = min(venue().columns, len(outcomes))
    styles = {label: replace(style, dashes=()) for label, style in styles_of(labels, references).items() if label in shown}
    side_by_side = names_side_by_side(styles)
    note = f"{_NOTE if others else _ALONE} {about}{exposure(outcomes)}"
    grid = Grid(len(outcomes), columns, 1.2, left=0.62, right=0.1, above=0.36, below=0.38, note=note)
    figure, panels = grid.build(extra=0.06 + -(-len(shown) // side_by_side) * LABEL * LINE_SPACING / POINTS)
    for number, (outcome, axes) in enumerate(zip(outcomes, panels, strict=True)):
        scale = next((one.scale for one in headlines() if outcome in (one.outcome, one.by_week)), 1.0)
        _panel(axes, table[table["outcome"] == outcome], styles, before, BY_NAME[outcome].rare, scale)
        axes.set_xlabel("end of month", size=NOTE, labelpad=1)
        axes.set_ylabel(f"difference, {_unit(outcome)}" if others else _unit(outcome), size=NOTE, labelpad=1)
        title(axes, number, outcome_name(outcome), grid.panel_width + 0.3, outdent=38)
    write_key(figure, styles, side_by_side, panels[-1], grid.below)
    return figure


def _unit(outcome: str) -> str:
    if BY_NAME[outcome].rare:
        return "of 100 worlds"
    return "percentage points" if BY_NAME[outcome].unit == "share" else BY_NAME[outcome].unit


def _panel(axes: Axes, rows: pd.DataFrame, styles: dict[str, ArmStyle], before: str, rare: bool, scale: float) -> None:
    ends = sorted(rows["month"].unique())
    for place, (label, style) in enumerate(styles.items()):
        mine = rows[rows["arm"] == label].sort_values("month")
        at = np.searchsorted(ends, mine["month"]) + _SPREAD * ((place + 0.5) / len(styles) - 0.5)
        middle = scale * mine[f"{before}{'mean' if rare else 'median'}"].to_numpy(float)
        if rare:
            reach = np.tile(2.0 * scale * mine[f"{before}mean_error"].to_numpy(float), (2, 1))
        else:
            low, high = (scale * mine[f"{before}{side}"].to_numpy(float) for side in ("q05", "q95"))
            reach = np.stack([middle - low, high - middle])
        look: dict[str, Any] = {"color": style.colour, "linewidth": 0.0, "marker": style.marker, "markersize": 3.5}
        axes.errorbar(at, middle, yerr=np.maximum(reach, 0.0), elinewidth=0.9, capsize=1.5, zorder=2, **look)
    if before:
        axes.axhline(0.0, color=FAINT, linewidth=0.8, zorder=0)
    axes.set_xticks(range(len(ends)), [f"{end}" for end in ends], size=LABEL)
    axes.set_xlim(-0.5, len(ends) - 0.5)
