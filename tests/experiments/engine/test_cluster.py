"""A Dask cluster at an address: it is reached or refused within seconds, and used only if it has the model of this process."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from composing import composed
from conftest import Answer, is_one_line, same_bits

import experiments.engine.dask_cluster
from experiments.api import run
from experiments.engine.block import run_block
from experiments.engine.dask_cluster import connect, threads, versions
from experiments.errors import InputError
from sim.worlds import Worlds

SMALL = ("ensemble.worlds=8", "ensemble.days=20", "ensemble.record=totals")


@pytest.fixture(autouse=True)
def _no_cluster_before() -> Iterator[None]:
    yield
    connect.cache_clear()


def free_port() -> int:
    """Return a port of this machine where nothing listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def dask(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command of Dask as an administrator of a cluster would."""
    command = [sys.executable, "-m", "dask", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()


@contextmanager
def scheduler() -> Iterator[str]:
    """Start a scheduler and return its address when it listens."""
    port = free_port()
    with dask("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"):
        for _ in range(600):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.1)
        yield f"tcp://127.0.0.1:{port}"


# without a cluster


def test_an_address_where_nothing_listens_is_said_in_seconds(knockon: Callable[..., Answer]) -> None:
    address = f"tcp://127.0.0.1:{free_port()}"
    began = time.monotonic()
    answer = knockon("run", *SMALL, "compute=dask", f"compute.address={address}")
    assert time.monotonic() - began < 60
    is_one_line(answer, f"compute.address={address}: no Dask scheduler answers within 5 s")
    assert list(Path().iterdir()) == []


def test_something_else_that_listens_is_no_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiments.engine.dask_cluster, "_PATIENCE_SECONDS", 1)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with pytest.raises(InputError, match="no Dask scheduler answers within 1 s"):
            connect(f"tcp://127.0.0.1:{listener.getsockname()[1]}", 2)


def test_versions_are_of_what_changes_bits() -> None:
    assert list(versions()) == ["model's sources", "knockon", "numpy", "numba", "scipy"]


# an existing cluster


@pytest.mark.slow
def test_an_existing_cluster_computes_the_same_worlds(monkeypatch: pytest.MonkeyPatch) -> None:
    with scheduler() as address:
        with monkeypatch.context() as soon, pytest.raises(InputError, match=f"{address} has no workers: start some"):
            soon.setattr(experiments.engine.dask_cluster, "_PATIENCE_SECONDS", 1)
            connect(address, 2)
        with dask("worker", address, "--nworkers", "2", "--nthreads", "1", "--no-dashboard"):
            monkeypatch.setattr(experiments.engine.dask_cluster, "_PATIENCE_SECONDS", 60)
            client = connect(address, 2)
            client.wait_for_workers(2, timeout=60)
            assert threads(client) == 2
            data = run("us_pullout", *SMALL, "compute=dask", "compute.block=2", f"compute.address={address}")
            assert same_bits(data.load(), run_block(composed("us_pullout", *SMALL), Worlds(0, 8))) == []

            client.close()
            connect.cache_clear()
            mine = versions()
            monkeypatch.setattr(experiments.engine.dask_cluster, "sources_hash", lambda: "0123456789abcdef")
            with pytest.raises(
                InputError, match=f"would compute other worlds .model's sources {mine["model's sources"]}, here 0123"
            ):
                connect(address, 2)
