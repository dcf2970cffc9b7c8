"""Worlds weighted by how well they explain what was observed: importance sampling from the prior.

The draws of the prior are kept and each gets a weight in proportion to its likelihood, so that the posterior needs no
sampler of its own (Rubin 1988; Owen 2013, ch. 9). It is as good as its effective sample size.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.special import logsumexp

from sim.rule import Array

BAND = (0.05, 0.5, 0.95)


def weights_of(log_likelihood: Array) -> Array:
    """Return weights that sum to 1, in proportion to the likelihood, (worlds,)."""
    weights: Array = np.exp(log_likelihood - logsumexp(log_likelihood))
    return weights


def log_evidence(log_likelihood: Array) -> float:
    """Return the log of the mean likelihood over draws of the prior; its difference is the log of a Bayes factor."""
    return float(logsumexp(log_likelihood) - np.log(log_likelihood.size))


def effective_sample_size(weights: Array) -> float:
    """Return 1/sum(w^2): as many equally weighted draws would be as good (Kong 1992)."""
    return float(1.0 / (weights**2).sum())


def weighted_quantiles(values: Array, weights: Array, probabilities: tuple[float, ...] = BAND) -> Array:
    """Return quantiles over worlds (the last axis) of values that may be NaN or infinite, (probabilities, ...)."""
    ordered = np.where(np.isnan(values), np.inf, values)
    order = np.argsort(ordered, axis=-1)
    reached = np.cumsum(np.take_along_axis(np.broadcast_to(weights, ordered.shape), order, axis=-1), axis=-1)
    sorted_values = np.take_along_axis(ordered, order, axis=-1)
    last = ordered.shape[-1] - 1
    places = [np.minimum((reached < p * reached[..., -1:]).sum(axis=-1, keepdims=True), last) for p in probabilities]
    return np.stack([np.take_along_axis(sorted_values, place, axis=-1)[..., 0] for place in places])


def weighted_mean(values: Array, weights: Array) -> float:
    """Return the mean over worlds."""
    return float((values * weights).sum() / weights.sum())


def correlation(one: Array, other: Array, weights: Array) -> float:
    """Return the correlation over worlds; NaN where one of them does not vary."""
    centred = [values - weighted_mean(values, weights) for values in (one, other)]
    spread = [np.sqrt(weighted_mean(values**2, weights)) for values in centred]
    return float(weighted_mean(centred[0] * centred[1], weights) / (spread[0] * spread[1])) if min(spread) > 0.0 else np.nan


def prior_against_posterior(draws: Mapping[str, Array], weights: Array, prior: Array) -> pd.DataFrame:
    """Return what the data did to each parameter.

    Args:
        draws: by name, (worlds,).
        weights: of the posterior, (worlds,).
        prior: weights that make the prior of the draws.

    Returns:
        One row a parameter: 5 %, 50 % and 95 % of prior and posterior, and `contraction`, the part of the prior's variance
        that is gone: 0 where the data said nothing, 1 where they said all; negative where they spread it.
    """
    rows = []
    for name, values in draws.items():
        before, after = weighted_quantiles(values, prior), weighted_quantiles(values, weights)
        rows.append(
            {
                "parameter": name,
                **dict(zip(("prior_q05", "prior_median", "prior_q95"), map(float, before), strict=True)),
                **dict(zip(("posterior_q05", "posterior_median", "posterior_q95"), map(float, after), strict=True)),
                "contraction": contraction(values, weights, prior),
            }
        )
    return pd.DataFrame(rows)


def contraction(values: Array, weights: Array, prior: Array) -> float:
    """Return 1 - variance of the posterior over that of the prior; NaN where the prior does not vary."""
    before, after = (weighted_mean((values - weighted_mean(values, w)) ** 2, w) for w in (prior, weights))
    return 1.0 - after / before if before > 0.0 else np.nan


def resampled(weights: Array, count: int, uniform: float) -> Array:
    """Return the numbers of so many worlds, each as often as its weight says, by systematic resampling.

    Args:
        weights: (worlds,).
        count: how many to take.
        uniform: one number in [0, 1), all the chance there is in it.
    """
    reached = np.cumsum(weights) / weights.sum()
    points = (np.arange(count) + uniform) / count
    return np.minimum(np.searchsorted(reached, points, side="right"), weights.size - 1)
