"""Draw observed series on the bands of the worlds, and the probability integral transform (PIT) of all windows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure

from experiments.analysis.baselines import HAWKES, NEGATIVE_BINOMIAL, PERSISTENCE
from experiments.analysis.forecasts import Window
from experiments.figures.names import sentence_case
from experiments.figures.page_layout import Grid, provenance, title
from experiments.figures.style import COLOURS, FAINT, INK, TEXT, in_style
from experiments.figures.venue import venue
from sim.arrays import Array
from sim.record.outcomes import BY_NAME

FEWEST_FOR_PIT = 8
"""Fewest windows of a histogram; fewer windows are not informative."""
_BINS = 5
_POINT = 1e-9
"""Width of a PIT of a single point."""
_BLUE = COLOURS[0]
_DASHES: Mapping[str, tuple[tuple[float, ...], str]] = {
    PERSISTENCE: ((1.2, 1.2), "dotted"),
    NEGATIVE_BINOMIAL: ((5.0, 1.5), "dashed"),
    HAWKES: ((6.0, 1.5, 1.2, 1.5), "dash-dotted"),
}


@dataclass(frozen=True, slots=True)
class Panel:
    """One series.

    Attributes:
        counts: whether it counts events in its windows; otherwise it is a level at their ends.
        history: windows before the run. `windows`: scored ones.
        bands: (windows, 5) `QUANTILES` of the worlds. `baselines`: their medians, (windows,).
    """

    series: str
    counts: bool
    history: Sequence[Window]
    windows: Sequence[Window]
    bands: Array
    baselines: Mapping[str, Array]


@in_style("Observed series: do the model's worlds cover them?")
def observed_fan(panels: Sequence[Panel], pit: tuple[Array, Array], worlds: xr.Dataset) -> Figure:
    """Draw the observed windows on the model's bands, one panel per series, and the PIT of enough windows.

    `pit`: for every window, the probabilities of less than the observed value, and of at most this value. `worlds`: for
    the provenance.
    """
    with_pit = len(pit[0]) >= FEWEST_FOR_PIT
    number = len(panels) + with_pit
    columns = min(venue().columns, number)
    shown = dict.fromkeys(f"{name} ({_DASHES[name][1]})" for panel in panels for name in panel.baselines)
    medians = f" Black lines: medians of the baselines, {', '.join(shown)}." if shown else ""
    before = " Open dots: before the run, known to the baselines." if any(panel.history for panel in panels) else ""
    flat = " PIT: flat at the dashed line if the forecasts are calibrated; higher at the ends if they are overconfident."
    note = (
        "The width of a window in the figure is its length in days. Blue: median, central 50 % and 90 % of worlds. Dots:"
        f" observed, with the range of the source.{before}{medians}{flat if with_pit else ''} {provenance({'arm': worlds})}"
    )
    grid = Grid(number, columns, 1.75, left=0.5, right=0.16, above=0.4, below=0.34, note=note)
    figure, axes = grid.build(extra=0.1)
    for place, (panel, ax) in enumerate(zip(panels, axes, strict=False)):
        _draw(ax, panel)
        title(ax, place, _title(panel), grid.panel_width, outdent=28)
    if with_pit:
        _draw_pit(axes[-1], *pit)
        title(axes[-1], number - 1, "Where the observed values lie (PIT)", outdent=28)
    return figure


def _title(panel: Panel) -> str:
    name, _, row = panel.series.partition(".")
    outcome = BY_NAME[name]
    what = sentence_case(outcome.long_name) + (f": {row.replace('_', ' ')}" if row else "")
    if not panel.counts:
        return f"{what}, at the end of each window ({outcome.unit})"
    lengths = [window.days for window in panel.windows]
    each = "day" if max(lengths) == 1 else "month" if min(lengths) >= 28 and max(lengths) <= 31 else ""
    return f"{what} per {each}" if each else f"{what} in each window"


def _draw(axes: Axes, panel: Panel) -> None:
    for number, window in enumerate(panel.windows):
        span, (low, quarter, median, three_quarters, high) = _edges(window), panel.bands[number]
        axes.fill_between(span, low, high, color=_BLUE, alpha=0.16, linewidth=0, zorder=1)
        axes.fill_between(span, quarter, three_quarters, color=_BLUE, alpha=0.30, linewidth=0, zorder=1)
        axes.plot(span, [median] * 2, color=_BLUE, linewidth=1.6, solid_capstyle="butt", zorder=2)
        for name, medians in panel.baselines.items():
            axes.plot(span, [medians[number]] * 2, color=INK, linewidth=0.9, linestyle=(0, _DASHES[name][0]), zorder=2)
    for windows, face in ((panel.history, "white"), (panel.windows, INK)):
        for window in windows:
            left, right = _edges(window)
            at = (left + right) / 2.0 if panel.counts else right
            axes.plot([at] * 2, [window.low, window.high], color=INK, linewidth=0.7, zorder=3)
            axes.plot([at], [window.value], "o", ms=3.4, color=INK, markerfacecolor=face, markeredgewidth=0.8, zorder=4)
    top = max(panel.bands.max(), *(window.high for window in (*panel.history, *panel.windows)))
    axes.set_ylim(0.0, 1.06 * top if top > 0.0 else 1.0)
    if panel.history:
        axes.axvline(_edges(panel.windows[0])[0], color=FAINT, linewidth=0.6, linestyle=(0, (1, 2)), zorder=0)
    locator = AutoDateLocator(minticks=3, maxticks=6)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))


def _edges(window: Window) -> tuple[float, float]:
    left, right = date2num([window.start, window.end + timedelta(days=1)])
    return float(left), float(right)


def _draw_pit(axes: Axes, below: Array, up_to: Array) -> None:
    shares: Array = pit_histogram(below, up_to, _BINS)
    edges = np.linspace(0.0, 1.0, _BINS + 1)
    axes.bar(edges[:-1], shares, width=1.0 / _BINS, align="edge", color=_BLUE, alpha=0.35, edgecolor=INK, linewidth=0.6)
    axes.axhline(1.0 / _BINS, color=INK, linewidth=0.9, linestyle=(0, (5, 1.5)))
    axes.set(xlim=(0.0, 1.0), ylim=(0.0, max(1.15 * shares.max(), 2.0 / _BINS)))
    axes.set_xlabel("modelled probability of lower values", size=TEXT, labelpad=2)
    axes.set_ylabel("share of windows", size=TEXT, labelpad=2)


def pit_histogram(below: Array, up_to: Array, bins: int = 10) -> Array:
    """Return the share of the PIT in each of equal bins of 0-1; flat where the forecasts are calibrated.

    Counts have no single PIT value: each observation is spread evenly between the probabilities of less than it (`below`) and
    of at most it (`up_to`), (windows,) each (Czado, Gneiting and Held 2009, doi:10.1111/j.1541-0420.2009.01191.x).
    """
    edges = np.linspace(0.0, 1.0, bins + 1)
    from_ = np.minimum(below, 1.0 - _POINT)
    width = np.maximum(up_to - from_, _POINT)
    reached = np.clip((edges[:, np.newaxis] - from_) / width, 0.0, 1.0)
    return np.diff(reached, axis=0).mean(axis=1)
