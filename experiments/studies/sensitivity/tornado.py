"""Tornado: the mean of an outcome, or of a difference, at low and high values of each factor."""

from collections.abc import Mapping
from typing import Any, cast

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from experiments.analysis.quantities import Scale, scale_of
from experiments.figures.draw import short
from experiments.figures.names import factor_name, outcome_name, sentence_case
from experiments.figures.page_layout import Grid, folded, key_below, title, width_of, without_left, write_at
from experiments.figures.style import INK, LABEL, NOTE, in_style
from experiments.figures.venue import venue
from sim.record.outcomes import BY_NAME

MOST = 5
"""Factors in a panel: those with the largest swing."""
LOW, HIGH, VARIANT = "#9ecae1", "#b35806", "#8a8a8a"
"""Light, dark and a colour between: they differ in greyscale too."""
_LABELS, _ROW, _ENDS = 1.4, 0.27, 0.48
_NARROWEST = 3.3  # width of a panel with all that stands around it, inches
_THICK, _SMALL = 0.55, 6.0
_PALE = 0.3  # of a bar whose end is within two errors of the mean of all


@in_style("Tornado: how much does an outcome, or a difference, change between low and high values of each number?")
def tornado(table: pd.DataFrame, of: str, about: str) -> Figure:
    """Draw conditional means (of `swings`, with `outcome` and `value`) around the mean of all worlds, one panel per outcome."""
    outcomes = list(dict.fromkeys(table["outcome"]))
    shown = min(MOST, table["factor"].nunique())
    columns = max(1, min(venue().columns, len(outcomes), int(venue().width / _NARROWEST)))
    what = "paired difference" if of == "difference" else "outcome"
    note = (
        f"Vertical line: mean of the {what} over all rows. Light: its mean with the factor in the lowest fifth of its prior;"
        " dark: in the highest fifth; grey: a variant of a switch. At the ends: a value in the middle of that fifth, or the"
        " variant. Whiskers: two Monte Carlo standard errors; pale: they reach the line. All other numbers are drawn, so this"
        f" is no one-at-a-time test. Ratios are ratios of geometric means of 1 + count. {about}"
    )
    grid = Grid(
        len(outcomes), columns, shown * _ROW, left=_LABELS + _ENDS, right=_ENDS + 0.05, above=0.4,
        below=0.36, note=note,
        finding=" ".join(_widest_in_words(table[table["outcome"] == outcome], outcome, of) for outcome in outcomes),
    )  # fmt: skip
    figure, panels = grid.build(extra=0.2)
    for number, (outcome, axes) in enumerate(zip(outcomes, panels, strict=True)):
        _panel(axes, table[table["outcome"] == outcome], shown, scale_of(outcome), of)
        room = _LABELS + 2 * _ENDS + grid.panel_width - 0.2
        title(axes, number, outcome_name(outcome), room, outdent=72 * (_LABELS + _ENDS) - 6)
        axes.set_xlabel(_unit(outcome, of), size=NOTE, labelpad=1)
    kinds = {"lowest fifth": LOW, "highest fifth": HIGH, "variant of a switch": VARIANT}
    handles = [Patch(facecolor=colour, edgecolor=INK, linewidth=0.4) for colour in kinds.values()]
    key_below(figure, panels[-1], handles, list(kinds), drop=0.5)
    return figure


def _widest_in_words(rows: pd.DataFrame, outcome: str, of: str) -> str:
    """Return in a sentence the factor with the widest swing of an outcome, if a level differs clearly from the mean of all."""
    name = sentence_case(outcome_name(outcome))
    clear = rows[rows["difference"].abs() > 2.0 * rows["error"]]
    if clear.empty:
        return f"{name}: no factor changes the mean by more than two Monte Carlo errors."
    factor = widest(clear, 1)[0]
    means = rows.loc[rows["factor"] == factor, "mean"]
    logarithm, shift = scale_of(outcome) is Scale.LOGARITHM, 0.0 if of == "difference" else 1.0
    low, high = (short(float(np.exp(end) - shift) if logarithm else float(end)) for end in (means.min(), means.max()))
    return f"{name}: the widest swing is with {factor_name(factor)}, {low} to {high} ({_unit(outcome, of)})."


def widest(table: pd.DataFrame, count: int) -> list[str]:
    """Return the factors with the largest swing, the distance between their outermost levels."""
    reach = table.groupby("factor", sort=False)["mean"].agg(lambda means: means.max() - means.min())
    return [str(factor) for factor in reach.sort_values(ascending=False, kind="stable").index[:count]]


def _ticks(low: float, high: float, scale: Scale, of: str) -> tuple[list[float], list[str]]:
    """Return places on the scale and their labels: numbers of the outcome, or times the reference."""
    if scale is not Scale.LOGARITHM:
        places = [float(place) for place in MaxNLocator(3, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)]
        inside = [place for place in places if low <= place <= high]
        return inside, [_number(place) for place in inside]
    shift = 0.0 if of == "difference" else 1.0
    steps = 10 if high - low < 0.2 else 3
    ticks = MaxNLocator(steps, steps=[1, 2, 2.5, 5, 10]).tick_values(np.exp(low) - shift, np.exp(high) - shift)
    kept = [float(number) for number in ticks if low <= np.log(max(number + shift, 1e-12)) <= high][:: 2 if steps > 3 else 1]
    return [float(np.log(number + shift)) for number in kept], [_number(number) for number in kept]


def _number(value: float) -> str:
    return f"{value:,g}".replace("-", "\N{MINUS SIGN}")


def _unit(outcome: str, of: str) -> str:
    scale, unit = scale_of(outcome), BY_NAME[outcome].unit
    if scale is Scale.LOGARITHM:
        return "ratio to the reference" if of == "difference" else f"geometric mean, {unit}"
    named = "probability" if scale is Scale.PROBABILITY else unit
    return f"mean difference, {named}" if of == "difference" else f"mean, {named}"


def _panel(axes: Axes, rows: pd.DataFrame, places: int, scale: Scale, of: str) -> None:
    factors = widest(rows, places)
    whole = float((rows["mean"] - rows["difference"]).iloc[0])
    drawn = rows[rows["factor"].isin(factors)]
    low, high = float((drawn["mean"] - 2 * drawn["error"]).min()), float((drawn["mean"] + 2 * drawn["error"]).max())
    low, high = min(low, whole), max(high, whole)
    margin = 0.02 * ((high - low) or 1.0)
    axes.set(xlim=(low - margin, high + margin), ylim=(places - 0.5, -0.5))
    axes.axvline(whole, color=INK, linewidth=0.8, zorder=4, gid="mean of all")
    axes.set_xticks(*_ticks(low, high, scale, of))
    axes.tick_params(labelsize=LABEL)
    without_left(axes)
    for place, factor in enumerate(factors):
        levels = {str(row["level"]): row for row in rows[rows["factor"] == factor].to_dict("records")}
        _row(axes, place, cast(Any, levels), whole)
        name = folded(factor_name(factor), _LABELS - 0.16, NOTE)
        write_at(axes, name, (0, place), (-72 * _ENDS - 6, 0), gid="factor", size=NOTE, ha="right", va="center")


def _row(axes: Axes, place: int, levels: Mapping[str, Mapping[str, float]], whole: float) -> None:
    """Draw a factor: bars from the mean of all to its mean at low and high values, or one bar per variant."""
    for level, row in levels.items():
        mean, error = row["mean"], row["error"]
        colour = {"low": LOW, "high": HIGH}.get(level, VARIANT)
        clear = abs(mean - whole) > 2 * error
        axes.barh(
            place, mean - whole, left=whole, height=_THICK, color=colour, edgecolor=INK, linewidth=0.4,
            zorder=2, gid=level, alpha=1.0 if clear else _PALE,
        )  # fmt: skip
        axes.errorbar(mean, place, xerr=2 * error, color=INK, linewidth=0.7, capsize=1.6, capthick=0.7, zorder=5)
    ordered = sorted(levels.values(), key=lambda row: row["mean"])
    if len(ordered) < 2:
        return
    for row, x, side, align in ((ordered[0], 0, -3, "right"), (ordered[-1], 1, 3, "left")):
        look: dict[str, Any] = {"size": _SMALL, "ha": align, "va": "center", "color": "#444444", "gid": "value"}
        write_at(axes, _fitted(str(row["value"])), (x, place), (side, 0), **look)


def _fitted(text: str) -> str:
    """Break a text that is wider than its room: at its underscores, and long words in their middle."""
    words = text.replace("-", "\N{MINUS SIGN}").split("_")
    if width_of(" ".join(words), _SMALL) < _ENDS - 0.06:
        return " ".join(words)
    long = {word for word in words if word.isalpha() and width_of(word, _SMALL) >= _ENDS - 0.06}
    return "\n".join(f"{w[: len(w) // 2]}-\n{w[len(w) // 2 :]}" if w in long else w for w in words)
