"""Files that are whole or not there, and folders that can be written."""

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from experiments.errors import InputError


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")  # not of tempfile, whose files nobody else may read
    try:
        temporary.write_bytes(content if isinstance(content, bytes) else content.encode())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def place_of(where: str) -> Path:
    """Return the place that an analyst named, `~` standing for the home folder.

    Raises:
        InputError: nobody knows whose home is meant.
    """
    try:
        return Path(where).expanduser()
    except RuntimeError:
        raise InputError(f"{where}: nobody knows this home folder; name it in full") from None


def check_writable(results: Path) -> None:
    """Check, without leaving anything, that results can be written below a folder."""
    existing = results.absolute()
    while not existing.exists():
        if existing.is_symlink():
            raise InputError(f"results={results}: {existing.name} is a link to {os.readlink(existing)}, which is not there")
        existing = existing.parent
    if not existing.is_dir():
        raise InputError(f"results={results}: {existing.name} is a file, not a folder")
    with writable(results):
        tempfile.TemporaryFile(dir=existing).close()


@contextmanager
def writable(results: Path) -> Generator[None]:
    """Say in one line why something cannot be written below a folder of results."""
    try:
        yield
    except OSError as error:
        raise InputError(f"results={results}: the folder cannot be written ({error.strerror})") from None
