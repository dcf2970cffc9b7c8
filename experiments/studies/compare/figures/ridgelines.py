"""Ridgelines: what shape do the distributions have, and where do the arms part?"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.figures.page_layout import Grid, name_rows, provenance, rows_of, title, without_left, write_at
from experiments.figures.style import FAINT, HAIRLINE, INK, NOTE, ArmStyle, in_style, outcome_name, style_arms
from experiments.figures.venue import venue
from sim.record.outcomes import BY_NAME
from sim.rule import Array

DEFAULT = ("displaced_attacks", "civilian_deaths", "members_out", "islamic_state_attacks_last_month")
_MARGIN, _NARROWEST = 1.22, 1.5  # inches: for the names of the arms, and of a panel
_MOST_BINS = 40
_SEEN = 0.99  # quantile over all arms up to which a panel reaches; what lies beyond is counted in the last bin
_OVERLAP = 0.9  # height of the highest ridge, rows


@in_style
def ridgelines(arms: Mapping[str, xr.Dataset], outcomes: Sequence[str] = DEFAULT, references: Collection[str] = ()) -> Figure:
    """Draw histograms of the worlds by the last day, one panel per outcome and one row per arm, on common bins.

    A histogram and no smooth density: outcomes are counts, many with a heap of worlds at 0 that smoothing would spread.

    Args:
        arms: dataset by label.
        outcomes: names; those that some arm has not are left out.
        references: labels of the reference arms; the first arm by default.
    """
    shown = shown_of(arms, outcomes)
    if not shown:
        raise ValueError(f"none of {', '.join(outcomes)} was recorded in every arm")
    styles = style_arms(list(arms), references)
    names, height = rows_of(arms, _MARGIN - 0.05, 0.28, 2)
    rows = -(-len(shown) // int((venue().width - _MARGIN) / _NARROWEST))
    columns = -(-len(shown) // rows)
    grid = Grid(len(shown), columns, height, left=0.08, right=0.1, above=0.5, below=0.34, margin=_MARGIN, note=_note(arms))
    figure, panels = grid.build()
    for number, (name, axes) in enumerate(zip(shown, panels, strict=True)):
        _panel(axes, [data[name].isel(day=-1).values.astype(float) for data in arms.values()], list(styles.values()))
        axes.set_xlabel(BY_NAME[name].unit, size=NOTE, labelpad=1)
        title(axes, number, outcome_name(name), grid.panel_width - 0.1, rise=13.0)
        name_rows(axes, names if number % columns == 0 else (), va="bottom")
    return figure


def shown_of(arms: Mapping[str, xr.Dataset], outcomes: Sequence[str] = DEFAULT) -> list[str]:
    """Return the outcomes that every arm has."""
    return [name for name in outcomes if all(name in data for data in arms.values())]


def bins_of(pooled: Array) -> Array:
    """Return edges of common bins: of a whole number of counts each, from 0 to where nearly all worlds are."""
    top = max(1.0, float(np.quantile(pooled, _SEEN)))
    width = max(1.0, np.ceil(top / _MOST_BINS))
    return np.arange(0.0, top + width + 0.5, width)


def shares_of(values: Array, edges: Array) -> Array:
    """Return the share of worlds in each bin; those beyond the last are counted in it."""
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
    axes.set_xlim(0.0, edges[-1])
    axes.set_ylim(len(values) - 0.9, -1.0)
    without_left(axes)
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10], integer=True))


def _note(arms: Mapping[str, xr.Dataset]) -> str:
    return (
        "Histograms over worlds by the last day, on the same bins and the same scale in all rows of a panel, whose highest"
        " bin holds the share of an arm's worlds that is written; black: median."
        f" Worlds beyond the right end, 1 % of all arms' together, are counted in the last bin. {provenance(arms)}"
    )
