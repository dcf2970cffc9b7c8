"""Work in forks of this process, one per core. Forks share its memory, so nothing is imported, sent or read again."""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

import loky

from experiments.engine.block import why_none
from experiments.engine.workers import live_with

_WORK: list[Callable[[str], None]] = []


def each_forked(work: Callable[[str], None], names: Sequence[str]) -> Iterator[None]:
    """Do the work for each name, and yield whenever one is done; outside Linux, where forks are not safe, one after another."""
    workers = min(loky.cpu_count(), len(names))
    if workers < 2 or sys.platform != "linux" or why_none() is not None:
        yield from map(work, names)
        return
    pool = ProcessPoolExecutor(workers, get_context("fork"), _begin, (os.getpid(), work))
    try:
        for done in as_completed([pool.submit(_do, name) for name in names]):
            yield done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(parent: int, work: Callable[[str], None]) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # the parent's own handler would tell of it twice
    live_with(parent)
    _WORK.append(work)


def _do(name: str) -> None:
    _WORK[-1](name)
