"""The figures of a decision: regret and thresholds as heatmaps, differences over one or two doses."""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.analysis.quantities import shown_unit
from experiments.figures.draw import MET, SIGNED, WORSE, draw_cells, name_columns, name_rows, short
from experiments.figures.page_layout import Grid, title, wrap
from experiments.figures.style import FAINT, LABEL, NOTE, TEXT, arm_name, in_style, in_words, outcome_name
from experiments.figures.venue import venue
from experiments.studies.decide.criteria import ALL
from sim.record.outcomes import BY_NAME

PANELS = {
    "mean": "Mean regret over draws",
    "q90": "Regret in the worst tenth of draws begins at",
    "max": "Largest regret in any draw",
}
_LABELS, _ROW, _HEAD = 1.45, 0.29, 0.78
_TITLE, _LINE = 0.28, 0.125  # heights of a title and of a line of the names below it, inches
_BELOW = 2  # columns with names below a title
_NARROWEST = 0.66  # width of a column, inches


@in_style("Regret: by how much is each arm worse than the best would have been, by outcome, on average and at worst?")
def regret_heatmap(table: pd.DataFrame, about: str, only: Collection[str] = tuple(PANELS)) -> Figure:
    """Draw regrets as shaded cells, one panel per summary, one row per arm, one column per outcome in its own unit."""
    shown = [summary for summary in PANELS if summary in only]
    arms, outcomes = (list(dict.fromkeys(table[name])) for name in ("arm", "outcome"))
    width = (venue().width - _LABELS - 0.05) / len(outcomes)
    units = dict(zip(table["outcome"], table["unit"], strict=True))
    names = [f"{outcome_name(outcome)}, {units[outcome]}" for outcome in outcomes]
    head = max(_HEAD, _TITLE + _LINE * max(len(wrap(name, width - 0.05, LABEL)) for name in names[:_BELOW]))
    grid = Grid(
        len(shown), 1, len(arms) * _ROW, left=_LABELS, right=0.05, above=head, below=0.02,
        note=_note(int(table["draws"].iloc[0]), about),
    )  # fmt: skip
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


def most_outcomes() -> int:
    """Return how many outcomes have room side by side."""
    return int((venue().width - _LABELS) / _NARROWEST)


def _note(draws: int, about: str) -> str:
    return (
        f"Regret in each of {draws:,} draws of the parameters: by how much the arm's expected outcome is worse than that of the"
        " best arm shown. Each column has its own unit and is shaded by its own largest value; columns cannot be added. The"
        " best arm of a draw is chosen on few worlds, so regret is slightly overstated; the table also has regret on held-out"
        f" worlds. {about}"
    )


_SATISFICING_NARROWEST = 0.9  # width of a column, inches


@in_style("Satisficing: in what share of the draws does each arm stay within the thresholds?")
def satisficing_heatmap(table: pd.DataFrame, about: str) -> Figure:
    """Draw shares of draws (of `satisfice`) as shaded cells, one row per arm, one column per threshold."""
    arms, thresholds = (list(dict.fromkeys(table[name])) for name in ("arm", "threshold"))
    width = (venue().width - _LABELS - 0.05) / len(thresholds)
    names = [_named(threshold) for threshold in thresholds]
    head = 0.12 + _LINE * max(len(wrap(name, width - 0.08, LABEL)) for name in names)
    note = _satisficing_note(table, about)
    grid = Grid(1, 1, len(arms) * _ROW, left=_LABELS, right=0.05, above=head, below=0.02, note=note)
    figure, (axes,) = grid.build()
    written = [
        f"{100 * s:.0f}  ({100 * low:.0f}–{100 * high:.0f})" for s, low, high in table[["share", "low", "high"]].to_numpy()
    ]
    cells = table.assign(text=written).pivot(index="arm", columns="threshold").loc[arms]
    draw_cells(axes, cells["share"][thresholds].to_numpy(float), cells["text"][thresholds].to_numpy().tolist(), MET)
    name_rows(axes, [arm_name(arm) for arm in arms], _LABELS - 0.1)
    name_columns(axes, names, width - 0.08)
    return figure


def most_thresholds() -> int:
    """Return how many thresholds have room side by side."""
    return int((venue().width - _LABELS) / _SATISFICING_NARROWEST)


def _named(threshold: str) -> str:
    if threshold == ALL:
        return "All of them"
    outcome, _, rest = threshold.partition(" ")
    return f"{outcome_name(outcome)} {rest}"


def _satisficing_note(table: pd.DataFrame, about: str) -> str:
    return (
        f"Share, in %, of {int(table['draws'].iloc[0]):,} draws of the parameters in which the arm's expected outcome over the"
        " worlds of the draw meets the threshold, with its 95 % Wilson interval. The thresholds are the analyst's own. A share"
        f" of draws is a share of the assumptions, not a probability of an event. {about}"
    )


COLOUR = "#0072B2"
_HEIGHT = 1.25
_NOTE = (
    "Marks: median of the paired difference (of hazards the mean), with two Monte Carlo standard errors either way; bands:"
    " central 50 % and 90 % of worlds. Lines between the doses guide the eye."
)


@in_style("Dose-response: how do differences move as one setting is turned up?")
def dose_curves(table: pd.DataFrame, setting: str, about: str) -> Figure:
    """Draw median differences with their bands over the doses, one panel per outcome; of hazards the mean difference.

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
    """Return what a reader calls a setting: "policies.knock_on_exits.strength" -> "strength of knock-on exits"."""
    *_, group, entry = ["", *setting.split(".")]
    return f"{in_words(entry)} of {in_words(group)}" if group else in_words(entry)


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


_DOSE_ROW = 0.24
_DOSE_NOTE = (
    "Cells: median of the paired difference (of hazards the mean); in brackets and white where it lies within two Monte"
    " Carlo standard errors of none. Brown: more, blue: less, each panel shaded by its own largest value."
)


@in_style("Dose-response to two settings: where on the surface are differences large, and where are they none?")
def dose_surface(table: pd.DataFrame, settings: Sequence[str], about: str) -> Figure:
    """Draw median differences as shaded cells over two settings, one panel per outcome; of hazards the mean difference.

    The table has the rows of `compare_arms`, and one column per setting: the first runs along the columns of the cells.
    """
    across, along = settings
    outcomes = list(dict.fromkeys(table["outcome"]))
    rows = sorted(table[along].unique())
    grid = Grid(
        len(outcomes), min(venue().columns, len(outcomes)), len(rows) * _DOSE_ROW,
        left=0.62, right=0.12, above=0.42, below=0.36, note=f"{_DOSE_NOTE} {about}",
    )  # fmt: skip
    figure, panels = grid.build()
    for number, (outcome, axes) in enumerate(zip(outcomes, panels, strict=True)):
        here = table[table["outcome"] == outcome]
        _dose_panel(axes, here, across, along, BY_NAME[outcome].rare)
        title(axes, number, f"{outcome_name(outcome)}: difference, {shown_unit(outcome)}", grid.panel_width + 0.4, outdent=38)
        axes.set_xlabel(dose_name(across), size=NOTE, labelpad=1)
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
    """Return a difference, in brackets where it is not clear of zero."""
    text = short(value, signed=True)
    return f"({text})" if abs(value) <= 2 * error else text
