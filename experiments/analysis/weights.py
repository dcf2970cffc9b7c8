"""Weighted draws: how many they are worth, equal ones picked from them, and where a next wave of draws comes from.

Proposals are in normal scores of the parameters: their prior is then a standard normal, whatever its form.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from sim.rule import Array

_HALVINGS = 40
"""Of the interval in which the flattening exponent is looked for."""


def normalised(log_weights: Array) -> Array:
    """Return weights that add up to 1, (draws,)."""
    weights = np.exp(log_weights - np.max(log_weights))
    return weights / weights.sum()


def effective_size(weights: Array) -> float:
    """Return the number of equal draws that weighted ones are worth: (sum w)^2 / sum w^2 (Kish 1965)."""
    return float(weights.sum() ** 2 / np.square(weights).sum())


def tempered(log_weights: Array, least: float) -> Array:
    """Return weights that add up to 1, flattened as little as gives an effective size of at least so many, (draws,).

    The logarithms are multiplied by the largest number up to 1 that does (Beskos et al. 2016, doi:10.1214/15-AAP1113).

    Args:
        log_weights: (draws,).
        least: effective size; not more than there are draws.
    """
    low, high = 0.0, 1.0
    if effective_size(normalised(log_weights)) >= least:
        return normalised(log_weights)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if effective_size(normalised(middle * log_weights)) >= least else (low, middle)
    return normalised(low * log_weights)


def log_mean(log_weights: Array) -> float:
    """Return the logarithm of the mean of weights given by their logarithms."""
    return float(np.logaddexp.reduce(log_weights) - np.log(len(log_weights)))


def systematic(weights: Array, count: int, uniform: float) -> Array:
    """Pick equal draws from weighted ones, (count,) indices in order: each as often as its weight to within one.

    Systematic resampling (Kitagawa 1996, doi:10.1080/10618600.1996.10474692).

    Args:
        weights: (draws,) that add up to 1.
        count: of picks.
        uniform: in [0, 1), where the comb of picks begins.
    """
    comb = (np.arange(count) + uniform) / count
    return np.minimum(np.searchsorted(np.cumsum(weights), comb, side="right"), len(weights) - 1)


def weighted_quantiles(values: Array, weights: Array, levels: Array) -> Array:
    """Return quantiles of weighted draws, (levels,): the value at which the weights up to it, half its own, reach the level."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) - weights[order] / 2.0
    return np.interp(levels, reached / weights.sum(), np.asarray(values, dtype=float)[order])


_LARGEST_QUANTILE = 1.0 - 2.0**-53
_WIDENED = 1.3
"""Factor on the covariance of the first wave: the proposal's tails are to be wider than the posterior's."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mixture of the prior and a normal around the first wave (defensive: Hesterberg 1995).

    Attributes:
        mean, spread: of the normal, (parameters,) and the Cholesky factor of its covariance.
        prior_share: of the draws that come from the prior; it bounds the weights.
    """

    mean: Array
    spread: Array
    prior_share: float

    def scores(self, component: Array, uniforms: Array) -> Array:
        """Return normal scores, (draws, parameters).

        Args:
            component: (draws,) uniforms that choose between prior and normal.
            uniforms: (draws, parameters).
        """
        plain = scores_of(uniforms)
        return np.where((component < self.prior_share)[:, None], plain, self.mean + plain @ self.spread.T)

    def log_weights(self, scores: Array) -> Array:
        """Return the logarithm of prior over proposal, (draws,): at most -ln of the prior's share."""
        ahead = np.linalg.solve(self.spread, (scores - self.mean).T)
        prior = -0.5 * np.square(scores).sum(axis=1)
        near = -0.5 * np.square(ahead).sum(axis=0) - np.log(np.diag(self.spread)).sum()
        return prior - np.logaddexp(np.log(self.prior_share) + prior, np.log1p(-self.prior_share) + near)


def propose(scores: Array, weights: Array, prior_share: float) -> Proposal:
    """Return a proposal around weighted draws.

    Args:
        scores: (draws, parameters) normal scores.
        weights: (draws,) that add up to 1.
        prior_share: of the mixture.
    """
    mean = weights @ scores
    apart = scores - mean
    covariance = (apart * weights[:, None]).T @ apart / (1.0 - np.square(weights).sum())
    return Proposal(mean, np.linalg.cholesky(_WIDENED * covariance + 1e-6 * np.eye(len(mean))), prior_share)


def scores_in_turn(proposals: Sequence[Proposal], component: Array, uniforms: Array) -> Array:
    """Return normal scores, each proposal drawing every so many-th of them, (draws, parameters).

    Args:
        proposals: at least one.
        component: (draws,) uniforms that choose between prior and normal.
        uniforms: (draws, parameters).
    """
    scores = np.empty_like(uniforms)
    for place, proposal in enumerate(proposals):
        turn = slice(place, None, len(proposals))
        scores[turn] = proposal.scores(component[turn], uniforms[turn])
    return scores


def log_weights_in_turn(proposals: Sequence[Proposal], scores: Array) -> Array:
    """Return the logarithm of prior over the even mixture of proposals (balance heuristic: Veach and Guibas 1995), (draws,)."""
    densities = [-proposal.log_weights(scores) for proposal in proposals]
    return np.log(len(proposals)) - np.logaddexp.reduce(densities, axis=0)


def scores_of(quantiles: Array) -> Array:
    """Return normal scores of quantiles."""
    return ndtri(np.clip(quantiles, 2.0**-54, _LARGEST_QUANTILE))


def quantiles_of(scores: Array) -> Array:
    """Return quantiles, at least 0 and below 1, of normal scores."""
    return np.clip(ndtr(scores), 0.0, _LARGEST_QUANTILE)
