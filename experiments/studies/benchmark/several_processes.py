"""Time several processes: throughput by number of processes, the first day of a new process, and the memory of a block."""

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from loky import ProcessPoolExecutor

from experiments.config.arm import Arm
from experiments.config.compute import Backend
from experiments.engine.block import build_model, compile_rules, run_block
from experiments.engine.workers import run_blocks
from experiments.storage.failures import BlockFailure
from sim.record.recorder import Recorder
from sim.worlds import Worlds

COLD, WARM = "cold", "warm"
_MEBIBYTE = 2**20
_BLOCKS_A_WORKER = 2
_FEW = Worlds(0, 2)


def in_fresh_process[R](work: Callable[..., R], *inputs: Any, environment: Mapping[str, str] | None = None) -> R:
    """Call a function of a module in a new interpreter with further environment variables, and return its result."""
    with ProcessPoolExecutor(1, env=dict(environment or {})) as pool:
        return pool.submit(work, *inputs).result()


def time_compiling(arm: Arm) -> Iterator[dict[str, Any]]:
    """Time a new process up to the end of its first day.

    Yields:
        One row with an empty cache of compiled rules and one with a filled cache: `cache`, and wall-clock seconds: `compiling`,
        `first_day` with set-up and reading from disk, `second_first_day` of another model in the same process, and `process`,
        from its start to its end.
    """
    with tempfile.TemporaryDirectory() as empty:
        for cache in (COLD, WARM):
            began = time.perf_counter()
            row = in_fresh_process(_first_days, arm, environment={"XDG_CACHE_HOME": empty})
            yield {"cache": cache, **row, "process": time.perf_counter() - began}


def _first_days(arm: Arm) -> dict[str, float]:
    began = time.perf_counter()
    compile_rules(arm)
    seconds = {"compiling": time.perf_counter() - began}
    for name in ("first_day", "second_first_day"):
        began = time.perf_counter()
        _run_first_day(arm)
        seconds[name] = time.perf_counter() - began
    return seconds


def _run_first_day(arm: Arm) -> None:
    build_model(arm, _FEW, Recorder(arm.days, arm.record)).run(1)


def measure_memory(arm: Arm, blocks: Sequence[int]) -> Iterator[dict[str, float]]:
    """Run each block in a new process; yield `block` and mebibytes of resident memory `before` its set-up and at its `peak`."""
    for block in blocks:
        before, peak = in_fresh_process(_peaks, arm, block)
        yield {"block": block, "before": before / _MEBIBYTE, "peak": peak / _MEBIBYTE}


def _peaks(arm: Arm, block: int) -> tuple[int, int]:
    _run_first_day(arm)
    before = peak_memory()
    run_block(arm, Worlds(0, block))
    return before, peak_memory()


def peak_memory() -> int:
    """Return the largest resident memory of this process so far, bytes.

    On Linux `getrusage` begins at the memory of the parent when it started the process, so /proc is read instead.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM"))
        return 1024 * int(line.split()[1])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def time_workers(arm: Arm, workers: Sequence[int], repetitions: int) -> Iterator[dict[str, float]]:
    """Run the same blocks with different numbers of processes, in turns; if the number is 1, use this process.

    Timing starts after the processes have started and compiled their rules.

    Yields:
        One row per number and repetition: `workers`, `repetition`, `worlds`, `seconds`.
    """
    block, count = arm.compute.block, _BLOCKS_A_WORKER * max(workers)
    for repetition in range(repetitions):
        for number in workers:
            _run(arm, number, [Worlds(place, _FEW.count) for place in range(_BLOCKS_A_WORKER * number)])
            began = time.perf_counter()
            _run(arm, number, [Worlds(place * block, block) for place in range(count)])
            seconds = time.perf_counter() - began
            yield {"workers": number, "repetition": repetition, "worlds": count * block, "seconds": seconds}


def _run(arm: Arm, workers: int, blocks: Sequence[Worlds]) -> None:
    """Compute blocks and discard their outcomes."""
    backend = Backend.SERIAL if workers == 1 else Backend.LOCAL
    for _, outcome in run_blocks([arm], blocks, replace(arm.compute, backend=backend, workers=workers)):
        if isinstance(outcome, BlockFailure):
            raise RuntimeError(outcome.traceback)
