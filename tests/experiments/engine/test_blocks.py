"""Worlds are cut into blocks without a gap or an overlap, for any worlds that are missing and any number of workers."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.engine.block import joined
from experiments.engine.run import by_chunk
from experiments.engine.split import cut
from sim.worlds import CHUNK, Worlds

WANTED = st.dictionaries(st.integers(0, 12), st.sampled_from([CHUNK, 1, 700]), min_size=1).map(
    lambda d: dict(sorted(d.items()))
)


@settings(deadline=None, max_examples=200, derandomize=True, database=None)
@given(wanted=WANTED, largest=st.sampled_from([1, 300, CHUNK, 1500, 4 * CHUNK]), workers=st.integers(1, 5))
def test_every_world_is_in_one_block(wanted, largest, workers):
    worlds = [world for block in cut(wanted, largest, workers) for world in block.numbers]
    assert worlds == [chunk * CHUNK + place for chunk, count in wanted.items() for place in range(count)]


@pytest.mark.parametrize(
    ("wanted", "largest", "workers", "sizes"),
    [
        ({0: 1000}, 4096, 1, [1000]),
        ({0: 1000}, 4096, 2, [500, 500]),
        ({0: 1024, 1: 1024, 2: 1024, 3: 1024}, 4096, 1, [4096]),
        ({0: 1024, 1: 1024, 2: 1024, 3: 1024}, 4096, 2, [2048, 2048]),
        ({0: 1024, 1: 1024, 2: 1024, 3: 1024, 4: 904}, 4096, 2, [3072, 1928]),
        ({0: 1024, 1: 1024, 2: 1024, 3: 1024, 4: 1024}, 4096, 1, [3072, 2048]),
        ({0: 1024, 5: 1024}, 4096, 1, [1024, 1024]),
        ({2: 1024, 3: 10}, 512, 1, [345, 345, 344]),
        ({0: 3}, 4096, 5, [1, 1, 1]),
        ({0: 1024, 1: 512}, 512, 2, [384, 384, 384, 384]),
    ],
)
def test_blocks_are_few_and_enough_for_all_workers(wanted, largest, workers, sizes):
    assert [block.count for block in cut(wanted, largest, workers)] == sizes


@pytest.mark.parametrize(
    ("worlds", "parts"),
    [
        (Worlds(0, 10), [(0, 0, 9)]),
        (Worlds(1000, 100), [(0, 1000, 1023), (1, 1024, 1099)]),
        (Worlds(1024, 2048), [(1, 1024, 2047), (2, 2048, 3071)]),
    ],
)
def test_a_block_falls_into_its_chunks(worlds, parts):
    data = xr.Dataset({"number": ("world", np.arange(worlds.first, worlds.first + worlds.count))})
    found = [(chunk, int(part["number"][0]), int(part["number"][-1])) for chunk, part in by_chunk(worlds, data)]
    assert found == parts


def test_blocks_are_joined_by_their_worlds_not_as_they_come() -> None:
    parts = [xr.Dataset({"value": ("world", worlds)}, coords={"world": worlds}) for worlds in ([4, 5], [0, 1], [2, 3])]
    assert joined(parts)["value"].values.tolist() == [0, 1, 2, 3, 4, 5]
    with pytest.raises(KeyError, match="world"):
        joined([part.drop_vars("world") for part in parts])
