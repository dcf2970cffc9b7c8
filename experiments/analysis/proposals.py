"""Where to draw parameters so that few draws are wasted: adaptive importance sampling.

Each number has a standard normal z whose probability is its quantile in the prior, so that the prior of z is N(0, I)
whatever the priors are. A proposal is a mixture of that prior and of normals fitted to weighted draws; a draw from it has
weight likelihood times prior over proposal (Cappe et al. 2008, doi:10.1007/s11222-008-9059-x). The share of the prior
keeps every weight bounded.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp, ndtr

from experiments.analysis.weighting import effective_sample_size
from sim.rule import Array

_SHARE_OF_PRIOR = 0.2
_INFLATION = 1.5
"""Of the fitted variances: a proposal wider than its target wastes some draws, a narrower one misses its tails."""
_BELOW_ONE = 1.0 - 2.0**-53


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mixture of normals.

    Attributes:
        shares: (parts,) that sum to 1. `means`: (parts, numbers). `factors`: (parts, numbers, numbers) lower Cholesky factors.
    """

    shares: Array
    means: Array
    factors: Array

    def draw(self, uniforms: Array, normals: Array) -> Array:
        """Return draws of z, (draws, numbers).

        Args:
            uniforms: (draws,) choose the parts.
            normals: (draws, numbers) standard.
        """
        parts = np.minimum(np.searchsorted(np.cumsum(self.shares), uniforms, side="right"), self.shares.size - 1)
        drawn: Array = self.means[parts] + np.einsum("dij,dj->di", self.factors[parts], normals)
        return drawn

    def log_ratio(self, z: Array) -> Array:
        """Return ln prior(z)/proposal(z), (draws,)."""
        logs = []
        for share, mean, factor in zip(self.shares, self.means, self.factors, strict=True):
            standard = np.linalg.solve(factor, (z - mean).T)
            logs.append(np.log(share) - 0.5 * (standard**2).sum(axis=0) - np.log(np.diag(factor)).sum())
        ratio: Array = -0.5 * (z**2).sum(axis=1) - logsumexp(logs, axis=0)
        return ratio


def of_prior(numbers: int) -> Proposal:
    """Return the prior as a proposal."""
    return Proposal(np.ones(1), np.zeros((1, numbers)), np.eye(numbers)[np.newaxis])


def fitted(z: Array, weightings: Sequence[Array]) -> Proposal:
    """Return a mixture of the prior and a normal fitted to each weighting of the draws.

    A fit to few effective draws is drawn toward the prior's variance.

    Args:
        z: (draws, numbers).
        weightings: (draws,) each, summing to 1.
    """
    numbers = z.shape[1]
    means, factors = [np.zeros(numbers)], [np.eye(numbers)]
    for weights in weightings:
        trust = 1.0 - 1.0 / (1.0 + effective_sample_size(weights) / (2.0 * numbers))
        mean = weights @ z
        spread = (weights * (z - mean).T) @ (z - mean)
        covariance = _INFLATION * trust * spread + (1.0 - trust) * np.eye(numbers)
        means.append(trust * mean)
        factors.append(np.linalg.cholesky(covariance))
    rest = (1.0 - _SHARE_OF_PRIOR) / len(weightings)
    return Proposal(np.array([_SHARE_OF_PRIOR, *[rest] * len(weightings)]), np.array(means), np.array(factors))


def quantiles_of(z: Array) -> Array:
    """Return the quantiles in the priors, at least 0 and below 1."""
    quantiles: Array = np.minimum(ndtr(z), _BELOW_ONE)
    return quantiles
