"""Test other dates of an event: how much worse do the reports agree with a year in which the event happens at another time?"""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
from scipy.special import logsumexp

from experiments.analysis.generators import generator
from experiments.config.arm import Arm
from experiments.errors import InputError, nearest
from experiments.studies.calibrate.families import run_families
from experiments.studies.calibrate.settings import Calibration
from experiments.studies.calibrate.waves import Names
from sim.arrays import Array

_LABEL = "placebo dates"
_RESAMPLED = 1000


def placebo(arm: Arm, calibration: Calibration, names: Names) -> pd.DataFrame:
    """Compare the agreement of the reports with the event on its own date, on other dates, and without the event.

    All dates have the same draws of the prior and the same random numbers.

    Returns:
        One row per date: `log_likelihood`, the log of the mean agreement over draws and worlds (a marginal likelihood, up to a
        constant); and `behind`, the log units by which the event's own date agrees better, with the 90 % interval of its Monte
        Carlo error (`low`, `high`; draws resampled).

    Raises:
        InputError: the year before has no such event, or a date lies outside it.
    """
    wanted = calibration.placebo
    events = dict(arm.history.forcings)
    if wanted.event not in events:
        where = f"calibration.placebo.event={wanted.event}"
        raise InputError(f"{where} is no event of the year before{nearest(wanted.event, events)}")
    own = events[wanted.event].day
    seen = [observation for observation in calibration.used if observation.measure in wanted.statistics]
    shared = generator(arm.seed, _LABEL).random((wanted.draws, names.fitted))
    found: dict[str, Array] = {}
    for when in (own, *(_day(arm, day) for day in wanted.dates)):
        moved = tuple(
            (name, replace(event, day=when) if name == wanted.event else event)
            for name, event in arm.history.forcings
            if name != wanted.event or when is not None
        )
        there = replace(arm, history=replace(arm.history, forcings=moved))
        label = "never" if when is None else str(pd.Timestamp(arm.history.start) + pd.Timedelta(days=when))[:10]
        found[label] = run_families(there, calibration, names, seen, shared, _LABEL).evidence
    return _compared(found, generator(arm.seed, f"{_LABEL}: draws resampled"))


def _day(arm: Arm, when: date | None) -> int | None:
    if when is not None and not arm.history.start <= when < arm.theatre.start:
        raise InputError(f"calibration.placebo.dates={when} lies outside the year before, which starts on {arm.history.start}")
    return None if when is None else (when - arm.history.start).days


def _compared(found: dict[str, Array], random: np.random.Generator) -> pd.DataFrame:
    """Return the table from the log evidence of each draw by date; the event's own date comes first."""
    own = next(iter(found.values()))
    chosen = random.integers(len(own), size=(_RESAMPLED, len(own)))
    rows = []
    for label, evidence in found.items():
        behind = logsumexp(own[chosen], axis=1) - logsumexp(evidence[chosen], axis=1)
        whole = logsumexp(evidence)
        rows.append((label, whole - np.log(len(evidence)), logsumexp(own) - whole, *np.quantile(behind, [0.05, 0.95])))
    return pd.DataFrame(rows, columns=["date", "log_likelihood", "behind", "low", "high"])
