"""Screening after Morris (1991, doi:10.1080/00401706.1991.10484804): which of many factors affect an outcome at all?

Each trajectory steps through the factors one after the other. Its steps share random numbers, so that differences between
steps are effects of the factor. Moving a factor may still change how the same random numbers
are used: `floor` is the mean absolute effect that this chance alone would give.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from SALib.analyze import morris as analyse
from SALib.sample import morris as sample

from sim.arrays import Array

type Factors = Mapping[str, Sequence[str]]
"""The addresses of the numbers of each factor, by its name: the columns of a table of quantiles, in order."""
LOW, HIGH = 0.05, 0.95
"""Quantiles between which factors move; the ends of a prior are unlikely values."""
LEVELS = 4
STEP = LEVELS / (2.0 * (LEVELS - 1.0))
"""Step of a factor, as a share of the way from the lowest to the highest level."""
_COVERED, _RESAMPLES = 0.95, 500


def columns_of(factors: Factors) -> tuple[str, ...]:
    """Return the addresses of all numbers, factor after factor."""
    return tuple(column for columns in factors.values() for column in columns)


def problem(factors: Factors, low: float = 0.0, high: float = 1.0) -> dict[str, Any]:
    """Return a problem of SALib: numbers between two quantiles, in one group per factor; ValueError: fewer than two factors."""
    if len(factors) < 2:
        raise ValueError("a sensitivity analysis compares at least two factors")
    columns = columns_of(factors)
    groups = [factor for factor, numbers in factors.items() for _ in numbers]
    return {"num_vars": len(columns), "names": list(columns), "groups": groups, "bounds": [[low, high]] * len(columns)}


def in_rounds(rows: Array, rounds: int) -> Array:
    """Reorder rows: they come point by point, with all rounds of a point together, and leave round by round."""
    return rows.reshape(-1, rounds, *rows.shape[1:]).swapaxes(0, 1).reshape(rows.shape)


def by_point(rows: Array, rounds: int) -> Array:
    """Undo `in_rounds`."""
    return in_rounds(rows, len(rows) // rounds)


def worlds_of(values: Array, rows: int) -> Array:
    """Return values by row and world, (rows, worlds per row); ValueError: rows differ in worlds, or a value is missing."""
    if values.size % rows:
        raise ValueError(f"{values.size} worlds cannot be divided equally among {rows} rows")
    if not np.isfinite(values).all():
        raise ValueError("an outcome needs a number in every world to have indices")
    return values.reshape(rows, -1).astype(float)


def trajectories(factors: Factors, count: int, seed: int) -> Array:
    """Return the quantiles of `count` trajectories, ((factors + 1) x count, numbers), round by round."""
    rows = sample.sample(problem(factors, LOW, HIGH), count, num_levels=LEVELS, seed=seed)
    return in_rounds(rows, len(factors) + 1)


def elementary_effects(quantiles: Array, values: Array, factors: Factors, seed: int) -> pd.DataFrame:
    """Return the effect of each factor on a quantity.

    Args:
        quantiles: of `trajectories`.
        values: (worlds,) in the order of the rows, with the same number of worlds in each; worlds at the same place of their
            rows share random numbers.
        factors: as sampled.
        seed: of the intervals' bootstrap, from 1 on.

    Returns:
        One row per factor: `mu_star`, the mean absolute effect of moving from the 5 % to the 95 % quantile, with its 95 %
        interval (`mu_star_low`, `mu_star_high`); `mu`, the mean effect with its sign (NaN for a factor of several numbers),
        `sigma`, the standard deviation of effects, `floor`, and `clear`: whether the interval lies above the floor and 0.
    """
    rounds = len(factors) + 1
    points, worlds = by_point(quantiles, rounds), by_point(worlds_of(values, len(quantiles)), rounds)
    options: dict[str, Any] = {"num_levels": LEVELS, "num_resamples": _RESAMPLES, "conf_level": _COVERED, "seed": seed}
    found = analyse.analyze(problem(factors, LOW, HIGH), points, worlds.mean(axis=1), **options)
    mu_star, reach, mu, sigma = (np.ma.filled(found[name], np.nan) for name in ("mu_star", "mu_star_conf", "mu", "sigma"))
    single = np.array([len(numbers) == 1 for numbers in factors.values()])
    columns = {"factor": list(factors), "mu_star": mu_star, "mu_star_low": mu_star - reach, "mu_star_high": mu_star + reach}
    columns |= {"mu": np.where(single, mu, np.nan), "sigma": sigma, "floor": _floor(points, worlds, factors)}
    return pd.DataFrame(columns).assign(clear=lambda table: table["mu_star_low"] > np.maximum(table["floor"], 0.0))


def _floor(points: Array, worlds: Array, factors: Factors) -> Array:
    """Return the mean of absolute effects that chance alone would give each factor: sqrt(2 / pi) of its standard error."""
    each, rounds = worlds.shape[1], len(factors) + 1
    if each < 2:
        return np.full(len(factors), np.nan)
    steps = np.diff(worlds.reshape(-1, rounds, each), axis=1)
    errors = steps.std(axis=2, ddof=1) / np.sqrt(each) / STEP
    moved = np.diff(points.reshape(-1, rounds, points.shape[1]), axis=1) != 0.0
    first = [columns_of(factors).index(numbers[0]) for numbers in factors.values()]
    return np.array([np.sqrt(2.0 / np.pi) * errors[moved[:, :, column]].mean() for column in first])
