"""Output that never stops a computation: streams may be closed or full, or their encoding may lack characters."""

import codecs
import io
import os
import shutil
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TextIO

_PLAIN = {"\N{MINUS SIGN}": "-", "\N{PLUS-MINUS SIGN}": "+-", "\N{MULTIPLICATION SIGN}": "x", "\N{EN DASH}": "-"}
"""Replacements for characters in numbers that cannot be encoded, so that a number stays a number."""
_ERRORS = "knockon.plain"
_NARROWEST, _WIDEST = 80, 200
"""Smallest and largest width of a line, characters."""


class Lossy(io.FileIO):
    """Writes to a file descriptor; after an error, `lost`, all further output is dropped."""

    lost: OSError | None = None

    def write(self, data: bytes, /) -> int | None:  # ty: ignore[invalid-method-override]
        """Write, or drop."""
        if self.lost is None:
            try:
                return super().write(data)
            except OSError as error:
                self.lost = error
        return memoryview(data).nbytes


def screen_width() -> int:
    """Return the characters of a line for a table: those of the terminal within limits, 120 where there is none."""
    return min(max(shutil.get_terminal_size((120, 50)).columns, _NARROWEST), _WIDEST)


@contextmanager
def forgiving() -> Generator[Lossy | None]:
    """Let this process print whatever happens to its streams: closed and full ones drop the output.

    Streams that replace the process's own are left unchanged.

    Yields:
        The file below standard output, which knows whether output was lost; None if it is not the process's own.
    """
    _open_closed()
    before = sys.stdout, sys.stderr
    sys.stdout, below = _forgiving(sys.stdout, sys.__stdout__, 1)
    sys.stderr, _ = _forgiving(sys.stderr, sys.__stderr__, 2)
    try:
        yield below
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        sys.stdout, sys.stderr = before


def _open_closed() -> None:
    """Open those of the first three descriptors that are closed; otherwise the next opened file would receive the output."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)
            os.set_inheritable(opened, True)


def _forgiving(stream: TextIO | None, own: TextIO | None, descriptor: int) -> tuple[TextIO, Lossy | None]:
    if stream is not own:
        return stream or io.StringIO(), None
    if stream is not None:
        stream.flush()
    below = Lossy(descriptor, "w", closefd=False)
    encoding = stream.encoding if stream else "utf-8"
    is_at_once = descriptor == 2 or os.isatty(descriptor)
    buffered = io.BufferedWriter(below)  # ty: ignore[invalid-argument-type]  # it is of FileIO
    return io.TextIOWrapper(buffered, encoding, _ERRORS, line_buffering=is_at_once), below


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    return "".join(_PLAIN.get(sign) or sign.encode("ascii", "backslashreplace").decode() for sign in signs), error.end


codecs.register_error(_ERRORS, _plain)
