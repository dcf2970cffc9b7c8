"""Draw a calibration: predictions of the year by prior and posterior, and the distributions of the parameters."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.figures.names import sentence_case
from experiments.figures.page_layout import POINTS, Grid, folded, title, wrap, write_at
from experiments.figures.style import COLOURS, DOUBLE_COLUMN, FAINT, GREYS, INK, LABEL, NOTE, TITLE, in_style
from experiments.figures.venue import venue
from experiments.studies.calibrate.year_statistics import ObservationScale
from sim.arrays import Array

_PRIOR, _POSTERIOR = GREYS[2], COLOURS[0]
_BINS, _APART = 20, 0.17
_NARROWEST = 1.6
"""Width of a panel with its margins, inches."""
_WIDE_LETTER = 12
"""Most panels: the letter of panel m fills the room for letters."""
_WORDS: Mapping[str, str] = {
    "attacks_moderate": "attacks, Oct - Jul",
    "rockets_peak": "rocket attacks, Aug - Sep",
    "convoys_peak": "attacks on convoys, Aug - Sep",
    "rocket_dispersion": "Fano factor, rockets",
    "convoy_dispersion": "Fano factor, convoys",
    "fatal_events": "fatal events",
    "lethality": "fatal events per attack",
    "unanswered": "deaths not answered",
    "other_strikes": "strikes unprovoked",
    "permanent_exits": "exits for good, Jan - Sep",
    "exit_rate": "exits per member-month",
    "islamic_state_geography": "IS: top three governorates",
}
_LEFT = 0.42
PARTS: Mapping[str, tuple[str, float, float, float]] = {
    "rocket_attacks": ("Rocket attacks", _LEFT, 0.42, 1.05),
    "convoy_attacks": ("Attacks on convoys", _LEFT, 1.87, 1.05),
    "quarters": ("IS attacks", _LEFT, 3.32, 0.95),
    "others": ("Distance from the reports", 1.7, 6.0, 1.1),
}
"""Parts of the year: title, room at the left, and place and width if all are side by side; inches."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """Prior and posterior of one number or switch.

    Attributes:
        unit: of the number, empty for a switch.
        prior, posterior: (draws,) values, or for a switch the number of its variant.
        contraction: 1 - variance of its normal score, 0 if the reports say nothing on it.
        variants: of a switch, in order; empty for a number.
    """

    label: str
    unit: str
    prior: Array
    posterior: Array
    contraction: float
    variants: tuple[str, ...] = ()


@in_style("Parameters: what does the calibration say about each parameter?")
def priors_and_posteriors(learnt: Sequence[Learnt], about: Mapping[str, Any]) -> Figure:
    """Draw prior and posterior of each parameter, one panel each."""
    note = (
        "Grey: prior. Blue: posterior, given the reports of October 2019 to September 2020. Heights are densities; bars of a"
        " switch are the shares of its variants. The number in a panel is the contraction: the share of the prior's variance,"
        f" in normal scores, that the reports remove, with a Monte Carlo error of up to {about['error_of_contraction']:.2f}."
        f" {_sizes(about)}"
    )
    columns = min(len(learnt), int(venue().width / _NARROWEST))
    grid = Grid(len(learnt), columns, 0.95, left=0.12, right=0.12, above=0.52, below=0.36, note=note)
    figure, panels = grid.build(extra=0.04)
    for number, (what, axes) in enumerate(zip(learnt, panels, strict=True)):
        lines = wrap(what.label, grid.panel_width - 0.1, TITLE)
        gap = "\N{THIN SPACE}" if number == _WIDE_LETTER else ""
        title(axes, number, "\n".join(f"{gap}{line}" for line in lines[:2]))
        axes.yaxis.set_visible(False)
        axes.spines["left"].set_visible(False)
        _draw_switch(axes, what, grid.panel_width) if what.variants else _draw_number(axes, what)
        inside = f"{what.contraction:.2f}".replace("-", "\N{MINUS SIGN}")
        write_at(axes, inside, (1, 1), (-2, -2), up="axes fraction", size=LABEL, ha="right", va="top")
    return figure


def _draw_number(axes: Axes, what: Learnt) -> None:
    edges = np.linspace(*np.quantile(np.concatenate([what.prior, what.posterior]), [0.0, 1.0]), _BINS + 1)
    axes.hist(what.prior, list(edges), density=True, color=_PRIOR, alpha=0.55)
    axes.hist(what.posterior, list(edges), density=True, histtype="step", color=_POSTERIOR, linewidth=1.4)
    axes.set(xlim=(edges[0], edges[-1]), ylim=(0, axes.get_ylim()[1] * 1.12))
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.tick_params(axis="x", labelsize=NOTE)
    axes.set_xlabel(what.unit, size=NOTE, labelpad=1.5)


def _draw_switch(axes: Axes, what: Learnt, width: float) -> None:
    places = np.arange(len(what.variants))
    for values, shift, colour, opaque in ((what.prior, -_APART, _PRIOR, 0.55), (what.posterior, _APART, _POSTERIOR, 1.0)):
        shares = [float((values == place).mean()) for place in places]
        axes.bar(places + shift, shares, 2 * _APART, color=colour, alpha=opaque)
    axes.set(xlim=(-0.6, len(places) - 0.4), ylim=(0, 1.0))
    room = width / len(places) - 0.04
    axes.set_xticks(places, [folded(variant.replace("_", " "), room, NOTE) for variant in what.variants])
    axes.tick_params(axis="x", labelsize=NOTE)


@in_style("Prediction of the year before: does the posterior agree with the observations?")
def predicted_year(predictions: pd.DataFrame, about: Mapping[str, Any], only: Collection[str] = PARTS) -> Figure:
    """Draw both series of attacks by month, IS attacks by quarter and all other observations, predicted by prior and posterior.

    The table is that of `predictions`, with waves "prior" and "posterior"; only the parts in `only` are drawn, side by side
    if all fit.
    """
    name = predictions["observation"]
    monthly = {part: predictions[name.str.match(rf"{part} \w{{3}} \d{{4}}$")] for part in PARTS}
    quarters = pd.concat([predictions[name == "islamic_state_autumn"], predictions[name.str.startswith("islamic_state ")]])
    others = predictions.drop([*pd.concat(monthly.values()).index, *quarters.index])
    note = (
        "Black: reported, with one standard deviation of report and discrepancy. Grey: prior. Blue: posterior given these"
        " reports, so no forecast of them; thick bars: central half of the worlds, thin bars: 90 %. Hollow points: not used,"
        f" since they repeat observations that are used, or share a source with a prior. {_sizes(about)}"
    )
    shown = [part for part in PARTS if part in only]
    beside = len(shown) == len(PARTS) and venue().width >= DOUBLE_COLUMN
    columns, height = len(shown) if beside else 1, 0.17 * len(others) + 0.3
    grid = Grid(len(shown), columns, height, left=_LEFT, right=0.1, above=0.36, below=0.42, note=note)
    figure, panels = grid.build(extra=0.04)
    quarter = ["Oct-\nDec", "Jan-\nMar", "Apr-\nJun", "Jul-\nSep"]
    for number, (part, axes) in enumerate(zip(shown, panels, strict=True)):
        heading, room, place, width = PARTS[part]
        box = axes.get_position()
        left = place / DOUBLE_COLUMN if beside else room / venue().width
        axes.set_position((left, box.y0, width / DOUBLE_COLUMN if beside else box.x1 - left, box.height))
        if part == "quarters":
            _draw_windows(axes, quarters, quarter[: len(quarters)])
        elif part == "others":
            _draw_others(axes, others)
        else:
            _draw_windows(axes, monthly[part], [name.split()[1] for name in monthly[part]["observation"]])
        title(axes, number, heading, outdent=POINTS * (room - 0.06))
    return figure


def _draw_windows(axes: Axes, table: pd.DataFrame, labels: Sequence[str]) -> None:
    places = np.arange(len(table))
    for wave, shift, colour in (("prior", -_APART, _PRIOR), ("posterior", _APART, _POSTERIOR)):
        axes.vlines(places + shift, table[f"{wave}_low"], table[f"{wave}_high"], color=colour, linewidth=1.0)
        axes.vlines(places + shift, table[f"{wave}_lower"], table[f"{wave}_upper"], color=colour, linewidth=3.4)
        axes.plot(places + shift, table[f"{wave}_median"], "_", color="white", markersize=3.6, markeredgewidth=0.9)
    low, high = (np.exp(np.log(table["observed"] + 0.5) + sign * table["sd"]) - 0.5 for sign in (-1, 1))
    axes.vlines(places, low, high, color=INK, linewidth=0.7)
    for place, (value, used) in enumerate(zip(table["observed"], table["used"], strict=True)):
        axes.plot(place, value, "D", markeredgecolor=INK, color=INK if used else "white", markersize=3.2, markeredgewidth=0.7)
    axes.set_xticks(places, labels, size=NOTE)
    if len(places) > len(labels[0]):
        axes.set_xticks(places, [label[0] for label in labels], size=NOTE)
    axes.set_ylim(0, None)


def _draw_others(axes: Axes, table: pd.DataFrame) -> None:
    places = np.arange(len(table))[::-1]
    for place, row in zip(places, table.to_dict("records"), strict=True):
        scale = ObservationScale(row["scale"])
        for wave, shift, colour in (("prior", _APART, _PRIOR), ("posterior", -_APART, _POSTERIOR)):
            spans = np.array([row[f"{wave}_{level}"] for level in ("low", "lower", "median", "upper", "high")], dtype=float)
            low, lower, middle, upper, high = (scale.of(spans) - scale.of(row["observed"])) / row["sd"]
            axes.hlines(place + shift, low, high, color=colour, linewidth=1.0)
            axes.hlines(place + shift, lower, upper, color=colour, linewidth=3.4)
            axes.plot(middle, place + shift, "|", color="white", markersize=3.6, markeredgewidth=0.9)
        face = INK if row["used"] else "white"
        axes.plot(0, place, "D", color=face, markeredgecolor=INK, markersize=3.2, markeredgewidth=0.7)
    axes.axvline(0, color=FAINT, linewidth=0.6, zorder=0)
    names = [sentence_case(_WORDS.get(name, name.replace("_", " "))) for name in table["observation"]]
    axes.set_yticks(places, names, size=NOTE)
    axes.set_xlim(-5.2, 5.2)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.set_ylim(-0.6, len(places) - 0.4)
    axes.set_xlabel("standard deviations", size=NOTE, labelpad=1.5)


def _sizes(about: Mapping[str, Any]) -> str:
    return (
        f"Prior: {about['worlds']['prior']:,} worlds. Posterior: {about['kept']:,} draws of {about['family']} worlds each,"
        f" from {about['effective_draws']:,.0f} effective draws. Seed {about['seed']}."
    )
