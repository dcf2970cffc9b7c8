"""Run the arms and judge, for each time of observation, how well the observations foretell the ending."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from experiments.analysis.paired import Datasets
from experiments.analysis.quantities import by_week
from experiments.config.arm import Arm
from experiments.config.ledger import copies
from experiments.engine.run import run_arms
from experiments.errors import InputError
from experiments.studies.watch.score import Judged, TooFewError, judge
from experiments.studies.watch.settings import Ending, Settings, flow_of
from sim.arrays import Array
from sim.ledger.parameters import Ledger, Uncertainty
from sim.record.outcomes import BY_NAME, DAYS_A_WEEK, Aggregation
from sim.record.record import Record, reporting_days

_WEEKS_A_MONTH = 4


def observed(data: xr.Dataset, outcomes: list[str], weeks: int) -> pd.DataFrame:
    """Return the observations after some weeks: flows since the start, and current levels.

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
    """Return which worlds have the ending, (worlds,) of bool.

    If the outcome is the day of an event, a world without the event does not have the ending.
    """
    return _reaches(data[ending.outcome].sel(day=ending.day).values, ending)


def has_ended(data: xr.Dataset, ending: Ending, weeks: int) -> Array:
    """Return which worlds have had the ending by the end of some week, (worlds,) of bool; nothing is left to foretell there.

    An outcome of the last month is checked over every four weeks in a row.
    """
    kind = BY_NAME[ending.outcome].aggregation
    if kind is Aggregation.FIRST_DAY:
        return data[ending.outcome].isel(day=-1).values < weeks * DAYS_A_WEEK
    known = by_week(data, flow_of(ending.outcome))[:, :weeks]
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


@dataclass(frozen=True, slots=True)
class Watched:
    """The result after some whole weeks of observation.

    Attributes:
        left_out: number of worlds in which the ending had already happened. `worlds`: number of the other worlds.
        judged: None if too few worlds, with the ending or without, allow no judgement; `why` is the reason.
    """

    weeks: int
    left_out: int
    worlds: int
    judged: Judged | None
    why: str = ""


def check_arms(arms: Mapping[str, Arm], settings: Settings) -> None:
    """Refuse arms without records by week, without draws to hold out, or without a report on the day of the ending."""
    arm = next(iter(arms.values()))
    if arm.record is Record.TOTALS:
        raise InputError("ensemble.record=totals: observations of the first weeks need ensemble.record=weekly or detailed")
    if arm.ledger.uncertainty is Uncertainty.NONE:
        raise InputError("ensemble.uncertainty=none: all worlds have the same parameters, so no draw of them can be held out")
    if (day := settings.sought.day) not in reporting_days(arm.days):
        days = ", ".join(map(str, reporting_days(arm.days)))
        raise InputError(f"watch.endings.{settings.ending}.day={day} is no reporting day; the reporting days are {days}")


def watch(arms: Mapping[str, Arm], settings: Settings) -> tuple[dict[str, xr.Dataset], list[Watched]]:
    """Run missing worlds; return the outcomes by arm, and the result for each time of observation."""
    data = run_arms(arms)
    ledger = next(iter(arms.values())).ledger
    return data, [judge_after(days // DAYS_A_WEEK, data, ledger, settings) for days in settings.days]


def judge_after(weeks: int, data: Datasets, ledger: Ledger, settings: Settings) -> Watched:
    """Judge the pooled worlds of arms after some weeks, without those that have ended badly already."""
    ending = settings.sought
    signs = pd.concat([observed(arm, list(settings.observables), weeks) for arm in data.values()], ignore_index=True)
    bad, over = (
        np.concatenate([read(arm) for arm in data.values()])
        for read in (lambda arm: ends_so(arm, ending), lambda arm: has_ended(arm, ending, weeks))
    )
    draws = np.concatenate([arm["draw"].values for arm in data.values()])
    names = np.repeat(list(data), [arm.sizes["world"] for arm in data.values()])
    kinds, still = copies(ledger, int(draws.max()) + 1)[draws], ~over
    judged, why = None, ""
    try:
        judged = judge(signs[still].reset_index(drop=True), bad[still], kinds[still], names[still], settings.depth)
    except TooFewError as error:
        why = str(error)
    return Watched(weeks, int(over.sum()), int(still.sum()), judged, why)
