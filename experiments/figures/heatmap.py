"""Cells with a number each, shaded so that they read in greyscale."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.patches import Rectangle

from experiments.figures.page_layout import wrap
from experiments.figures.style import INK, LABEL
from sim.rule import Array

WORSE: Colormap = LinearSegmentedColormap.from_list("worse", ["#ffffff", "#fdd0a2", "#fd8d3c", "#a63603"])
"""From white to dark brown: darker is worse."""
MET: Colormap = LinearSegmentedColormap.from_list("met", ["#ffffff", "#c6dbef", "#6baed6", "#08519c"])
"""From white to dark blue: darker is more often."""
SIGNED: Colormap = LinearSegmentedColormap.from_list("signed", ["#2166ac", "#ffffff", "#b35806"])
"""From blue (less) over white to brown (more); its ends are as dark, so the numbers carry their signs."""
_UNKNOWN = "#e6e6e6"
_SIZE = 7.0


def draw_cells(axes: Axes, shades: Array, texts: Sequence[Sequence[str]], colours: Colormap) -> None:
    """Draw a table of shaded cells, the first row at the top.

    Args:
        axes: the panel.
        shades: (rows, columns) 0 to 1; NaN is grey.
        texts: by row and column, what stands in the cell.
        colours: of the shades.
    """
    rows, columns = shades.shape
    axes.set_xlim(0, columns)
    axes.set_ylim(rows, 0)
    for row in range(rows):
        for column in range(columns):
            shade = float(shades[row, column])
            face = _UNKNOWN if np.isnan(shade) else colours(shade)
            axes.add_patch(Rectangle((column, row), 1, 1, facecolor=face, edgecolor="white", linewidth=0.8, gid="cell"))
            dark = not np.isnan(shade) and _lightness(colours(shade)) < 0.5
            axes.text(
                column + 0.5, row + 0.5, texts[row][column], size=_SIZE, ha="center", va="center",
                color="white" if dark else INK, gid="number",
            )  # fmt: skip
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, labelsize=LABEL)


def name_rows(axes: Axes, names: Sequence[str], room: float) -> None:
    """Write the names of the rows at the left, in so much room, inches."""
    axes.set_yticks(np.arange(len(names)) + 0.5, ["\n".join(wrap(name, room, LABEL)) for name in names], size=LABEL)


def name_columns(axes: Axes, names: Sequence[str], room: float) -> None:
    """Write the names of the columns above, in so much room each, inches."""
    axes.xaxis.tick_top()
    axes.set_xticks(np.arange(len(names)) + 0.5, ["\n".join(wrap(name, room, LABEL)) for name in names], size=LABEL)
    axes.tick_params(axis="x", pad=1.5)


def _lightness(colour: Sequence[float]) -> float:
    """Return the perceived lightness of a colour, 0 black to 1 white."""
    red, green, blue, *_ = colour
    return 0.299 * red + 0.587 * green + 0.114 * blue


def short(value: float, signed: bool = False) -> str:
    """Return a number of three digits at most after its leading zeros, with a proper minus sign."""
    if np.isnan(value):
        return "–"
    digits = f"{value:+,.0f}" if abs(value) >= 100 else f"{value:+.1f}" if abs(value) >= 10 else f"{value:+.2g}"
    text = digits if signed or digits.startswith("-") else digits[1:]
    return ("0" if float(digits.replace(",", "")) == 0.0 else text).replace("-", "\N{MINUS SIGN}")
