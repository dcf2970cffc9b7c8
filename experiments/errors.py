"""Errors for analysts: one line on standard error, and an exit code other than 0."""

import difflib
import errno
import logging
import sys
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import NoReturn

BAD_INPUT = 2
"""Exit code for input that cannot be used."""
UNFINISHED = 1
"""Exit code for an unfinished run."""
_OF_THE_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.EFBIG}


class InputError(ValueError):
    """Unusable input: the message says what was given, where, what is allowed, and what to try."""


class RunError(RuntimeError):
    """An unfinished run despite good input: the message says why, what is kept, and what to try."""


class BlocksFailedError(RunError):
    """Some blocks of an arm failed; all others were computed, and finished chunks are stored."""


def fail(message: object, code: int = BAD_INPUT) -> NoReturn:
    """Print one line and leave with an exit code."""
    say(message)
    raise SystemExit(code)


_LOG = logging.getLogger("knockon")
_LOG.setLevel(logging.INFO)
for _other in ("MESA", "fontTools"):  # they would log every day of every block, and every glyph
    logging.getLogger(_other).setLevel(logging.WARNING)


class _ToScreen(logging.Handler):
    """Prints on the standard error of the moment."""

    def emit(self, record: logging.LogRecord) -> None:
        print(self.format(record), file=sys.stderr, flush=True)


_LOG.addHandler(_ToScreen())


def be_quiet(quiet: bool = True) -> None:
    """Print only errors and answers, without notes and progress."""
    _LOG.setLevel(logging.ERROR if quiet else logging.INFO)


def note(message: object) -> None:
    """Print a note for the reader of the results, through the logger "knockon"."""
    _log(logging.WARNING, f"note: {message}")


def tell(message: object) -> None:
    """Print the progress of a run, through the logger "knockon"."""
    _log(logging.INFO, str(message))


def _log(level: int, message: str) -> None:
    _LOG.disabled = False  # Hydra's `job_logging=disabled`, which keeps its own files away, disables every logger
    _LOG.log(level, "%s", message)


def say(message: object) -> None:
    """Print one line on standard error."""
    print(f"knockon: {' '.join(str(message).split())}", file=sys.stderr, flush=True)


@contextmanager
def full_disk_in_one_line() -> Generator[None]:
    """End the process with one line if a file cannot be written, for example because the disk is full."""
    try:
        yield
    except OSError as error:
        if error.errno not in _OF_THE_DISK:
            raise
        fail(
            f"{error.filename or 'a file'} cannot be written ({error.strerror}): finished worlds are kept."
            " Free space on the disk and run the same command again to continue",
            UNFINISHED,
        )


def nearest(given: str, known: Iterable[str]) -> str:
    """Return "; did you mean ...?" with the nearest known names; empty if no name is near."""
    names = sorted(set(known))
    close = difflib.get_close_matches(given, names, n=3, cutoff=0.6)
    last = given.rpartition(".")[2]
    if not close and "." in given:
        by_entry = {name: name.rpartition(".")[2] for name in names}
        entries = difflib.get_close_matches(last, by_entry.values(), n=3, cutoff=0.6)
        close = [name for name, entry in by_entry.items() if entry in entries][:3]
    return f"; did you mean {' or '.join(close)}?" if close else ""
