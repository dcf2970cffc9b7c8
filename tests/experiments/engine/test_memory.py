"""For any number of worlds, memory holds one chunk at a time, or one outcome of two arms."""

import dataclasses
import subprocess
import sys
import weakref
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from composing import composed
from conftest import block
from storing import outcomes

from experiments.engine.run import _Growing
from experiments.storage.read import ArmStore
from experiments.storage.write import ArmWriter
from sim.worlds import CHUNK, Worlds

FEW, MANY = 16, 64
"""Chunks."""

PEAK = """
from pathlib import Path
def peak():
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024
"""
SUMMARISE = """
import sys
from experiments.analysis.paired import compare_arms
from experiments.api import load
from experiments.studies.compare.figures.survival import members_that_can_leave, survival_of
from experiments.studies.compare.figures.tile_map import tile_map
data = {name: load(sys.argv[1], int(sys.argv[2])) for name in ("stay", "us_pullout")}
table = compare_arms(data, dict.fromkeys(data, "stay"))
assert set(table["worlds"]) == {int(sys.argv[2])}
survival_of(data["stay"], members_that_can_leave(data))
tile_map("us_pullout", data["us_pullout"], "stay", data["stay"])
print(peak())
"""


def repeated(worlds: xr.Dataset, chunk: int) -> xr.Dataset:
    """Make a chunk of a few worlds again and again, each time as worlds of its own."""
    numbers = chunk * CHUNK + np.arange(CHUNK)
    many = worlds.isel(world=numbers % worlds.sizes["world"]).assign_coords(world=numbers)
    return many.assign(draw=many["draw"].copy(data=numbers.astype(np.int32)))


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read where Linux tells it")
def test_summaries_need_far_less_memory_than_the_data(tmp_path: Path) -> None:
    worlds = block("us_pullout", "ensemble.record=totals", count=32).load()
    store = ArmStore(tmp_path / "us_pullout-0")
    with ArmWriter(store, MANY * CHUNK) as writer:
        for chunk in range(MANY):
            writer.write_chunk(chunk, repeated(worlds, chunk))

    def peak(chunks: int) -> int:
        command = [sys.executable, "-c", PEAK + SUMMARISE, str(store.path), str(chunks * CHUNK)]
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    more_data = repeated(worlds, 0).nbytes * (MANY - FEW)
    assert peak(MANY) - peak(FEW) < more_data / 3


def test_blocks_of_a_chunk_that_lost_one_are_let_go(tmp_path: Path) -> None:
    arm = dataclasses.replace(composed("stay", "ensemble.record=totals"), worlds=CHUNK + 256, results=tmp_path)
    alive: list[weakref.ref[xr.Dataset]] = []
    store = ArmStore(arm.folder)
    with ArmWriter(store, arm.worlds) as writer:
        growing = _Growing(arm, writer)
        for first in (0, 256, 512, 768, 1024):
            if first == 512:
                growing.give_up(Worlds(first, 256))
                continue
            data = outcomes(first, 256)
            alive.append(weakref.ref(data))
            growing.add(Worlds(first, 256), data)
            del data
    assert store.stored() == {1: 256}
    assert [reference() for reference in alive] == [None] * 4


def test_what_is_summarised_is_not_kept(tmp_path: Path) -> None:
    store = ArmStore(tmp_path / "stay-0")
    with ArmWriter(store, 4) as writer:
        writer.write_chunk(0, outcomes(0, 4))
    data = store.open()
    assert data["attacks"].values.sum() > 0.0
    assert not data["attacks"].variable._in_memory
