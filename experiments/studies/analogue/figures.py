"""Draw a past coalition: survival, modelled and observed; priors and posteriors; the lead's effect under each reading."""

from collections.abc import Hashable, Mapping
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter

from experiments.analysis.counts import DAYS_A_MONTH
from experiments.analysis.weights import weighted_quantiles
from experiments.figures.page_layout import POINTS, Grid, title, width_of, without_left, wrap, write_at
from experiments.figures.style import COLOURS, GREYS, HAIRLINE, INK, NOTE, TEXT, ArmStyle, in_style
from experiments.figures.venue import venue
from experiments.studies.analogue.findings import LEVELS
from sim.arrays import Array

_BINS = 16
_NARROWEST, _NARROWEST_HISTOGRAM = 2.1, 1.7
"""Widths of panels with their margins, inches."""
_ROW, _LINE = 0.17, 0.13
"""Heights in inches: a row of the forest plot, and each further line of its name."""
_RATIOS = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
_PANELS: Mapping[str, tuple[str, str]] = {
    "arrival": ("months since arrival", "members still there, %"),
    "announcement": ("months since the announcement", "remaining, % of month 0"),
}
LOOKS = (ArmStyle(COLOURS[0], (), "o", 1.3), ArmStyle(COLOURS[1], (1.2, 1.2), "o", 1.3))
"""Of the posteriors."""


@in_style("Survival of a past coalition: do the modelled exits agree with the observed ones?")
def survival_of_past(survival: pd.DataFrame, ensembles: Mapping[str, str], note: str) -> Figure:
    """Draw the share of remaining members since arrival and since the lead's announcement, one column per ensemble."""
    text = (
        "Black: observed (Kaplan-Meier; members that remain at the end are censored). Thin: its central 90 % interval"
        f" (Greenwood, log-log). Blue: median (dashed) and central 90 % of the worlds' curves. {note}"
    )
    beside = 1 < len(ensembles) <= int(venue().width / _NARROWEST)
    columns = len(ensembles) if beside else min(venue().columns, len(_PANELS))
    shown = [(since, name) for name in ensembles for since in _PANELS]
    if beside:
        shown = [(since, name) for since in _PANELS for name in ensembles]
    grid = Grid(len(shown), columns, 1.45, left=0.46, right=0.1, above=0.36, below=0.34, note=text)
    figure, panels = grid.build(extra=0.2)
    for number, ((since, name), axes) in enumerate(zip(shown, panels, strict=True)):
        table, (across, up) = survival[survival["since"] == since], _PANELS[since]
        months = table["day"].to_numpy() / DAYS_A_MONTH
        q05, median, q95 = (100.0 * table[f"{name}_{which}"] for which in ("q05", "median", "q95"))
        axes.fill_between(months, q05, q95, color=COLOURS[0], alpha=0.25, linewidth=0, zorder=1)
        axes.plot(months, median, color=COLOURS[0], linewidth=1.5, linestyle=(0, (4, 1.5)), zorder=3)
        axes.step(months, 100.0 * table["observed"], where="post", color=INK, linewidth=1.4, zorder=4)
        for end in ("low", "high"):
            axes.step(months, 100.0 * table[end], where="post", color=INK, linewidth=0.5, zorder=4)
        axes.set(xlim=(0.0, months[-1]), ylim=(0.0, 104.0))
        axes.set_xlabel(across, size=TEXT, labelpad=2)
        axes.set_ylabel("" if beside and number % columns else up, size=TEXT, labelpad=2)
        title(axes, number, ensembles[name], outdent=24)
    return figure


@in_style("Parameters: what does the past coalition say about each parameter?")
def prior_and_posterior(draws: Mapping[str, Array], prior: Array, posteriors: Mapping[str, Array], note: str) -> Figure:
    """Draw prior and posteriors of each parameter, one panel per parameter.

    All numbers are (worlds,): the draws, by the title of their panel; the weights of the prior; and the weights of each
    posterior, by reading.
    """
    columns = min(4, len(draws), int(venue().width / _NARROWEST_HISTOGRAM))
    looks = dict(zip(posteriors, LOOKS, strict=False))
    lines = "; ".join(f"{word}: {name}" for word, name in zip(("blue", "orange, dotted"), posteriors, strict=False))
    text = (
        f"Grey: prior. Lines: posterior, {lines}. Above: median and central 90 %. Effects are on the log hazard. An"
        " effect 'as it acts' is multiplied by a factor that depends on the variant of the knock-on in the world (0 for peers"
        f" in the free-standing variant). {note}"
    )
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
            axes.stairs(after, edges, color=look.colour, linewidth=look.width, linestyle=look.line, zorder=3)
            top = max(top, after.max())
            _draw_interval(axes, values, weights, look, 1.0 - 0.08 * row)
        axes.set(xlim=(edges[0], edges[-1]), ylim=(0.0, 1.28 * top))
        without_left(axes)
        axes.locator_params(axis="x", nbins=4)
        title(axes, number, name, grid.panel_width + 0.1, outdent=8)
    return figure


def _draw_interval(axes: Axes, values: Array, weights: Array, look: ArmStyle, height: float) -> None:
    """Draw the central 90 % and the median at a height, given as a share of the height of the panel."""
    low, median, high = weighted_quantiles(values, weights, LEVELS)
    across = axes.get_xaxis_transform()
    axes.plot([low, high], [height] * 2, color=look.colour, linewidth=1.1, transform=across, clip_on=False)
    axes.plot([median], [height], "o", color=look.colour, markersize=2.6, transform=across, clip_on=False)


@in_style("Effect of the lead: how far does it depend on the reading of the record?")
def effect_by_reading(readings: pd.DataFrame, prior: tuple[float, float, float], dependence: float, note: str) -> Figure:
    """Draw the table `effect_of_the_lead`, one row per reading, by the day of the announcement.

    `prior` has its 5 %, 50 % and 95 %; the upper axis shows the hazard ratio of a member with this `dependence`.
    """
    rows: list[tuple[str, Mapping[Hashable, float] | None]] = []
    for announced, part in readings.groupby("announced", sort=False):
        rows.append((f"announced {announced}", None))
        rows += [(str(row["reading"]), row) for row in part.to_dict("records")]
    text = (
        "Dots: median; lines: central 90 %. Grey: the same for the prior. Right: effective draws. Upper axis: factor of an"
        f" announced exit of the lead on the hazard of a member with a dependence of {dependence:g}. {note}"
    )
    left = min(2.2, 0.46 * venue().width)
    names = [wrap(label, left - (0.09 if row is None else 0.2), TEXT) for label, row in rows]
    effect = "effect of the lead's announced exit on the log hazard of a fully dependent member"
    across = wrap(effect, 0.96 * venue().width, TEXT)
    height = (_ROW + _LINE * (max(map(len, names)) - 1)) * (len(rows) + 1)
    below = 0.34 + _LINE * (len(across) - 1)
    grid = Grid(1, 1, height, left=left, right=0.5, above=0.52, below=below, note=text)
    figure, (axes,) = grid.build(extra=0.06)
    axes.axvspan(prior[0], prior[2], color=HAIRLINE, alpha=0.7, linewidth=0, zorder=0)
    axes.axvline(prior[1], color=GREYS[2], linewidth=0.9, zorder=0)
    axes.axvline(0.0, color=INK, linewidth=0.6, linestyle=(0, (1, 2)), zorder=1)
    for height, ((_, row), name) in enumerate(zip(rows, names, strict=True)):
        bold = row is None
        shift, weight = POINTS * ((0.09 if bold else 0.2) - left), "bold" if bold else "normal"
        write_at(axes, "\n".join(name), (0.0, height), (shift, 0.0), va="center", size=TEXT, weight=weight)
        if row is None:
            continue
        axes.plot([row["q05"], row["q95"]], [height] * 2, color=COLOURS[0], linewidth=1.3, zorder=2)
        axes.plot([row["median"]], [height], "o", color=COLOURS[0], markersize=4.0, zorder=3)
        write_at(axes, f"{row['effective_draws']:.0f}", (1.0, height), (6.0, 0.0), va="center", size=NOTE)
    axes.set_ylim(len(rows) - 0.4, -0.7)
    without_left(axes)
    axes.set_xlabel("\n".join(across), size=TEXT, labelpad=2)
    if max(width_of(line, TEXT) for line in across) > grid.panel_width + 2 * 0.4:  # it would leave the page at the right
        axes.xaxis.set_label_coords((0.5 * venue().width - left) / grid.panel_width, -0.2 / grid.height)
    _upper_axis(axes, dependence)
    return figure


def _upper_axis(axes: Axes, dependence: float) -> None:
    low, high = axes.get_xlim()
    places = [ratio for ratio in _RATIOS if low <= np.log(ratio) / dependence <= high]
    upper = axes.secondary_xaxis("top", functions=(partial(np.multiply, dependence), partial(np.multiply, 1.0 / dependence)))
    upper.xaxis.set_major_locator(FixedLocator([float(np.log(ratio)) for ratio in places]))
    upper.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{round(np.exp(x), 2):g}"))
    upper.tick_params(labelsize=TEXT, length=2.5, width=0.6, pad=2)
    upper.set_xlabel("hazard ratio", size=TEXT, labelpad=3)
    upper.spines["top"].set_visible(True)
