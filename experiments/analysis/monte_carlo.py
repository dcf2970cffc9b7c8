"""Monte Carlo errors of means and medians.

Worlds with the same draw of the parameters are correlated, so they count as one draw, not as independent worlds. `values` and
`draws` have shape (worlds,); `draws` gives the number of each world's draw (None if each world has a draw of its own).
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.special import betainc

from sim.arrays import Array

_RESAMPLES, _SEED = 200, 20200930
"""Resamples of the bootstrap over draws; they are the same for every outcome and arm."""
_MANY = 50_000
"""Most worlds whose draws are resampled."""


def error_of_mean(values: Array, draws: Array | None = None) -> float:
    """Return the Monte Carlo standard error of a mean; NaN for fewer than two independent values.

    It is s / sqrt(n) if every world has its own draw; otherwise draws take the place of worlds (linearised for draws of
    unequal size: Cochran 1977, Sampling Techniques, 9A).
    """
    kept = np.isfinite(values)
    finite = values[kept].astype(float)
    groups = np.arange(finite.size) if draws is None else np.unique(draws[kept], return_inverse=True)[1]
    count = int(groups.max(initial=-1)) + 1
    if count < 2:
        return np.nan
    off = np.bincount(groups, finite - finite.mean(), count)
    return float(np.sqrt(count / (count - 1) * np.sum(off**2)) / finite.size)


def error_of_median(values: Array, draws: Array | None = None) -> float:
    """Return the Monte Carlo standard error of a median; NaN for fewer than two draws, or for fewer than three values.

    After Maritz and Jarrett (1978, doi:10.1080/01621459.1978.10480027) if every world has its own draw; else a bootstrap
    over draws of parameters, with all their worlds. For a bootstrap of very many draws, which would take minutes for a table,
    the error of the share below the median is converted by the quantiles (Woodruff 1952, doi:10.1080/01621459.1952.10483443).
    """
    kept = np.isfinite(values)
    finite = values[kept].astype(float)
    if finite.size < 2:
        return np.nan
    if draws is not None and is_nested(draws[kept]):
        if finite.size > _MANY:
            off = error_of_mean(finite <= np.median(finite), draws[kept])
            low, high = (np.nan, np.nan) if np.isnan(off) else np.quantile(finite, np.clip([0.5 - off, 0.5 + off], 0.0, 1.0))
            return float(high - low) / 2.0
        return _bootstrap(finite[None], draws[kept], lambda picked: _median(picked)[0])
    if finite.min() == finite.max():
        return 0.0
    if finite.size < 3:
        return np.nan
    weights, ordered = _weights_of_median(finite.size), np.sort(finite)
    mean = weights @ ordered
    return float(np.sqrt(weights @ (ordered - mean) ** 2))


@lru_cache(maxsize=1024)
def _weights_of_median(size: int) -> Array:
    """Return the probability of each of some ordered values to be the median of a bootstrap sample; few sizes occur."""
    middle = (size + 1) // 2
    return np.diff(betainc(middle - 1, size - middle, np.arange(size + 1) / size))


def share_with_interval(hits: int, total: int) -> tuple[float, float, float]:
    """Return a share and its 95 % interval (Wilson 1927, doi:10.1080/01621459.1927.10502953); NaN for a total of 0."""
    from scipy.stats import binomtest  # a third of a second, which most jobs and the first answer of a page can do without

    if total == 0:
        return np.nan, np.nan, np.nan
    interval = binomtest(hits, total).proportion_ci(0.95, method="wilson")
    return hits / total, float(interval.low), float(interval.high)


def is_nested(draws: Array) -> bool:
    """Tell whether worlds share draws of the parameters."""
    ordered = np.sort(draws)  # np.unique takes a second for a million
    return bool((ordered[1:] == ordered[:-1]).any())


def error_of_change(before: Array, after: Array, draws: Array | None = None) -> float:
    """Return the Monte Carlo standard error of the change of a median, by a bootstrap.

    `before` and `after`, (worlds,), are the same worlds under two assumptions.
    """
    kept = np.isfinite(before) & np.isfinite(after)
    pair = np.stack([before[kept], after[kept]]).astype(float)
    if (pair[0] == pair[1]).all() and kept.any():
        return 0.0
    numbers = np.arange(pair.shape[1]) if draws is None else draws[kept]
    return _bootstrap(pair, numbers, lambda picked: np.diff(_median(picked), axis=0)[0])


def _median(values: Array) -> Array:
    return (np.nanmedian if np.isnan(values).any() else np.median)(values, axis=-1)


def _bootstrap(values: Array, draws: Array, statistic: Callable[[Array], Array]) -> float:
    """Return the standard error of a statistic over bootstrap samples of whole draws."""
    from scipy.stats import bootstrap

    _, groups, sizes = np.unique(draws, return_inverse=True, return_counts=True)
    if sizes.size < 2:
        return np.nan
    by_draw = np.full((len(values), sizes.size, int(sizes.max())), np.nan)
    order = np.argsort(groups, kind="stable")
    within = np.arange(draws.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    by_draw[:, groups[order], within] = values[:, order]

    def of_chosen(chosen: Array, axis: int) -> Array:
        return statistic(by_draw[:, chosen].reshape(len(values), *chosen.shape[:-1], -1))

    options: dict[str, Any] = {"n_resamples": _RESAMPLES, "batch": 20, "vectorized": True, "method": "percentile"}
    found = bootstrap((np.arange(sizes.size),), of_chosen, **options, rng=np.random.default_rng(_SEED))
    return float(found.standard_error)
