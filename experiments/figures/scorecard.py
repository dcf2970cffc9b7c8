"""The scorecard as a figure: each statistic on a scale of its own, beside its target."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.analysis.scorecard import BY_WORLD, FAIL, REPORTED, target_words, used_in
from experiments.figures.layout import Grid, width_of
from experiments.figures.style import COLOURS, INK, NOTE, in_style

_ROW, _STRIP = 0.165, 1.3
"""Height of a row and width of its scale, inches."""
_BEFORE, _SIZE = 0.3, NOTE - 0.6
_LEFT, _RIGHT = 3.1, 2.8
_TARGET, _MEASURED = "#cfcfcf", COLOURS[0]
_COLUMNS: Mapping[str, tuple[float, str]] = {
    "#": (-_LEFT + 0.24, "right"),
    "statistic": (-_LEFT + _BEFORE, "left"),
    "measured": (_STRIP + 0.08, "left"),
    "target": (_STRIP + 1.22, "left"),
    "used in": (_STRIP + 1.95, "left"),
}
"""Columns of text: their places from the left of the scales, inches."""


@in_style
def scorecard_figure(scorecard: pd.DataFrame, about: str) -> Figure:
    """Draw every statistic with its target, a row each.

    Args:
        scorecard: of `experiments.analysis.scorecard.score`.
        about: worlds, draws and seed, for the note.
    """
    note = (
        "Each row has a scale of its own. Grey: the target. Line: 5 % to 95 % of worlds, or two Monte Carlo errors either way"
        " of a rate, mean or share. Filled: the target is met; cross: it is not; ring: there is none. Bold: required."
        " Used in: the fact informed a prior or the calibration of a posterior, so it is no independent check of it."
        f" {about}"
    )
    rows = scorecard.to_dict("records")
    grid = Grid(1, 1, _ROW * len(rows), left=_LEFT, right=_RIGHT, above=0.26, below=0.04, note=note)
    figure, (axes,) = grid.build(extra=0.04)
    axes.set_xlim(0.0, 1.0)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.axis("off")
    for heading in _COLUMNS:
        _write(axes, heading, -0.9, heading, "bold")
    before = None
    for place, row in enumerate(rows):
        known = {str(name): value for name, value in row.items()}
        if known["number"] != before and place:
            axes.axhline(place - 0.5, color=_TARGET, linewidth=0.4, zorder=0)
        _draw(axes, place, known)
        _tell(axes, place, known, known["number"] != before)
        before = known["number"]
    return figure


def _ends(row: Mapping[str, object]) -> tuple[float, float, float]:
    """Return value and ends of what was measured."""
    value, error, q05, q95 = (float(str(row[name])) for name in ("value", "error", "q05", "q95"))
    if row["rule"] in BY_WORLD and np.isfinite(q05):
        return value, q05, q95
    reach = 2.0 * error if np.isfinite(error) else 0.0
    return value, value - reach, value + reach


def _draw(axes: Axes, place: int, row: Mapping[str, object]) -> None:
    value, start, end = _ends(row)
    if not np.isfinite(value):
        return
    low, high = (float(str(row[name])) for name in ("low", "high"))
    known = [edge for edge in (start, end, low, high) if np.isfinite(edge)]
    least, most = min(known), max(known)
    room = 0.12 * (most - least or abs(value) or 1.0)
    least, most = least - room, most + room

    def at(number: float) -> float:
        return (number - least) / (most - least)

    if np.isfinite(low) or np.isfinite(high):
        left, right = (at(low) if np.isfinite(low) else 0.0), (at(high) if np.isfinite(high) else 1.0)
        middle, width = (left + right) / 2.0, max(right - left, 0.014)
        axes.barh(place, width, 0.72, middle - width / 2.0, color=_TARGET, linewidth=0, zorder=1, gid="target")
    axes.plot([at(start), at(end)], [place] * 2, color=_MEASURED, linewidth=1.3, solid_capstyle="butt", zorder=2)
    marker, face = {FAIL: ("X", _MEASURED), REPORTED: ("o", "white")}.get(str(row["verdict"]), ("o", _MEASURED))
    edge = "white" if row["verdict"] == FAIL else _MEASURED
    axes.plot(
        [at(value)], [place], marker, color=_MEASURED, markerfacecolor=face, markeredgecolor=edge, markeredgewidth=0.7,
        markersize=5.4 if row["verdict"] == FAIL else 4.0, zorder=3, gid=str(row["verdict"]),
    )  # fmt: skip


def _tell(axes: Axes, place: int, row: Mapping[str, object], first: bool) -> None:
    value, start, end = _ends(row)
    weight = "bold" if row["required"] else "normal"
    if first:
        _write(axes, "#", place, str(row["number"]), weight)
    whole = f"{row['pattern']}: {row['statistic']}"
    fits = width_of(whole, _SIZE, weight) <= _LEFT - _BEFORE
    _write(axes, "statistic", place, whole if fits else str(row["statistic"]), weight)
    if np.isfinite(value):
        _write(axes, "measured", place, f"{_short(value)} ({_short(start)} to {_short(end)})")
    _write(axes, "target", place, target_words(row))
    _write(axes, "used in", place, used_in(row))


def _short(number: float) -> str:
    return f"{number:.3g}" if abs(number) >= 1.0 else f"{number:.2g}".replace("-", "\N{MINUS SIGN}")


def _write(axes: Axes, column: str, place: float, text: str, weight: str = "normal") -> None:
    left, align = _COLUMNS[column]
    axes.text(left / _STRIP, place, text, size=_SIZE, ha=align, va="center", weight=weight, color=INK, clip_on=False)
