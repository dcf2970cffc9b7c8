"""Compiled functions: machine code of the rules, kept on the disk if possible, and compiled anew if it is damaged.

numba compiles the functions. numba could also keep them, but it needs four milliseconds to read one of the model's hundred
functions back; the machine code alone is read in a tenth of a millisecond.
"""

import functools
import inspect
import os
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numba
from numba.core.registry import cpu_target
from numba.core.runtime import rtsys

from sim.cache import PACKAGE, cache_folder

_OPTIONS: dict[str, Any] = {"error_model": "numpy", "nogil": True}

# LLVM computes several worlds at once where it has checked that no output overlaps an input; by default it does not even
# try with as many arrays as a rule has. The results are the same to the bit.
llvm.set_option("", "-runtime-memory-check-threshold=1000")


@functools.cache
def scalar_of(function: Callable[..., Any]) -> Any:
    """Return a scalar function compiled to be put into loops."""
    return numba.njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True, **_OPTIONS)(function)


def address_of(
    name: str, source: str, finds: Callable[[], dict[str, Any]], owner: Callable[..., Any], types: tuple[Any, ...]
) -> int:
    """Return the address of a function in C: compiled, or read from the disk if its owner belongs to the model.

    Args:
        name: of its file, unique.
        source: defines `loop`.
        finds: returns the names that the source uses; called only if the source is compiled.
        owner: the function that this code is for. Only code for a function of the model itself is kept on the disk.
        types: numba's types of the inputs.
    """
    folder = cache_folder()[0] if _is_own(owner) else None
    file = None if folder is None else folder / f"{name}-{_processor()}.o"
    code = None if file is None else _kept(file, source)
    if code is None:
        code = _compiled(source, finds(), types)
        if file is not None:
            _keep(file, source, code)
    return _loaded(code)


def _compiled(source: str, namespace: dict[str, Any], types: tuple[Any, ...]) -> bytes:
    """Compile the source. Return the function's name in the first line and its machine code after that line."""
    exec(compile(source, "<a rule>", "exec"), namespace)
    function = numba.njit(no_cpython_wrapper=True, **_OPTIONS)(namespace["loop"])
    function.compile(types)
    result = function.overloads[types]
    symbol: str = result.fndesc.llvm_cfunc_wrapper_name
    result.library.get_pointer_to_function(symbol)  # as of which there is machine code
    _, _, (code, _) = result.library.serialize_using_object_code()
    return symbol.encode() + b"\n" + code


_engines: list[tuple[Any, set[bytes]]] = []
"""LLVM's engines, which hold the machine code, each with the names of its functions."""
_loading = threading.Lock()


def _loaded(code: bytes) -> int:
    """Return the address at which a function has been put into memory."""
    name, _, machine_code = code.partition(b"\n")
    with _loading:
        engine, names = next((pair for pair in _engines if name not in pair[1]), (None, set[bytes]()))
        if engine is None:  # the first; or another process compiled another function of this name
            engine = _engine()
            _engines.append((engine, names))
        names.add(name)
        engine.add_object_file(llvm.ObjectFileRef.from_data(machine_code))
        engine.finalize_object()
        address: int = engine.get_function_address(name.decode())
    return address


def _engine() -> Any:
    """Return an LLVM engine with the same settings as numba's."""
    _machine()
    target = llvm.Target.from_triple(llvm.get_process_triple()).create_target_machine()
    manager = numba.config.USE_LLVMLITE_MEMORY_MANAGER  # ty: ignore[unresolved-attribute]  # numba sets it when it is imported
    return llvm.create_mcjit_compiler(llvm.parse_assembly(""), target, use_lmm=manager)


@functools.cache
def _machine() -> str:
    """Return the processor for which numba compiles, after numba has told LLVM where numba's own functions are."""
    context = cpu_target.target_context
    rtsys.initialize(context)
    return repr(context.codegen().magic_tuple())


@functools.cache
def _processor() -> str:
    """Return a short hash of the processor: machines that share a home folder may have different ones."""
    return sha256(_machine().encode()).hexdigest()[:8]


def _seal(source: str, code: bytes) -> bytes:
    """Return a checksum: it shows that the code is whole and was compiled from this source."""
    return sha256(source.encode() + b"\n" + code).hexdigest().encode()


def _kept(file: Path, source: str) -> bytes | None:
    """Return the code in a file, None if it cannot be used."""
    try:
        seal, _, code = file.read_bytes().partition(b"\n")
    except OSError:
        return None
    return code if seal == _seal(source, code) else None


def _keep(file: Path, source: str, code: bytes) -> None:
    """Write the file whole or not at all; another process may be writing the same file."""
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=file.parent)
        with os.fdopen(handle, "wb") as opened:
            opened.write(_seal(source, code) + b"\n" + code)
        os.replace(temporary, file)
    except OSError:
        if temporary is not None:
            with suppress(OSError):
                Path(temporary).unlink()


def _is_own(function: Callable[..., Any]) -> bool:
    """Tell whether `sources_hash` covers the source file of the function."""
    file = inspect.getsourcefile(function)
    return file is not None and _is_of_the_model(file)


@functools.cache
def _is_of_the_model(file: str) -> bool:
    return Path(file).resolve().is_relative_to(PACKAGE.resolve())
