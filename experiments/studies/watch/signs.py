"""What can be observed of worlds by the end of a week, and whether they end badly or have done so already."""

import numpy as np
import pandas as pd
import xarray as xr

from experiments.studies.watch.settings import Ending, flow_of
from sim.record.outcomes import BY_NAME, DAYS_A_WEEK, Aggregation
from sim.rule import Array

_WEEKS_A_MONTH = 4


def observed(data: xr.Dataset, outcomes: list[str], weeks: int) -> pd.DataFrame:
    """Return what is known after some weeks: flows since the start, levels as they stand.

    Returns:
        One row per world; one column per outcome, by its name, or per place of it, "attacks_by_site.embassy". Outcomes that
        were not recorded by week are left out.
    """
    columns: dict[str, Array] = {}
    for outcome in outcomes:
        if (name := f"{outcome}_by_week") not in data:
            continue
        known = data[name].isel(week=slice(0, weeks)).astype(float)
        now = known.sum("week") if BY_NAME[outcome].aggregation is Aggregation.FLOW else known.isel(week=-1)
        place = next((str(dimension) for dimension in now.dims if dimension != "world"), None)
        if place is None:
            columns[outcome] = now.values
        else:
            columns |= {f"{outcome}.{key}": now.sel({place: key}).values for key in data[place].values}
    return pd.DataFrame(columns)


def ends_so(data: xr.Dataset, ending: Ending) -> Array:
    """Return which worlds end so, (worlds,) of bool; a day that never came is no end."""
    return _reaches(data[ending.outcome].sel(day=ending.day).values, ending)


def has_ended(data: xr.Dataset, ending: Ending, weeks: int) -> Array:
    """Return which worlds have ended so by the end of some week, (worlds,) of bool: there is nothing left to foretell.

    Of an outcome of the last month, any four weeks count.
    """
    kind, name = BY_NAME[ending.outcome].aggregation, f"{flow_of(ending.outcome)}_by_week"
    if kind is Aggregation.FIRST_DAY:
        return data[ending.outcome].isel(day=-1).values < weeks * DAYS_A_WEEK
    known = data[name].transpose("world", "week").values[:, :weeks].astype(float)
    if kind is Aggregation.FLOW:
        if ending.at_least is None:  # what adds up can stay below a limit until the last day
            return np.zeros(len(known), dtype=bool)
        known = known.cumsum(axis=1)
    elif kind is Aggregation.LAST_MONTH:
        added = np.cumsum(np.pad(known, ((0, 0), (1, 0))), axis=1)
        known = added[:, _WEEKS_A_MONTH:] - added[:, :-_WEEKS_A_MONTH]
    return _reaches(known, ending).any(axis=1)


def _reaches(values: Array, ending: Ending) -> Array:
    return values >= ending.at_least if ending.at_least is not None else values <= ending.at_most
