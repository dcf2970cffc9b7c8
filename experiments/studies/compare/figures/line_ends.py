"""Names of lines, at their ends instead of in a legend."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from scipy.optimize import isotonic_regression

from experiments.figures.names import arm_name
from experiments.figures.page_layout import LINE_SPACING, POINTS, folded, width_of
from experiments.figures.style import LABEL, ArmStyle
from sim.arrays import Array

_LEADER, _MARK, _GAP = 12.0, 4.0, 1.5
"""Distances in points: from the axes to the marker, from the marker to its text, and between two texts."""
_WIDEST = 1.12  # inches of text before a name is broken


@dataclass(frozen=True, slots=True)
class LineEnd:
    """The end of an arm's line, in the units of the axes."""

    label: str
    x: float
    y: float
    style: ArmStyle


def broken(label: str) -> str:
    """Return an arm's name in lines that fit beside a panel."""
    return folded(arm_name(label), _WIDEST, LABEL)


def room_for(labels: Sequence[str]) -> tuple[float, float]:
    """Return the width of the names beside a panel, and their height when stacked, inches."""
    names = [broken(label) for label in labels]
    width = max(width_of(name, LABEL) for name in names) + (_LEADER + _MARK) / POINTS
    return width, sum(map(_height, names)) / POINTS


def label_line_ends(axes: Axes, ends: Sequence[LineEnd]) -> None:
    """Write each arm's name at the right of the axes, as near to the end of the arm's line as the other names allow.

    A marker and a thin line in the arm's colour connect the two. The limits of the axes must be final.
    """
    if not ends:
        return
    names = [broken(end.label) for end in ends]
    box = axes.get_window_extent()
    points = POINTS / axes.figure.dpi
    width, height = box.width * points, box.height * points
    inside = axes.transAxes.inverted().transform(axes.transData.transform([(end.x, end.y) for end in ends]))
    inside = np.clip(inside, 0.0, 1.0)
    middles = spread(inside[:, 1] * height, np.array([_height(name) for name in names]), -0.1 * height, height) / height
    for end, name, (x, y), middle in zip(ends, names, inside, middles, strict=True):
        corners = [x, 1 + 0.2 * _LEADER / width, 1 + _LEADER / width]
        style: dict[str, Any] = {"color": end.style.colour, "transform": axes.transAxes, "clip_on": False}
        axes.add_line(Line2D(corners, [y, y, middle], linewidth=0.6, **style))
        axes.add_line(Line2D(corners[2:], [middle], marker=end.style.marker, markersize=3.5, markeredgewidth=0, **style))
        where = (1 + (_LEADER + _MARK) / width, middle)
        axes.text(*where, name, size=LABEL, va="center", transform=axes.transAxes, linespacing=1.1, gid="line end")


def spread(wanted: Array, heights: Array, low: float, high: float) -> Array:
    """Return the middles of labels moved as little as possible (least squares) so that none overlap, (labels,).

    Among labels with the same place, the first is highest. Labels that do not fit between `low` and `high` exceed both limits
    by the same length.
    """
    order = np.lexsort((-np.arange(len(wanted)), wanted))
    tall = heights[order]
    offsets = np.concatenate([[0.0], np.cumsum((tall[1:] + tall[:-1]) / 2)])
    free = isotonic_regression(wanted[order] - offsets).x
    least, most = low + tall[0] / 2, high - tall[-1] / 2 - offsets[-1]
    if most < least:
        least = most = (least + most) / 2
    placed = np.empty(len(wanted))
    placed[order] = np.clip(free, least, most) + offsets
    return placed


def _height(name: str) -> float:
    return (1 + name.count("\n")) * LABEL * LINE_SPACING + _GAP
