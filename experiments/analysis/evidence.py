"""The evidence behind an answer: the share of its spread that rests on numbers of each grade.

The paired difference, as ranks, is regressed on the ranks of all drawn numbers and on the forms of the switches. The variance
of the fitted part of a grade, less what chance alone would fit, is its share (standardised regression: Saltelli et al. 2008,
Global Sensitivity Analysis: The Primer, 1.2.5). The rest, which no number or form explains alone, is chance or joint effects.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sim.arrays import Array

STRUCTURE = "structure"
"""The grade of the switches, whose weights are a bet."""
_GROUPS = 20
"""Groups of draws that are left out one after the other for the errors (delete-a-group jackknife)."""
_DRAWS_PER_COLUMN = 3
"""Fewest draws per regressor; with fewer draws, the errors are as large as the shares."""
_RIDGE = 1e-8
"""A small ridge penalty, so that redundant columns, such as two shares that add up to one, do no harm."""
LEAST_EXPLAINED = 0.1
"""Explained share of the variance below which grades are not reported: such an answer is nearly all chance."""


def evidence(changes: Mapping[str, Array], draws: Array, values: pd.DataFrame, grade_of: Mapping[str, str]) -> pd.DataFrame:
    """Return the shares of the spread of paired differences by grade.

    Args:
        changes: the difference by outcome, (worlds,) each.
        draws: the number of each world's draw, (worlds,): the row of `values`.
        values: one row per draw, one column per drawn number, and per switch the name of its variant.
        grade_of: A, B or C, or `STRUCTURE`, by column.

    Returns:
        One row per outcome and grade: its `share` of the variance of the ranks and the standard `error`, and `explained`, the
        sum over grades. Empty with fewer than three draws per column.
    """
    columns = ["outcome", "grade", "share", "error", "explained"]
    design, owner = _design(values, grade_of)
    used = np.unique(draws)
    if used.size < _DRAWS_PER_COLUMN * design.shape[1]:
        return pd.DataFrame(columns=columns)
    by_draw = {outcome: pd.Series(change).rank().groupby(draws).mean().reindex(used) for outcome, change in changes.items()}
    ranks = np.column_stack([series.fillna(float(np.nanmean(series))) for series in by_draw.values()])
    here, left_out = design[used], np.arange(used.size) % _GROUPS
    whole = _shares(ranks, here, owner)
    jackknife = np.stack([_shares(ranks[left_out != group], here[left_out != group], owner) for group in range(_GROUPS)])
    errors = np.sqrt(_GROUPS - 1) * jackknife.std(axis=0)
    rows = [
        (outcome, grade, whole[row, column], errors[row, column], whole[:, column].sum())
        for column, outcome in enumerate(changes)
        for row, grade in enumerate(dict.fromkeys(owner))
        if np.ptp(ranks[:, column]) > 0.0
    ]
    return pd.DataFrame(rows, columns=columns)


def _design(values: pd.DataFrame, grade_of: Mapping[str, str]) -> tuple[Array, Array]:
    """Return the regressors, centred, (draws, columns), and the grade of each."""
    columns, owner = [], []
    for name in values:
        column = values[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            parts = [(column == variant).to_numpy(dtype=float) for variant in column.cat.categories[1:]]
        else:
            parts = [column.astype(float).rank().to_numpy()]
        for part in parts:
            if np.ptp(part) > 0.0:
                columns.append((part - part.mean()) / part.std())
                owner.append(grade_of[str(name)])
    return np.column_stack(columns), np.array(owner)


def _shares(ranks: Array, regressors: Array, owner: Array) -> Array:
    """Return the shares of the variance, (grades, outcomes), without what chance alone would fit; never below 0."""
    count, width = regressors.shape
    centred, response = regressors - regressors.mean(axis=0), ranks - ranks.mean(axis=0)
    gram = centred.T @ centred
    inverse = np.linalg.inv(gram + _RIDGE * count * np.eye(width))
    coefficients = inverse @ (centred.T @ response)
    noise = np.sum((response - centred @ coefficients) ** 2, axis=0) / (count - 1 - width)
    variance = response.var(axis=0)
    found = []
    for grade in dict.fromkeys(owner):
        mine = owner == grade
        inner = gram[np.ix_(mine, mine)] / count
        fitted = np.sum(coefficients[mine] * (inner @ coefficients[mine]), axis=0)
        by_chance = noise * float(np.sum(inner * inverse[np.ix_(mine, mine)]))
        found.append(np.maximum(0.0, (fitted - by_chance) / np.where(variance > 0.0, variance, 1.0)))
    return np.stack(found)
