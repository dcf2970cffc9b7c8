"""Compiled rules on the disk: kept where nobody else can write, never needed, and compiled anew where they are damaged.

numba's files are pickles: whoever can write one can run code as the user who reads it.
"""

import os
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import platformdirs
from numba.core.caching import CompileResultCacheImpl, FunctionCache, InTreeCacheLocator


def folder_for(name: str) -> tuple[Path | None, list[str]]:
    """Return a folder of this name that only this user can write, and why others were not taken.

    None where there is no such folder.
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
        # what numba writes into the last has the mode that the user's umask gives it
        if stat.S_IMODE(status.st_mode) & (0o077 if folder is folders[-1] else 0o022):
            return f"{folder} can be written by others: remove it"
    for folder in base.resolve().parents:  # groups are left out: those of many systems have one member
        mode = folder.stat().st_mode
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            return f"{folder} can be written by others"
    return None


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


def kept(loop: Any, function: Callable[..., None]) -> Any:
    """Let a compiled loop be read from the disk and kept there, beside the file of its function, if that is possible."""
    with suppress(RuntimeError):  # its folder cannot be written any more
        loop._cache = _Forgiving(function)  # as numba's enable_caching does with a cache of its own
    return loop
