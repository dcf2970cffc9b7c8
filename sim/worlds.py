"""The world axis: which worlds a block carries, and the random numbers of each.

Every draw is addressed by (seed, world, agent name, decision, day). Each agent has a generator of its own for each chunk
of 1,024 worlds, keyed on a stable hash of its name; each day it draws the same number of uniforms, whatever happened.
So world 731 is the same world whatever the block, the number of workers, or which other agents and arms there are.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

import numpy as np
from scipy.special import ndtri

from sim.rule import Array

CHUNK = 1024
"""Worlds in a chunk: the unit of random numbers and of storage."""

_SMALLEST_UNIFORM = 2.0**-54


class Phase(IntEnum):
    """Which of a world's dice: each phase has its own, so that no draw of one decides about another."""

    START = 0
    """Drawn once: what a world is like."""
    DAYS = 1
    """From day 0 on."""
    HISTORY = 2
    """The days before day 0."""


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


def generator(seed: int, name: str, chunk: int, phase: Phase = Phase.DAYS) -> np.random.Generator:
    """Return the generator of a name for a chunk of worlds (or of parameter draws)."""
    key = (*address(name), phase, chunk)
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(entropy=seed, spawn_key=key)))


class Streams:
    """The uniforms of all agents of a kind, drawn anew each day into the same arrays.

    `streams["decide"]` is the array (agents, worlds) of today's uniforms for that decision. A decision among `normals`
    holds standard normal quantiles of its uniforms instead. The day's uniforms of a kind are drawn when the first of them is
    asked for, so that they are read while the processor still holds them; days on which nobody asked are made up for,
    so that it does not matter who asks.

    Attributes:
        days_behind: how many days, to today, are still to be drawn.
    """

    def __init__(
        self,
        seed: int,
        names: Sequence[str],
        decisions: Sequence[str],
        worlds: Worlds,
        normals: Sequence[str] = (),
        phase: Phase = Phase.DAYS,
    ) -> None:
        """Prepare the generators.

        Args:
            seed: of the ensemble.
            names: of the agents, stable and unique: they address the draws.
            decisions: what an agent draws a uniform for each day.
            worlds: of the block.
            normals: those of the decisions that want a standard normal.
            phase: whose days they are.
        """
        today = np.empty((len(decisions), len(names), worlds.count))
        self._by_decision = dict(zip(decisions, today, strict=True))
        self._normals = [self._by_decision[name] for name in normals]
        self.days_behind = 0
        self._scratch = np.empty((len(decisions), CHUNK))
        self._whole: list[tuple[np.random.Generator, Array]] = []
        self._parts: list[tuple[np.random.Generator, list[tuple[slice, Array]]]] = []
        for row, name in enumerate(names if decisions else ()):
            for chunk, runs in worlds.chunks():
                random = generator(seed, name, chunk, phase)
                if len(runs) == 1 and runs[0][0] == slice(0, CHUNK):  # straight into place, decision after decision
                    self._whole += [(random, part) for part in _contiguous(today[:, row, runs[0][1]])]
                else:
                    self._parts.append((random, [(columns, today[:, row, place]) for columns, place in runs]))

    def __getitem__(self, decision: str) -> Array:
        """Return today's draws for a decision, (agents, worlds)."""
        while self.days_behind:
            self.draw_day()
        return self._by_decision[decision]

    def next_day(self) -> None:
        """Let the uniforms of a new day be due."""
        self.days_behind += 1

    def draw_day(self) -> None:
        """Draw the next day that is due."""
        self.fill()
        self.days_behind -= 1
        if not self.days_behind:
            for normal in self._normals:
                to_normal(normal)

    def go_on_from(self, other: "Streams") -> None:
        """Throw next what other streams of the same names and worlds would throw next."""
        self.days_behind = other.days_behind
        for (own, _), (theirs, _) in zip((*self._whole, *self._parts), (*other._whole, *other._parts), strict=True):
            own.bit_generator.state = theirs.bit_generator.state

    def fill(self) -> None:
        """Let the generators fill the arrays with a day's uniforms: all that drawing takes, and nothing else."""
        for random, target in self._whole:
            random.random(out=target)
        for random, targets in self._parts:
            random.random(out=self._scratch)
            for columns, target in targets:
                target[...] = self._scratch[:, columns]


def _contiguous(rows: Array) -> list[Array]:
    """Return what a generator can fill: all rows at once where they lie side by side in memory, else each."""
    return [rows] if rows.flags.c_contiguous else list(rows)


def to_normal(uniforms: Array) -> None:
    """Turn uniforms into standard normal quantiles, in place."""
    np.maximum(uniforms, _SMALLEST_UNIFORM, out=uniforms)
    ndtri(uniforms, out=uniforms)


def start_uniforms(seed: int, names: Sequence[str], decision: str, worlds: Worlds) -> Array:
    """Return one uniform an agent and world, drawn once before the first day, (agents, worlds)."""
    uniforms = np.empty((len(names), worlds.count))
    for row, name in enumerate(names):
        for chunk, runs in worlds.chunks():
            whole = generator(seed, f"{name}: {decision}", chunk, Phase.START).random(CHUNK)
            for columns, place in runs:
                uniforms[row, place] = whole[columns]
    return uniforms
