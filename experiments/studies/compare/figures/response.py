"""Response: outcomes, and their differences from the reference, over one or two swept numbers."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.analysis.quantities import shown_unit
from experiments.figures.doses import PRIOR_NOTE, Priors, dose_name, dose_surface, draw_curve, draw_prior
from experiments.figures.draw import on_pages
from experiments.figures.names import arm_name, outcome_name
from experiments.figures.page_layout import Grid, exposure, title
from experiments.figures.style import FAINT, INK, NOTE, TEXT, in_style
from experiments.figures.venue import venue
from sim.record.outcomes import BY_NAME

_HEIGHT = 1.15
_NOTE = (
    "Left: the outcome; grey: the reference, if it is not on the curve. Right: paired difference from the reference on"
    " the same worlds. Dotted: the smallest differences that matter; triangles: where the line crosses them or zero. Marks:"
    " median (rare events: mean); differences have two Monte Carlo errors either way. Bands: central 50 % and 90 % of worlds."
    " Lines between the values only guide the eye."
)


def pages_of_response(
    table: pd.DataFrame, crossed: pd.DataFrame, settings: list[str], priors: Priors, about: str
) -> list[Figure]:
    """Draw a response (of `response`) with its `crossings`: curves of one setting, surfaces of two, by series."""
    pages: list[Figure] = []
    for series in dict.fromkeys(table["series"]):
        mine, over = (rows[rows["series"] == series] for rows in (table, crossed))
        others = [name for name in dict.fromkeys(mine["reference"]) if name not in set(mine["arm"])]
        against = arm_name(others[0].partition(", ")[0]) if others else f"{arm_name(str(mine['reference'].iloc[0]))}"
        told = f"{arm_name(str(series))} minus {against}, world by world. {about}"
        shown = list(dict.fromkeys(mine["outcome"]))
        if len(settings) > 1:
            pages += on_pages(shown, lambda some: dose_surface(mine[mine["outcome"].isin(some)], settings, told, priors))  # noqa: B023
        else:
            pages += on_pages(
                shown,
                lambda some: response_curves(mine[mine["outcome"].isin(some)], over, settings[0], priors, told),  # noqa: B023
            )
    return pages


@in_style("Response: how do outcomes, and their differences from the reference, change with the swept number?")
def response_curves(table: pd.DataFrame, crossed: pd.DataFrame, setting: str, priors: Priors, about: str) -> Figure:
    """Draw the level and the paired difference of each outcome over the values of a setting, side by side."""
    outcomes = list(dict.fromkeys(table["outcome"]))
    columns = min(venue().columns, 2)
    prior = priors.get(setting)
    note = f"{_NOTE}{f' {PRIOR_NOTE}' if prior else ''} {about}{exposure(outcomes)}"
    grid = Grid(2 * len(outcomes), columns, _HEIGHT, left=0.62, right=0.12, above=0.36, below=0.24, note=note)
    figure, panels = grid.build(extra=0.3 if prior else 0.16)
    for number, axes in enumerate(panels):
        outcome, is_difference = outcomes[number // 2], bool(number % 2)
        rows = table[table["outcome"] == outcome].sort_values(setting)
        draw_curve(axes, rows, setting, BY_NAME[outcome].rare, "difference_" if is_difference else "")
        if is_difference:
            _mark(axes, rows, setting, crossed[crossed["outcome"] == outcome])
        elif not set(rows["reference"]) <= set(rows["arm"]):
            axes.plot(rows[setting], rows["level_there"], color=FAINT, linewidth=1.0, zorder=1, gid="reference")
        name = outcome_name(outcome)
        title(axes, number, f"{name}: difference" if is_difference else name, grid.panel_width + 0.3, outdent=38)
        axes.set_ylabel(shown_unit(outcome), size=NOTE, labelpad=1)
        if number >= len(panels) - columns:
            unit = ", day" if setting.endswith(".start") else ""
            axes.set_xlabel(f"{dose_name(setting)}{unit}", size=TEXT, labelpad=12 if prior else 2)
            if prior:
                draw_prior(axes, prior, _HEIGHT)
    return figure


def _mark(axes: Axes, rows: pd.DataFrame, setting: str, crossed: pd.DataFrame) -> None:
    """Draw the smallest differences that matter, and the crossings of the curve with them and with zero."""
    matters = rows["matters"].bfill().ffill()
    low, high = axes.get_ylim()
    for side in (-1.0, 1.0):
        axes.plot(rows[setting], side * matters, color=INK, linewidth=0.7, linestyle=(0, (1, 1.5)), zorder=1, gid="matters")
    axes.set_ylim(low, high)  # bands set the scale: a threshold that lies beyond them is crossed nowhere
    for row in crossed.to_dict("records"):
        axes.plot([row["value"]], [row["threshold"]], marker="v", markersize=4.5, color=INK, zorder=4, gid="crossing")
