"""Shared statistics of counts (`where_none` is their value for a divisor of 0), and tables as text."""

import textwrap
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sim.arrays import Array

DAYS_A_MONTH = 365 / 12
AFTER_THE_LEAD = 180
"""Days after the lead's announcement; exits in them are counted."""


def ratio(above: ArrayLike, below: ArrayLike, *, where_none: float = np.nan) -> Array:
    """Return the quotient element by element, `where_none` if the divisor is not above 0."""
    above, below = np.asarray(above, dtype=float), np.asarray(below, dtype=float)
    return np.divide(above, below, out=np.full(above.shape, where_none), where=below > 0.0)


def fano_factor(counts: ArrayLike, where_none: float = np.nan) -> Array:
    """Return the sample variance of counts (worlds, months) over their mean, (worlds,)."""
    counts = np.asarray(counts, dtype=float)
    return ratio(counts.var(axis=1, ddof=1), counts.mean(axis=1), where_none=where_none)


def top_share(counts: Array, cells: int, where_none: float = np.nan) -> Array:
    """Return the share of counts (worlds, all cells) in the `cells` with the most counts, (worlds,)."""
    return ratio(np.sort(counts, axis=1)[:, -cells:].sum(axis=1), counts.sum(axis=1), where_none=where_none)


def exits_and_exposure(exit_days: Array, first: float, last: float, arrival: Array | float = 0.0) -> tuple[Array, Array]:
    """Return the exits (or decisions to exit for good) in a period, and the member-months at risk, each (worlds,).

    Args:
        exit_days: (worlds, members) day of the exit, NaN for none.
        first: day of the period.
        last: day after its end.
        arrival: (members,) day of arrival; a member cannot leave before.
    """
    days = np.where(np.isnan(exit_days), np.inf, exit_days)
    since = np.maximum(first, arrival)
    at_risk = days >= since
    decided = at_risk & (days < last)
    exposure = np.where(at_risk, np.maximum(np.minimum(days, last) - since, 0.0), 0.0)
    return decided.sum(axis=1).astype(float), exposure.sum(axis=1) / DAYS_A_MONTH


def share_in_words(row: Mapping[Any, Any], name: str) -> str:
    """Return a share with its interval: "61% (53% to 69%)", from the columns `name`, `name_low`, `name_high`."""
    return f"{row[name]:.0%} ({row[f'{name}_low']:.0%} to {row[f'{name}_high']:.0%})"


def aligned(rows: Sequence[Sequence[str]], width: int | None = None, fold: int = 0) -> str:
    """Return a table as text with left-aligned columns, and a line below the headings in the first row.

    Cells may have several lines. A table wider than `width` folds the texts of column `fold`, at most to their longest word.
    """
    sizes = [max(len(line) for cell in column for line in cell.split("\n")) for column in zip(*rows, strict=True)]
    over = sum(sizes) + 2 * (len(sizes) - 1) - (width or np.inf)
    if over > 0:
        sizes[fold] = max(sizes[fold] - int(over), *(len(word) for row in rows for word in row[fold].split()))
    lines: list[Sequence[str]] = []
    for row in rows:
        cells = [cell.split("\n") for cell in row]
        cells[fold] = textwrap.wrap(row[fold], sizes[fold], break_on_hyphens=False)
        lines += zip_longest(*cells, fillvalue="")
        if row is rows[0]:
            lines.append(["\N{BOX DRAWINGS LIGHT HORIZONTAL}" * size for size in sizes])
    return "\n".join("  ".join(map(str.ljust, line, sizes)).rstrip() for line in lines)
