"""What a forecast says of one observed number: the worlds of an ensemble, or a distribution of counts."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from scipy import stats

from sim.rule import Array

_NEGLIGIBLE = 1e-12
"""Tail of a distribution that adds nothing to its CRPS."""


class Forecast(Protocol):
    """A forecast of one number."""

    def crps(self, value: float) -> float:
        """Return the continuous ranked probability score of an observed value, in its unit: 0 is perfect."""
        ...

    def below(self, value: float) -> float:
        """Return the probability of less than a value."""
        ...

    def up_to(self, value: float) -> float:
        """Return the probability of at most a value."""
        ...

    def within(self, low: float, high: float) -> float:
        """Return the probability of a range, both ends included; NaN where a single number has none."""
        ...

    def quantile(self, probability: float) -> float:
        """Return the smallest value that is reached with this probability."""
        ...


@dataclass(frozen=True, slots=True)
class Ensemble:
    """A forecast by equally likely members.

    Attributes:
        values: (members,).
    """

    values: Array

    def crps(self, value: float) -> float:
        """Return E|X - y| - E|X - X'|/2 (Gneiting and Raftery 2007, doi:10.1198/016214506000001437)."""
        from scoringrules import crps_ensemble  # compiles its loops whenever it is imported: some seconds

        return float(crps_ensemble(value, self.values))

    def below(self, value: float) -> float:
        """Return the share of members below a value."""
        return float(np.mean(self.values < value))

    def up_to(self, value: float) -> float:
        """Return the share of members at or below a value."""
        return float(np.mean(self.values <= value))

    def within(self, low: float, high: float) -> float:
        """Return (k + 1/2)/(n + 1) for k of n members in the range: no member there is no proof that it cannot be.

        A single number has a probability among counts alone.
        """
        if low == high and np.any(self.values % 1.0):
            return np.nan
        inside = np.count_nonzero((self.values >= low) & (self.values <= high))
        return (inside + 0.5) / (self.values.size + 1.0)

    def quantile(self, probability: float) -> float:
        """Return the member at this quantile."""
        return float(np.quantile(self.values, probability, method="inverted_cdf"))


@dataclass(frozen=True, slots=True)
class CountForecast:
    """A forecast by a distribution on 0, 1, 2, ...

    Attributes:
        distribution: of scipy, frozen.
    """

    distribution: Any

    def crps(self, value: float) -> float:
        """Return the integral of (F(x) - [y <= x])^2; F is constant between counts, so that it is a sum.

        The closed forms for Poisson and negative binomial (Wei and Held 2014, doi:10.1007/s11749-014-0380-8) overflow
        at counts of a few hundred; the sum does not.
        """
        last = max(float(self.distribution.ppf(1.0 - _NEGLIGIBLE)), value) + 1.0
        counts = np.arange(last + 1.0)
        reached, before = self.distribution.cdf(counts), np.clip(value - counts, 0.0, 1.0)
        return float((reached**2 * before + (1.0 - reached) ** 2 * (1.0 - before)).sum())

    def below(self, value: float) -> float:
        """Return P(Y < value)."""
        return float(self.distribution.cdf(np.ceil(value) - 1.0))

    def up_to(self, value: float) -> float:
        """Return P(Y <= value)."""
        return float(self.distribution.cdf(value))

    def within(self, low: float, high: float) -> float:
        """Return P(low <= Y <= high)."""
        return self.up_to(high) - self.below(low)

    def quantile(self, probability: float) -> float:
        """Return the quantile."""
        return float(self.distribution.ppf(probability))


def poisson(mean: float) -> CountForecast:
    """Return a Poisson forecast."""
    return CountForecast(stats.poisson(mean))


def overdispersed(mean: float, fano: float) -> CountForecast:
    """Return a negative binomial forecast of this mean whose variance is `fano` times it; Poisson where that is at most 1."""
    if fano <= 1.0 or mean <= 0.0:
        return poisson(mean)
    return CountForecast(stats.nbinom(mean / (fano - 1.0), 1.0 / fano))
