"""What a sensitivity analysis varies: factors, each a number that is drawn or all numbers of one parameter."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

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
