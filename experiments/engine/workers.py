"""Send blocks to workers: one interface to this process, to processes beside it, and to a Dask cluster.

The executors of loky and Dask are used directly. `joblib.Parallel` is not enough: it collects finished blocks
in memory faster than they can be stored, does not say on which block a worker died, and waits for ever when Dask gives up a
task (tried with joblib 1.6).
"""

import concurrent.futures
import functools
import os
import pickle
import signal
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import Any

import cloudpickle
import loky
import xarray as xr
from loky.process_executor import BrokenProcessPool

from experiments.config.arm import Arm
from experiments.config.compute import Backend, Compute
from experiments.engine.block import STOPPED, compile_rules, run_block_of, why_none
from experiments.engine.dask_cluster import ONE_THREAD, connect, threads
from experiments.errors import RunError, say
from experiments.storage.failures import BlockFailure
from sim.worlds import Worlds

type Work[T] = Callable[[Worlds], T]

ATTEMPTS = 3
"""Number of dead workers after which a block counts as failed."""
_MOST_DEATHS_IN_A_ROW = 12
_LOOK_AHEAD = 2
"""Blocks per worker, running or waiting: no worker is idle while a block is stored, and memory is bounded."""
_IDLE_SECONDS = 300
"""Time that worker processes wait for the next arm of a sweep, seconds."""
_CHECKED_EVERY_SECONDS = 5
_PATIENCE_SECONDS = 300
"""Longest time of a cluster without workers, seconds: they may be restarting, or waiting in a queue."""


def run_blocks(
    arms: Sequence[Arm], blocks: Sequence[Worlds], compute: Compute
) -> Iterator[tuple[Worlds, list[xr.Dataset] | BlockFailure]]:
    """Compute blocks of arms that one model carries, several at once, and yield each when it is done, in any order.

    Only a few blocks wait in memory, even if the caller is slow. A dead worker is replaced and its blocks are computed again.
    At most one worker per block is started.

    Yields:
        The worlds of a block, and its dataset by arm; or its failure, if it raised or workers died on it repeatedly.

    Raises:
        InputError: the cluster cannot be reached.
        RunError: the cluster is gone, or workers die on every block.
    """
    compile_rules(arms[0])
    yield from run_each(functools.partial(run_block_of, arms), blocks, compute)


def run_each[T](work: Work[T], blocks: Sequence[Worlds], compute: Compute) -> Iterator[tuple[Worlds, T | BlockFailure]]:
    """Do any other work on blocks of worlds, as `run_blocks` does."""
    if not blocks:
        return
    workers = min(compute.workers, len(blocks))
    alone = compute.backend is Backend.AUTO and workers == 1
    if compute.backend is Backend.SERIAL or alone or (compute.backend is Backend.LOCAL and not _can_start_processes()):
        for worlds in blocks:
            yield worlds, _outcome(work, worlds)
        return
    if compute.backend is Backend.AUTO:
        pool = _Threads(workers, ThreadPoolExecutor(workers))
    else:
        pool = _Cluster(compute) if compute.backend is Backend.DASK else _Processes(workers)
    try:
        yield from _in_pool(pool, work if isinstance(pool, _Threads) else cloudpickle.dumps(work), blocks)
    except BaseException:  # or the caller wants no more blocks
        pool.stop()
        raise


@functools.cache
def _can_start_processes() -> bool:
    """Tell whether worker processes can be started, and print once why not."""
    if why := why_none():
        say(f"note: compute=local runs in this process: {why}")
    return why is None


def _outcome[T](work: Work[T] | bytes, worlds: Worlds) -> T | BlockFailure:
    """Do the work; in a worker it is unpickled once, not for every block."""
    try:
        return (_unpickled(work) if isinstance(work, bytes) else work)(worlds)
    except Exception as error:
        return BlockFailure.of(worlds, error)


@functools.lru_cache(maxsize=2)
def _unpickled(work: bytes) -> Work[Any]:
    return pickle.loads(work)


class _Pool:
    """Workers that compute blocks. `deaths`: the exceptions that a dead worker causes."""

    deaths: tuple[type[Exception], ...] = ()

    def __init__(self, workers: int, executor: Any = None) -> None:
        self.workers, self.executor = workers, executor

    def width(self) -> int:
        """Return how many blocks are computed at once."""
        return self.workers

    def submit(self, work: Work[Any] | bytes, worlds: Worlds) -> "Future[Any]":
        return self.executor.submit(_outcome, work, worlds)

    def check(self) -> None:
        """Check, after a while without results, that workers still exist. Threads always do, and loky watches its processes."""

    def stop(self) -> None:
        self.executor.shutdown(wait=False)


class _Threads(_Pool):
    """Threads of this process: the compiled days of their blocks run at once."""

    def stop(self) -> None:
        STOPPED.set()
        self.executor.shutdown(cancel_futures=True)
        STOPPED.clear()


class _Processes(_Pool):
    """Processes beside this one; they stay for the next arm."""

    deaths = (BrokenProcessPool,)

    def submit(self, work: Work[Any] | bytes, worlds: Worlds) -> "Future[Any]":
        try:
            return self._executor().submit(_outcome, work, worlds)
        except BrokenProcessPool as error:  # found dead between two blocks
            future: Future[Any] = Future()
            future.set_exception(error)
            return future
        except OSError as error:
            raise RunError(
                f"compute.workers={self.workers}: the processes cannot be started ({error.strerror or error}): try fewer, or"
                " compute=serial"
            ) from error

    def stop(self) -> None:
        self._executor().shutdown(kill_workers=True)

    def _executor(self) -> Any:
        """Return the processes of the previous arm if they are alive and their number is the same, else new ones."""
        return loky.get_reusable_executor(
            self.workers, timeout=_IDLE_SECONDS, initializer=live_with, initargs=(os.getpid(),), env=ONE_THREAD
        )


def live_with(parent: int) -> None:
    """Leave Ctrl-C to the parent, and end when the parent ends, even if it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


class _Cluster(_Pool):
    """The workers of a Dask cluster, which replaces dead ones itself."""

    def __init__(self, compute: Compute) -> None:
        self.client = connect(compute.address, compute.workers)
        from distributed import KilledWorker  # after the client, which needs Dask to be found

        super().__init__(compute.workers, self.client.get_executor(pure=False))
        self.deaths, self.address = (KilledWorker,), compute.address
        self.empty_since: float | None = None

    def width(self) -> int:
        there = threads(self.client)
        if there:
            self.empty_since = None
        elif self.empty_since is None:
            self.empty_since = time.monotonic()
        return max(1, there)

    def check(self) -> None:
        if self.empty_since is not None and time.monotonic() - self.empty_since > _PATIENCE_SECONDS:
            raise RunError(
                f"{self.address or 'the Dask cluster'} has had no workers for {_PATIENCE_SECONDS} s; finished chunks are kept:"
                " start workers and run the same command again"
            )


class _Queue:
    """Blocks still to compute, and those on which a worker may have died.

    When a worker dies, any of the running blocks may be the cause. These blocks are computed again one at a time, so that
    no other block becomes suspect and the cause is found. Then the run continues as before.
    """

    def __init__(self, blocks: Sequence[Worlds]) -> None:
        self.waiting, self.suspects = deque(blocks), deque[Worlds]()
        self.deaths = Counter[Worlds]()
        self.deaths_in_a_row = 0

    def next(self, running: Collection[Worlds], most: int) -> Worlds | None:
        """Return the next block to start; None if it has to wait or no block is left."""
        if self.suspects:
            return None if running else self.suspects.popleft()
        is_alone = any(self.deaths[worlds] for worlds in running)
        return self.waiting.popleft() if self.waiting and not is_alone and len(running) < most else None

    def suspect(self, worlds: Worlds) -> bool:
        """Note that a worker died on a block, and return whether to try it again; RunError if workers die on any block."""
        self.deaths[worlds] += 1
        self.deaths_in_a_row += 1
        if self.deaths_in_a_row > _MOST_DEATHS_IN_A_ROW:
            raise RunError(
                f"workers died {self.deaths_in_a_row} times and finished no block in between, perhaps for lack of memory:"
                " try a smaller compute.block or fewer compute.workers; finished chunks are kept"
            )
        if self.deaths[worlds] >= ATTEMPTS:
            return False
        self.suspects.append(worlds)
        return True


def _killed(worlds: Worlds, last: Exception) -> BlockFailure:
    error = ChildProcessError(f"its worker died in all {ATTEMPTS} attempts, perhaps for lack of memory")
    error.__cause__ = last
    return BlockFailure.of(worlds, error)


def _in_pool(pool: _Pool, work: Work[Any] | bytes, blocks: Sequence[Worlds]) -> Iterator[tuple[Worlds, Any]]:
    """Keep the workers of a pool busy until all blocks are done."""
    queue = _Queue(blocks)
    running: dict[Future[Any], Worlds] = {}
    while True:
        most = _LOOK_AHEAD * pool.width()
        while (worlds := queue.next(running.values(), most)) is not None:
            running[pool.submit(work, worlds)] = worlds
        if not running:
            return
        done, _ = concurrent.futures.wait(running, _CHECKED_EVERY_SECONDS, concurrent.futures.FIRST_COMPLETED)
        if not done:
            pool.check()
        for future in done:
            worlds = running.pop(future)
            try:
                outcome = future.result()
            except pool.deaths as error:
                if not queue.suspect(worlds):
                    yield worlds, _killed(worlds, error)
                continue
            except CancelledError:
                raise RunError(
                    "the Dask cluster is gone; finished chunks are kept. Run the same command again to continue"
                ) from None
            except Exception as error:  # it could not be sent, or its result not be read
                outcome = BlockFailure.of(worlds, error)
            queue.deaths_in_a_row = 0
            yield worlds, outcome
