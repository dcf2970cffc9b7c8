"""Weighted draws: their effective number, equal draws resampled from them, and proposals for the next wave of draws.

Proposals are in normal scores of the parameters, in which every prior is a standard normal.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from sim.arrays import Array

_HALVINGS = 40
"""Bisections of the interval that contains the flattening exponent."""
_LARGEST_QUANTILE = 1.0 - 2.0**-53
_WIDENED = 1.3
"""Factor on the covariance of a proposal, so that its tails are wider than the posterior's."""


def normalised(log_weights: Array) -> Array:
    """Return weights that add up to 1, (draws,)."""
    weights = np.exp(log_weights - np.max(log_weights))
    return weights / weights.sum()


def effective_size(weights: Array) -> float:
    """Return the effective number of weighted draws: (sum w)^2 / sum w^2 (Kish 1965)."""
    return float(weights.sum() ** 2 / np.square(weights).sum())


def tempered(log_weights: Array, least: float) -> Array:
    """Return weights that add up to 1, flattened just enough for an effective size of `least`, (draws,).

    `least` must not exceed the number of draws. The logarithms are multiplied by the largest
    exponent, at most 1, that allows this (Beskos et al. 2016, doi:10.1214/15-AAP1113).
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
    """Resample equal draws from draws with weights that add up to 1, (count,) indices in order.

    Systematic resampling: each draw is picked in proportion to its weight, to within one. `uniform`, in [0, 1), is the
    offset of the comb of picks (Kitagawa 1996, doi:10.1080/10618600.1996.10474692).
    """
    comb = (np.arange(count) + uniform) / count
    return np.minimum(np.searchsorted(np.cumsum(weights), comb, side="right"), len(weights) - 1)


def weighted_quantiles(values: Array, weights: Array, levels: Array) -> Array:
    """Return quantiles of weighted draws, (levels,).

    The level of a draw is the sum of the weights of all lower draws and half of its own weight, as a share of all weights.
    """
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) - weights[order] / 2.0
    return np.interp(levels, reached / weights.sum(), np.asarray(values, dtype=float)[order])


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mixture of the prior and a normal around an earlier wave (defensive: Hesterberg 1995).

    Attributes:
        mean, spread: of the normal, (parameters,) and the Cholesky factor of its covariance.
        prior_share: share of draws from the prior; it bounds the weights.
    """

    mean: Array
    spread: Array
    prior_share: float

    def scores(self, component: Array, uniforms: Array) -> Array:
        """Return normal scores made of `uniforms`, both (draws, parameters); `component`, (draws,), chooses prior or normal."""
        plain = scores_of(uniforms)
        return np.where((component < self.prior_share)[:, None], plain, self.mean + plain @ self.spread.T)

    def log_weights(self, scores: Array) -> Array:
        """Return the logarithm of the ratio of prior to proposal, (draws,): at most -ln of the prior's share."""
        ahead = np.linalg.solve(self.spread, (scores - self.mean).T)
        prior = -0.5 * np.square(scores).sum(axis=1)
        near = -0.5 * np.square(ahead).sum(axis=0) - np.log(np.diag(self.spread)).sum()
        return prior - np.logaddexp(np.log(self.prior_share) + prior, np.log1p(-self.prior_share) + near)


def propose(scores: Array, weights: Array, prior_share: float) -> Proposal:
    """Return a proposal around normal scores, (draws, parameters), with weights that add up to 1, (draws,)."""
    mean = weights @ scores
    apart = scores - mean
    covariance = (apart * weights[:, None]).T @ apart / (1.0 - np.square(weights).sum())
    return Proposal(mean, np.linalg.cholesky(_WIDENED * covariance + 1e-6 * np.eye(len(mean))), prior_share)


def scores_in_turn(proposals: Sequence[Proposal], component: Array, uniforms: Array) -> Array:
    """Return normal scores, (draws, parameters), from n proposals in turn; each proposal makes every n-th draw.

    See `Proposal.scores`.
    """
    scores = np.empty_like(uniforms)
    for place, proposal in enumerate(proposals):
        turn = slice(place, None, len(proposals))
        scores[turn] = proposal.scores(component[turn], uniforms[turn])
    return scores


def log_weights_in_turn(proposals: Sequence[Proposal], scores: Array) -> Array:
    """Return the logarithm of the ratio of the prior to the even mixture of proposals, (draws,).

    This is the balance heuristic (Veach and Guibas 1995).
    """
    densities = [-proposal.log_weights(scores) for proposal in proposals]
    return np.log(len(proposals)) - np.logaddexp.reduce(densities, axis=0)


def scores_of(quantiles: Array) -> Array:
    """Return normal scores of quantiles."""
    return ndtri(np.clip(quantiles, 2.0**-54, _LARGEST_QUANTILE))


def quantiles_of(scores: Array) -> Array:
    """Return quantiles, at least 0 and below 1, of normal scores."""
    return np.clip(ndtr(scores), 0.0, _LARGEST_QUANTILE)
