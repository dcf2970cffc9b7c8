"""If no process can be started, this process computes everything, and a line gives the reason."""

import multiprocessing
from collections.abc import Iterator
from types import SimpleNamespace
from typing import NoReturn

import pytest
from composing import composed

from experiments.config.compute import Backend, Compute
from experiments.engine.block import _beside, why_none
from experiments.engine.workers import _can_start_processes, run_each
from sim.worlds import Worlds

LOCAL = ("compute=local", "compute.workers=2", "compute.block=1")
SMALL = ("ensemble.worlds=2", "ensemble.days=3", "ensemble.uncertainty=none")


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    for answer in (why_none, _can_start_processes):
        answer.cache_clear()
    yield
    for answer in (why_none, _can_start_processes):
        answer.cache_clear()


def _never(*_: object, **__: object) -> NoReturn:
    raise AssertionError("a process was started")


def without_semaphores(monkeypatch: pytest.MonkeyPatch) -> str:
    def semaphore() -> NoReturn:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(multiprocessing, "get_context", lambda: SimpleNamespace(Semaphore=semaphore))
    return "this machine has no semaphores, which worker processes need ([Errno 38] Function not implemented)"


def inside_a_worker(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(multiprocessing, "current_process", lambda: SimpleNamespace(daemon=True))
    return "this process is a worker, and a worker may not start processes"


@pytest.mark.parametrize("without", [without_semaphores, inside_a_worker])
def test_where_none_can_be_started_all_is_computed_here_and_a_line_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], without
) -> None:
    why = without(monkeypatch)
    monkeypatch.setattr("loky.ProcessPoolExecutor", _never)
    monkeypatch.setattr("loky.get_reusable_executor", _never)
    local = composed("stay", *SMALL, *LOCAL).compute
    assert local == Compute(Backend.LOCAL, workers=2, block=1, address=None, strict=False)
    blocks = [Worlds(0, 1), Worlds(1, 1)]
    for _ in range(2):
        assert [worlds for worlds, _ in run_each(lambda worlds: worlds, blocks, local)] == blocks  # ty: ignore[invalid-argument-type]
    assert capsys.readouterr().err.count(f"note: compute=local runs in this process: {why}") == 1
    with _beside(_never):  # compiling does without, too
        pass
