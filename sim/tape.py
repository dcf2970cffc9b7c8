"""The tape of a day: calls of compiled rules, packed once and repeated together.

A compiled rule is a function of one block of 64-bit words: sizes, numbers, and addresses of arrays. Such a call costs nothing
to repeat. If a stage does the same every day, the model runs it in Python at first, records its calls of rules, and later only
repeats these calls. The code of the stages stays the only description of the day.
"""

import ctypes
import functools
import itertools
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.compiled import address_of

INPUTS = "(CPointer(int64), CPointer(float64))"
"""Inputs of a compiled rule: its words twice, as whole numbers and as fractional ones."""


@dataclass(eq=False, frozen=True, slots=True)
class Call:
    """A compiled rule on its arrays and numbers.

    Attributes:
        entry: address of the compiled function.
        words: the block of words of the call.
        inputs: arrays and numbers. `outputs`: arrays. The words hold their addresses, so the call keeps these arrays.
        rule: name of the rule.
    """

    entry: int
    words: NDArray[np.int64]
    inputs: tuple[Any, ...]
    outputs: tuple[NDArray[Any], ...]
    rule: str


@dataclass(eq=False, slots=True)
class Tape:
    """Calls in their order."""

    calls: list[Call] = field(default_factory=list)
    _entries: NDArray[np.int64] | None = None
    _words: NDArray[np.int64] | None = None

    def play(self) -> None:
        """Make all calls again, with the present values of their arrays.

        Raises:
            RuntimeError: a rule failed.
        """
        if self._entries is None or self._words is None or len(self._entries) != len(self.calls):
            self._entries = np.array([call.entry for call in self.calls], dtype=np.int64)
            self._words = np.array([address(call.words) for call in self.calls], dtype=np.int64)
        failed = ctypes.c_int64()
        _player()(ctypes.byref(failed), ctypes.byref(_ERROR), address(self._entries), address(self._words), len(self.calls))
        if failed.value:
            raise _of(self.calls[failed.value - 1])

    @contextmanager
    def recording(self) -> Generator[None]:
        """Record every call while the context is open; the calls are carried out as usual."""
        token = _tape.set(self)
        try:
            yield
        finally:
            _tape.reset(token)


def same_every_day[**P](stage: Callable[P, None]) -> Callable[P, None]:
    """Mark a stage that calls the same rules on the same arrays and numbers every day, and does nothing else."""
    setattr(stage, _MARK, True)  # a function has no such attribute for the type checker
    return stage


class Repeated:
    """A stage that is the same every day: carried out and recorded on its first two days, played on the others.

    Raises:
        RuntimeError: the stage does not do the same on the second day as on the first.
    """

    def __init__(self, stage: Callable[[], None]) -> None:
        self.stage = stage
        self.tape = Tape()
        self.is_recorded = False

    def __call__(self) -> None:
        """Carry out the stage."""
        if self.is_recorded:
            self.tape.play()
            return
        today = Tape()
        with today.recording():
            self.stage()
        if self.tape.calls and (rule := difference(self.tape, today)) is not None:
            raise RuntimeError(f"{getattr(self.stage, '__qualname__', self.stage)} is not the same every day: see {rule}")
        self.tape, self.is_recorded = today, bool(self.tape.calls)


def difference(first: Tape, second: Tape) -> str | None:
    """Return the rule whose call differs between two recordings of a stage; None if no call differs.

    If the numbers of calls differ, return "their number". Arrays that a recording made for itself may differ. Numbers and all
    other arrays must be the same.
    """
    if len(first.calls) != len(second.calls):
        return "their number"
    own: dict[int, int] = {}
    for call, again in zip(first.calls, second.calls, strict=True):
        if call.entry != again.entry:
            return call.rule
        for value, other in zip(call.inputs, again.inputs, strict=True):
            if value is other:
                continue
            if isinstance(value, np.ndarray) != isinstance(other, np.ndarray):
                return call.rule
            if isinstance(value, np.ndarray):
                place = address(value)
                if value.shape != other.shape or own.get(place, place) != address(other):
                    return call.rule
            elif value != other:
                return call.rule
        for value, other in zip(call.outputs, again.outputs, strict=True):
            own[address(value)] = address(other)
    return None


def address(array: NDArray[Any]) -> int:
    """Return where an array begins in memory."""
    place: int = array.__array_interface__["data"][0]
    return place


def reading(read: Callable[[], NDArray[Any]]) -> tuple[NDArray[Any], Tape] | None:
    """Return the array that a function returns and the calls that refill it; None if the function must be called every day."""
    tapes = Tape(), Tape()
    arrays = []
    for tape in tapes:
        with tape.recording():
            arrays.append(read())
    array, again = arrays
    if not array.flags.c_contiguous:  # a call would hold a copy of it
        return None
    is_filled = any(np.may_share_memory(output, array) for call in tapes[0].calls for output in call.outputs)
    if difference(*tapes) is None and (is_filled or (address(array), array.shape) == (address(again), again.shape)):
        return array, tapes[0]
    return None


def repeated(stage: Callable[[], None]) -> Callable[[], None]:
    """Return the stage; if it is marked as the same every day, return it as one that is recorded and repeated."""
    return Repeated(stage) if hasattr(stage, _MARK) else stage


def in_one_go(stages: Iterable[Callable[[], None]]) -> list[Callable[[], None]]:
    """Return callables that repeat the stages after their recording; recorded stages that follow each other become one tape."""
    parts: list[Callable[[], None]] = []
    for is_recorded, group in itertools.groupby(stages, lambda stage: isinstance(stage, Repeated)):
        if is_recorded:
            parts.append(Tape([call for stage in group if isinstance(stage, Repeated) for call in stage.tape.calls]).play)
        else:
            parts += group
    return parts


_MARK = "same_every_day"
_PLAY = """
def loop(entries, words, calls):
    for place in range(calls):
        if call(entries[place], words[place]):
            return place + 1
    return 0
"""
_RULE = ctypes.CFUNCTYPE(ctypes.c_int32, *[ctypes.c_void_p] * 4)
"""A compiled rule as Python calls it: with spare words for its result and its error, and twice with its words.

Other threads may run meanwhile.
"""
_ERROR = ctypes.c_int64()
_tape: ContextVar[Tape | None] = ContextVar("tape", default=None)


def recording_tape() -> Tape | None:
    """Return the tape that records, if one does."""
    return _tape.get()


def make(call: Call) -> None:
    """Make a call, and put it on the tape that records, if one does.

    Raises:
        RuntimeError: the rule failed.
    """
    tape = _tape.get()
    if tape is not None:
        tape.calls.append(call)
    words, spare = address(call.words), ctypes.byref(_ERROR)
    if _RULE(call.entry)(spare, spare, words, words):
        raise _of(call)


def _of(call: Call) -> RuntimeError:
    return RuntimeError(f"the rule {call.rule} raised an error; call it with numbers to see which")


@functools.cache
def _player() -> Callable[..., int]:
    """Return the function that calls all entries with their words, and returns which failed; it lets other threads run."""
    signature = "(CPointer(int64), CPointer(int64), int64)"
    play = address_of("sim.tape.play", _PLAY, dict, make, signature)
    return ctypes.CFUNCTYPE(ctypes.c_int32, *[ctypes.c_void_p] * 4, ctypes.c_int64)(play)
