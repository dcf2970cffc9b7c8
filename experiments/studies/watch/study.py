"""Run the arms and judge, for each time of observation, how well what was seen foretells the ending."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from experiments.config.arm import Arm
from experiments.config.ledger import copies
from experiments.engine.run import run_arms
from experiments.errors import InputError
from experiments.studies.watch.score import Judged, TooFewError, judge
from experiments.studies.watch.settings import Settings
from experiments.studies.watch.signs import ends_so, has_ended, observed
from sim.ledger.parameters import Ledger, Uncertainty
from sim.record.outcomes import DAYS_A_WEEK
from sim.record.recorder import Record, reporting_days


@dataclass(frozen=True, slots=True)
class Watched:
    """What the worlds say after some whole weeks.

    Attributes:
        left_out: worlds in which the ending had happened before. `worlds`: the others.
        judged: None where too few end badly or do not: `why`.
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
        raise InputError("ensemble.record=totals: what is seen in the first weeks needs weekly or detailed")
    if arm.ledger.uncertainty is Uncertainty.NONE:
        raise InputError("ensemble.uncertainty=none: all worlds have the same parameters, so no draw of them can be held out")
    if (day := settings.sought.day) not in reporting_days(arm.days):
        days = ", ".join(map(str, reporting_days(arm.days)))
        raise InputError(f"watch.endings.{settings.ending}.day={day} is no day on which outcomes are reported: {days}")


def watch(arms: Mapping[str, Arm], settings: Settings) -> tuple[dict[str, xr.Dataset], list[Watched]]:
    """Run missing worlds; return the outcomes by arm, and what is found for each time of observation."""
    data = run_arms(arms)
    ledger = next(iter(arms.values())).ledger
    return data, [judge_after(days // DAYS_A_WEEK, data, ledger, settings) for days in settings.days]


def judge_after(weeks: int, data: Mapping[str, xr.Dataset], ledger: Ledger, settings: Settings) -> Watched:
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
