"""What an analyst reads when something is wrong: one line on standard error, exit code 2."""

import difflib
import sys
from collections.abc import Iterable
from typing import NoReturn

BAD_INPUT = 2
"""Exit code for input that cannot be used."""


class InputError(ValueError):
    """Something the analyst gave cannot be used: what was given, where, what is allowed, what to try."""


def fail(message: object) -> NoReturn:
    """Print one line and leave with exit code 2."""
    print(f"knockon: {' '.join(str(message).split())}", file=sys.stderr)
    raise SystemExit(BAD_INPUT)


def nearest(given: str, known: Iterable[str]) -> str:
    """Return "; did you mean ...?" with the nearest known names, or nothing where none is near."""
    names = sorted(set(known))
    close = difflib.get_close_matches(given, names, n=3, cutoff=0.6)
    last = given.rpartition(".")[2]
    if not close and "." in given:
        by_entry = {name: name.rpartition(".")[2] for name in names}
        entries = difflib.get_close_matches(last, by_entry.values(), n=3, cutoff=0.6)
        close = [name for name, entry in by_entry.items() if entry in entries][:3]
    return f"; did you mean {' or '.join(close)}?" if close else ""
