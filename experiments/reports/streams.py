"""What is printed never ends what is computed: streams that are closed, full, or of an encoding without our signs."""

import codecs
import io
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TextIO

_PLAIN = {"\N{MINUS SIGN}": "-", "\N{PLUS-MINUS SIGN}": "+-", "\N{MULTIPLICATION SIGN}": "x", "\N{EN DASH}": "-"}
"""How signs of numbers are written where they cannot be encoded: a number must stay one."""
_ERRORS = "knockon.plain"


class Lossy(io.FileIO):
    """Writes to a file descriptor; once that refuses, what follows is dropped.

    Attributes:
        lost: why it refused.
    """

    lost: OSError | None = None

    def write(self, data: bytes, /) -> int | None:  # ty: ignore[invalid-method-override]
        """Write, or drop."""
        if self.lost is None:
            try:
                return super().write(data)
            except OSError as error:
                self.lost = error
        return memoryview(data).nbytes


@contextmanager
def forgiving() -> Generator[Lossy | None]:
    """Let this process print what it likes: closed streams lead nowhere, full ones drop what they cannot take.

    Streams that somebody put in the place of the process's own are left as they are.

    Yields:
        What is below standard output, which knows whether something was lost; None where it is not the process's own.
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
    """Open what is closed of the first three descriptors: the next file would get its number, and be printed into."""
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
    text = io.TextIOWrapper(
        io.BufferedWriter(below),  # ty: ignore[invalid-argument-type]  # it is of FileIO
        encoding,
        _ERRORS,
        line_buffering=is_at_once,
    )
    return text, below


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    return "".join(_PLAIN.get(sign) or sign.encode("ascii", "backslashreplace").decode() for sign in signs), error.end


codecs.register_error(_ERRORS, _plain)
