"""Blocks given to workers: the same worlds come back from every kind of worker, also if workers die."""

import dataclasses
import functools
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numba
import pytest
import xarray as xr
from composing import composed
from conftest import same_bits

from experiments.config.arm import Arm
from experiments.config.compute import Backend, Compute
from experiments.engine.block import STOPPED, joined, run_block
from experiments.engine.dask_cluster import ONE_THREAD, connect
from experiments.engine.workers import ATTEMPTS, Work, _in_pool, run_blocks, run_each
from experiments.errors import RunError
from experiments.storage.failures import BlockFailure
from sim.worlds import Worlds

BLOCKS = [Worlds(first, 2) for first in range(0, 20, 2)]
POISON = BLOCKS[3]
AUTO, SERIAL, LOCAL, DASK = (Compute(backend, 1 + (backend != "serial"), 2, None, False) for backend in Backend)


@pytest.fixture
def arm() -> Arm:
    return composed("us_pullout", "ensemble.worlds=20", "ensemble.days=16", "ensemble.record=totals")


def numbers(worlds: Worlds) -> xr.Dataset:
    """Return which worlds a block has, in place of what happened in them."""
    return xr.Dataset({"number": ("world", worlds.numbers)}, coords={"world": worlds.numbers})


def raising(worlds: Worlds) -> xr.Dataset:
    """Fail at one block."""
    if worlds == POISON:
        raise ValueError("a negative rate")
    return numbers(worlds)


def deadly(worlds: Worlds) -> xr.Dataset:
    """End the worker at one block, always."""
    if worlds == POISON:
        os.kill(os.getpid(), signal.SIGKILL)
    return numbers(worlds)


def deadly_once(marks: Path, work: Work, worlds: Worlds) -> xr.Dataset:
    """End the worker at one block the first time."""
    if worlds == POISON and not (marks / "died").exists():
        (marks / "died").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return work(worlds)


def threads_of_numerics(worlds: Worlds) -> xr.Dataset:
    """Return how many threads numerical libraries may start in a worker."""
    allowed = [numba.get_num_threads(), *(int(os.environ[variable]) for variable in ONE_THREAD)]
    return xr.Dataset({"threads": ("variable", allowed)})


def split(outcomes: Iterator[tuple[Worlds, Any]]) -> tuple[list[xr.Dataset], list[BlockFailure]]:
    """Return what was computed and what failed, and check that each is of the worlds it is said to be of."""
    computed: list[xr.Dataset] = []
    failed: list[BlockFailure] = []
    for worlds, outcome in outcomes:
        if isinstance(outcome, BlockFailure):
            assert outcome.worlds == worlds
            failed.append(outcome)
        else:
            data = outcome[0] if isinstance(outcome, list) else outcome
            assert list(data["world"].values) == list(worlds.numbers)
            computed.append(data)
    return computed, failed


def all_but(*blocks: Worlds) -> list[int]:
    """Return the numbers of the worlds of all blocks but some."""
    return [int(number) for block in BLOCKS if block not in blocks for number in block.numbers]


# one interface


def serially(arm: Arm) -> xr.Dataset:
    """Compute all blocks in this process."""
    computed, failed = split(run_blocks([arm], BLOCKS, SERIAL))
    assert failed == []
    return joined(computed)


def test_in_one_process_blocks_come_in_order(arm: Arm) -> None:
    assert [worlds for worlds, _ in run_each(numbers, BLOCKS, SERIAL)] == BLOCKS
    assert same_bits(serially(arm), run_block(arm, Worlds(0, 20))) == []
    assert list(run_each(numbers, [], LOCAL)) == []


def test_threads_compute_the_same_worlds(arm: Arm) -> None:
    computed, failed = split(run_blocks([arm], BLOCKS, AUTO))
    assert failed == []
    assert same_bits(joined(computed), serially(arm)) == []


def test_few_worlds_take_one_thread(arm: Arm) -> None:
    many = Compute(Backend.AUTO, 4, 4096, None, False)
    assert [many.shared_by(worlds) for worlds in (1, 256, 511, 512, 1000, 1024, 10_000)] == [1, 1, 1, 2, 3, 4, 4]
    assert LOCAL.shared_by(1) == 2


def test_stopped_threads_end_within_a_month(arm: Arm) -> None:
    """Who stops waits for the blocks in progress, but not for their horizon."""
    long = dataclasses.replace(arm, days=100_000)
    blocks = run_each(functools.partial(run_block, long), BLOCKS, AUTO)
    begun = threading.Timer(1.0, STOPPED.set)
    begun.start()
    _, outcome = next(blocks)
    assert isinstance(outcome, BlockFailure)
    assert outcome.summary == "RuntimeError: the run was stopped"
    blocks.close()


@pytest.mark.slow
@pytest.mark.parametrize("compute", [LOCAL, DASK], ids=lambda compute: compute.backend)
def test_workers_compute_the_same_worlds(arm: Arm, compute: Compute) -> None:
    computed, failed = split(run_blocks([arm], BLOCKS, compute))
    assert failed == []
    assert same_bits(joined(computed), serially(arm)) == []
    assert {int(number) for _, data in run_each(threads_of_numerics, BLOCKS, compute) for number in data["threads"]} == {1}


@pytest.mark.parametrize(
    "compute",
    [SERIAL, AUTO, *(pytest.param(compute, marks=pytest.mark.slow) for compute in (LOCAL, DASK))],
    ids=lambda c: c.backend,
)
def test_a_block_that_raises_is_a_failure_and_the_rest_goes_on(compute: Compute) -> None:
    computed, (failure,) = split(run_each(raising, BLOCKS, compute))
    assert sorted(int(number) for data in computed for number in data["number"]) == all_but(POISON)
    assert failure.summary == "ValueError: a negative rate"
    assert "in raising" in failure.traceback


# the queue, on a pool of threads


class DiedError(Exception):
    """Stands for the death of a worker."""


class Threads:
    """A pool in this process; what is under way when "a worker" dies can be lost with it, as loky's is."""

    deaths = (DiedError,)

    def __init__(self, work: Work, workers: int, *, is_shared_fate: bool = False) -> None:
        self.executor, self.work, self.workers = ThreadPoolExecutor(workers), work, workers
        self.is_shared_fate = is_shared_fate
        self.submitted: list[Worlds] = []
        self.together: list[set[Worlds]] = []
        self.under_way: dict[Worlds, Future[Any]] = {}
        self.checks = 0
        self.lock = threading.Lock()

    def width(self) -> int:
        return self.workers

    def submit(self, work: bytes, worlds: Worlds) -> "Future[Any]":
        promise: Future[Any] = Future()
        with self.lock:
            self.under_way[worlds] = promise
            self.submitted.append(worlds)
            self.together.append(set(self.under_way))
        self.executor.submit(self._do, worlds, promise)
        return promise

    def _do(self, worlds: Worlds, promise: "Future[Any]") -> None:
        try:
            outcome = self.work(worlds)
        except DiedError as error:
            with self.lock:
                lost = list(self.under_way.values()) if self.is_shared_fate else [promise]
                self.under_way = {} if self.is_shared_fate else {w: p for w, p in self.under_way.items() if p is not promise}
            for future in lost:
                future.set_exception(error)
            return
        with self.lock:
            self.under_way.pop(worlds, None)
        if not promise.done():
            promise.set_result(outcome)

    def check(self) -> None:
        self.checks += 1

    def stop(self) -> None:
        self.executor.shutdown()


def dying(times: int, at: Sequence[Worlds] = (POISON,)) -> Work[Any]:
    """Return work under which a worker dies so many times at some blocks."""
    left = dict.fromkeys(at, times)

    def work(worlds: Worlds) -> xr.Dataset:
        time.sleep(0.002)
        if left.get(worlds, 0) > 0:
            left[worlds] -= 1
            raise DiedError
        return numbers(worlds)

    return work


def test_few_blocks_wait_in_memory_however_slowly_they_are_taken() -> None:
    pool = Threads(numbers, 2)
    for taken, _ in enumerate(_in_pool(pool, b"", BLOCKS)):
        time.sleep(0.01)
        assert len(pool.submitted) <= taken + 1 + 2 * 2


@pytest.mark.parametrize("is_shared_fate", [True, False])
@pytest.mark.parametrize("times", range(ATTEMPTS))
def test_a_block_whose_worker_dies_is_computed_again(times: int, is_shared_fate: bool) -> None:
    computed, failed = split(_in_pool(Threads(dying(times), 2, is_shared_fate=is_shared_fate), b"", BLOCKS))
    assert failed == []
    assert sorted(int(number) for data in computed for number in data["number"]) == all_but()


@pytest.mark.parametrize("is_shared_fate", [True, False])
def test_a_block_that_kills_its_workers_is_given_up_and_no_other(is_shared_fate: bool) -> None:
    pool = Threads(dying(10**6), 2, is_shared_fate=is_shared_fate)
    computed, (failure,) = split(_in_pool(pool, b"", BLOCKS))
    assert failure.worlds == POISON
    assert failure.summary.startswith("ChildProcessError: its worker died in all 3 attempts")
    assert sorted(int(number) for data in computed for number in data["number"]) == all_but(POISON)
    assert pool.submitted.count(POISON) == ATTEMPTS


def test_after_a_death_suspects_are_alone() -> None:
    pool = Threads(dying(10**6), 2, is_shared_fate=True)
    split(_in_pool(pool, b"", BLOCKS))
    again = [place for place, worlds in enumerate(pool.submitted) if worlds in pool.submitted[:place]]
    assert len(again) >= ATTEMPTS - 1
    assert all(pool.together[place] == {pool.submitted[place]} for place in again)


def test_workers_that_die_whatever_they_compute_end_the_run() -> None:
    with pytest.raises(RunError, match=r"workers died 13 times .* try a smaller compute\.block or fewer compute\.workers"):
        split(_in_pool(Threads(dying(10**6, BLOCKS), 2, is_shared_fate=True), b"", BLOCKS))


def test_a_pool_where_nothing_happens_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.engine.workers._CHECKED_EVERY_SECONDS", 0.001)
    pool = Threads(lambda worlds: time.sleep(0.02) or numbers(worlds), 2)
    split(_in_pool(pool, b"", BLOCKS[:1]))
    assert pool.checks >= 1


def test_a_cluster_that_goes_away_is_said_in_one_line() -> None:
    class Gone(Threads):
        def submit(self, work: bytes, worlds: Worlds) -> "Future[Any]":
            future: Future[Any] = Future()
            future.cancel()
            future.set_running_or_notify_cancel()
            return future

    with pytest.raises(RunError, match="the Dask cluster is gone; finished chunks are kept"):
        split(_in_pool(Gone(numbers, 1), b"", BLOCKS))


# workers that die


@pytest.mark.promised
@pytest.mark.slow
@pytest.mark.parametrize("compute", [LOCAL, DASK], ids=lambda compute: compute.backend)
def test_a_worker_that_dies_loses_nothing(arm: Arm, compute: Compute, tmp_path: Path) -> None:
    work = functools.partial(deadly_once, tmp_path, functools.partial(run_block, arm))
    computed, failed = split(run_each(work, BLOCKS, compute))
    assert (tmp_path / "died").exists()
    assert failed == []
    assert same_bits(joined(computed), serially(arm)) == []


@pytest.mark.promised
@pytest.mark.slow
def test_a_cluster_with_a_worker_killed_in_mid_run_loses_nothing(arm: Arm) -> None:
    client = connect(None, 2)
    client.wait_for_workers(2)
    processes = client.run(os.getpid)
    assert len(set(processes.values())) == 2
    long = dataclasses.replace(arm, days=200)
    outcomes = run_blocks([long], BLOCKS, DASK)
    first = next(outcomes)
    victim = next(address for address, tasks in client.processing().items() if tasks)
    os.kill(processes[victim], signal.SIGKILL)
    computed, failed = split(itertools.chain([first], outcomes))
    assert failed == []
    assert same_bits(joined(computed), joined(split(run_blocks([long], BLOCKS, SERIAL))[0])) == []
    assert victim not in client.run(os.getpid)


@pytest.mark.slow
def test_a_block_that_kills_processes_is_given_up_and_no_other() -> None:
    computed, (failure,) = split(run_each(deadly, BLOCKS, LOCAL))
    assert failure.worlds == POISON
    assert "SIGKILL" in failure.traceback
    assert sorted(int(number) for data in computed for number in data["number"]) == all_but(POISON)


ORPHANS = """
import os, sys, time
from experiments.config.compute import Backend, Compute
from experiments.engine.workers import run_each
from sim.worlds import Worlds

def work(worlds):
    open(os.path.join(sys.argv[1], str(os.getpid())), "w").close()
    time.sleep(600)

next(run_each(work, [Worlds(0, 1), Worlds(1, 1)], Compute(Backend.LOCAL, 2, 1, None, False)))
"""


@pytest.mark.slow
def test_workers_end_with_their_parent_even_when_it_is_killed(tmp_path: Path) -> None:
    (tmp_path / "orphans.py").write_text(ORPHANS, encoding="utf-8")
    (marks := tmp_path / "marks").mkdir()
    parent = subprocess.Popen([sys.executable, str(tmp_path / "orphans.py"), str(marks)])
    wait_until(lambda: len(list(marks.iterdir())) == 2, seconds=300)
    parent.kill()
    parent.wait()
    workers = [Path("/proc", path.name) for path in marks.iterdir()]
    wait_until(lambda: not any(worker.exists() for worker in workers), seconds=60)


def wait_until(condition: Callable[[], bool], seconds: float) -> None:
    """Wait until something holds.

    Raises:
        TimeoutError: it does not in so many seconds.
    """
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.1)
