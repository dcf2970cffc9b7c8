"""History matching: which draws of the parameters can be ruled out before anything is weighed.

A draw is implausible for an observation where its mean lies far from what was observed, in units of everything that could
explain the gap: the error of the report, what the model leaves out, chance, and what an emulator does not know
(Vernon, Goldstein and Bower 2010, doi:10.1214/10-BA524; Andrianakis et al. 2015, doi:10.1371/journal.pcbi.1003968).
"""

from dataclasses import dataclass

import numpy as np

from sim.rule import Array


@dataclass(frozen=True, slots=True)
class DrawMoments:
    """What draws of the parameters gave for each observation, on its scale.

    Attributes:
        mean: (draws, observations) over the worlds of a draw. `variance`: of one world about it.
        worlds: that share a draw.
    """

    mean: Array
    variance: Array
    worlds: int


def moments_of(values: Array, worlds: int) -> DrawMoments:
    """Return mean and variance of a draw.

    Args:
        values: (worlds, observations) on their scales, the worlds of a draw side by side.
        worlds: that share a draw, at least 2.
    """
    by_draw = values.reshape(-1, worlds, values.shape[1])
    return DrawMoments(by_draw.mean(axis=1), by_draw.var(axis=1, ddof=1), worlds)


def implausibility(mean: Array, observed: Array, variance: Array) -> Array:
    """Return how many standard deviations a mean lies from what was observed, (draws, observations).

    Args:
        mean: (draws, observations).
        observed: (observations,).
        variance: (draws, observations) or (observations,): report, discrepancy, chance and emulator together.
    """
    return np.abs(mean - observed) / np.sqrt(variance)


@dataclass(frozen=True, slots=True)
class Emulator:
    """A quadratic in each parameter that stands for the mean of every observation.

    Attributes:
        coefficients: (terms, observations). `residual`: (observations,) variance that it leaves, of means of the
            ensemble it was fitted to.
        explained: (observations,) share of the variance of held-out means that it explains.
    """

    coefficients: Array
    residual: Array
    explained: Array

    def mean(self, scores: Array) -> Array:
        """Return the mean of every observation, (draws, observations), for normal scores (draws, parameters)."""
        return _terms(scores) @ self.coefficients


def emulate(scores: Array, mean: Array, held_out: float = 0.25) -> Emulator:
    """Fit an emulator to the means of an ensemble.

    Args:
        scores: (draws, parameters) normal scores of the parameters.
        mean: (draws, observations).
        held_out: share of the draws, the last ones, that it is tried on.
    """
    fitted = round(len(scores) * (1.0 - held_out))
    tried, *_ = np.linalg.lstsq(_terms(scores[:fitted]), mean[:fitted], rcond=None)
    missed = mean[fitted:] - _terms(scores[fitted:]) @ tried
    coefficients, *_ = np.linalg.lstsq(_terms(scores), mean, rcond=None)
    return Emulator(coefficients, missed.var(axis=0), 1.0 - missed.var(axis=0) / mean[fitted:].var(axis=0))


def _terms(scores: Array) -> Array:
    return np.column_stack([np.ones(len(scores)), scores, scores**2])
