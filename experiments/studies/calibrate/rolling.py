"""Forecast the months after several dates of the year before from the reports and events known by then; score the forecasts."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from experiments.analysis.baselines import baselines
from experiments.analysis.forecasts import MODEL, Ensemble, Forecast, Window, score_windows, summarise
from experiments.analysis.generators import generator
from experiments.analysis.weights import systematic
from experiments.config.arm import Arm
from experiments.studies.calibrate.families import Families, equal_draws, run_families
from experiments.studies.calibrate.fit import fit
from experiments.studies.calibrate.settings import Calibration
from experiments.studies.calibrate.waves import Names, Wave, prior_wave
from experiments.studies.calibrate.year_statistics import Observation, Observations, ObservationScale
from sim.history.forcings import BaseHandover, Forcing, NoOtherStrike, Spell

LABEL = "rolling"
_LATER = 10_000
"""A day after the end of every run, for events without a known end."""
_MEMBERS = 4000
_FORECAST = ("rocket_attacks", "convoy_attacks", "islamic_state_attacks")


def rolling(arm: Arm, calibration: Calibration, names: Names) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Forecast the reports of the months after each origin, and score the model and the baselines.

    At an origin, the reports of complete windows and the events of earlier days are known. Current events continue, bases not
    yet handed over stay, and the model decides on strikes again. `history.fixed` holds throughout. One wave serves all
    origins: up to each origin, its worlds run with the events known by then.

    Returns:
        Scores of `score_windows`, with the `origin` of each and how many months `ahead` its window ends; and their summary by
        `summarise`, one series per origin, since some baselines need more past than an origin has.
    """
    wave = prior_wave(arm, names, calibration.rolling.worlds, LABEL)
    tables = [_rolled(arm, calibration, names, wave, month) for month in calibration.rolling.origins]
    scores = pd.concat(tables, ignore_index=True)
    return scores, summarise(scores.assign(series=scores["series"] + " from " + scores["origin"].astype(str)))


def _rolled(arm: Arm, calibration: Calibration, names: Names, wave: Wave, month: int) -> pd.DataFrame:
    start = pd.Period(arm.history.start, "M")
    origin = (start + month).start_time.date()
    known = tuple(seen for seen in calibration.used if seen.last < month)
    history = replace(arm.history, forcings=known_by(arm.history.forcings, (origin - arm.history.start).days))
    label = f"{LABEL} {origin:%Y-%m}"
    random = generator(arm.seed, label)
    found = fit(names, wave, known, calibration.accepted, random, calibration.tolerance)
    shared = equal_draws(found, names.fitted, calibration.rolling.draws, random)
    families = run_families(replace(arm, history=history), calibration, names, known, shared, label)
    tables = []
    for name in _FORECAST:
        reports = [seen for seen in calibration.used if seen.measure == name and seen.scale is ObservationScale.LOG]
        ahead = [seen for seen in reports if seen.first >= month]
        if not ahead:
            continue
        past = [_window(start, seen) for seen in reports if seen.last < month]
        windows = [_window(start, seen) for seen in ahead]
        others, _ = baselines(past, windows, origin, True, arm.seed)
        table = score_windows(windows, {MODEL: _forecasts(arm, calibration, families, ahead, label), **others})
        months = [(pd.Period(end, "M") - start).n - month + 1 for end in table["end"]]
        tables.append(table.assign(origin=origin, ahead=months))
    return pd.concat(tables, ignore_index=True)


def known_by(forcings: Sequence[tuple[str, Forcing]], day: int) -> tuple[tuple[str, Forcing], ...]:
    """Return the events of the year that were known on the eve of a day (counted from 0), by name."""
    known = []
    for name, event in forcings:
        if isinstance(event, BaseHandover) and event.day >= day:
            known.append((name, replace(event, day=_LATER)))
        elif event.day < day:
            if isinstance(event, Spell | NoOtherStrike) and event.until >= day:
                event = replace(event, until=day if isinstance(event, NoOtherStrike) else _LATER)
            known.append((name, event))
    return tuple(known)


def _forecasts(arm: Arm, calibration: Calibration, families: Families, ahead: Observations, label: str) -> list[Forecast]:
    """Return the reports that the worlds predict: each count with the error of a report."""
    random = generator(arm.seed, f"{label}: errors of reports")
    chosen = systematic(families.weights, _MEMBERS, random.random())
    found: list[Forecast] = []
    for seen in ahead:
        errors = calibration.tolerance * np.sqrt(seen.variance) * random.standard_normal(_MEMBERS)
        values = seen.scale.of(seen.measured(families.counts)[chosen]) + errors
        found.append(Ensemble(np.maximum(np.rint(np.exp(values) - 0.5), 0.0)))
    return found


def _window(start: pd.Period, seen: Observation) -> Window:
    """Return the window of a report, without a range: its error is in the forecast."""
    first, last = (start + seen.first).start_time.date(), (start + seen.last).end_time.date()
    return Window(seen.measure, first, last, seen.value, seen.value, seen.value)
