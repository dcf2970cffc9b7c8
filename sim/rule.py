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

import contextlib
import functools
import hashlib
import importlib.util
import inspect
import os
import string
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import llvmlite.binding
import numba
import numpy as np
from numpy.typing import NDArray

from sim.cache import folder_for, kept

type Array = NDArray[Any]
type Value = Array | float
"""A number, or an array of (agents, worlds), (1, worlds) or (agents, 1)."""

PACKAGE = Path(__file__).parent
_COMPLETE = "complete"

# LLVM computes several worlds at once where it has checked that no output overlaps an input; by default it does not even
# try with as many arrays as a rule has. The results are the same to the bit.
llvmlite.binding.set_option("", "-runtime-memory-check-threshold=1000")


@functools.cache
def sources_hash() -> str:
    """Return a short hash of every source file of the model: what its compiled rules and its results depend on.

    Line endings are folded, so that a checkout on another system has the same hash.
    """
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(path.relative_to(PACKAGE).as_posix().encode())
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]


@functools.cache
def cache_folder() -> tuple[Path | None, list[str]]:
    """Return the folder of compiled rules for just these sources, None where there is none, and why others were not taken.

    numba notices a change in the file of the compiled function alone, not in a helper that it calls from elsewhere;
    a stale rule would give wrong numbers in silence. So every state of the sources has a folder of its own.
    """
    return folder_for(f"{sources_hash()}-numba{numba.__version__}")


def rules_are_compiled() -> bool:
    """Tell whether a whole day's rules of these sources have been compiled to the disk before."""
    folder, _ = cache_folder()
    return folder is not None and (folder / _COMPLETE).exists()


def mark_rules_compiled() -> None:
    """Note that a whole day's rules are on the disk."""
    folder, _ = cache_folder()
    with contextlib.suppress(OSError):
        if folder is not None:
            (folder / _COMPLETE).touch()


class Rule[**P, R]:
    """A scalar function and the loops compiled from it, one for each layout of inputs that it met."""

    summed = False

    def __init__(self, function: Callable[P, R]) -> None:
        self.function: Callable[..., R] = function
        self.name = getattr(function, "__qualname__", repr(function))
        self.names = tuple(inspect.signature(function).parameters)
        self._position = {name: index for index, name in enumerate(self.names)}
        self._loops: dict[tuple[Any, ...], Callable[..., None]] = {}
        functools.update_wrapper(self, function)

    def __call__(self, *inputs: Any, out: Any = None, where: Array | None = None, **named: Any) -> Any:
        """Apply the rule.

        Args:
            inputs: numbers or arrays in the order of the function's parameters.
            named: the same, by name.
            out: where the results go, an array of `(agents, worlds)` or a tuple of them, one for each result. It may
                be one of the inputs. Without it, inputs must be numbers and the result is returned.
            where: `(agents, worlds)`, `(1, worlds)` or `(agents, 1)`; the rule is applied where it is not 0. Elsewhere
                nothing is read and the outputs keep what they hold, as in NumPy; to a total it adds nothing.
        """
        if named:
            inputs = self._in_order(inputs, named)
        if out is None:
            return self.function(*inputs)
        if type(out) is not tuple:
            out = (out,)
        if where is not None:
            if len(inputs) != len(self.names) or not isinstance(where, np.ndarray):
                raise TypeError(f"{self.name} takes {len(self.names)} inputs and an array as `where`")
            inputs = (*inputs, where)
        places = {id(array): place for place, array in enumerate(out)}
        shapes = [value.shape if type(value) is np.ndarray else None for value in (*inputs, *out)]
        key = (*shapes, *[places.get(id(value)) for value in inputs])
        loop = self._loops.get(key)
        if loop is None:
            loop = self._loops[key] = self._loop(self._layout(inputs, out))
        loop(*inputs, *out)
        return None

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

    def _layout(self, inputs: Sequence[Value], out: Sequence[Array]) -> str:
        """Return a letter an input, the mask last, and the number of outputs; check the shapes.

        n number, w varies by world, c constant over worlds; A, B, ... the first, second, ... output itself, changed in place.
        """
        worlds = out[0].shape[-1]
        rows = {value.shape[0] for value in inputs if isinstance(value, np.ndarray) and value.ndim == 2} - {1}
        agents = max(rows, default=1) if self.summed else out[0].shape[0]
        out_shape = (1, worlds) if self.summed else (agents, worlds)
        if any(array.shape != out_shape for array in out):
            raise ValueError(f"{self.name}: outputs must be {out_shape}, got {[array.shape for array in out]}")
        letters = ""
        for name, value in zip((*self.names, "where")[: len(inputs)], inputs, strict=True):
            if not isinstance(value, np.ndarray):
                letters += "n"
                continue
            if value.ndim != 2 or value.shape[0] not in (1, agents) or value.shape[1] not in (1, worlds):
                raise ValueError(
                    f"{self.name}: {name} has shape {value.shape}; it must be a number, ({agents}, {worlds}),"
                    f" (1, {worlds}) or ({agents}, 1)"
                )
            place = next((place for place, array in enumerate(out) if array is value), None)
            if place is not None and not self.summed:
                letters += string.ascii_uppercase[place]
            else:
                letters += "w" if value.shape[1] == worlds else "c"
        return f"{letters}{len(out)}"

    def _loop(self, layout: str) -> Callable[..., None]:
        """Compile (or take from the disk) the loop for this layout of inputs."""
        return _compiled_loop(self, layout)

    def _source(self, layout: str) -> str:
        """Return the Python source of the loop over agents and worlds."""
        inputs, outputs = layout[:-1], int(layout[-1])
        arguments = [f"x{i}" for i in range(len(inputs))] + [f"y{i}" for i in range(outputs)]
        in_place = {string.ascii_uppercase[place]: f"out{place}[world]" for place in range(outputs)}
        values = [({"n": f"x{i}", "w": f"row{i}[world]", "c": f"row{i}"} | in_place)[kind] for i, kind in enumerate(inputs)]
        arrays = [i for i, kind in enumerate(inputs) if kind in "wc"]
        lines = [f"def loop({', '.join(arguments)}):", "    worlds = y0.shape[1]"]
        if self.summed:
            lines += ["    agents = 1"]
            lines += [f"    agents = max(agents, x{i}.shape[0])" for i in arrays]
            lines += [f"    y{i}[:] = 0.0" for i in range(outputs)]
        else:
            lines += ["    agents = y0.shape[0]"]
        lines += ["    for agent in range(agents):"]
        # what is the same in all worlds is read before the loop over them: the compiler cannot know that no output is it
        lines += [f"        row{i} = x{i}[agent * (x{i}.shape[0] > 1)]{'[0]' if inputs[i] == 'c' else ''}" for i in arrays]
        lines += [f"        out{i} = y{i}[{'0' if self.summed else 'agent'}]" for i in range(outputs)]
        results = [f"r{i}" for i in range(outputs)]
        sign = "+=" if self.summed else "="
        lines += ["        for world in range(worlds):"]
        masked = len(inputs) > len(self.names)
        if masked:
            lines += [f"            if {values.pop()} == 0:", "                continue"]
        lines += [f"            {', '.join(results)} = scalar({', '.join(values)})"]
        lines += [f"            out{i}[world] {sign} r{i}" for i in range(outputs)]
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


def _compiled_loop(rule: Rule[Any, Any], layout: str) -> Callable[..., None]:
    """Compile the loop of a rule, with numba's disk cache when the rule belongs to the model's own sources."""
    options: dict[str, Any] = {"error_model": "numpy", "nogil": True, "no_cfunc_wrapper": True}
    scalar = numba.njit(no_cpython_wrapper=True, forceinline=True, **options)(rule.function)
    source = rule._source(layout)
    name = f"{rule.function.__module__}.{rule.name}-{layout}"
    folder = cache_folder()[0] if _is_own(rule.function) else None
    path = folder / f"{name}.py" if folder is not None and _write_once(folder / f"{name}.py", source) else None
    # numba asks the module of a cached function by name: the rule's own.
    namespace: dict[str, Any] = {"scalar": scalar, "__name__": rule.function.__module__}
    exec(compile(source, str(path or f"<{name}>"), "exec"), namespace)
    compiled: Callable[..., None] = numba.njit(**options)(namespace["loop"])
    return compiled if path is None else kept(compiled, namespace["loop"])


def _is_own(function: Callable[..., Any]) -> bool:
    """Tell whether the function stands in a source file that `sources_hash` covers."""
    module = inspect.getmodule(function)
    spec = getattr(module, "__spec__", None) or importlib.util.find_spec(function.__module__)
    return bool(spec and spec.origin and Path(spec.origin).is_relative_to(PACKAGE))


def _write_once(path: Path, text: str) -> bool:
    """Write the file whole or not at all, and tell whether it is there; another process may be writing the same."""
    temporary, content = None, text.encode()
    try:
        if path.exists() and path.read_bytes() == content:
            return True
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except OSError:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        return False
    return True
