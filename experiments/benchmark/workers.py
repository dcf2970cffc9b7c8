"""Throughput by number of processes, on the clock on the wall."""

import time
from collections.abc import Iterator, Sequence

import joblib

from experiments.block import run_block
from experiments.setup import Setup
from sim.worlds import CHUNK, Worlds

_BLOCKS_A_WORKER = 2


def time_workers(setup: Setup, workers: Sequence[int], repetitions: int) -> Iterator[dict[str, float]]:
    """Run the same blocks with several numbers of processes, in turns.

    The processes are up, and have their rules, before the watch starts.

    Yields:
        A row a number and repetition: `workers`, `repetition`, `worlds`, `seconds`.
    """
    block = min(setup.compute.block, CHUNK)
    count = _BLOCKS_A_WORKER * max(workers)
    for repetition in range(repetitions):
        for number in workers:
            with joblib.Parallel(n_jobs=number, batch_size=1) as parallel:
                parallel(joblib.delayed(run_block)(setup, Worlds(0, 2)) for _ in range(2 * number))
                began = time.perf_counter()
                parallel(joblib.delayed(run_block)(setup, Worlds(place * block, block)) for place in range(count))
                seconds = time.perf_counter() - began
            yield {"workers": number, "repetition": repetition, "worlds": count * block, "seconds": seconds}
