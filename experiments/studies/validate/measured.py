"""Statistics of an ensemble: a value with its Monte Carlo error and, where they exist, the values of single worlds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from experiments.analysis.monte_carlo import error_of_median
from sim.arrays import Array

BAND = (0.05, 0.95)
"""Quantiles of the 90 % band."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A statistic of an ensemble.

    Attributes:
        value: of the whole ensemble.
        error: its Monte Carlo standard error.
        values: of the worlds with a value; None if the statistic has no value in a single world.
        count: of worlds, draws or events.
    """

    value: float
    error: float
    values: Array | None
    count: int

    def band(self) -> tuple[float, float]:
        """Return the 5 % and the 95 % quantile over worlds; NaN without values of worlds."""
        if self.values is None or not self.values.size:
            return np.nan, np.nan
        low, high = np.quantile(self.values, BAND)
        return float(low), float(high)


def median_of(values: ArrayLike) -> Measured:
    """Measure the median over worlds, (worlds,); NaN: the world has no value."""
    values = np.asarray(values, dtype=float)
    finite = values[np.isfinite(values)]
    value = float(np.median(finite)) if finite.size else np.nan
    return Measured(value, error_of_median(finite), finite, finite.size)


def mean_of(values: ArrayLike) -> Measured:
    """Measure the mean over worlds, (worlds,)."""
    values = np.asarray(values, dtype=float)
    return ratio_of_sums(values, np.ones_like(values))


def ratio_of_sums(numerator: ArrayLike, denominator: ArrayLike) -> Measured:
    """Measure a rate over all worlds together, such as deaths per attack: the ratio of two sums over worlds, (worlds,) each.

    The worlds are independent, which gives its standard error (Cochran 1977, section 6.3).
    """
    above, below = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    worlds = above.size
    if worlds == 0 or below.sum() <= 0.0:
        return Measured(np.nan, np.nan, np.empty(0), 0)
    ratio = above.sum() / below.sum()
    residuals = above - ratio * below
    error = np.sqrt((residuals**2).sum() / (worlds - 1) / worlds) / below.mean() if worlds > 1 else np.nan
    return Measured(float(ratio), float(error), above[below > 0.0] / below[below > 0.0], worlds)


def share_of(happened: ArrayLike) -> Measured:
    """Measure the share of worlds in which an event happened, (worlds,) of bool."""
    measured = mean_of(np.asarray(happened, dtype=float))
    return Measured(measured.value, measured.error, None, measured.count)
