"""Regret: by how much is each arm worse than the best would have been, by outcome, on average and at worst?"""

from collections.abc import Collection

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from experiments.figures.draw import WORSE, draw_cells, name_columns, name_rows, short
from experiments.figures.page_layout import Grid, title, wrap
from experiments.figures.style import LABEL, arm_name, in_style, outcome_name
from experiments.figures.venue import venue

PANELS = {
    "mean": "Mean regret over draws",
    "q90": "Regret in the worst tenth of draws begins at",
    "max": "Largest regret in any draw",
}
_LABELS, _ROW, _HEAD = 1.45, 0.29, 0.78
_TITLE, _LINE = 0.28, 0.125
"""Heights of a title and of a line of the names below it, inches."""
_BELOW = 2
"""Columns whose names a title stands above."""
_NARROWEST = 0.66
"""Width of a column, inches."""


@in_style
def regret_heatmap(table: pd.DataFrame, about: str, only: Collection[str] = tuple(PANELS)) -> Figure:
    """Draw regrets as shaded cells, a panel per summary, a row per arm, a column per outcome in its own unit."""
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
    """Return how many outcomes have room beside each other."""
    return int((venue().width - _LABELS) / _NARROWEST)


def _note(draws: int, about: str) -> str:
    return (
        f"Regret in each of {draws:,} draws of the parameters: by how much the arm's expected outcome is worse than that of the"
        " best arm shown. A column is in its own unit and shaded by its own largest value; columns cannot be added. The best"
        " arm of a draw is the best on few worlds, so regret is overstated a little; the table has it on other worlds than"
        f" those that the best was chosen on, too. {about}"
    )
