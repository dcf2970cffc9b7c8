"""Weekly outcomes as lines over months."""

from dataclasses import dataclass
from typing import Any

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
        rate: a flow's increment per week; a last week of fewer than seven days is left out.
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


def axis_of_months(axes: Axes, horizon: float, named: bool, policies: bool = True) -> None:
    """Set the x axis in months since the start and mark the day on which policies start."""
    axes.set_xlim(0.0, horizon / DAYS_A_MONTH)
    months = horizon / DAYS_A_MONTH
    axes.xaxis.set_major_locator(MultipleLocator(6 if months > 9 else 3 if months > 4 else 1))
    if policies and horizon > POLICY_START:
        axes.axvline(POLICY_START / DAYS_A_MONTH, color=FAINT, linewidth=0.6, linestyle=(0, (1, 2)), zorder=0)
    if named:
        axes.set_xlabel("months after 30 September 2020", size=TEXT, labelpad=2)


def name_policy_start(axes: Axes, top: float) -> None:
    """Write beside the mark of the policies' start what it is, at a height in axes units."""
    if axes.get_xlim()[1] <= POLICY_START / DAYS_A_MONTH:
        return
    place = (POLICY_START / DAYS_A_MONTH, top)
    look: dict[str, Any] = {"textcoords": "offset points", "size": NOTE, "color": "#666666", "va": "top"}
    axes.annotate(f"policies start, day {POLICY_START}", place, (2, 0), xycoords=("data", "axes fraction"), **look)
