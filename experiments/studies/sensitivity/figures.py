"""The figures of ablation and Sobol indices."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, MultipleLocator, StrMethodFormatter

from experiments.analysis.quantities import Scale, scale_of, shown_unit
from experiments.figures.draw import short
from experiments.figures.names import arm_name, factor_name, outcome_name, sentence_case
from experiments.figures.page_layout import Grid, folded, key_below, stripe, tick_rows, title
from experiments.figures.style import COLOURS, FAINT, INK, LABEL, NOTE, in_style
from experiments.figures.venue import venue

ERRORS = 2.0
"""Half-width of an interval, in Monte Carlo standard errors."""
_LABELS, _ROW, _NARROWEST = 1.2, 0.14, 2.6
"""Inches: room for the names, height of a row, and least width of a panel with its names."""
_COLOUR = COLOURS[0]


@in_style("Ablation: how does an outcome, or a difference, change if a mechanism is switched off?")
def ablation(table: pd.DataFrame, of: str, core: str, about: str) -> Figure:
    """Draw the change from the full model to the model without each mechanism, the largest on top, one panel per outcome.

    The table holds the rows of `changes` with one value of `of`, and the mechanism that is `off`; the `core` is at the bottom.
    """
    outcomes = list(dict.fromkeys(table["outcome"]))
    columns = min(venue().columns, len(outcomes), int(venue().width / _NARROWEST))
    what = "paired difference" if of == "difference" else "outcome"
    diamond = " Diamond: the core, with everything beyond it off." if core in set(table["off"]) else ""
    note = (
        f"Change of the median {what} (hazards: mean probability) with one mechanism off, on the same worlds. Right of zero:"
        " higher without the mechanism. Lines: two Monte Carlo standard errors either way. Hollow and dotted: the lines"
        " include zero: there may be no change. By chance, about one in twenty mechanisms without effect is drawn filled,"
        " not hollow. A median of counts changes in steps, so a mechanism can have an effect although the median is"
        f" unchanged.{diamond} {about}"
    )
    grid = Grid(
        len(outcomes), columns, table["off"].nunique() * _ROW, left=_LABELS, right=0.14, above=0.34, below=0.34,
        note=note,
        finding=" ".join(_most_changed(table[table["outcome"] == outcome], outcome, core) for outcome in outcomes),
    )  # fmt: skip
    figure, panels = grid.build()
    for number, (outcome, axes) in enumerate(zip(outcomes, panels, strict=True)):
        _panel(axes, ordered(table[table["outcome"] == outcome], core), core)
        title(axes, number, outcome_name(outcome), _LABELS + grid.panel_width - 0.15, outdent=72 * _LABELS - 6)
        axes.set_xlabel(_axis_name(table[table["outcome"] == outcome], outcome), size=NOTE, labelpad=1, loc="right")
    return figure


def _most_changed(rows: pd.DataFrame, outcome: str, core: str) -> str:
    """Return in a sentence which mechanism, when off, changes an outcome most."""
    clear = [row for row in ordered(rows, core).to_dict("records") if row["off"] != core and is_clear(row)]
    name, unit = sentence_case(outcome_name(outcome)), shown_unit(outcome)
    if not clear:
        return f"{name}: no single mechanism changes it by more than two Monte Carlo errors."
    row = clear[0]
    change = f"{short(row['change'], signed=True)} ± {short(ERRORS * row['change_error'])} {unit}"
    return f"{name}: the largest change is without {arm_name(str(row['off'])).lower()}, {change}."


def ordered(rows: pd.DataFrame, core: str) -> pd.DataFrame:
    """Return the rows of an outcome, the largest change first and the core last."""
    size = rows["change"].abs().fillna(-1.0).where(rows["off"] != core, -2.0)
    return rows.loc[size.sort_values(ascending=False, kind="stable").index]


def _panel(axes: Axes, rows: pd.DataFrame, core: str) -> None:
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.axvline(0.0, color=INK, linewidth=0.7, zorder=1, gid="no change")
    tick_rows(axes, [arm_name(str(off)) for off in rows["off"]])
    for place, row in enumerate(rows.to_dict("records")):
        if row["off"] == core and place:
            axes.axhline(place - 0.5, color=FAINT, linewidth=0.6, zorder=0, gid="core")
        else:
            stripe(axes, place)
        _row(axes, place, {str(name): value for name, value in row.items()}, "D" if row["off"] == core else "o")
    ends = [rows["change"] + side * ERRORS * rows["change_error"] for side in (-1.0, 1.0)]
    low, high = min(0.0, float(ends[0].min())), max(0.0, float(ends[1].max()))
    margin = 0.05 * ((high - low) or 1.0)
    axes.set_xlim(low - margin, high + margin)
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    axes.tick_params(labelsize=LABEL)


def is_clear(row: Mapping[Any, Any]) -> bool:
    """Tell whether the interval of a change lies on one side of zero."""
    return bool(abs(row["change"]) > ERRORS * row["change_error"])


def _row(axes: Axes, place: int, row: Mapping[str, Any], marker: str) -> None:
    """Draw a change filled if its interval lies on one side of zero, hollow and dotted if it includes zero."""
    change, reach, clear = row["change"], ERRORS * row["change_error"], is_clear(row)
    if not np.isfinite(change):
        axes.annotate("unknown", (0.0, place), (4, 0), textcoords="offset points", size=NOTE, va="center", color=FAINT)
        return
    draw_interval(axes, place, (change, change - reach, change + reach), _COLOUR, marker, clear, (4.2, 3.8))


def draw_interval(
    axes: Axes, place: float, numbers: Sequence[float], colour: str, marker: str, clear: bool, sizes: tuple[float, float]
) -> None:
    """Draw a number and its interval: filled if the interval excludes zero, else hollow, grey and dotted.

    `numbers` are the number and the ends of its interval; `sizes` those of the markers "o" and "D", points.
    """
    number, low, high = numbers
    colour, dashes = (colour, "-") if clear else (FAINT, (0, (1, 1)))
    axes.plot([low, high], [place, place], color=colour, linewidth=1.1 if sizes[0] > 4 else 1.0, linestyle=dashes, zorder=2)
    axes.plot(
        [number], [place], marker=marker, markersize=sizes[marker == "D"], color=colour, linestyle="", zorder=3,
        markerfacecolor=colour if clear else "white", markeredgewidth=0.8, clip_on=False,
        gid="clear" if clear else "covers zero",
    )  # fmt: skip


def _axis_name(rows: pd.DataFrame, outcome: str) -> str:
    """Return the name of the axis with the value of the full model: "change, attacks; full model: 124"."""
    full = short(float(rows["full"].iloc[0]), signed=bool((rows["of"] == "difference").all()))
    return f"change, {shown_unit(outcome)}; full model: {full}"


MOST = 5
"""Factors in a panel: those with the largest total index."""
WIDEST = 0.5
"""Width of a 95 % interval above which an index is withheld."""
_SOBOL_LABELS, _SOBOL_ROW = 1.5, 0.24
_NARROWEST_SOBOL = 3.3  # width of a panel with its names, inches: what stands for an index withheld has room
_APART = 0.17  # of the two indices of a factor from the middle of its row
TOTAL, FIRST = "#0072B2", "#D55E00"
_INDEX = {"total": "total", "first": "first order"}
_SCALES = {Scale.LOGARITHM: ", logarithm", Scale.PROBABILITY: ", probability"}
_NOTE = (
    "Circles: total index, a factor with all its interactions; diamonds: first order, the factor by itself; lines: 95 %"
    " intervals. Hollow and dotted: the interval does not lie above zero, so the index may be zero. An index is a share: arrows"
    " mark estimates beyond 0 or 1, and intervals end there. Withheld: indices with an interval wider than"
    f" {WIDEST:g}. Below each panel: the share of the variance of a single world that the kept factors explain; the rest is"
    " chance and the other factors."
)


@in_style("Sobol: on which numbers does the spread of an outcome, or of a difference, depend?")
def sobol(table: pd.DataFrame, variances: pd.DataFrame, about: str) -> Figure:
    """Draw total and first-order indices of one `of` with their intervals, one panel per outcome."""
    outcomes = list(dict.fromkeys(table["outcome"]))
    shown = min(MOST, table["factor"].nunique())
    columns = max(1, min(venue().columns, len(outcomes), int(venue().width / _NARROWEST_SOBOL)))
    grid = Grid(
        len(outcomes), columns, shown * _SOBOL_ROW,
        left=_SOBOL_LABELS, right=0.12, above=0.36, below=0.34, note=f"{_NOTE} {about}",
        finding=" ".join(_largest(table[table["outcome"] == outcome], outcome) for outcome in outcomes),
    )  # fmt: skip
    figure, panels = grid.build(extra=0.2)
    for number, (outcome, axes) in enumerate(zip(outcomes, panels, strict=True)):
        rows = table[table["outcome"] == outcome].sort_values("total", ascending=False, kind="stable").head(shown)
        _sobol_panel(axes, rows, shown)
        share = float(variances.loc[variances["outcome"] == outcome, "share"].iloc[0])
        name = outcome_name(outcome) + _SCALES.get(scale_of(outcome), "")
        title(axes, number, name, _SOBOL_LABELS + grid.panel_width - 0.15, outdent=72 * _SOBOL_LABELS - 6)
        explained = "index" if np.isnan(share) else f"index; these factors: {100 * share:.0f} % of a world's variance"
        axes.set_xlabel(explained, size=NOTE, labelpad=1, loc="right")
    shapes = [(TOTAL, "o", "total: with all interactions"), (FIRST, "D", "first order: by itself")]
    handles = [Line2D([], [], color=colour, marker=marker, markersize=3.6, linewidth=1.0) for colour, marker, _ in shapes]
    key_below(figure, panels[-1], handles, [name for *_, name in shapes], drop=0.48)
    return figure


def _largest(rows: pd.DataFrame, outcome: str) -> str:
    """Return in a sentence the factors with the largest total indices of an outcome, among the drawn factors."""
    width = rows["total_high"] - rows["total_low"]
    known = rows[(width <= WIDEST) & rows["total_clear"].astype(bool)].sort_values("total", ascending=False, kind="stable")
    if known.empty:
        return f"{sentence_case(outcome_name(outcome))}: no index is precise and above zero."
    spans = {
        row["factor"]: [row["total"], max(row["total_low"], 0.0), min(row["total_high"], 1.0)]
        for row in known.head(2).to_dict("records")
    }
    two = [f"{factor_name(str(factor))}, {of:.2f} ({low:.2f} to {high:.2f})" for factor, (of, low, high) in spans.items()]
    return f"{sentence_case(outcome_name(outcome))}: largest total index of {' and '.join(two)}."


def _sobol_panel(axes: Axes, rows: pd.DataFrame, places: int) -> None:
    axes.set(xlim=(-0.02, 1.02), ylim=(places - 0.5, -0.5))
    axes.xaxis.set_major_locator(MultipleLocator(0.25))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.tick_params(labelsize=LABEL)
    tick_rows(axes, [folded(factor_name(str(f)), _SOBOL_LABELS - 0.15, LABEL) for f in rows["factor"]])
    if rows["total"].isna().all():
        axes.text(0.5, 0.5, "no variance beyond chance", size=LABEL, ha="center", transform=axes.transAxes, gid="empty")
        return
    for place, row in enumerate(rows.to_dict("records")):
        stripe(axes, place)
        for name, colour, marker, side in (("total", TOTAL, "o", -_APART), ("first", FIRST, "D", _APART)):
            numbers = [float(row[name + ending]) for ending in ("", "_low", "_high")]
            if (times := times_as_many(numbers[2] - numbers[1])) > 1:
                text = f"{_INDEX[name]}: needs about {times:,} times as many points"
                axes.text(0.01, place + side, text, size=NOTE, va="center", color="#555555", gid="withheld")
                continue
            shape = "<" if numbers[0] < 0.0 else ">" if numbers[0] > 1.0 else marker
            clipped = [min(max(number, 0.0), 1.0) for number in numbers]
            draw_interval(axes, place + side, clipped, colour, shape, bool(row[f"{name}_clear"]), (4.0, 3.4))


def times_as_many(width: float) -> int:
    """Return the factor on the points that makes an interval as narrow as `WIDEST`: widths shrink with the root of points."""
    return max(1, int(np.ceil((width / WIDEST) ** 2 - 1e-9)))
