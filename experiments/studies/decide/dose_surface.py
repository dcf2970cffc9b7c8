"""Dose-response to two settings: where on the surface are differences large, and where are they none?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.analysis.quantities import shown_unit
from experiments.figures.draw import SIGNED, draw_cells, short
from experiments.figures.page_layout import Grid, title
from experiments.figures.style import LABEL, NOTE, in_style, outcome_name
from experiments.figures.venue import venue
from experiments.studies.decide.dose_curves import dose_name
from sim.record.outcomes import BY_NAME

_ROW = 0.24
_NOTE = (
    "Cells: median of the paired difference (of hazards the mean); in brackets and white where it lies within two Monte"
    " Carlo standard errors of none. Brown: more, blue: less, each panel shaded by its own largest value."
)


@in_style
def dose_surface(table: pd.DataFrame, settings: Sequence[str], about: str) -> Figure:
    """Draw median differences as shaded cells over two settings, a panel per outcome; of hazards the mean difference.

    The table has the rows of `compare_arms`, and a column per setting: the first runs along the columns of the cells.
    """
    across, along = settings
    outcomes = list(dict.fromkeys(table["outcome"]))
    rows = sorted(table[along].unique())
    grid = Grid(
        len(outcomes), min(venue().columns, len(outcomes)), len(rows) * _ROW, left=0.62, right=0.12, above=0.42, below=0.36,
        note=f"{_NOTE} {about}",
    )  # fmt: skip
    figure, panels = grid.build()
    for number, (outcome, axes) in enumerate(zip(outcomes, panels, strict=True)):
        here = table[table["outcome"] == outcome]
        _panel(axes, here, across, along, BY_NAME[outcome].rare)
        title(axes, number, f"{outcome_name(outcome)}: difference, {shown_unit(outcome)}", grid.panel_width + 0.4, outdent=38)
        axes.set_xlabel(dose_name(across), size=NOTE, labelpad=1)
        axes.set_ylabel(dose_name(along).partition(" of ")[0], size=NOTE, labelpad=1)
    return figure


def _panel(axes: Axes, table: pd.DataFrame, across: str, along: str, rare: bool) -> None:
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
