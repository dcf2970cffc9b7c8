"""The layout of a page, in inches: panels in rows and columns, and the note below them."""

import math
import re
from collections.abc import Collection, Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from matplotlib.ticker import StrMethodFormatter

from experiments.analysis.paired import Datasets
from experiments.figures.names import arm_name
from experiments.figures.style import FAINT, FINDING, FONT, FONTS, INK, LABEL, NOTE, TEXT, TITLE
from experiments.figures.venue import venue

POINTS = 72.0
"""To the inch."""
LINE_SPACING = 1.25
EXPOSURE = "Fewer attacks on sites may mean fewer people there to attack: compare displaced attacks."
"""A warning for the notes of every comparison with a pullout."""
ORIGIN = 6.0
"""Size of type of a draft's foot, points."""
_EDGE = 0.06
_ROUNDING = 1.04
"""Rendered letters are slightly wider than the outlines of the font."""
HIGHEST: ContextVar[float] = ContextVar("highest", default=math.inf)
"""Height that no figure may exceed, inches."""


class TooHighError(Exception):
    """A figure is higher than its page: `height`, inches. It is raised before the panels, the slowest part, are made."""

    def __init__(self, height: float) -> None:
        super().__init__(f"a figure is {height:.2f} inches high")
        self.height = height


@dataclass(frozen=True, slots=True)
class Grid:
    """Panels of one size; all lengths in inches.

    Attributes:
        panels: how many. `columns`: of panels. `height`: of a panel's axes.
        left, right, above, below: room around each panel for ticks, labels and its title.
        margin: additional room at the left of the first column.
        note: text below all panels. `finding`: what the figure shows, before it.
        head: additional room above the first row.
    """

    panels: int
    columns: int
    height: float
    left: float
    right: float
    above: float = 0.3
    below: float = 0.3
    margin: float = 0.0
    note: str = ""
    head: float = 0.0
    finding: str = ""

    @property
    def panel_width(self) -> float:
        """Return the width of a panel's axes."""
        return (venue().width - self.margin) / self.columns - self.left - self.right

    def build(self, extra: float = 0.0) -> tuple[Figure, list[Axes]]:
        """Return an empty figure and its panels, row by row, with `extra` room between the panels and the note.

        Raises:
            TooHighError: the figure is higher than its page, and fewer parts would fit.
        """
        page = venue()
        width = page.width
        note = f"{self.finding} {self.note}".strip()
        lines = wrap(note, width - 2 * _EDGE, NOTE) if note and page.note else []
        origin = wrap(page.origin, width - 2 * _EDGE, ORIGIN) if page.draft and page.origin else []
        below = _EDGE + len(origin) * ORIGIN * LINE_SPACING / POINTS
        foot = below + _EDGE + len(lines) * NOTE * LINE_SPACING / POINTS + extra
        rows = -(-self.panels // self.columns)
        total = foot + self.head + rows * (self.above + self.height + self.below)
        if total > HIGHEST.get():
            raise TooHighError(total)
        figure = Figure(figsize=(width, total), dpi=150, facecolor="white")
        FigureCanvasAgg(figure)
        figure.set_label(self.note)
        vars(figure)[FINDING] = self.finding
        for gid, text, rise, size, colour in (("note", lines, below, NOTE, INK), ("origin", origin, _EDGE, ORIGIN, FAINT)):
            figure.text(
                _EDGE / width, rise / total, "\n".join(text), size=size, color=colour, va="bottom",
                linespacing=LINE_SPACING, gid=gid,
            )  # fmt: skip
        panels = []
        for number in range(self.panels):
            row, column = divmod(number, self.columns)
            x = self.margin + column * (self.left + self.panel_width + self.right) + self.left
            y = total - self.head - (row + 1) * (self.above + self.height) - row * self.below
            box = (x / width, y / total, self.panel_width / width, self.height / total)
            panels.append(_dressed(figure.add_axes(box)))
        return figure, panels


def _dressed(axes: Axes) -> Axes:
    look: dict[str, Any] = {"color": INK, "labelcolor": INK, "labelsize": TEXT, "labelfontfamily": FONT, "direction": "out"}
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(which="major", length=2.5, width=0.6, pad=2, **look)
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    return axes


def title(axes: Axes, number: int, text: str, room: float = np.inf, *, outdent: float = 0.0, rise: float = 5.0) -> None:
    """Write a panel's letter and title above it.

    The `number` 0 is panel a; `room` is the width of the lines, inches. The title begins `outdent` to the left of the axes, and
    its last line lies `rise` above them, points.
    """
    lines = [piece for line in text.split("\n") for piece in ([line] if room == np.inf else wrap(line, room, TITLE))]
    pieces = [(chr(ord("a") + number), 0, 0.0, "bold"), *((line, row, 9.0, "normal") for row, line in enumerate(lines))]
    for piece, row, indent, weight in pieces:
        lift = rise + (len(lines) - 1 - row) * TITLE * LINE_SPACING
        write_at(axes, piece, (0, 1), (indent - outdent, lift), up="axes fraction", size=TITLE, weight=weight)


def key_below(figure: Figure, panel: Axes, handles: Sequence[Artist], names: Sequence[str], drop: float = 0.52) -> None:
    """Draw the key of all panels, `drop` inches below the last one; the grid is built with `extra` room for it."""
    foot = float(panel.get_position().y0) - drop / figure.get_figheight()
    figure.legend(
        handles, names, loc="lower left", bbox_to_anchor=(_EDGE / venue().width, foot), ncols=len(names),
        frameon=False, fontsize=LABEL, borderaxespad=0.0, handlelength=1.4, columnspacing=1.5,
    )  # fmt: skip


def write_at(
    axes: Axes, text: str, place: tuple[float, float], shift: tuple[float, float], up: str = "data", **look: Any
) -> None:
    """Write a text at a place of the axes, x as a share of them and y in their units, shifted by points."""
    axes.annotate(text, place, shift, xycoords=("axes fraction", up), textcoords="offset points", **look)


def rows_of(labels: Iterable[str], room: float, least: float, padding: float) -> tuple[list[str], float]:
    """Return the names of arms in lines that fit a room, and the height of their rows, each at least `least`; inches."""
    names = [folded(arm_name(label), room, TEXT) for label in labels]
    lines = max(1 + name.count("\n") for name in names)
    return names, len(names) * max(least, (lines * TEXT * LINE_SPACING + padding) / POINTS)


def name_rows(axes: Axes, names: Sequence[str], gid: str = "arm", va: str = "center") -> None:
    """Write names at the left of the axes, at the heights 0, 1, 2, ..."""
    for place, name in enumerate(names):
        write_at(axes, name, (0, place), (-5, 0), size=TEXT, ha="right", va=va, linespacing=1.1, gid=gid)


def tick_rows(axes: Axes, names: Sequence[str]) -> None:
    """Name the rows of a panel by ticks without a line."""
    axes.set_yticks(range(len(names)), names, size=LABEL)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def without_left(axes: Axes) -> None:
    """Remove the ticks and the line at the left."""
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


def stripe(axes: Axes, place: int) -> None:
    """Shade every other row."""
    if place % 2 == 0:
        axes.axhspan(place - 0.5, place + 0.5, color="#f3f3f3", linewidth=0, zorder=0)


def folded(text: str, width: float, size: float) -> str:
    """Return a text in lines of at most `width` inches."""
    return "\n".join(wrap(text, width, size))


@lru_cache(maxsize=4096)
def width_of(text: str, size: float) -> float:
    """Return the width of a text of several lines, inches."""
    font = FontProperties(family=FONTS, size=size)
    lines = text.split("\n")
    return _ROUNDING * max(text_to_path.get_text_width_height_descent(line, font, ismath=False)[0] for line in lines) / POINTS


def wrap(text: str, width: float, size: float) -> list[str]:
    """Break a text into lines of at most `width` inches, except for wider words; a value stays beside its equals sign."""
    lines: list[str] = []
    for word in re.split(r"(?<!=)\s+(?!=)", text.strip()):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def provenance(arms: Datasets) -> str:
    """Return the provenance of a figure: worlds, days and seed of its arms."""
    worlds = sorted({data.sizes["world"] for data in arms.values()})
    days = sorted({int(data["day"].values.max()) for data in arms.values()})
    seeds = sorted({int(data.attrs["seed"]) for data in arms.values() if "seed" in data.attrs})
    seed = f", seed {', '.join(map(str, seeds))}" if seeds else ""
    an_arm = " per arm" if len(arms) > 1 else ""
    return f"{counted(worlds, 'world')}{an_arm}, {counted(days, 'day')} from 30 September 2020{seed}."


def exposure(outcomes: Collection[str]) -> str:
    """Return a blank and the warning about attacks on sites if these attacks are shown, otherwise nothing."""
    return f" {EXPOSURE}" if "attacks" in outcomes else ""


def counted(values: Sequence[int], noun: str) -> str:
    """Return the range of several counts with their noun: "500 to 1,000 worlds"."""
    span = " to ".join(f"{value:,}" for value in dict.fromkeys((min(values), max(values))))
    return f"{span} {noun}{'' if max(values) == 1 else 's'}"
