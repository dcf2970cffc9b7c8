"""Weekly outcomes as lines over months."""

from dataclasses import dataclass

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.ticker import MultipleLocator

from experiments.analysis.counts import DAYS_A_MONTH
from experiments.figures.style import FAINT, NOTE, TEXT
from sim.record.outcomes import BY_NAME, DAYS_A_WEEK, Aggregation
from sim.rule import Array

POLICY_START = 14
"""Day on which the policies start in every scenario shipped; nobody leaves before it."""


@dataclass(frozen=True, slots=True)
class Weekly:
    """An outcome by week: `months` since the start (weeks,), `values` (worlds, weeks)."""

    months: Array
    values: Array


def is_weekly(data: xr.Dataset, outcome: str) -> bool:
    """Tell whether an outcome was recorded by week."""
    return f"{outcome}_by_week" in data


def weekly(data: xr.Dataset, outcome: str, rate: bool = False) -> Weekly:
    """Return an outcome at the end of each week.

    Flows are stored as the week's increments: they are added up from the start, unless their rate is wanted.

    Args:
        data: an arm.
        outcome: its name.
        rate: a flow's increment a week; a last week of fewer than seven days is left out.
    """
    values = data[f"{outcome}_by_week"].transpose("world", "week").values.astype(float)
    horizon = int(data["day"].values.max())
    days = np.minimum(DAYS_A_WEEK * np.arange(1.0, values.shape[1] + 1), horizon)
    if BY_NAME[outcome].aggregation is not Aggregation.FLOW:
        return Weekly(days / DAYS_A_MONTH, values)
    if rate:
        whole = horizon // DAYS_A_WEEK
        return Weekly(days[:whole] / DAYS_A_MONTH, values[:, :whole])
    added = np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)
    return Weekly(np.concatenate([[0.0], days]) / DAYS_A_MONTH, added)


def axis_of_months(axes: Axes, horizon: float, named: bool) -> None:
    """Set the x axis in months since the start and mark the day on which policies start.

    Args:
        axes: the panel, its y limits final.
        horizon: last day.
        named: write what the axis and the mark are.
    """
    axes.set_xlim(0.0, horizon / DAYS_A_MONTH)
    axes.xaxis.set_major_locator(month_ticks(horizon))
    if horizon > POLICY_START:
        axes.axvline(POLICY_START / DAYS_A_MONTH, color=FAINT, linewidth=0.6, linestyle=(0, (1, 2)), zorder=0)
    if named:
        axes.set_xlabel("months after 30 September 2020", size=TEXT, labelpad=2)


def month_ticks(horizon: float) -> MultipleLocator:
    """Return where an axis of months has ticks, whose last day is the horizon."""
    months = horizon / DAYS_A_MONTH
    return MultipleLocator(6 if months > 9 else 3 if months > 4 else 1)


def name_policy_start(axes: Axes, top: float) -> None:
    """Write beside the mark of the policies' start what it is, at a height in axes units."""
    if axes.get_xlim()[1] <= POLICY_START / DAYS_A_MONTH:
        return
    axes.annotate(
        f"policies start, day {POLICY_START}",
        (POLICY_START / DAYS_A_MONTH, top),
        (2, 0),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        size=NOTE,
        color="#666666",
        va="top",
    )
