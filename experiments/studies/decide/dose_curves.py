"""Dose-response: how do differences move as one setting is turned up?"""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.analysis.quantities import shown_unit
from experiments.figures.page_layout import Grid, title
from experiments.figures.style import FAINT, LABEL, NOTE, TEXT, in_style, outcome_name
from experiments.figures.venue import venue
from sim.record.outcomes import BY_NAME

COLOUR = "#0072B2"
_HEIGHT = 1.25
_NOTE = (
    "Marks: median of the paired difference (of hazards the mean), with two Monte Carlo standard errors either way; bands:"
    " central 50 % and 90 % of worlds. Lines between the doses that were run are drawn to guide the eye."
)


@in_style
def dose_curves(table: pd.DataFrame, setting: str, about: str) -> Figure:
    """Draw median differences with their bands over the doses, a panel per outcome; of hazards the mean difference.

    The table has the rows of `compare_arms`, and a column of the setting.
    """
    outcomes = list(dict.fromkeys(table["outcome"]))
    columns = min(venue().columns, len(outcomes))
    grid = Grid(len(outcomes), columns, _HEIGHT, left=0.62, right=0.12, above=0.4, below=0.24, note=f"{_NOTE} {about}")
    figure, panels = grid.build(extra=0.16)
    for number, (outcome, axes) in enumerate(zip(outcomes, panels, strict=True)):
        rows = table[table["outcome"] == outcome].sort_values(setting)
        _panel(axes, rows, setting, BY_NAME[outcome].rare)
        title(axes, number, outcome_name(outcome), grid.panel_width + 0.3, outdent=38)
        axes.set_ylabel(shown_unit(outcome), size=NOTE, labelpad=1)
        if number >= len(outcomes) - columns:
            axes.set_xlabel(dose_name(setting), size=TEXT, labelpad=2)
    return figure


def dose_name(setting: str) -> str:
    """Return what a reader calls a setting: "policies.knock_on_exits.strength" -> "strength of knock on exits"."""
    *_, group, entry = ["", *setting.split(".")]
    return f"{entry.replace('_', ' ')} of {group.replace('_', ' ')}" if group else entry.replace("_", " ")


def _panel(axes: Axes, rows: pd.DataFrame, setting: str, rare: bool) -> None:
    doses = rows[setting].to_numpy(float)
    middle = rows["difference_mean" if rare else "difference_median"].to_numpy(float)
    if not rare:
        for low, high, alpha in (("q05", "q95", 0.15), ("q25", "q75", 0.25)):
            below, above = (rows[f"difference_{side}"].to_numpy(float) for side in (low, high))
            axes.fill_between(doses, below, above, color=COLOUR, alpha=alpha, linewidth=0, zorder=1)
        for side in ("q05", "q95"):
            axes.plot(doses, rows[f"difference_{side}"], color=COLOUR, linewidth=0.5, linestyle=(0, (3, 1.5)), zorder=2)
    style: dict[str, Any] = {"color": COLOUR, "linewidth": 1.4, "marker": "o", "markersize": 3.5, "capsize": 2, "zorder": 3}
    axes.errorbar(doses, middle, yerr=2 * rows["difference_error"].to_numpy(float), elinewidth=0.8, **style)
    axes.axhline(0.0, color=FAINT, linewidth=0.8, zorder=0)
    axes.set_xticks(np.unique(doses), [f"{dose:g}" for dose in np.unique(doses)])
    axes.tick_params(labelsize=LABEL)
