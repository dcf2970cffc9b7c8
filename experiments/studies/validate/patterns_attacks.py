"""Patterns of militia attacks and of the responses to them (1-7, 19). Targets: conf/patterns/targets.yaml."""

from datetime import date

import numpy as np
import pandas as pd
import xarray as xr
from scipy.optimize import minimize_scalar
from scipy.special import zeta

from experiments.analysis.baselines import BURN_IN, fit_hawkes
from experiments.analysis.counts import DAYS_A_MONTH, fano_factor, ratio
from experiments.studies.validate.measured import Measured, median_of, ratio_of_sums
from sim.arrays import Array

MODERATE = (date(2019, 10, 1), date(2020, 7, 31))
"""The ten months before the peak, both days included."""
PEAK = (date(2020, 8, 1), date(2020, 9, 30))
RETALIATION_DAYS = 10
"""Days within which a strike counts as the answer to a fatal attack."""


def between(days: xr.DataArray, period: tuple[date, date]) -> xr.DataArray:
    """Return the days of a period, first and last day included."""
    return days.sel(date=slice(*map(pd.Timestamp, period)))


def attacks_in(year: xr.Dataset, period: tuple[date, date], series: str = "attacks") -> Measured:
    """Patterns 1 and 2: attacks of a series on the coalition's sites in a period."""
    return median_of(between(year[series], period).sum("date"))


def dispersion(year: xr.Dataset, series: str) -> Measured:
    """Pattern 3: Fano factor (sample variance) of the attacks of a series per calendar month, over the twelve months."""
    monthly = between(year[series], (MODERATE[0], PEAK[1])).resample(date="MS").sum()
    return median_of(fano_factor(monthly.transpose("world", "date").values))


def branching_errors(counts: Array, draws: Array, truth: Array, burn_in: int = BURN_IN) -> Array:
    """Return the error of the refitted branching ratio of each draw, (draws,); the worlds of a draw are fitted together.

    Arguments: counts of events, (worlds, days); the draw's number and the true branching ratio of each world, (worlds,).
    """
    own = (draws == draw for draw in np.unique(draws))
    return np.array([fit_hawkes(counts[same], burn_in).branching_ratio - float(truth[same][0]) for same in own])


def burstiness(days: xr.Dataset) -> Measured:
    """Pattern 4: branching ratio refitted to simulated days minus the true one, per draw."""
    counts, draws, truth = (days[name].values for name in ("attacks", "draw", "branching_ratio"))
    return median_of(branching_errors(counts, draws, truth))


def zeta_exponent(tolls: Array) -> Measured:
    """Return the maximum likelihood of the exponent a of P(k) ~ k^-a for tolls from 1, (events,), and its error."""
    logs = np.log(np.asarray(tolls, dtype=float))
    if not logs.size or logs.max() == 0.0:
        return Measured(np.nan, np.nan, None, logs.size)
    mean = float(logs.mean())
    fit = minimize_scalar(lambda a: a * mean + np.log(zeta(a)), bounds=(1.01, 8.0), method="bounded")
    return Measured(float(fit.x), float(1.0 / (logs.std() * np.sqrt(logs.size))), None, logs.size)


def death_tolls(days: xr.Dataset) -> Measured:
    """Pattern 5: exponent of the deaths per fatal event. An event is a site on a day; all victims count."""
    dead = days["coalition_deaths"] + days["civilian_deaths"] + days["iraqi_force_deaths"]
    return zeta_exponent(dead.values[dead.values > 0])


def lethality(days: xr.Dataset) -> Measured:
    """Pattern 6: events fatal to the coalition or to civilians, per attack on the coalition's sites."""
    fatal = (days["coalition_deaths"] > 0) | (days["civilian_deaths"] > 0)
    return ratio_of_sums(fatal.sum(["date", "site"]), days["attacks"].sum("date"))


def _fatal_days_and_strikes(days: xr.Dataset) -> tuple[Array, Array]:
    """Return the days with a coalition death and those with a strike, (worlds, days) of bool."""
    deaths = (days["coalition_deaths"].sum("site") > 0).transpose("world", "date")
    return deaths.values, (days["strikes"] > 0).transpose("world", "date").values


def _in_the_days_before(events: Array, window: int) -> Array:
    """Return the days with an event in the window of days before, (worlds, days) of bool."""
    so_far = np.cumsum(events, axis=1)
    yesterday = np.pad(so_far, ((0, 0), (1, 0)))[:, :-1]
    return yesterday - np.pad(so_far, ((0, 0), (window + 1, 0)))[:, : so_far.shape[1]] > 0


def answers(days: xr.Dataset, window: int = RETALIATION_DAYS) -> Measured:
    """Pattern 7: share of the days with a coalition death that have a strike within the next ten days."""
    deaths, strikes = _fatal_days_and_strikes(days)
    followed = _in_the_days_before(strikes[:, ::-1], window)[:, ::-1]
    deaths, followed = deaths[:, :-window], followed[:, :-window]
    return ratio_of_sums((deaths & followed).sum(axis=1), deaths.sum(axis=1))


def other_strikes(days: xr.Dataset, window: int = RETALIATION_DAYS) -> Measured:
    """Pattern 7: strikes per month on days without a coalition death in the ten days before."""
    deaths, strikes = _fatal_days_and_strikes(days)
    calm = ~_in_the_days_before(deaths, window)
    return ratio_of_sums((strikes & calm).sum(axis=1), calm.sum(axis=1) / DAYS_A_MONTH)


def convoys_share(year: xr.Dataset, period: tuple[date, date]) -> Measured:
    """Pattern 19: convoys' share of the attacks in a period."""
    return median_of(ratio(*(between(year[name], period).sum("date").values for name in ("convoy_attacks", "attacks"))))
