"""The arms and their lines in rows below all panels, where their ends are no place for names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments.figures.page_layout import LINE_SPACING, POINTS, width_of
from experiments.figures.style import LABEL, ArmStyle, arm_name
from experiments.figures.venue import venue

_HANDLE = 0.5
"""Width of a line with its marker and the room around it, inches."""
_EDGE = 0.06


@dataclass(frozen=True, slots=True)
class Key:
    """Names of arms in columns.

    Attributes:
        styles: of the arms. `columns`: of names. `height`: of all rows, inches.
    """

    styles: Mapping[str, ArmStyle]
    columns: int
    height: float

    def write(self, figure: Figure, lowest: Axes, below: float) -> None:
        """Write the key below the lowest panel and the `below` inches of its axis."""
        every: dict[str, Any] = {"markevery": None}
        handles = [Line2D([], [], **(style.drawn(0) | every)) for style in self.styles.values()]
        top = float(lowest.get_position().y0) - below / figure.get_figheight()
        figure.legend(
            handles, list(map(arm_name, self.styles)), loc="upper left", bbox_to_anchor=(_EDGE / venue().width, top),
            ncols=self.columns, frameon=False, fontsize=LABEL, borderaxespad=0.0, borderpad=0.0, handlelength=2.6,
            columnspacing=1.2, labelspacing=0.25,
        )  # fmt: skip


def key_of(styles: Mapping[str, ArmStyle]) -> Key:
    """Return the key of arms, in as many columns as the page is wide."""
    widest = max(width_of(arm_name(label), LABEL) for label in styles) + _HANDLE
    columns = max(1, min(len(styles), int((venue().width - _EDGE) / widest)))
    rows = -(-len(styles) // columns)
    return Key(styles, columns, 0.06 + rows * LABEL * LINE_SPACING / POINTS)
