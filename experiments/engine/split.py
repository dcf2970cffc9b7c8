"""Split worlds into blocks."""

from collections.abc import Mapping

import numpy as np

from experiments.config.compute import Compute
from sim.worlds import CHUNK, Worlds


def blocks_of(wanted: Mapping[int, int], compute: Compute, arms: int = 1) -> list[Worlds]:
    """Return the blocks in which the workers of a config compute worlds, with so many arms side by side."""
    return cut(wanted, max(1, compute.block // arms), compute.shared_by(sum(wanted.values())))


def cut(wanted: Mapping[int, int], largest: int, workers: int = 1) -> list[Worlds]:
    """Cut worlds into large blocks, since a world of a large block takes less time, but into enough blocks for all workers.

    If possible a block has whole chunks, since whole chunks are stored. `wanted` is the number of worlds to compute per
    chunk, from its first world on; blocks have at most `largest` worlds and are divided evenly among the workers.
    """
    total = sum(wanted.values())
    number = -(-max(-(-total // largest), workers) // workers) * workers
    chunks = [Worlds(chunk * CHUNK, count) for chunk, count in wanted.items()]
    if largest < CHUNK or number > len(chunks):
        size = min(largest, -(-total // number))
        pieces = [(run, low) for run in _joined(chunks) for low in range(0, run.count, size)]
        return [Worlds(run.first + low, min(size, run.count - low)) for run, low in pieces]
    return [block for group in np.array_split(np.arange(len(chunks)), number) for block in _joined([chunks[i] for i in group])]


def _joined(pieces: list[Worlds]) -> list[Worlds]:
    """Join worlds that follow one another."""
    blocks: list[Worlds] = []
    for piece in pieces:
        if blocks and blocks[-1].first + blocks[-1].count == piece.first:
            blocks[-1] = Worlds(blocks[-1].first, blocks[-1].count + piece.count)
        else:
            blocks.append(piece)
    return blocks
