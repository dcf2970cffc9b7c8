"""Differences over the values of one or two settings: curves and surfaces, with priors under the axis."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.analysis.quantities import shown_unit
from experiments.figures.draw import SIGNED, draw_cells, short
from experiments.figures.names import in_words, outcome_name
from experiments.figures.page_layout import Grid, title
from experiments.figures.style import FAINT, INK, LABEL, NOTE, TEXT, in_style
from experiments.figures.venue import venue
from sim.record.outcomes import BY_NAME

type Priors = Mapping[str, Sequence[float]]
"""The 5, 25, 50, 75 and 95 % quantiles of the prior, by setting; settings without a prior are left out."""

COLOUR = "#0072B2"
_HEIGHT = 1.25
_NOTE = (
    "Marks: median of the paired difference (hazards: mean), with two Monte Carlo standard errors either way. Bands:"
    " central 50 % and 90 % of worlds. Lines between the doses guide the eye."
)


@in_style("Dose-response: how do differences change as one setting increases?")
def dose_curves(table: pd.DataFrame, setting: str, about: str) -> Figure:
    """Draw median differences (hazards: mean) with their bands over the doses, one panel per outcome.

    The table has the rows of `compare_arms`, and a column of the setting.
    """
    outcomes = list(dict.fromkeys(table["outcome"]))
    columns = min(venue().columns, len(outcomes))
    grid = Grid(len(outcomes), columns, _HEIGHT, left=0.62, right=0.12, above=0.4, below=0.24, note=f"{_NOTE} {about}")
    figure, panels = grid.build(extra=0.16)
    for number, (outcome, axes) in enumerate(zip(outcomes, panels, strict=True)):
        rows = table[table["outcome"] == outcome].sort_values(setting)
        draw_curve(axes, rows, setting, BY_NAME[outcome].rare)
        title(axes, number, outcome_name(outcome), grid.panel_width + 0.3, outdent=38)
        axes.set_ylabel(shown_unit(outcome), size=NOTE, labelpad=1)
        if number >= len(outcomes) - columns:
            axes.set_xlabel(dose_name(setting), size=TEXT, labelpad=2)
    return figure


def dose_name(setting: str) -> str:
    """Return the name of a setting for readers: "policies.knock_on_exits.strength" -> "strength of knock-on exits"."""
    *_, group, entry = ["", *setting.split(".")]
    return f"{in_words(entry)} of {in_words(group)}" if group else in_words(entry)


def draw_curve(axes: Axes, rows: pd.DataFrame, setting: str, rare: bool, before: str = "difference_") -> None:
    """Draw the median (hazards: mean) of a difference over a setting, with bands; if `before` is empty, draw the level."""
    doses = rows[setting].to_numpy(float)
    middle = rows[f"{before}{'mean' if rare else 'median'}"].to_numpy(float)
    if not rare:
        for low, high, alpha in (("q05", "q95", 0.15), ("q25", "q75", 0.25)):
            below, above = (rows[f"{before}{side}"].to_numpy(float) for side in (low, high))
            axes.fill_between(doses, below, above, color=COLOUR, alpha=alpha, linewidth=0, zorder=1)
        for side in ("q05", "q95"):
            axes.plot(doses, rows[f"{before}{side}"], color=COLOUR, linewidth=0.5, linestyle=(0, (3, 1.5)), zorder=2)
    style: dict[str, Any] = {"color": COLOUR, "linewidth": 1.4, "marker": "o", "markersize": 3.5, "capsize": 2, "zorder": 3}
    error = {"difference_": "difference_error", "": "mean_error"}[before]
    errors = 2 * rows[error].to_numpy(float) if before or rare else None
    axes.errorbar(doses, middle, yerr=errors, elinewidth=0.8, **style)
    if before:
        axes.axhline(0.0, color=FAINT, linewidth=0.8, zorder=0)
    axes.set_xticks(np.unique(doses), [f"{dose:g}" for dose in np.unique(doses)])
    axes.tick_params(labelsize=LABEL)


_STRIP = 0.2
"""Inches between an axis and the strip of the prior below the numbers of its ticks."""
PRIOR_NOTE = (
    "Below the axis: the prior of the parameter, with median (tick), central 50 % (thick) and 90 % (thin), inside the swept"
    " range only."
)


def draw_prior(axes: Axes, quantiles: Sequence[float], height: float) -> None:
    """Draw a prior, its 5, 25, 50, 75 and 95 % quantiles, below an axis; `height` is that of the axes, inches."""
    strip = axes.inset_axes((0.0, -_STRIP / height, 1.0, 0.07 / height))
    strip.set_xlim(axes.get_xlim())
    strip.set_ylim(0.0, 1.0)
    strip.axis("off")
    low, quarter, median, three_quarters, high = quantiles
    strip.plot([low, high], [0.5, 0.5], color=FAINT, linewidth=0.8, gid="prior")
    strip.plot([quarter, three_quarters], [0.5, 0.5], color=FAINT, linewidth=3.0, solid_capstyle="butt")
    strip.plot([median, median], [-0.2, 1.2], color=INK, linewidth=1.0, clip_on=False)
    place: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points", "ha": "right", "va": "center"}
    strip.annotate("prior", (0, 0.5), (-5, 0), size=NOTE, color=FAINT, **place)


_DOSE_ROW = 0.24
_DOSE_NOTE = (
    "Cells: median of the paired difference (hazards: mean); in brackets and white where it lies within two Monte"
    " Carlo standard errors of zero. Brown: more, blue: less, each panel shaded by its own largest value."
)


@in_style("Dose-response to two settings: for which values are differences large, and for which are there none?")
def dose_surface(table: pd.DataFrame, settings: Sequence[str], about: str, priors: Priors | None = None) -> Figure:
    """Draw median differences (hazards: mean) as shaded cells over two settings, one panel per outcome.

    The table has the rows of `compare_arms`, and one column per setting: the first runs along the columns of the cells, with
    its prior below them.
    """
    across, along = settings
    outcomes = list(dict.fromkeys(table["outcome"]))
    rows = sorted(table[along].unique())
    prior = (priors or {}).get(across)
    values = np.sort(table[across].unique())
    note = f"{_DOSE_NOTE}{f' {PRIOR_NOTE}' if prior else ''} {about}"
    grid = Grid(
        len(outcomes), min(venue().columns, len(outcomes)), len(rows) * _DOSE_ROW,
        left=0.62, right=0.12, above=0.42, below=0.5 if prior else 0.36, note=note,
    )  # fmt: skip
    figure, panels = grid.build()
    for number, (outcome, axes) in enumerate(zip(outcomes, panels, strict=True)):
        here = table[table["outcome"] == outcome]
        _dose_panel(axes, here, across, along, BY_NAME[outcome].rare)
        title(axes, number, f"{outcome_name(outcome)}: difference, {shown_unit(outcome)}", grid.panel_width + 0.4, outdent=38)
        axes.set_xlabel(dose_name(across), size=NOTE, labelpad=11 if prior else 1)
        if prior:  # between the middles of the cells as between their values; beyond them it ends
            draw_prior(axes, np.interp(prior, values, np.arange(len(values)) + 0.5).tolist(), grid.height)
        axes.set_ylabel(dose_name(along).partition(" of ")[0], size=NOTE, labelpad=1)
    return figure


def _dose_panel(axes: Axes, table: pd.DataFrame, across: str, along: str, rare: bool) -> None:
    middle = "difference_mean" if rare else "difference_median"
    values, errors = (table.pivot(index=along, columns=across, values=name) for name in (middle, "difference_error"))
    numbers = values.to_numpy(float)
    largest = np.nanmax(np.abs(numbers)) or 1.0
    texts = [
        [_cell(value, error) for value, error in zip(row, row_errors, strict=True)]
        for row, row_errors in zip(numbers, errors.to_numpy(float), strict=True)
    ]
    clear = np.abs(numbers) > 2 * errors.to_numpy(float)
    draw_cells(axes, 0.5 + 0.5 * np.where(clear, numbers, 0.0) / largest, texts, SIGNED)
    axes.set_xticks(np.arange(numbers.shape[1]) + 0.5, [f"{value:g}" for value in values.columns], size=LABEL)
    axes.set_yticks(np.arange(numbers.shape[0]) + 0.5, [f"{value:g}" for value in values.index], size=LABEL)


def _cell(value: float, error: float) -> str:
    """Return a difference, in brackets where it lies within two errors of zero."""
    text = short(value, signed=True)
    return f"({text})" if abs(value) <= 2 * error else text
