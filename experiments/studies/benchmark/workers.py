"""Throughput by number of processes, on the clock on the wall."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from experiments.config.arm import Arm
from experiments.config.compute import Backend
from experiments.engine.workers import run_blocks
from experiments.storage.failures import BlockFailure
from sim.worlds import Worlds

_BLOCKS_A_WORKER = 2
_FEW_WORLDS = 2


def time_workers(arm: Arm, workers: Sequence[int], repetitions: int) -> Iterator[dict[str, float]]:
    """Run the same blocks with several numbers of processes, in turns; one process is this one.

    The processes are up, and have their rules, before the watch starts.

    Yields:
        A row a number and repetition: `workers`, `repetition`, `worlds`, `seconds`.
    """
    block = arm.compute.block
    count = _BLOCKS_A_WORKER * max(workers)
    for repetition in range(repetitions):
        for number in workers:
            _run(arm, number, [Worlds(place, _FEW_WORLDS) for place in range(_BLOCKS_A_WORKER * number)])
            began = time.perf_counter()
            _run(arm, number, [Worlds(place * block, block) for place in range(count)])
            seconds = time.perf_counter() - began
            yield {"workers": number, "repetition": repetition, "worlds": count * block, "seconds": seconds}


def _run(arm: Arm, workers: int, blocks: Sequence[Worlds]) -> None:
    """Compute blocks and forget them."""
    backend = Backend.SERIAL if workers == 1 else Backend.LOCAL
    for _, outcome in run_blocks(arm, blocks, replace(arm.compute, backend=backend, workers=workers)):
        if isinstance(outcome, BlockFailure):
            raise RuntimeError(outcome.traceback)
