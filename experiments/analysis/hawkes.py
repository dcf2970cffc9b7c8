"""A self-exciting process fitted to daily counts by maximum likelihood."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.signal import lfilter
from scipy.special import expit, logit

from sim.rule import Array

BURN_IN = 90
"""Days left out of the likelihood, in which the excitation of earlier days is still unknown."""
_DECAYS_TO_START_FROM = (4.0, 12.0)


@dataclass(frozen=True, slots=True)
class HawkesFit:
    """A fitted process.

    Attributes:
        base: events a day that no earlier event set off.
        branching_ratio: further events that one event sets off, 0-1.
        decay: of the excitation, days (e-folding time).
    """

    base: float
    branching_ratio: float
    decay: float


def fit_hawkes(counts: Array, burn_in: int = BURN_IN) -> HawkesFit:
    """Fit a discrete Hawkes process to daily counts that share their parameters.

    n_t ~ Poisson(mu + E_t), E_t+1 = q E_t + alpha (1 - q) n_t, q = exp(-1/tau): alpha is the branching ratio
    (Lewis et al. 2012, doi:10.1057/sj.2011.21; Mohler 2013, doi:10.1214/13-AOAS647).

    Args:
        counts: (histories, days) events, each history by itself.
        burn_in: days that only feed the excitation.

    Raises:
        ValueError: there is no event to fit to.
    """
    counts = np.asarray(counts, dtype=float)
    if counts[:, burn_in:].sum() <= 0.0:
        raise ValueError("no event in any history: there is no process to fit")
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
