"""Screening after Morris (1991, doi:10.1080/00401706.1991.10484804): which of many factors move an outcome at all?

Each trajectory steps through the factors one after the other. Its steps share their dice, so that what moves from one step
to the next is the factor's doing; what is left of chance, where a moved factor sends the same dice elsewhere, is told as
the `floor` that the mean of absolute effects would reach by chance alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from SALib.analyze import morris as analyse
from SALib.sample import morris as sample

from sim.rule import Array

type Factors = Mapping[str, Sequence[str]]
"""By name of the factor, the addresses of its numbers: the columns of a table of quantiles, in order."""


def columns_of(factors: Factors) -> tuple[str, ...]:
    """Return the addresses of all numbers, factor after factor."""
    return tuple(column for columns in factors.values() for column in columns)


def problem(factors: Factors, low: float = 0.0, high: float = 1.0) -> dict[str, Any]:
    """Return what SALib calls a problem: the numbers between two quantiles, those of a factor in one group.

    Raises:
        ValueError: there are fewer than two factors.
    """
    if len(factors) < 2:
        raise ValueError("a sensitivity analysis compares at least two factors")
    columns = columns_of(factors)
    groups = [factor for factor, numbers in factors.items() for _ in numbers]
    return {"num_vars": len(columns), "names": list(columns), "groups": groups, "bounds": [[low, high]] * len(columns)}


def in_rounds(rows: Array, rounds: int) -> Array:
    """Put rows that stand point by point, each in all its rounds, round by round."""
    return rows.reshape(-1, rounds, *rows.shape[1:]).swapaxes(0, 1).reshape(rows.shape)


def by_point(rows: Array, rounds: int) -> Array:
    """Undo `in_rounds`."""
    return in_rounds(rows, len(rows) // rounds)


def worlds_of(values: Array, rows: int) -> Array:
    """Return values by row and world, (rows, worlds of a row).

    Raises:
        ValueError: the worlds are not as many in every row, or one of them has no value.
    """
    if values.size % rows:
        raise ValueError(f"{values.size} worlds are not the same number in each of {rows} rows")
    if not np.isfinite(values).all():
        raise ValueError("an outcome without a number in every world has no indices")
    return values.reshape(rows, -1).astype(float)


LOW, HIGH = 0.05, 0.95
"""Quantiles between which factors move: the ends of a prior are no likely values."""
LEVELS = 4
STEP = LEVELS / (2.0 * (LEVELS - 1.0))
"""How far a factor moves, in parts of the way from the lowest to the highest level."""
_COVERED, _RESAMPLES = 0.95, 500


def trajectories(factors: Factors, count: int, seed: int) -> Array:
    """Return the quantiles of so many trajectories, (rounds x trajectories, numbers), round by round.

    Args:
        factors: those of one parameter move together.
        count: of trajectories; there is a round more than factors.
        seed: of the sample.
    """
    rows = sample.sample(problem(factors, LOW, HIGH), count, num_levels=LEVELS, seed=seed)
    return in_rounds(rows, len(factors) + 1)


def elementary_effects(quantiles: Array, values: Array, factors: Factors, seed: int) -> pd.DataFrame:
    """Return how far each factor moves a quantity.

    Args:
        quantiles: of `trajectories`.
        values: (worlds,) in the order of the rows, as many worlds in each; worlds of the same place in a row share dice.
        factors: as sampled.
        seed: of the intervals' bootstrap, from 1 on.

    Returns:
        One row per factor: `mu_star`, the mean of absolute effects of the whole way between the 5 % and 95 % quantile, with
        its 95 % interval (`mu_star_low`, `mu_star_high`); `mu`, the mean effect with its sign (NaN for a factor of
        several numbers), `sigma`, the standard deviation of effects, `floor`, and `clear`: whether the interval lies
        above the floor and above 0.
    """
    rounds = len(factors) + 1
    worlds = by_point(worlds_of(values, len(quantiles)), rounds)
    found = analyse.analyze(
        problem(factors, LOW, HIGH),
        by_point(quantiles, rounds),
        worlds.mean(axis=1),
        num_levels=LEVELS,
        num_resamples=_RESAMPLES,
        conf_level=_COVERED,
        seed=seed,
    )
    table = pd.DataFrame({"factor": list(factors), "mu_star": np.ma.filled(found["mu_star"], np.nan)})
    reach = np.ma.filled(found["mu_star_conf"], np.nan)
    single = np.array([len(numbers) == 1 for numbers in factors.values()])
    table["mu_star_low"], table["mu_star_high"] = table["mu_star"] - reach, table["mu_star"] + reach
    table["mu"] = np.where(single, np.ma.filled(found["mu"], np.nan), np.nan)
    table["sigma"] = np.ma.filled(found["sigma"], np.nan)
    table["floor"] = _floor(by_point(quantiles, rounds), worlds, factors)
    table["clear"] = table["mu_star_low"] > np.maximum(table["floor"], 0.0)
    return table


def _floor(quantiles: Array, worlds: Array, factors: Factors) -> Array:
    """Return the mean of absolute effects that chance alone would give each factor: sqrt(2 / pi) of its standard error."""
    each = worlds.shape[1]
    if each < 2:
        return np.full(len(factors), np.nan)
    rounds = len(factors) + 1
    steps = np.diff(worlds.reshape(-1, rounds, each), axis=1)
    errors = steps.std(axis=2, ddof=1) / np.sqrt(each) / STEP
    moved = np.diff(quantiles.reshape(-1, rounds, quantiles.shape[1]), axis=1) != 0.0
    first = [columns_of(factors).index(numbers[0]) for numbers in factors.values()]
    return np.array([np.sqrt(2.0 / np.pi) * errors[moved[:, :, column]].mean() for column in first])
