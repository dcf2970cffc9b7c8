"""The helpers of all tests: arms composed from the shipped configs, run for a few worlds and days."""

import keep_bytecode  # noqa: F401  # before what it is to keep

# isort: split
import functools
import gc
import sys
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from composing import with_priors as arm
from hydra.core.global_hydra import GlobalHydra
from storing import CHUNK, CHUNKED

from experiments.cli import main
from experiments.config.compute import read_venue
from experiments.config.defaults import use_own_folder
from experiments.engine.block import run_block
from experiments.figures.venue import drawn_for
from sim.worlds import Worlds

type Block = Callable[..., xr.Dataset]


def pytest_collection_finish() -> None:
    """Let the garbage collector look seldom, and at nothing that was imported: arms that tests share are a million objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every test where its results can do no harm."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Store chunks of four worlds."""
    for module in CHUNKED:
        monkeypatch.setattr(module, "CHUNK", CHUNK)


@functools.lru_cache(maxsize=64)
def block(scenario: str, *overrides: str, first: int = 0, count: int = 64) -> xr.Dataset:
    """Run a block of worlds of one arm."""
    return run_block(arm(scenario, *overrides), Worlds(first, count))


def same_bits(one: xr.Dataset, other: xr.Dataset) -> list[str]:
    """Return the variables that differ in any bit, NaN equal to NaN."""
    assert set(one.data_vars) == set(other.data_vars)
    return [str(name) for name in one.data_vars if not np.array_equal(one[name], other[name], equal_nan=_is_float(one[name]))]


def _is_float(array: xr.DataArray) -> bool:
    return array.dtype.kind == "f"


@dataclass(frozen=True)
class Answer:
    """What a call of the command line came to."""

    code: int
    out: str
    err: str


def is_one_line(answer: Answer, *said: str) -> None:
    """Check that a call was refused in one line that says so."""
    assert answer.code == 2
    assert answer.out == ""
    assert answer.err.startswith("knockon: ")
    assert answer.err.count("\n") == 1
    assert answer.err.endswith("\n")
    assert "Traceback" not in answer.err
    for words in said:
        assert words in answer.err


@pytest.fixture
def knockon(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., Answer]]:
    """Call the command line in this process, which Hydra takes for a new one each time."""
    monkeypatch.setattr(sys, "argv", ["knockon"])
    for variable in ("HYDRA_FULL_ERROR", "KNOCKON_SCRATCH"):
        monkeypatch.setenv(variable, "")  # main sets them: undone after the test

    def call(*arguments: str) -> Answer:
        GlobalHydra.instance().clear()
        capsys.readouterr()
        try:
            main(arguments)
            code = 0
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else -1
        finally:
            GlobalHydra.instance().clear()
        written = capsys.readouterr()
        return Answer(code, written.out, written.err)

    yield call
    GlobalHydra.instance().clear()
    use_own_folder(None)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, set[str]]]:
    """Leave the figures to their own tests, they take most of a small run's time; note where they go and of which arms."""
    calls: list[tuple[Path, set[str]]] = []
    monkeypatch.setattr(
        "experiments.studies.compare.report.draw_comparison", lambda folder, arms, *_: calls.append((folder, set(arms)))
    )
    return calls


@pytest.fixture(autouse=True, scope="session")
def _shipped_looks() -> Generator[None]:
    """Draw figures with the looks of the shipped scenarios, as every job does."""
    with drawn_for(read_venue({})):
        yield
