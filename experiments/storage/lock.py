"""One process at a time writes an arm."""

import json
import os
import platform
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from experiments.config.files import write_whole
from experiments.errors import say

_LOCK, _HOLDER = "lock", "holder.json"
_SECONDS_BETWEEN_LOOKS = 0.5


@contextmanager
def only_writer(folder: Path) -> Generator[None]:
    """Wait until nobody else writes a folder, saying who does, and keep others from it meanwhile.

    Waiting beats refusing: arms are shared by all sweeps that need them, and when the other process is done there is
    little or nothing left to compute. The lock is the kernel's (flock, on NFS as well), so it ends with the process that
    has it, however that ends; on file systems without it (some of clusters) filelock lets a file stand for it, which
    names its process and is taken over when that is gone. Who holds the lock is kept in a file of its own: on NFS,
    closing the lock's file once it was read would give up the lock.

    Raises:
        OSError: the folder cannot be written.
    """
    lock, holder = FileLock(folder / _LOCK), folder / _HOLDER
    try:
        lock.acquire(timeout=0)
    except Timeout:
        say(f"waiting for {_who(holder)}, which writes {folder}; Ctrl-C stops the waiting")
        lock.acquire(poll_interval=_SECONDS_BETWEEN_LOOKS)
    try:
        said = {"process": os.getpid(), "host": platform.node(), "since": datetime.now().isoformat(" ", "seconds")}
        write_whole(holder, json.dumps(said))
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _who(holder: Path) -> str:
    try:
        said = json.loads(holder.read_text(encoding="utf-8"))
        return f"process {said['process']} on {said['host']} (since {said['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
