"""Worlds to blocks: how what is to be computed is cut, and how a block falls into the chunks that are stored."""

from collections.abc import Iterator, Mapping

import numpy as np
import xarray as xr

from sim.worlds import CHUNK, Worlds


def in_chunks(worlds: int) -> dict[int, int]:
    """Return how many of the first worlds each chunk has."""
    return {chunk: min(CHUNK, worlds - first) for chunk, first in enumerate(range(0, worlds, CHUNK))}


def cut(wanted: Mapping[int, int], largest: int, workers: int = 1) -> list[Worlds]:
    """Cut worlds into blocks: large ones, since a world of a large block takes less time, but enough for all workers.

    Where there are chunks enough a block is of whole ones: who carries a part of a chunk draws the whole of it.

    Args:
        wanted: worlds to compute of each chunk, from its first on.
        largest: the most worlds that a block may have.
        workers: that share the blocks; they get about as many worlds each.
    """
    total = sum(wanted.values())
    number = -(-max(-(-total // largest), workers) // workers) * workers
    chunks = [Worlds(chunk * CHUNK, count) for chunk, count in wanted.items()]
    if largest < CHUNK or number > len(chunks):
        size = min(largest, -(-total // number))
        return [part for run in _joined(chunks) for part in _parts(run, size)]
    return [block for group in np.array_split(np.arange(len(chunks)), number) for block in _joined([chunks[i] for i in group])]


def by_chunk(worlds: Worlds, data: xr.Dataset) -> Iterator[tuple[int, xr.Dataset]]:
    """Yield what a block's dataset has of each chunk, with the chunk's number."""
    for chunk in range(worlds.first // CHUNK, (worlds.first + worlds.count - 1) // CHUNK + 1):
        low = max(worlds.first, chunk * CHUNK) - worlds.first
        yield chunk, data.isel(world=slice(low, (chunk + 1) * CHUNK - worlds.first))


def _parts(worlds: Worlds, size: int) -> list[Worlds]:
    return [Worlds(worlds.first + low, min(size, worlds.count - low)) for low in range(0, worlds.count, size)]


def _joined(pieces: list[Worlds]) -> list[Worlds]:
    """Join worlds that follow one another."""
    blocks: list[Worlds] = []
    for piece in pieces:
        if blocks and blocks[-1].first + blocks[-1].count == piece.first:
            blocks[-1] = Worlds(blocks[-1].first, blocks[-1].count + piece.count)
        else:
            blocks.append(piece)
    return blocks
