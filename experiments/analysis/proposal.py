"""Where a second wave of draws comes from: near what a first wave found, and a part of it from the prior still.

All in normal scores of the parameters: their prior is then a standard normal, whatever its form.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from sim.rule import Array

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
