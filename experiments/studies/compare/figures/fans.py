"""Fans: the main outcomes by week, with the bands of the worlds."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.analysis.paired import QUANTILES, Datasets
from experiments.config.defaults import HEADLINES
from experiments.config.show import headlines
from experiments.figures.draw import axis_of_months, is_weekly, name_policy_start, weekly
from experiments.figures.names import sentence_case
from experiments.figures.page_layout import Grid, exposure, provenance, title
from experiments.figures.style import NOTE, ArmStyle, in_style
from experiments.figures.venue import venue
from experiments.studies.compare.figures.focus import named, others, styles_of, whose, with_bands
from experiments.studies.compare.figures.groups import told_of, two_groups
from experiments.studies.compare.figures.line_ends import LineEnd, label_line_ends, room_for
from experiments.studies.compare.text import asked_about
from sim.arrays import Array
from sim.record.outcomes import BY_NAME, DAYS_A_WEEK, Aggregation

BY_WEEK = tuple(headline.by_week for headline in HEADLINES if headline.by_week is not None)
"""The outcomes of the fans, unless an analyst chose others."""
RATES = ("islamic_state_attacks",)
"""Flows that are shown per week, not cumulated from the start, if there is a whole week."""
TITLES = {"civilian_deaths": "Iraqi civilian deaths, cumulative", "members_troops_gone": "Members' troops gone, %"}
_MOST_SHADED = 2  # with more arms the 90 % bands are outlines only


@in_style("Fans: how do the main outcomes unfold, and how far do the worlds spread?")
def fans(arms: Datasets, outcomes: Sequence[str] = BY_WEEK, references: Collection[str] = ()) -> Figure:
    """Draw median, 50 % and 90 % band of the worlds by week, one panel per outcome.

    Outcomes without a record by week in every arm are left out; the reference is the first arm by default.
    """
    shown = [name for name in outcomes if all(is_weekly(data, name) for data in arms.values())]
    if not shown:
        raise ValueError(f"no weekly outcome among {', '.join(outcomes)}: run the arms with ensemble.record=weekly")
    rates = RATES if min(int(data["day"].values.max()) for data in arms.values()) >= DAYS_A_WEEK else ()
    styles, shown_by_name = styles_of(list(arms), references), named(list(arms), references)
    banded = with_bands(list(arms), references)
    room, stack = room_for(shown_by_name)
    columns = min(venue().columns, len(shown))
    note = _note(arms, banded, shown, references)
    asked = asked_about([label for label in arms if label not in (references or list(arms)[:1])] or list(arms))
    found = [two_groups(title_of(name, name in rates), *_last(arms[asked], name, rates)) for name in shown]
    grid = Grid(
        len(shown), columns, max(1.3, 0.95 * stack), left=0.56, right=room + 0.06, above=0.32, below=0.36, note=note,
        finding=told_of(asked, found),
    )  # fmt: skip
    figure, panels = grid.build()
    horizon = max(int(data["day"].values.max()) for data in arms.values())
    for number, (name, axes) in enumerate(zip(shown, panels, strict=True)):
        lines = {label: weekly(data, name, name in rates) for label, data in arms.items()}
        ends = _panel(axes, lines, styles, banded, 100.0 if BY_NAME[name].unit == "share" else 1.0)
        axis_of_months(axes, horizon)
        unit = BY_NAME[name].unit
        axes.set_ylabel("%" if unit == "share" else f"{unit} per week" if name in rates else unit, size=NOTE, labelpad=2)
        label_line_ends(axes, [end for end in ends if end.label in shown_by_name])
        title(axes, number, title_of(name, name in rates), grid.panel_width + 0.6 * room, outdent=28)
    name_policy_start(panels[0], 1.0)
    return figure


def by_week() -> list[str]:
    """Return the outcomes of the headlines that can be shown by week."""
    return list(dict.fromkeys(headline.by_week for headline in headlines() if headline.by_week is not None))


def _last(data: xr.Dataset, name: str, rates: Sequence[str]) -> tuple[Array, float]:
    """Return the values at the end of the line, (worlds,), and their factor."""
    return weekly(data, name, name in rates)[1][:, -1], 100.0 if BY_NAME[name].unit == "share" else 1.0


def title_of(name: str, rate: bool) -> str:
    """Return a panel's title."""
    outcome = BY_NAME[name]
    flow = outcome.aggregation is Aggregation.FLOW
    suffix = " per week" if flow and rate else ", cumulative" if flow else ", %" if outcome.unit == "share" else ""
    return TITLES.get(name, sentence_case(outcome.long_name) + suffix)


def _panel(
    axes: Axes, lines: Mapping[str, tuple[Array, Array]], styles: Mapping[str, ArmStyle], banded: Sequence[str], scale: float
) -> list[LineEnd]:
    top, ends = 0.0, []
    for number, (label, (months, values)) in enumerate(lines.items()):
        style = styles[label]
        low, quarter, median, three_quarters, high = scale * bands(values)
        if label in banded:
            shade: dict[str, Any] = {"color": style.colour, "linewidth": 0.0, "zorder": 1}
            if len(banded) <= _MOST_SHADED:
                axes.fill_between(months, low, high, alpha=0.10, **shade)
            axes.fill_between(months, quarter, three_quarters, alpha=0.22, **shade)
            for edge in (low, high):
                axes.plot(months, edge, color=style.colour, linestyle=style.line, linewidth=0.5, zorder=2)
        axes.plot(months, median, zorder=3, label=label, **style.drawn(number))
        top = np.nanmax([top, *(high if label in banded else median)])
        last = np.flatnonzero(np.isfinite(median))[-1]
        ends.append(LineEnd(label, float(months[last]), float(median[last]), style))
    axes.set_ylim(0.0, 1.04 * top if top > 0.0 else 1.0)
    return ends


def bands(values: Array) -> Array:
    """Return the quantiles of the worlds with a value, (quantiles, weeks); NaN in weeks without any."""
    found = np.full((len(QUANTILES), values.shape[1]), np.nan)
    known = ~np.isnan(values).all(axis=0)
    found[:, known] = np.nanquantile(values[:, known], list(QUANTILES.values()), axis=0)
    return found


def _note(arms: Datasets, banded: Sequence[str], shown: Sequence[str], references: Collection[str]) -> str:
    shaded = "central 50 % of worlds, 90 % between thin lines"
    if len(banded) <= _MOST_SHADED:
        shaded = "central 50 % (darker) and 90 % of worlds"
    rates = [name for name in shown if BY_NAME[name].aggregation is Aggregation.RATIO]
    unknown = " Rates are for each week, over the worlds with exposure." if rates else ""
    bands_are = f"Bands: {shaded}{whose(banded, arms)}.{unknown}"
    grey = others(list(arms), references)
    return f"Thick lines: median over worlds, week by week. {bands_are}{grey} {provenance(arms)}{exposure(shown)}"
