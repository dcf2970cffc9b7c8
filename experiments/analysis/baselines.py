"""Baselines that a forecast of a series must beat: forecasts from the past of the series alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from scipy.optimize import minimize
from scipy.signal import lfilter
from scipy.special import expit, logit

from experiments.analysis.forecasts import Ensemble, Forecast, Window, overdispersed, poisson
from experiments.analysis.generators import generator
from sim.arrays import Array

BURN_IN = 90
"""Days left out of the likelihood, in which the excitation of earlier days is still unknown."""
_DECAYS_TO_START_FROM = (4.0, 12.0)
PERSISTENCE, NEGATIVE_BINOMIAL, HAWKES = "persistence", "negative binomial", "Hawkes"
A_YEAR = timedelta(days=366)
FEWEST_FOR_HAWKES = 8
"""Fewest windows: three parameters need more than a few counts."""
_PATHS = 4000
_UNEVEN = 0.11
"""Relative difference in length up to which windows count as equal steps; calendar months differ by a tenth."""


@dataclass(frozen=True, slots=True)
class HawkesFit:
    """A fitted process.

    Attributes:
        base: events per day that no earlier event triggered.
        branching_ratio: further events that one event triggers, 0-1.
        decay: of the excitation, days (e-folding time).
    """

    base: float
    branching_ratio: float
    decay: float


def fit_hawkes(counts: Array, burn_in: int = BURN_IN) -> HawkesFit:
    """Fit a discrete Hawkes process to daily counts that share their parameters.

    n_t ~ Poisson(mu + E_t), E_t+1 = q E_t + alpha (1 - q) n_t, q = exp(-1/tau): alpha is the branching ratio
    (Lewis et al. 2012, doi:10.1057/sj.2011.21; Mohler 2013, doi:10.1214/13-AOAS647).

    The counts, (histories, days), are of separate histories; the days of `burn_in` only feed the excitation. ValueError:
    there is no event for the fit.
    """
    counts = np.asarray(counts, dtype=float)
    if counts[:, burn_in:].sum() <= 0.0:
        raise ValueError("no event in any history, so there is no process to fit")
    starts = [(np.log(0.6 * counts.mean()), logit(0.4), logit(np.exp(-1.0 / decay))) for decay in _DECAYS_TO_START_FROM]
    options = {"xatol": 1e-4, "fatol": 1e-9, "maxiter": 4000}
    fits = [minimize(_loss, start, args=(counts, burn_in), method="Nelder-Mead", options=options) for start in starts]
    base, branching, kept = min(fits, key=lambda fit: float(fit.fun)).x
    return HawkesFit(float(np.exp(base)), float(expit(branching)), float(-1.0 / np.log(expit(kept))))


def _loss(point: Array, counts: Array, burn_in: int) -> float:
    """Return the negative log-likelihood per event at (ln mu, logit alpha, logit q)."""
    base, branching, kept = np.exp(point[0]), expit(point[1]), expit(point[2])
    excitation = lfilter([0.0, branching * (1.0 - kept)], [1.0, -kept], counts, axis=1)
    rate, events = base + excitation[:, burn_in:], counts[:, burn_in:]
    return float((rate - events * np.log(rate)).sum() / events.sum())


class ImpossibleError(ValueError):
    """The reason why the history does not allow a baseline."""


def baselines(
    history: Sequence[Window], windows: Sequence[Window], origin: date, counts: bool, seed: int
) -> tuple[dict[str, list[Forecast]], dict[str, str]]:
    """Forecast windows of one series, in order, from its history of windows before the origin, the first day of the forecast.

    `counts` tells whether the series counts events; else it is a level, for which only persistence makes sense. The seed is
    that of the paths of the Hawkes process.

    Returns:
        The forecasts by baseline; and the reason for each missing baseline.
    """
    made: dict[str, list[Forecast]] = {}
    reasons: dict[str, str] = {}
    for name, forecast in (
        (PERSISTENCE, lambda: persistence(history, windows, counts)),
        (NEGATIVE_BINOMIAL, lambda: negative_binomial(history, windows, origin, counts)),
        (HAWKES, lambda: hawkes(history, windows, counts, seed)),
    ):
        try:
            made[name] = forecast()
        except ImpossibleError as reason:
            reasons[name] = str(reason)
    return made, reasons


def persistence(history: Sequence[Window], windows: Sequence[Window], counts: bool) -> list[Forecast]:
    """Forecast counts as Poisson at the daily rate of the last window, levels as unchanged; ImpossibleError without history."""
    if not history:
        raise ImpossibleError("no window before the run")
    last = history[-1]
    if not counts:
        return [Ensemble(np.array([last.value])) for _ in windows]
    return [poisson(last.value / last.days * window.days) for window in windows]


def negative_binomial(history: Sequence[Window], windows: Sequence[Window], origin: date, counts: bool) -> list[Forecast]:
    """Forecast with the daily mean and the dispersion of the last year.

    The variance is the Fano factor (Pearson's statistic of the last year's windows) times the mean, so that windows of any
    length add up (negative binomial of the first kind, Cameron and Trivedi 1986, doi:10.1002/jae.3950010104).
    ImpossibleError: a level, or fewer than two windows in the year before the origin.
    """
    if not counts:
        raise ImpossibleError("a level is not a count")
    year = [window for window in history if window.start >= origin - A_YEAR]
    if len(year) < 2:
        raise ImpossibleError("fewer than two windows in the year before the run")
    values, days = np.array([w.value for w in year]), np.array([w.days for w in year])
    rate = values.sum() / days.sum()
    expected = rate * days
    fano = float(((values - expected) ** 2 / expected).sum() / (len(year) - 1)) if rate > 0.0 else 1.0
    return [overdispersed(float(rate * window.days), fano) for window in windows]


def hawkes(history: Sequence[Window], windows: Sequence[Window], counts: bool, seed: int) -> list[Forecast]:
    """Forecast with a discrete Hawkes process whose step is the window, fitted to the history by maximum likelihood.

    ImpossibleError: a level; too short a history, gaps in it, or windows of other lengths than its own.
    """
    if not counts:
        raise ImpossibleError("a level is not a count")
    if len(history) < FEWEST_FOR_HAWKES:
        raise ImpossibleError(f"fewer than {FEWEST_FOR_HAWKES} windows before the run")
    if any(after.start != before.end + timedelta(days=1) for before, after in pairwise(history)):
        raise ImpossibleError("the windows before the run do not follow each other day by day")
    step = float(np.mean([window.days for window in history]))
    if any(abs(window.days / step - 1.0) > _UNEVEN for window in (*history, *windows)):
        raise ImpossibleError("the windows differ in length")
    past = np.array([window.value for window in history])
    if past[1:].sum() <= 0.0:
        raise ImpossibleError("no event before the run")
    ahead = [round((window.end - history[-1].end).days / step) for window in windows]
    paths = hawkes_paths(past, max(ahead), seed, windows[0].series)
    return [Ensemble(paths[:, steps - 1]) for steps in ahead]


def hawkes_paths(past: Array, steps: int, seed: int, series: str) -> Array:
    """Return simulated counts of the next windows, (paths, steps), by the process fitted to past counts, (windows,).

    The seed and the name of the series address the draws.
    """
    fit = fit_hawkes(past[np.newaxis], burn_in=1)
    kept = np.exp(-1.0 / fit.decay)
    excitation = 0.0
    for count in past:
        excitation = kept * excitation + fit.branching_ratio * (1.0 - kept) * count
    random = generator(seed, f"Hawkes baseline: {series}")
    levels, paths = np.full(_PATHS, excitation), np.empty((_PATHS, steps))
    for step in range(steps):
        paths[:, step] = random.poisson(fit.base + levels)
        levels = kept * levels + fit.branching_ratio * (1.0 - kept) * paths[:, step]
    return paths
