"""Compiled functions: machine code of the rules, kept on the disk if possible, and compiled anew if it is damaged."""

import functools
import inspect
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import llvmlite.binding
import numba
from numba.core.caching import CompileResultCacheImpl, FunctionCache, InTreeCacheLocator

from sim.cache import PACKAGE, cache_folder

_OPTIONS: dict[str, Any] = {"error_model": "numpy", "nogil": True}

# LLVM computes several worlds at once where it has checked that no output overlaps an input; by default it does not even
# try with as many arrays as a rule has. The results are the same to the bit.
llvmlite.binding.set_option("", "-runtime-memory-check-threshold=1000")


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
    return function if path is None else _kept(function, inside["loop"])


def address_of(function: Any, types: tuple[Any, ...]) -> int:
    """Compile a function for inputs of these types and return its address."""
    function.compile(types)
    result = function.overloads[types]
    address: int = result.library.get_pointer_to_function(result.fndesc.llvm_cfunc_wrapper_name)
    return address


class _BesideItsSource(CompileResultCacheImpl):
    """Keeps what is compiled beside its source, whatever NUMBA_CACHE_DIR says."""

    _locator_classes = [InTreeCacheLocator]  # noqa: RUF012  # numba's own


class _Forgiving(FunctionCache):
    """Compiles anew what is damaged, and does without the disk where it is full."""

    _impl_class = _BesideItsSource

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return what was compiled, None where that cannot be read."""
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # of pickle, for bytes that are no pickle any more, or of what it held
            with suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled, if it can be kept."""
        try:
            super().save_overload(sig, data)
        except Exception:
            return


def _kept(loop: Any, function: Callable[..., None]) -> Any:
    """Let a compiled loop be read from the disk and kept there, beside the file of its function, if that is possible."""
    with suppress(RuntimeError):  # its folder cannot be written any more
        loop._cache = _Forgiving(function)  # as numba's enable_caching does with a cache of its own
    return loop


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
