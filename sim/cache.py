"""The folder of compiled rules on the disk: one for each version of the model's sources. No other user can write to it.

Compiled rules are machine code: a person who can write such a file can run code as the user who reads the file. Nothing
here needs the compiler.
"""

import functools
import hashlib
import os
import stat
import tempfile
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import platformdirs

PACKAGE = Path(__file__).parent
_COMPLETE = "complete"


def folder_for(name: str) -> tuple[Path | None, list[str]]:
    """Return a folder of this name that only this user can write, and why other folders were refused.

    The folder is None if no folder can be used.
    """
    reasons: list[str] = []
    for base in (platformdirs.user_cache_path("knockon"), Path(tempfile.gettempdir()) / f"knockon-{os.getuid()}"):
        try:
            if why := _why_not(base, name):
                reasons.append(why)
                continue
            tempfile.TemporaryFile(dir=base / "rules" / name).close()
        except OSError as error:
            reasons.append(f"{base} cannot be written ({error.strerror})")
            continue
        return base / "rules" / name, reasons
    return None, reasons


def _why_not(base: Path, name: str) -> str | None:
    """Make a folder below a base, and say why others could write it.

    Raises:
        OSError: it cannot be made.
    """
    if not base.is_absolute():  # no home, and nobody knows of this user
        return "there is no home folder"
    base.parent.mkdir(parents=True, exist_ok=True)
    folders = [base, base / "rules", base / "rules" / name]
    for folder in folders:
        with suppress(FileExistsError):
            folder.mkdir(0o700)
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode):
            return f"{folder} is no folder"
        if status.st_uid != os.getuid():
            return f"{folder} belongs to another user"
        # the last is made here alone, so only a mode for this user alone is expected
        if stat.S_IMODE(status.st_mode) & (0o077 if folder is folders[-1] else 0o022):
            return f"{folder} can be written by others: remove it"
    for folder in base.resolve().parents:  # groups are left out: those of many systems have one member
        mode = folder.stat().st_mode
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            return f"{folder} can be written by others"
    return None


@functools.cache
def sources_hash() -> str:
    """Return a short hash of all source files of the model, on which its compiled rules and its results depend.

    Line endings are folded, so that a checkout on another system has the same hash.
    """
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(path.relative_to(PACKAGE).as_posix().encode())
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]


@functools.cache
def cache_folder() -> tuple[Path | None, list[str]]:
    """Return the folder of compiled rules for exactly these sources, or None, and why other folders were refused.

    A compiled rule contains the helpers that it calls from other files, so an old rule would silently give wrong numbers. So
    each version of the sources has a folder of its own.
    """
    return folder_for(f"{sources_hash()}-numba{version('numba')}")


def rules_are_compiled() -> bool:
    """Tell whether a whole day's rules of these sources have been compiled to the disk before."""
    folder, _ = cache_folder()
    return folder is not None and (folder / _COMPLETE).exists()


def mark_rules_compiled() -> None:
    """Note that a whole day's rules are on the disk."""
    folder, _ = cache_folder()
    with suppress(OSError):
        if folder is not None:
            (folder / _COMPLETE).touch()
