"""A rule: one equation of the model, written on numbers, run over agents and worlds.

`@rule` turns a scalar function into a compiled loop over `(agents, worlds)`; `@total` into a loop that adds the
function's value over the agents of a world, always in the order of the rows. The same function takes plain numbers in
a test and arrays in the model::

    @rule
    def grievance(grievance: float, memory_days: float, harm: float) -> float: ...

    grievance(0.2, 120.0, 0.1)                                   # a number
    grievance(militias.grievance, memory, harm, out=militias.grievance)  # (agents, worlds), in place

An input is a number, an array of `(agents, worlds)`, of `(1, worlds)` (the same for all agents) or of `(agents, 1)`
(the same in all worlds). One-dimensional arrays are refused: five factions must never be taken for five worlds.
"""

import functools
import inspect
import re
import string
from collections.abc import Callable, Sequence
from struct import Struct
from typing import Any

import numpy as np

from sim.arrays import Array, Value
from sim.compiled import address_of
from sim.tape import INPUTS, Call, address, make

_SIZE = 3
"""Words that an array takes: address, rows, columns."""
_NUMBER, _WORD = Struct("d"), Struct("q")
"""A number is packed as its 64 bits."""


class Rule[**P, R]:
    """A scalar function and the loops compiled from it, one for each layout of inputs that it met."""

    summed = False

    def __init__(self, function: Callable[P, R]) -> None:
        self.function: Callable[..., R] = function
        self.name = getattr(function, "__qualname__", repr(function))
        self.names = tuple(inspect.signature(function).parameters)
        self._position = {name: index for index, name in enumerate(self.names)}
        self._entries: dict[str, int] = {}
        functools.update_wrapper(self, function)

    def __call__(self, *inputs: Any, out: Any = None, where: Array | None = None, **named: Any) -> Any:
        """Apply the rule.

        Args:
            inputs: numbers or arrays in the order of the function's parameters.
            named: the same, by name.
            out: where the results go, an array of `(agents, worlds)` or a tuple of them, one for each result. It may
                be one of the inputs. Without it, inputs must be numbers and the result is returned.
            where: `(agents, worlds)`, `(1, worlds)` or `(agents, 1)`; the rule is applied where it is not 0. Elsewhere
                nothing is read, the outputs keep what they hold, as in NumPy, and a total gains nothing.
        """
        if named:
            inputs = self._in_order(inputs, named)
        if out is None:
            return self.function(*inputs)
        make(self.call(*inputs, out=out, where=where))
        return None

    def call(self, *inputs: Any, out: Any, where: Array | None = None) -> Call:
        """Pack a call: worlds and agents, then each input and output as a number, or as address, rows and columns.

        Raises:
            TypeError: the mask is none, or inputs are missing or too many.
            ValueError: a shape does not fit, or an output is not one piece of memory.
        """
        out = out if type(out) is tuple else (out,)
        if len(inputs) != len(self.names) or not isinstance(where, np.ndarray | None):
            raise TypeError(f"{self.name} takes {len(self.names)} inputs, not {len(inputs)}, and an array as `where`")
        if where is not None:
            inputs = (*inputs, where)
        layout, agents = self._layout(inputs, out)
        if not all(array.flags.c_contiguous for array in out):
            raise ValueError(f"{self.name}: an output is not one piece of memory")
        values = [np.ascontiguousarray(value) if isinstance(value, np.ndarray) else value for value in inputs]
        words: list[int] = [out[0].shape[-1], agents]
        for value in (*values, *out):
            if isinstance(value, np.ndarray):
                words += (address(value), *value.shape)
            else:
                words += _WORD.unpack(_NUMBER.pack(value))
        entry = self._entries.get(layout)
        if entry is None:
            entry = self._entries.setdefault(layout, self._compiled(layout))  # another thread may have been first
        return Call(entry, np.array(words, dtype=np.int64), tuple(values), out, self.name)

    def _in_order(self, inputs: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
        ordered: list[Any] = [None] * len(self.names)
        ordered[: len(inputs)] = inputs
        try:
            for name, value in named.items():
                ordered[self._position[name]] = value
        except KeyError as error:
            raise TypeError(f"{self.name} has no input {error}; it has {', '.join(self.names)}") from None
        if len(inputs) + len(named) != len(ordered):
            missing = [name for name in self.names[len(inputs) :] if name not in named]
            raise TypeError(f"{self.name} misses {', '.join(missing) or 'nothing, but has an input twice'}")
        return tuple(ordered)

    def _layout(self, inputs: Sequence[Value], out: Sequence[Array]) -> tuple[str, int]:
        """Check the shapes. Return the layout of the inputs and outputs as letters, and the number of agents.

        The first letter of an input: n is a number, w varies by world, c is constant over worlds, and A, B, ... is the first,
        second, ... output itself, which is changed in place. The letter of the numbers' type follows.
        """
        worlds = out[0].shape[-1]
        rows = {value.shape[0] for value in inputs if isinstance(value, np.ndarray) and value.ndim == 2} - {1}
        agents = max(rows, default=1) if self.summed else out[0].shape[0]
        out_shape = (1, worlds) if self.summed else (agents, worlds)
        if any(array.shape != out_shape for array in out):
            raise ValueError(f"{self.name}: outputs must be {out_shape}, got {[array.shape for array in out]}")
        letters = ""
        for number, value in enumerate(inputs):
            if not isinstance(value, np.ndarray):
                letters += "nf8"
                continue
            shape = value.shape
            if len(shape) != 2 or shape[0] not in (1, agents) or shape[1] not in (1, worlds):
                raise ValueError(
                    f"{self.name}: {(*self.names, 'where')[number]} has shape {shape}; it must be a number,"
                    f" ({agents}, {worlds}), (1, {worlds}) or ({agents}, 1)"
                )
            letters += "w" if shape[1] == worlds else "c"
            for place, array in enumerate(out):
                if array is value and not self.summed:
                    letters = letters[:-1] + string.ascii_uppercase[place]
                    break
            letters += value.dtype.str[1:]
        return f"{letters}-{''.join(array.dtype.str[1:] for array in out)}", agents

    def _compiled(self, layout: str) -> int:
        """Return the address of the loop for this layout, compiled or taken from the disk."""
        name = f"{self.function.__module__}.{self.name}-{layout}"
        return address_of(name, self._source(layout), lambda: self._found_by(layout), self.function, INPUTS)

    def _found_by(self, layout: str) -> dict[str, Any]:
        """Return the names that the source of a layout uses, with their values."""
        from sim.compiler import scalar_of  # here: most processes find all rules on the disk

        types = {kind: np.dtype(kind).type for kind in re.findall(r"[biuf]\d", layout)}
        return {"scalar": scalar_of(self.function), **types}

    def _source(self, layout: str) -> str:
        """Return the Python source of the loop over agents and worlds."""
        letters, _, types = layout.partition("-")
        inputs, input_types = letters[::3], [letters[place + 1 : place + 3] for place in range(0, len(letters), 3)]
        output_types = [types[place : place + 2] for place in range(0, len(types), 2)]
        outputs = len(output_types)
        lines = ["def loop(words, numbers):", "    worlds, agents = words[0], words[1]"]
        place = 2
        for name, kind, letter in (
            *((f"{i}", kind, letter) for i, (kind, letter) in enumerate(zip(inputs, input_types, strict=True))),
            *((f"_out{i}", "w", letter) for i, letter in enumerate(output_types)),
        ):
            if kind == "n":
                lines += [f"    x{name} = numbers[{place}]"]
            else:  # a step of 0 gives every agent the same row
                lines += [f"    x{name} = pointer(words[{place}], {letter})"]
                lines += [f"    step{name} = words[{place + 2}] * (words[{place + 1}] > 1)"]
            place += 1 if kind == "n" else _SIZE
        out = [f"x_out{i}[at_out{i} + world]" for i in range(outputs)]
        in_place = dict(zip(string.ascii_uppercase, out, strict=False))
        values = [
            ({"n": f"x{i}", "w": f"x{i}[at{i} + world]", "c": f"row{i}"} | in_place)[kind] for i, kind in enumerate(inputs)
        ]
        if self.summed:
            lines += ["    for world in range(worlds):", *[f"        x_out{i}[world] = 0.0" for i in range(outputs)]]
        lines += ["    for agent in range(agents):"]
        places = [f"{i}" for i, kind in enumerate(inputs) if kind in "wc"] + [f"_out{i}" for i in range(outputs)]
        lines += [f"        at{name} = agent * step{name}" for name in places]
        # what is the same in all worlds is read before the loop over them: the compiler cannot know that no output is it
        lines += [f"        row{i} = x{i}[at{i}]" for i, kind in enumerate(inputs) if kind == "c"]
        results = [f"r{i}" for i in range(outputs)]
        sign = "+=" if self.summed else "="
        masked = len(inputs) > len(self.names)
        mask = values.pop() if masked else ""
        if masked and inputs[-1] == "c":
            lines += [f"        if {mask} == 0:", "            continue"]
        lines += ["        for world in range(worlds):"]
        if masked and inputs[-1] != "c":
            lines += [f"            if {mask} == 0:", "                continue"]
        lines += [f"            {', '.join(results)} = scalar({', '.join(values)})"]
        lines += [f"            {out[i]} {sign} r{i}" for i in range(outputs)]
        return "\n".join(lines) + "\n"


class Total[**P, R](Rule[P, R]):
    """A rule whose values are added over the agents of each world, row after row.

    NumPy's own sums add in an order that depends on the number of worlds, and so give other bits for another block.
    """

    summed = True


def rule[**P, R](function: Callable[P, R]) -> Rule[P, R]:
    """Compile a scalar function to a loop over `(agents, worlds)`."""
    return Rule(function)


def total[**P, R](function: Callable[P, R]) -> Total[P, R]:
    """Compile a scalar function to its sum over agents: inputs `(agents, worlds)`, output `(1, worlds)`."""
    return Total(function)
