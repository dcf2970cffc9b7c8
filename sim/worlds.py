"""The world axis: which worlds a block carries."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from sim.rule import Array

CHUNK = 1024
"""Worlds in a chunk of storage, and draws in a chunk of parameters."""


@dataclass(frozen=True, slots=True)
class Worlds:
    """A run of worlds, `first`, `first + 1`, ...: what one block carries.

    Attributes:
        period: so many worlds on the same dice come again: two such worlds differ through their parameters alone. None:
            every world has dice of its own.

    Raises:
        ValueError: there is no world in it, a number is negative, or the period is none.
    """

    first: int
    count: int
    period: int | None = None

    def __post_init__(self) -> None:
        if self.first < 0 or self.count < 1:
            raise ValueError(f"worlds {self.first} ... need a first of at least 0 and a count of at least 1")
        if self.period is not None and self.period < 1:
            raise ValueError(f"a period of {self.period} worlds is none: it is at least 1")

    @property
    def numbers(self) -> Array:
        """Return the worlds' numbers, (worlds,)."""
        return np.arange(self.first, self.first + self.count)

    @property
    def dice(self) -> Array:
        """Return the number of the world whose dice each world has: its own, but for a period, (worlds,)."""
        return self.numbers if self.period is None else self.numbers % self.period

    def chunks(self) -> Iterator[tuple[int, list[tuple[slice, slice]]]]:
        """Yield each chunk of dice touched: its number; the columns wanted of it, and where each run of them goes."""
        runs: dict[int, list[tuple[slice, slice]]] = {}
        place = 0
        while place < self.count:
            number, left = self.first + place, self.count - place
            if self.period is not None:
                number %= self.period
                left = min(left, self.period - number)
            chunk, column = divmod(number, CHUNK)
            length = min(left, CHUNK - column)
            runs.setdefault(chunk, []).append((slice(column, column + length), slice(place, place + length)))
            place += length
        yield from runs.items()


@cache
def address(name: str) -> tuple[int, int]:
    """Return two 32-bit words that stand for a name, the same on every machine and in every run."""
    digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
    return int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:], "little")


def generator(seed: int, name: str, chunk: int) -> np.random.Generator:
    """Return the generator of a name for a chunk of parameter draws, or for statistics."""
    key = (*address(name), 1, chunk)
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(entropy=seed, spawn_key=key)))
