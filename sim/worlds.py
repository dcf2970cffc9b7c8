"""The world axis: which worlds a block carries."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from sim.arrays import Array

CHUNK = 1024
"""Worlds in a chunk of storage."""


@dataclass(frozen=True, slots=True)
class Worlds:
    """A run of worlds, `first`, `first + 1`, ...: what one block carries.

    Attributes:
        count: how many worlds the block carries, over all its arms.
        period: number of worlds after which the dice start again: worlds one period apart differ only in their parameters.
            None: every world has dice of its own.
        arms: number of arms in the block: the run of worlds comes once for each arm, arm after arm.

    Raises:
        ValueError: there is no world in it, a number is negative, the period is none, or the arms do not share `count`.
    """

    first: int
    count: int
    period: int | None = None
    arms: int = 1

    def __post_init__(self) -> None:
        if self.first < 0 or self.count < 1:
            raise ValueError(
                f"worlds {self.first} ... are not allowed: the number of the first world must be at least 0, and the number of"
                " worlds at least 1"
            )
        if self.period is not None and self.period < 1:
            raise ValueError(f"a period of {self.period} worlds is not allowed: it must be at least 1")
        if self.arms < 1 or self.count % self.arms:
            raise ValueError(f"{self.count} worlds cannot be divided equally among {self.arms} arms")

    @property
    def numbers(self) -> Array:
        """Return the worlds' numbers, (worlds,)."""
        return np.tile(np.arange(self.first, self.first + self.count // self.arms), self.arms)

    @property
    def dice(self) -> Array:
        """Return the number that gives each world its dice, (worlds,): its own, or the rest after division by the period."""
        return self.numbers if self.period is None else self.numbers % self.period

    def side_by_side(self, arms: int) -> "Worlds":
        """Return the same worlds, once for each of some arms."""
        return replace(self, count=self.count // self.arms * arms, arms=arms)

    def columns(self, arm: int) -> slice:
        """Return the columns of an arm."""
        each = self.count // self.arms
        return slice(arm * each, (arm + 1) * each)

    def chunks(self) -> Iterator[tuple[int, slice]]:
        """Yield the number of each chunk of storage that has worlds of one arm, and the columns of these worlds in it."""
        end = self.first + self.count // self.arms
        for chunk in range(self.first // CHUNK, (end - 1) // CHUNK + 1):
            begin = chunk * CHUNK
            yield chunk, slice(max(self.first - begin, 0), min(end - begin, CHUNK))
