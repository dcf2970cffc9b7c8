"""Measurements in fresh processes: memory, compiling, and the throughput of several processes."""

import multiprocessing
import os

import numpy as np
import pytest
from conftest import arm

from experiments.studies.benchmark.several_processes import (
    in_fresh_process,
    measure_memory,
    peak_memory,
    time_compiling,
    time_workers,
)

_MEBIBYTE = 2**20


def allocate(mebibytes: int) -> tuple[int, int, int]:
    """Return this process's number, and its peak memory before and after it filled an array."""
    before = peak_memory()
    filled = np.ones(mebibytes * _MEBIBYTE // 8)
    return os.getpid(), before, peak_memory() + int(filled[0]) - 1


@pytest.mark.slow
def test_a_fresh_process_counts_its_own_memory_alone() -> None:
    others = multiprocessing.active_children()
    held = np.ones(300 * _MEBIBYTE // 8)
    process, before, after = in_fresh_process(allocate, 100)
    assert process != os.getpid()
    assert 90 < (after - before) / _MEBIBYTE < 110
    assert before < peak_memory() - held.nbytes / 2
    assert multiprocessing.active_children() == others, "it has ended"


def test_a_fresh_process_has_the_environment_given() -> None:
    assert in_fresh_process(os.getenv, "KNOCKON_TEST", environment={"KNOCKON_TEST": "here"}) == "here"
    assert os.environ.get("KNOCKON_TEST") is None


@pytest.mark.slow
def test_a_larger_block_takes_more_memory() -> None:
    small, large = measure_memory(arm("stay", "ensemble.days=20"), (64, 4096))
    assert (small["block"], large["block"]) == (64, 4096)
    assert 50 < small["before"] <= small["peak"] < large["peak"]


@pytest.mark.slow
def test_an_empty_cache_compiles_and_a_full_one_does_not() -> None:
    cold, warm = time_compiling(arm("stay", "ensemble.days=20"))
    assert (cold["cache"], warm["cache"]) == ("cold", "warm")
    assert cold["compiling"] > 5.0 > warm["compiling"]
    assert all(row["process"] > row["compiling"] + row["first_day"] for row in (cold, warm))
    assert warm["first_day"] > warm["second_first_day"]


@pytest.mark.slow
def test_throughput_is_measured_for_each_number_of_processes() -> None:
    rows = list(time_workers(arm("stay", "ensemble.days=20", "compute.block=64"), (1, 2), 2))
    assert [(row["repetition"], row["workers"]) for row in rows] == [(0, 1), (0, 2), (1, 1), (1, 2)]
    assert {row["worlds"] for row in rows} == {4 * 64}
    assert all(row["seconds"] > 0.0 for row in rows)
