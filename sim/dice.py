"""The dice of every world: each uniform is computed from its address alone.

A draw has the address (seed, phase, agent name, decision, day, world). Philox (Salmon et al. 2011, doi:10.1145/2063384.2063405)
turns the address into a uniform, and keeps no state between draws. So world 731 does not depend on the block, the number of
workers, or the other agents and arms. No number is drawn for worlds outside the block.
"""

import hashlib
from collections.abc import Sequence
from functools import cache

import numpy as np

from sim.arithmetic import same
from sim.arrays import Array
from sim.distributions import helper, normal_quantile
from sim.phase import Phase
from sim.rule import rule
from sim.tape import Tape, recording_tape
from sim.worlds import Worlds

_PAIRS = 64
"""Pairs of decisions that an address has room for."""
_WORD = np.uint64(0xFFFFFFFF)
_SIGN, _MIDDLE, _WIDTH = np.uint64(0x80000000), 2.0**31 + 0.5, 2.0**-32
_MULTIPLIER, _WEYL, _HALF = np.uint64(0xD256D193), np.uint64(0x9E3779B9), np.uint64(32)


@cache
def key_of(seed: int, phase: Phase, name: str) -> int:
    """Return the 32-bit key of a name's dice, the same on every machine and in every run."""
    return int.from_bytes(hashlib.blake2b(f"{seed} {int(phase)} {name}".encode(), digest_size=4).digest(), "little")


@helper
def philox(first: np.uint64, second: np.uint64, key: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Return two 32-bit words for two words of a counter and a key: Philox 2x32 with 10 rounds."""
    for _ in range(10):
        wide = _MULTIPLIER * first
        first, second = (wide >> _HALF) ^ key ^ second, wide & _WORD
        key = (key + _WEYL) & _WORD
    return first, second


@helper
def uniform_of(word: np.uint64) -> float:
    """Return a uniform in (0, 1) for a 32-bit word: (word + 1/2) / 2^32, so that it is neither 0 nor 1.

    The word is taken as signed, since processors turn only signed words into doubles several at a time.
    """
    return (np.float64(np.int32(np.uint32(word ^ _SIGN))) + _MIDDLE) * _WIDTH


@rule
def two_uniforms(key: np.uint64, world: np.uint64, day: float, pair: float) -> tuple[float, float]:
    """Return the uniforms in (0, 1) of two decisions of an agent on a day in a world."""
    first, second = philox(world, np.uint64(_PAIRS * day + pair), key)
    return uniform_of(first), uniform_of(second)


@rule
def normal_of(uniform: float) -> float:
    """Return the standard normal quantile of a uniform."""
    return normal_quantile(uniform)


class Dice:
    """The uniforms of all agents of a kind: `dice["leave"]` has today's uniforms for that decision, (agents, worlds).

    A decision among `normals` has the standard normal quantiles of its uniforms instead. Arms side by side share their
    uniforms, which are drawn once.
    """

    def __init__(
        self,
        seed: int,
        phase: Phase,
        names: Sequence[str],
        decisions: Sequence[str],
        worlds: Worlds,
        day: Array,
        normals: Sequence[str] = (),
    ) -> None:
        """Prepare the arrays.

        Args:
            seed: of the ensemble.
            phase: whose days they are.
            names: of the agents, stable and unique: they address the draws.
            decisions: those for which each agent draws a uniform every day. A new decision goes to the end, because the place
                of a decision is its address.
            worlds: of the block.
            day: of the model, (1, 1): rules read it.
            normals: the decisions that need a standard normal.

        Raises:
            ValueError: there are more decisions than addresses.
        """
        if len(decisions) > 2 * _PAIRS:
            raise ValueError(f"{len(decisions)} decisions of {names[0]} ...: there is room for {2 * _PAIRS}")
        self._keys = np.array([[key_of(seed, phase, name)] for name in names], dtype=np.uint64)
        self._worlds = worlds.dice[worlds.columns(0)].astype(np.uint64).reshape(1, -1)
        self._day = day
        self._normals = frozenset(normals)
        self._decisions = tuple(decisions)
        places = 2 * -(-len(decisions) // 2)
        self._once = np.empty((places, len(names), self._worlds.size))
        self._arrays = self._once if worlds.arms == 1 else np.empty((places, len(names), worlds.arms, self._worlds.size))
        self._drawn: dict[int, tuple[float, Tape | None]] = {}

    def __getitem__(self, decision: str) -> Array:
        """Return today's draws for a decision, (agents, worlds)."""
        place = self._decisions.index(decision)
        pair = place // 2
        asked = float(self._day[0, 0]), recording_tape()  # every recorded stage draws for itself
        if self._drawn.get(pair) != asked:
            self._drawn[pair] = asked
            two = self._once[2 * pair], self._once[2 * pair + 1]
            two_uniforms(self._keys, self._worlds, self._day, float(pair), out=two)
            for number, (name, array) in enumerate(zip(self._decisions[2 * pair :], two, strict=False)):
                if name in self._normals:
                    normal_of(array, out=array)
                if self._arrays is not self._once:
                    for agent, arms in enumerate(self._arrays[2 * pair + number]):
                        same(array[agent : agent + 1], out=arms)
        return self._arrays[place].reshape(len(self._keys), -1)


def uniforms_of(seed: int, names: Sequence[str], numbers: Array) -> Array:
    """Return uniforms that are drawn once, (names, numbers).

    Args:
        seed: of the ensemble.
        names: the addresses of the draws.
        numbers: numbers of the worlds, or of the draws of parameters, (numbers,).
    """
    keys = np.array([[key_of(seed, Phase.START, name)] for name in names], dtype=np.uint64)
    uniforms, unused = np.empty((2, len(names), len(numbers)))
    two_uniforms(keys, numbers.astype(np.uint64).reshape(1, -1), 0.0, 0.0, out=(uniforms, unused))
    return uniforms


def start_uniforms(seed: int, names: Sequence[str], decision: str, worlds: Worlds) -> Array:
    """Return one uniform per agent and world, drawn once before the first day, (agents, worlds)."""
    return uniforms_of(seed, [f"{name}: {decision}" for name in names], worlds.dice)


def start_normals(seed: int, names: Sequence[str], decision: str, worlds: Worlds) -> Array:
    """Return the standard normal quantiles of `start_uniforms`, (agents, worlds)."""
    normals = start_uniforms(seed, names, decision, worlds)
    normal_of(normals, out=normals)
    return normals
