"""The distributions of outcomes over worlds by the last day: exceedance and ridgelines."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from experiments.analysis.monte_carlo import error_of_mean
from experiments.analysis.paired import Datasets, draws_of
from experiments.figures.names import arm_name, outcome_name
from experiments.figures.page_layout import (
    LINE_SPACING,
    POINTS,
    Grid,
    name_rows,
    provenance,
    rows_of,
    title,
    width_of,
    without_left,
    write_at,
)
from experiments.figures.style import FAINT, HAIRLINE, INK, LABEL, NOTE, ArmStyle, in_style, style_arms
from experiments.figures.venue import venue
from experiments.studies.compare.figures.focus import named, others, styles_of, whose, with_bands
from sim.arrays import Array
from sim.record.outcomes import BY_NAME

RIDGES = ("displaced_attacks", "civilian_deaths", "members_out", "islamic_state_attacks_last_month")
_MARGIN, _NARROWEST = 1.22, 1.5  # inches: for the names of the arms, and of a panel
_MOST_BINS = 40
_SEEN = 0.99  # quantile over all arms at the end of a panel; worlds beyond are counted in the last bin
_OVERLAP = 0.9  # height of the highest ridge, rows


@in_style("Ridgelines: what shape do the distributions have, and where do the arms differ?")
def ridgelines(
    arms: Datasets, outcomes: Sequence[str] = RIDGES, references: Collection[str] = (), only: Collection[str] | None = None
) -> Figure:
    """Draw histograms of the worlds by the last day, one panel per outcome and one row per arm, on common bins.

    Outcomes that some arm lacks are left out; the reference is the first arm by default. `only` these arms are drawn.

    The panels show histograms, not smooth densities: outcomes are counts, and smoothing would spread the peak at 0.
    """
    shown = recorded(arms, outcomes)
    styles = style_arms(list(arms), references)
    left_out = [label for label in arms if only is not None and label not in only]
    arms = {label: data for label, data in arms.items() if label not in left_out}
    names, height = rows_of(arms, _MARGIN - 0.05, 0.25, 2)
    rows = -(-len(shown) // int((venue().width - _MARGIN) / _NARROWEST))
    columns = -(-len(shown) // rows)
    room = f" There is no room on this page for {len(left_out)} other arm{'s' * (len(left_out) > 1)}." if left_out else ""
    note = (
        "Histograms over worlds by the last day, with the same bins and scale in all rows of a panel; the share of worlds in"
        " its highest bin is written above. Black: median. The last bin also counts the worlds beyond the right end, 1 % of all"
        f" arms' worlds.{room} {provenance(arms)}"
    )
    grid = Grid(len(shown), columns, height, left=0.08, right=0.1, above=0.5, below=0.34, margin=_MARGIN, note=note)
    figure, panels = grid.build()
    for number, (name, axes) in enumerate(zip(shown, panels, strict=True)):
        values = [data[name].isel(day=-1).values.astype(float) for data in arms.values()]
        _panel(axes, values, [styles[label] for label in arms])
        axes.set_xlabel(BY_NAME[name].unit, size=NOTE, labelpad=1)
        title(axes, number, outcome_name(name), grid.panel_width - 0.1, rise=13.0)
        name_rows(axes, names if number % columns == 0 else (), va="bottom")
    return figure


def recorded(arms: Datasets, outcomes: Sequence[str] = RIDGES) -> list[str]:
    """Return the outcomes that every arm has."""
    return [name for name in outcomes if all(name in data for data in arms.values())]


def bins_of(pooled: Array) -> Array:
    """Return edges of common bins, each a whole number of counts wide, from 0 to a value above nearly all worlds."""
    top = max(1.0, float(np.quantile(pooled, _SEEN)))
    width = max(1.0, np.ceil(top / _MOST_BINS))
    return np.arange(0.0, top + width + 0.5, width)


def shares_of(values: Array, edges: Array) -> Array:
    """Return the share of worlds in each bin; worlds beyond the last bin are counted in it."""
    counts, _ = np.histogram(np.minimum(values, edges[-1] - 0.5), edges)
    return counts / values.size


def _panel(axes: Axes, values: Sequence[Array], styles: Sequence[ArmStyle]) -> None:
    edges = bins_of(np.concatenate(values))
    shares = [shares_of(each, edges) for each in values]
    scale = _OVERLAP / max(share.max() for share in shares)
    for place, (each, share, style) in enumerate(zip(values, shares, styles, strict=True)):
        height = place - scale * share  # rows go down the page
        axes.axhline(place, color=HAIRLINE, linewidth=0.5, zorder=0)
        axes.stairs(height, edges, baseline=place, fill=True, color=style.colour, alpha=0.3, zorder=1)
        axes.stairs(height, edges, baseline=place, color=style.colour, linewidth=0.7, zorder=2)
        median = min(float(np.median(each)), edges[-1])
        axes.plot([median] * 2, [place, place - 0.55], color=INK, linewidth=1.1, zorder=3, gid="median")
    highest = f"highest bin: {100 * max(share.max() for share in shares):.0f} %"
    look: dict[str, Any] = {"size": NOTE, "ha": "right", "va": "bottom", "color": FAINT, "gid": "highest"}
    write_at(axes, highest, (1, 1), (0, 1), up="axes fraction", **look)
    axes.set(xlim=(0.0, edges[-1]), ylim=(len(values) - 0.9, -1.0))
    without_left(axes)
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10], integer=True))


_HANDLE = 0.5  # width of a line with its marker and the room around it, inches
_EDGE = 0.06


def names_side_by_side(labels: Collection[str]) -> int:
    """Return how many names of arms have room side by side in a key."""
    widest = max(width_of(arm_name(label), LABEL) for label in labels) + _HANDLE
    return max(1, min(len(labels), int((venue().width - _EDGE) / widest)))


def write_key(figure: Figure, styles: Mapping[str, ArmStyle], columns: int, lowest: Axes, below: float) -> None:
    """Write the names of the arms in columns, `below` inches below the axes of the lowest panel."""
    every: dict[str, Any] = {"markevery": None}
    handles = [Line2D([], [], **(style.drawn(0) | every)) for style in styles.values()]
    top = float(lowest.get_position().y0) - below / figure.get_figheight()
    figure.legend(
        handles, list(map(arm_name, styles)), loc="upper left", bbox_to_anchor=(_EDGE / venue().width, top),
        ncols=columns, frameon=False, fontsize=LABEL, borderaxespad=0.0, borderpad=0.0, handlelength=2.6,
        columnspacing=1.2, labelspacing=0.25,
    )  # fmt: skip


EXCEEDED = ("civilian_deaths", "coalition_deaths", "displaced_attacks", "islamic_state_attacks_last_month")
FEWEST_WORLDS = 10
"""A curve ends where fewer worlds are left: a tail of so few worlds is mostly chance."""
RARE = 5.0
"""1 world in 20, in %."""
_STEPS = 60
_NEARLY_ALL = 1.0  # of the worlds: where a curve begins


@in_style("Exceedance: in what share of worlds does an outcome reach a given number?")
def exceedance(arms: Datasets, outcomes: Sequence[str] = EXCEEDED, references: Collection[str] = ()) -> Figure:
    """Draw complementary distribution functions, P(outcome >= x) over worlds by the last day, one panel per outcome.

    Outcomes that some arm lacks are left out; the reference is the first arm by default.
    """
    shown = exceeding(arms, outcomes)
    styles, banded = styles_of(list(arms), references), with_bands(list(arms), references)
    keyed = {label: styles[label] for label in named(list(arms), references)}
    columns = min(venue().columns, len(shown))
    names = names_side_by_side(keyed)
    note = (
        "Share of worlds in which the outcome is x or more by the last day. Bands: two Monte Carlo standard errors either way"
        f"{whose(banded, arms)}. A curve ends where fewer than {FEWEST_WORLDS} worlds are left."
        f"{others(list(arms), references)} {provenance(arms)}"
    )
    found = _one_in_twenty(arms, named(list(arms), references), shown[0])
    grid = Grid(len(shown), columns, 1.5, left=0.56, right=0.1, above=0.36, below=0.42, note=note, finding=found)
    figure, panels = grid.build(extra=0.06 + -(-len(keyed) // names) * LABEL * LINE_SPACING / POINTS)
    for number, (name, axes) in enumerate(zip(shown, panels, strict=True)):
        curves = {label: curve_of(data[name].isel(day=-1).values.astype(float), draws_of(data)) for label, data in arms.items()}
        _exceedance_panel(axes, curves, styles, banded)
        axes.set_xlabel(f"x, {BY_NAME[name].unit}", size=NOTE, labelpad=1)
        axes.set_ylabel("worlds with x or more, %", size=NOTE, labelpad=1)
        title(axes, number, outcome_name(name), grid.panel_width, outdent=32)
    write_key(figure, keyed, names, panels[-1], grid.below)
    return figure


def exceeding(arms: Datasets, outcomes: Sequence[str] = EXCEEDED) -> list[str]:
    """Return the outcomes that every arm has and that are not 0 everywhere."""
    there = recorded(arms, outcomes)
    return [name for name in there if any(float(data[name].isel(day=-1).max()) >= 1.0 for data in arms.values())]


def curve_of(values: Array, draws: Array | None) -> tuple[Array, Array, Array]:
    """Return whole numbers from 1 on, the share of worlds that reach them, and its Monte Carlo standard error.

    `values` and the number of the draw in `draws` are (worlds,).
    """
    ordered = np.sort(values)
    last = ordered[-min(FEWEST_WORLDS, ordered.size)]
    if last < 1.0:
        return np.empty(0), np.empty(0), np.empty(0)
    first = max(1.0, np.floor(np.quantile(ordered, 1.0 - _NEARLY_ALL)))
    numbers = np.unique(np.round(np.linspace(first, last, _STEPS)))
    reached = values[None, :] >= numbers[:, None]
    errors = np.array([error_of_mean(row.astype(float), draws) for row in reached])
    return numbers, reached.mean(axis=1), errors


def _exceedance_panel(
    axes: Axes, curves: Mapping[str, tuple[Array, Array, Array]], styles: Mapping[str, ArmStyle], banded: Collection[str]
) -> None:
    furthest = 2.0
    for number, (label, (numbers, share, error)) in enumerate(curves.items()):
        if not numbers.size:
            continue
        style, percent = styles[label], 100.0 * share
        if label in banded:
            low, high = (np.clip(100.0 * (share + side * 2.0 * error), 0.0, 100.0) for side in (-1.0, 1.0))
            axes.fill_between(numbers, low, high, color=style.colour, alpha=0.18, linewidth=0, zorder=1)
        axes.plot(numbers, percent, zorder=3, label=label, **style.drawn(number))
        furthest = max(furthest, numbers[-1])
    axes.axhline(RARE, color=FAINT, linewidth=0.6, linestyle=(0, (1, 2)), zorder=0, gid="1 world in 20")
    write_at(axes, "1 world in 20", (0, RARE), (3, 1.5), size=NOTE, color="#555555", gid="1 world in 20")
    axes.set(xlim=(0.0, 1.05 * furthest), ylim=(0.0, 104.0))
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))


def _one_in_twenty(arms: Datasets, names: Sequence[str], outcome: str) -> str:
    reached = {label: float(np.quantile(arms[label][outcome].isel(day=-1).values, 1.0 - RARE / 100.0)) for label in names}
    told = ", ".join(f"{arm_name(label)} {value:,.0f}" for label, value in reached.items())
    return f"{outcome_name(outcome)} that 1 world in 20 reaches: {told}."
