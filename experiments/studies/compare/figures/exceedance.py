"""Exceedance: in what share of worlds does an outcome reach any number one may ask about?"""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from experiments.analysis.monte_carlo import error_of_mean
from experiments.analysis.paired import draws_of
from experiments.figures.page_layout import Grid, provenance, title, wrap
from experiments.figures.style import NOTE, TITLE, ArmStyle, arm_name, in_style, outcome_name, style_arms
from experiments.figures.venue import venue
from experiments.studies.compare.figures.fans import with_bands
from experiments.studies.compare.figures.key import key_of
from experiments.studies.compare.figures.ridgelines import shown_of as recorded
from sim.record.outcomes import BY_NAME
from sim.rule import Array

DEFAULT = ("civilian_deaths", "coalition_deaths", "displaced_attacks", "islamic_state_attacks_last_month")
FEWEST_WORLDS = 10
"""Beyond which a curve ends: a tail of fewer is mostly luck."""
_STEPS = 60
_NEARLY_ALL = 0.995
"""Of the worlds: where a curve begins."""


@in_style
def exceedance(arms: Mapping[str, xr.Dataset], outcomes: Sequence[str] = DEFAULT, references: Collection[str] = ()) -> Figure:
    """Draw complementary distribution functions, P(outcome >= x) over worlds by the last day, a panel an outcome.

    Args:
        arms: dataset by label.
        outcomes: names; those that some arm has not are left out.
        references: labels of the reference arms; the first arm by default.

    Raises:
        ValueError: none of the outcomes is there.
    """
    shown = shown_of(arms, outcomes)
    if not shown:
        raise ValueError(f"none of {', '.join(outcomes)} was recorded in every arm")
    styles, banded = style_arms(list(arms), references), with_bands(list(arms), references)
    columns = min(venue().columns, len(shown))
    key = key_of(styles)
    grid = Grid(len(shown), columns, 1.5, left=0.56, right=0.1, above=0.36, below=0.42, note=_note(arms, banded))
    figure, panels = grid.build(extra=key.height)
    for number, (name, axes) in enumerate(zip(shown, panels, strict=True)):
        curves = {label: curve_of(data[name].isel(day=-1).values.astype(float), draws_of(data)) for label, data in arms.items()}
        _panel(axes, curves, styles, banded)
        axes.set_xlabel(f"x, {BY_NAME[name].unit}", size=NOTE, labelpad=1)
        axes.set_ylabel("worlds with x or more, %", size=NOTE, labelpad=1)
        title(axes, number, "\n".join(wrap(outcome_name(name), grid.panel_width, TITLE)), outdent=32)
    key.write(figure, panels[-1], grid.below)
    return figure


def shown_of(arms: Mapping[str, xr.Dataset], outcomes: Sequence[str] = DEFAULT) -> list[str]:
    """Return the outcomes that every arm has, and that are not 0 everywhere."""
    return [
        name for name in recorded(arms, outcomes) if any(float(data[name].isel(day=-1).max()) >= 1.0 for data in arms.values())
    ]


def curve_of(values: Array, draws: Array | None) -> tuple[Array, Array, Array]:
    """Return whole numbers from 1 on, the share of worlds that reach them, and its Monte Carlo standard error.

    Args:
        values: (worlds,).
        draws: (worlds,) number of the draw of parameters; None where all differ.
    """
    ordered = np.sort(values)
    last = ordered[-min(FEWEST_WORLDS, ordered.size)]
    if last < 1.0:
        return np.empty(0), np.empty(0), np.empty(0)
    first = max(1.0, np.floor(np.quantile(ordered, 1.0 - _NEARLY_ALL)))
    numbers = np.unique(np.round(np.geomspace(first, last, _STEPS)))
    reached = values[None, :] >= numbers[:, None]
    errors = np.array([error_of_mean(row.astype(float), draws) for row in reached])
    return numbers, reached.mean(axis=1), errors


def _panel(
    axes: Axes, curves: Mapping[str, tuple[Array, Array, Array]], styles: Mapping[str, ArmStyle], banded: Collection[str]
) -> None:
    axes.loglog()
    lowest, first, furthest = 100.0, np.inf, 2.0
    for number, (label, (numbers, share, error)) in enumerate(curves.items()):
        if not numbers.size:
            continue
        style, percent = styles[label], 100.0 * share
        if label in banded:
            low, high = (np.clip(100.0 * (share + side * 2.0 * error), 1e-3, 100.0) for side in (-1.0, 1.0))
            axes.fill_between(numbers, low, high, color=style.colour, alpha=0.18, linewidth=0, zorder=1)
        axes.plot(numbers, percent, zorder=3, label=label, **style.drawn(number))
        lowest, first, furthest = min(lowest, float(percent[-1])), min(first, numbers[0]), max(furthest, numbers[-1])
    axes.set_xlim(min(first, furthest / 2.0), 1.05 * furthest)
    axes.set_ylim(0.8 * lowest, 105.0)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(10, subs=(1.0, 2.0, 5.0), numticks=12))
        axis.set_major_formatter(StrMethodFormatter("{x:,g}"))
        axis.set_minor_formatter(NullFormatter())


def _note(arms: Mapping[str, xr.Dataset], banded: Sequence[str]) -> str:
    whose = "" if len(banded) == len(arms) else f", of {' and '.join(map(arm_name, banded))} only"
    return (
        "Share of worlds in which the outcome is x or more by the last day; both axes are logarithmic. Bands: two Monte Carlo"
        f" standard errors either way{whose}. A curve ends where fewer than {FEWEST_WORLDS} worlds are beyond."
        f" {provenance(arms)}"
    )
