"""Compiled functions: machine code of the rules, kept on the disk if possible, and compiled anew if it is damaged.

numba compiles the functions. numba could also keep them, but it needs four milliseconds to read one of the model's hundred
functions back, and a sixth of a second to be imported; the machine code alone is read in a tenth of a millisecond, by LLVM.
"""

import functools
import inspect
import os
import re
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm

from sim.cache import PACKAGE, cache_folder

_OF_NUMBA = re.compile(rb"\0_*(?:numba_|NRT_|Py|svml_)")
"""Symbols of functions that only a process with numba has."""


def address_of(name: str, source: str, finds: Callable[[], dict[str, Any]], owner: Callable[..., Any], signature: str) -> int:
    """Return the address of a function in C: compiled, or read from the disk if its owner belongs to the model.

    The function takes two addresses of spare words, which numba wants for results and errors, and its inputs. It returns 0,
    or another number if it failed.

    Args:
        name: of its file, unique.
        source: defines `loop`.
        finds: returns the names that the source uses; called only if the source is compiled.
        owner: the function that this code is for. Only code for a function of the model itself is kept on the disk, if it
            calls nothing of numba.
        signature: numba's types of the inputs.
    """
    folder = cache_folder()[0] if _is_own(owner) else None
    file = None if folder is None else folder / f"{name}-{_processor()}.o"
    code = None if file is None else _kept(file, source)
    if code is None:
        code = _compiled(source, finds(), signature)
        if file is not None and not _OF_NUMBA.search(code):
            _keep(file, source, code)
    return _loaded(code)


def _compiled(source: str, namespace: dict[str, Any], signature: str) -> bytes:
    """Compile the source. Return the function's name in the first line and its machine code after that line."""
    from sim.compiler import machine_code  # here: most processes find all rules on the disk

    symbol, code = machine_code(source, namespace, signature)
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
    """Return an LLVM engine."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_triple(llvm.get_process_triple()).create_target_machine()
    return llvm.create_mcjit_compiler(llvm.parse_assembly(""), target)


@functools.cache
def _processor() -> str:
    """Return a short hash of the processor: machines that share a home folder may have different ones."""
    asked = [os.environ.get(f"NUMBA_CPU_{what}") for what in ("NAME", "FEATURES")]
    machine = llvm.get_process_triple(), llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten(), asked
    return sha256(repr(machine).encode()).hexdigest()[:8]


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
