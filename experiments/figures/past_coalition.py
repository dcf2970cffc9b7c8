"""A past coalition: its survival, modelled and observed; what its exits did to the priors; the lead's effect by reading."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter
from scipy.stats import CensoredData, ecdf

from experiments.analysis.exits import Chronicle, staying, waits_since_announcement, waits_since_arrival
from experiments.analysis.weighting import weighted_quantiles
from experiments.figures.layout import Grid, title, wrap
from experiments.figures.style import COLOURS, FAINT, GREYS, HAIRLINE, INK, NOTE, TEXT, TITLE, in_style
from experiments.figures.weeks import DAYS_A_MONTH
from sim.rule import Array

STEPS = 120
"""Of the grid on which worlds' curves are read."""
_BAND = (0.05, 0.5, 0.95)
_BINS = 24
_ROW = 0.17
"""Height of a row of the forest, inches."""
_OF_A_ROW = ("q05", "median", "q95", "effective_draws")


@dataclass(frozen=True, slots=True)
class Look:
    """How an ensemble is drawn: colour, dashes, and how dark its band is."""

    colour: str
    dashes: tuple[float, ...]
    alpha: float

    @property
    def line(self) -> tuple[float, tuple[float, ...] | None]:
        """Return the line style as matplotlib takes it."""
        return (0.0, self.dashes or None)


LOOKS = (Look(GREYS[1], (5.0, 1.5), 0.16), Look(COLOURS[0], (), 0.26), Look(COLOURS[1], (1.2, 1.2), 0.22))


@in_style
def survival_of_past(chronicle: Chronicle, worlds: Mapping[str, Array], note: str) -> Figure:
    """Draw the share of members still there, since their arrival and since the lead's announcement.

    Args:
        chronicle: what was observed.
        worlds: days of exit by name of the ensemble, (worlds, members), every world as good as another.
        note: what the figure rests on.
    """
    grid = Grid(2, 2, 2.4, left=0.5, right=0.14, above=0.36, below=0.34, note=_survival_note(worlds, note))
    figure, panels = grid.build(extra=0.2)
    spans = (chronicle.end - chronicle.arrival.min(), chronicle.end - chronicle.announced)
    ways = (waits_since_arrival, waits_since_announcement)
    names = ("months since arrival", "months since the lead's announcement")
    titles = ("Members still there, %", "Of those there at the announcement, still there, %")
    for number, (axes, span, waits) in enumerate(zip(panels, spans, ways, strict=True)):
        times = np.linspace(0.0, float(span), STEPS)
        for look, days in zip(LOOKS, worlds.values(), strict=False):
            curves = np.array([staying(waits(world, chronicle), times) for world in days])
            curves = curves[np.isfinite(curves).all(axis=1)]
            _draw_band(axes, times / DAYS_A_MONTH, 100.0 * np.quantile(curves, _BAND, axis=0), look)
        _draw_observed(axes, waits(chronicle.exit, chronicle), float(span))
        axes.set_xlim(0.0, float(span) / DAYS_A_MONTH)
        axes.set_ylim(0.0, 104.0)
        axes.set_xlabel(names[number], size=TEXT, labelpad=2)
        title(axes, number, titles[number], outdent=28)
    announced = (chronicle.announced - float(np.median(chronicle.arrival))) / DAYS_A_MONTH
    panels[0].axvline(announced, color=FAINT, linewidth=0.6, linestyle=(0, (1, 2)), zorder=0)
    return figure


def _draw_band(axes: Axes, months: Array, band: Array, look: Look) -> None:
    low, median, high = band
    axes.fill_between(months, low, high, color=look.colour, alpha=look.alpha, linewidth=0, zorder=1)
    for edge in (low, high):
        axes.plot(months, edge, color=look.colour, linewidth=0.5, linestyle=look.line, zorder=2)
    axes.plot(months, median, color=look.colour, linewidth=1.5, linestyle=look.line, zorder=3)


def _draw_observed(axes: Axes, waits: CensoredData | None, span: float) -> None:
    if waits is None:
        return
    function = ecdf(waits).sf
    months = np.concatenate([[0.0], function.quantiles, [span]]) / DAYS_A_MONTH
    share = np.concatenate([[1.0], function.probabilities, function.probabilities[-1:]])
    axes.step(months, 100.0 * share, where="post", color=INK, linewidth=1.4, zorder=4)


def _survival_note(worlds: Mapping[str, Array], note: str) -> str:
    looks = ("grey, dashed", "blue", "orange, dotted")
    bands = "; ".join(f"{look}: {name}" for look, name in zip(looks, worlds, strict=False))
    return (
        "Black staircase: observed (Kaplan-Meier; members that have not left by the end are censored). Bands: central 90 % of"
        f" worlds around their median; {bands}. Dotted line in (a): the announcement, for a member that came at the median day"
        f" of arrival. {note}"
    )


@in_style
def prior_and_posterior(draws: Mapping[str, Array], prior: Array, posteriors: Mapping[str, Array], note: str) -> Figure:
    """Draw what the observed exits did to each parameter, a panel a parameter.

    Args:
        draws: by the panel's title, (worlds,).
        prior: weights that make the prior, (worlds,).
        posteriors: weights of each reading, (worlds,).
        note: what the figure rests on.
    """
    columns = min(4, len(draws))
    looks = dict(zip(posteriors, LOOKS[1:], strict=False))
    said = "; ".join(f"{word}: {name}" for word, name in zip(("blue", "orange, dotted"), posteriors, strict=False))
    text = f"Grey: prior. Lines: posterior, {said}. Small ticks below: median and central 90 %. {note}"
    grid = Grid(len(draws), columns, 1.05, left=0.16, right=0.12, above=0.42, below=0.34, note=text)
    figure, panels = grid.build(extra=0.06)
    for number, (name, axes) in enumerate(zip(draws, panels, strict=True)):
        values = draws[name]
        edges = np.linspace(values.min(), values.max(), _BINS + 1)
        before = np.histogram(values, edges, weights=prior)[0]
        axes.fill_between(edges, np.append(before, before[-1]), step="post", color=GREYS[2], alpha=0.45, linewidth=0, zorder=1)
        top = before.max()
        for row, (reading, weights) in enumerate(posteriors.items()):
            after = np.histogram(values, edges, weights=weights)[0]
            look = looks[reading]
            axes.stairs(after, edges, color=look.colour, linewidth=1.3, linestyle=look.line, zorder=3)
            top = max(top, after.max())
            _draw_interval(axes, values, weights, look, -0.07 - 0.07 * row)
        axes.set_ylim(0.0, 1.08 * top)
        axes.set_xlim(edges[0], edges[-1])
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="x", pad=9)
        axes.locator_params(axis="x", nbins=4)
        title(axes, number, "\n".join(wrap(name, grid.panel_width + 0.1, TITLE)), outdent=8)
    return figure


def _draw_interval(axes: Axes, values: Array, weights: Array, look: Look, height: float) -> None:
    """Draw the central 90 % and the median below the axis, at a height in its units."""
    low, median, high = weighted_quantiles(values, weights)
    across = axes.get_xaxis_transform()
    axes.plot([low, high], [height] * 2, color=look.colour, linewidth=1.1, transform=across, clip_on=False)
    axes.plot([median], [height], "o", color=look.colour, markersize=2.6, transform=across, clip_on=False)


@in_style
def effect_by_reading(readings: pd.DataFrame, prior: tuple[float, float, float], dependence: float, note: str) -> Figure:
    """Draw what each reading says of the lead's effect, a row a reading, by the day of the announcement.

    Args:
        readings: of `effect_of_the_lead`: announced, reading, q05, median, q95, effective_draws.
        prior: 5 %, 50 % and 95 % of the prior.
        dependence: of the member whose hazard ratio the upper axis tells.
        note: what the figure rests on.
    """
    rows = _rows_of(readings)
    text = (
        "Dots: median; lines: central 90 %. Grey: the same of the prior. Right: effective draws. Upper axis: by how much an"
        f" announced exit of the lead multiplies the hazard of a member with a dependence of {dependence:g}. {note}"
    )
    grid = Grid(1, 1, _ROW * (len(rows) + 1), left=2.65, right=0.5, above=0.52, below=0.34, note=text)
    figure, (axes,) = grid.build(extra=0.06)
    axes.axvspan(prior[0], prior[2], color=HAIRLINE, alpha=0.7, linewidth=0, zorder=0)
    axes.axvline(prior[1], color=GREYS[2], linewidth=0.9, zorder=0)
    axes.axvline(0.0, color=INK, linewidth=0.6, linestyle=(0, (1, 2)), zorder=1)
    for height, (label, row) in enumerate(rows):
        bold = row is None
        axes.annotate(
            label, (0.0, height), (-186.0 if bold else -178.0, 0.0), xycoords=("axes fraction", "data"),
            textcoords="offset points", va="center", size=TEXT, weight="bold" if bold else "normal",
        )  # fmt: skip
        if row is None:
            continue
        axes.plot([row["q05"], row["q95"]], [height] * 2, color=COLOURS[0], linewidth=1.3, zorder=2)
        axes.plot([row["median"]], [height], "o", color=COLOURS[0], markersize=4.0, zorder=3)
        axes.annotate(
            f"{row['effective_draws']:.0f}", (1.0, height), (6.0, 0.0), xycoords=("axes fraction", "data"),
            textcoords="offset points", va="center", size=NOTE,
        )  # fmt: skip
    axes.set_ylim(len(rows) - 0.4, -0.7)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("effect of the lead's announced exit on the log hazard of a fully dependent member", size=TEXT, labelpad=2)
    _upper_axis(axes, dependence)
    return figure


def _rows_of(readings: pd.DataFrame) -> list[tuple[str, dict[str, float] | None]]:
    rows: list[tuple[str, dict[str, float] | None]] = []
    for announced in dict.fromkeys(readings["announced"]):
        rows.append((f"announced {announced}", None))
        for row in readings[readings["announced"] == announced].to_dict("records"):
            rows.append((str(row["reading"]), {name: float(row[name]) for name in _OF_A_ROW}))
    return rows


def _upper_axis(axes: Axes, dependence: float) -> None:
    ratios: Sequence[float] = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
    upper = axes.secondary_xaxis("top", functions=(partial(np.multiply, dependence), partial(np.multiply, 1.0 / dependence)))
    upper.xaxis.set_major_locator(FixedLocator([float(np.log(ratio)) for ratio in ratios]))
    upper.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{np.exp(x):.2g}"))
    upper.tick_params(labelsize=TEXT, length=2.5, width=0.6, pad=2)
    upper.set_xlabel("hazard ratio", size=TEXT, labelpad=3)
    upper.spines["top"].set_visible(True)
