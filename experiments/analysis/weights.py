"""Weighted draws: how many they are worth, quantiles of them, and equal ones picked from them."""

import numpy as np

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
