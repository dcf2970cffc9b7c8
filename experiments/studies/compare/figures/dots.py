"""Dots: 50 equally likely differences from the reference, one panel per outcome and arm."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from experiments.analysis.matters import IS_RATIO
from experiments.config.defaults import Headline
from experiments.figures.names import arm_name, sentence_case
from experiments.figures.page_layout import POINTS, Grid, folded, without_left, write_at
from experiments.figures.style import FAINT, INK, LABEL, NOTE, TEXT, in_style
from experiments.figures.venue import venue
from experiments.studies.compare.figures.shares import FEWER, MORE, SAME, follows, headlines_in, in_words, note_on, with_unit
from experiments.studies.compare.text import asked_about
from sim.arrays import Array

MOST_ARMS = 5
"""Most arms, besides the reference, that are shown together; of more arms, only the one asked about is shown."""
_MARGIN, _NARROWEST = 1.12, 1.17  # inches: for the names of the outcomes, and of a panel
_DOT, _HEIGHT = 0.038, 0.38  # inches: of a dot with its gap, and of the highest stack
_MOST_BINS = 32
_ABOVE, _BELOW = 0.17, 0.2


@in_style("Dots: how far does each arm differ from the reference, in 50 equally likely worlds?")
def dots(values: pd.DataFrame, shares: pd.DataFrame, about: str, only: Sequence[Headline] | None = None) -> Figure:
    """Draw 50 dots per outcome and arm, and write above them in how many of 100 worlds there is more, the same, fewer.

    `values` has one row per arm, outcome and place 1 to 50: the difference on the last day, or the ratio; `shares` one per arm
    and outcome, with the shares of worlds with more, the same and fewer. The headlines in `only` are drawn, by default all.
    """
    arms = list(dict.fromkeys(values["arm"]))
    columns = [column for column in headlines_in(values) if only is None or column in only]
    margin = min(_MARGIN, 0.3 * venue().width)
    names = [folded(arm_name(arm), (venue().width - margin) / len(arms) - 0.15, TEXT) for arm in arms]
    head = 0.06 + 0.11 * max(1 + name.count("\n") for name in names)
    grid = Grid(
        len(columns) * len(arms), len(arms), _HEIGHT, left=0.09, right=0.09, above=_ABOVE, below=_BELOW, margin=margin,
        note=f"{note_on(_NOTE, columns)} {about}", head=head,
        finding=in_words(shares[shares["arm"] == asked_about(arms)], columns),
    )  # fmt: skip
    figure, panels = grid.build(extra=0.2)
    for row, column in enumerate(columns):
        here = values[values["outcome"] == column.outcome]
        own = [np.sort(here.loc[here["arm"] == arm, "value"].to_numpy(float)) * column.scale for arm in arms]
        for place, (arm, drawn) in enumerate(zip(arms, own, strict=True)):
            axes = panels[row * len(arms) + place]
            share = shares[(shares["arm"] == arm) & (shares["outcome"] == column.outcome)].iloc[0]
            _panel(axes, drawn, np.concatenate(own), column, (float(share["fewer"]), float(share["more"])), grid.panel_width)
            text = f"{100 * share['more']:.0f} more, {100 * share['same']:.0f} same, {100 * share['fewer']:.0f} fewer"
            write_at(axes, text, (0, 1), (0, 3), up="axes fraction", size=NOTE, gid="shares")
            if row == 0:
                look: dict[str, Any] = {"size": TEXT, "weight": "bold", "va": "bottom", "gid": "arm"}
                write_at(axes, names[place], (0, 1), (0, POINTS * _ABOVE), up="axes fraction", **look)
        _name(panels[row * len(arms)], column, margin)
        if follows(column) and (row == 0 or not follows(columns[row - 1])):
            _rule(figure, panels[row * len(arms)], grid)
    _key(figure, panels[-1].get_position().y0 - grid.below / figure.get_figheight())
    return figure


def most_arms() -> int:
    """Return how many arms have room side by side."""
    return max(1, int((venue().width - min(_MARGIN, 0.3 * venue().width)) / _NARROWEST))


_NOTE = (
    "Each dot is one of 50 equally likely differences from the reference on the same worlds on the last day{ratio}. The dashed"
    " line marks no difference. A stack higher than the panel is drawn as several stacks side by side."
    " Above: in how many of 100 worlds there is more, the same or fewer; the same is a difference too small to matter.{follows}"
)


def stacked(values: Array, side: Array, span: tuple[float, float], middle: float, width: float) -> tuple[Array, Array]:
    """Return the places of the dots in a panel, x in units of the values and y in dots, from the lowest up.

    More and fewer (`side` 1 and -1) never cross the middle, however wide the bins. Where many are alike, bins are wider and
    their dots stand side by side, so that a stack fits the panel.
    """
    low, high = span
    for beside in range(1, 8):
        step = (high - low) / min(_MOST_BINS, max(3, int(width / (beside * _DOT))))
        number = np.round((values - middle) / step).astype(int)
        number = np.select([side > 0, side < 0], [np.maximum(number, 1), np.minimum(number, -1)], number)
        rank = np.array([np.sum(number[:place] == number[place]) for place in range(len(number))])
        if (rank.max() // beside + 1) * _DOT <= _HEIGHT:
            break
    count = np.array([np.sum(number == each) for each in number])
    shift = rank % beside - (np.minimum(count, beside) - 1) / 2.0
    return middle + number * step + shift * (high - low) / width * _DOT, rank // beside + 0.5


def _panel(axes: Axes, drawn: Array, all_of_row: Array, column: Headline, ends: tuple[float, float], width: float) -> None:
    middle = 1.0 if column.outcome == IS_RATIO else 0.0
    known = np.append(all_of_row[np.isfinite(all_of_row)], middle)
    span = float(np.ptp(known)) or 1.0
    low, high = float(known.min()) - 0.06 * span, float(known.max()) + 0.06 * span
    axes.set(xlim=(low, high), ylim=(0.0, _HEIGHT / _DOT))
    axes.axvline(middle, color=INK, linewidth=0.6, linestyle=(0, (3, 2)), zorder=1, gid="no difference")
    without_left(axes)
    axes.xaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}×" if middle else signed(x)))
    axes.tick_params(labelsize=LABEL)
    values = drawn[np.isfinite(drawn)]
    if not values.size:
        return
    fewer, more = round(ends[0] * values.size), values.size - round(ends[1] * values.size)
    place = np.arange(values.size)
    x, y = stacked(values, np.where(place >= more, 1, np.where(place < fewer, -1, 0)), (low, high), middle, width)
    size = (0.88 * POINTS * _DOT) ** 2
    parts = (slice(0, fewer), FEWER, "fewer"), (slice(fewer, more), SAME, "same"), (slice(more, None), MORE, "more")
    for part, colour, name in parts:
        edge = INK if colour == SAME else colour
        axes.scatter(x[part], y[part], size, color=colour, edgecolor=edge, linewidth=0.4, gid=name, zorder=2, clip_on=False)


def signed(value: float) -> str:
    """Return a number with its sign and a proper minus: "+100"."""
    return "0" if abs(value) < 1e-9 else f"{value:+,g}".replace("-", "\N{MINUS SIGN}")


def _name(axes: Axes, column: Headline, margin: float) -> None:
    text = folded(sentence_case(with_unit(column)), margin - 0.12, TEXT)
    left = -POINTS * (margin + 0.09) + 4
    write_at(axes, text, (0, 0.5), (left, 0), up="axes fraction", size=TEXT, va="center", gid="outcome")


def _rule(figure: Figure, axes: Axes, grid: Grid) -> None:
    top = axes.get_position().y1 + (grid.above - 0.02) / figure.get_figheight()
    figure.add_artist(Line2D([0.01, 0.99], [top, top], color=FAINT, linewidth=0.6, gid="follows"))


def _key(figure: Figure, top: float) -> None:
    handles = [
        Line2D([], [], marker="o", linestyle="", markersize=3, color=colour, markeredgecolor=INK if colour == SAME else colour,
               markeredgewidth=0.4)
        for colour in (MORE, SAME, FEWER)
    ]  # fmt: skip
    names = ["more than the reference", "the same", "fewer; numbers: of 100 worlds"]
    figure.legend(
        handles, names, loc="upper left", bbox_to_anchor=(0.0, top), ncols=3, frameon=False, fontsize=NOTE, borderpad=0.4,
        handletextpad=0.1, columnspacing=1.0,
    )  # fmt: skip
