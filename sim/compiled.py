"""Compiled functions: machine code of the rules, with a place on the disk for every state of the model's sources."""

import contextlib
import functools
import hashlib
import inspect
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llvmlite.binding
import numba

from sim.cache import folder_for, kept

PACKAGE = Path(__file__).parent
_COMPLETE = "complete"
_OPTIONS: dict[str, Any] = {"error_model": "numpy", "nogil": True}

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


@functools.cache
def scalar_of(function: Callable[..., Any]) -> Any:
    """Return a scalar function compiled to be put into loops."""
    return numba.njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True, **_OPTIONS)(function)


def compiled(name: str, source: str, namespace: dict[str, Any], owner: Callable[..., Any], python: bool = False) -> Any:
    """Return the function `loop` of a source, to be compiled, or read from the disk where its owner is the model's own.

    Args:
        name: of its file, unique.
        source: defines `loop`.
        namespace: what the source finds.
        owner: the function on whose behalf: what is compiled for a function of somebody else is not kept.
        python: whether Python calls it, not only other compiled code.
    """
    folder = cache_folder()[0] if _is_own(owner) else None
    path = folder / f"{name}.py" if folder is not None and _write_once(folder / f"{name}.py", source) else None
    # numba asks the module of a cached function by name: its owner's.
    inside: dict[str, Any] = {**namespace, "__name__": owner.__module__}
    exec(compile(source, str(path or f"<{name}>"), "exec"), inside)
    function = numba.njit(no_cpython_wrapper=not python, **_OPTIONS)(inside["loop"])
    return function if path is None else kept(function, inside["loop"])


def address_of(function: Any, types: tuple[Any, ...]) -> int:
    """Compile a function for inputs of these types and return its address."""
    function.compile(types)
    result = function.overloads[types]
    address: int = result.library.get_pointer_to_function(result.fndesc.llvm_cfunc_wrapper_name)
    return address


def _is_own(function: Callable[..., Any]) -> bool:
    """Tell whether the function stands in a source file that `sources_hash` covers."""
    file = inspect.getsourcefile(function)
    return file is not None and Path(file).resolve().is_relative_to(PACKAGE.resolve())


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
