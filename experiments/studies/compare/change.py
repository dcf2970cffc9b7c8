"""One paired difference as it is read: by how much, over which range, and whether that says up or down."""

from dataclasses import dataclass

import numpy as np

from experiments.analysis.paired import IS_RATIO, is_rare
from experiments.studies.compare.text import Row

TOLD = 2.0
"""Monte Carlo errors: an estimate that lies nearer to none cannot be told from it."""


@dataclass(frozen=True, slots=True)
class Change:
    """A difference from the reference on the same worlds.

    Attributes:
        middle: median over worlds; of a hazard the mean difference of the probability of at least one.
        low, high: the 5 % to 95 % range of worlds; of a hazard the mean less and plus two Monte Carlo errors.
        error: Monte Carlo standard error of the middle; NaN where it is not known.
        none: what no difference is: 0, of a ratio 1.
        rare: whether it is told by a hazard.
    """

    middle: float
    low: float
    high: float
    error: float
    none: float
    rare: bool

    @property
    def direction(self) -> int:
        """Return 1 where the whole range lies above none, -1 below, 0 where it covers none or nothing is known."""
        if self.low > self.none:
            return 1
        return -1 if self.high < self.none else 0

    @property
    def is_known(self) -> bool:
        """Tell whether there is a difference to speak of."""
        return bool(np.isfinite(self.middle))

    @property
    def is_told_from_none(self) -> bool:
        """Tell whether the middle lies further from none than two Monte Carlo errors; not so where these are unknown."""
        return abs(self.middle - self.none) > TOLD * self.error


def change_of(row: Row, outcome: str) -> Change:
    """Return the difference that a row of a comparison holds; all NaN where it holds none.

    Args:
        row: of `compare_arms`, of an arm that is no reference.
        outcome: its name, or `IS_RATIO`, whose quantiles are a comparison already.
    """

    def read(name: str) -> float:
        return float(row.get(name, np.nan))

    error = read("difference_error")
    if is_rare(outcome):
        middle = read("difference_mean")
        return Change(middle, middle - TOLD * error, middle + TOLD * error, error, 0.0, rare=True)
    prefix, none = ("", 1.0) if outcome == IS_RATIO else ("difference_", 0.0)
    return Change(read(f"{prefix}median"), read(f"{prefix}q05"), read(f"{prefix}q95"), error, none, rare=False)
