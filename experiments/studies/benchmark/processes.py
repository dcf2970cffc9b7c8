"""What only a fresh process tells: how long the first day waits for its rules, and how much memory a block takes."""

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from loky import ProcessPoolExecutor

from experiments.config.arm import Arm
from experiments.engine.block import build_model, compile_rules, run_block
from sim.record.outcomes import Recorder
from sim.worlds import Worlds

COLD, WARM = "cold", "warm"
_MEBIBYTE = 2**20


def in_fresh_process[R](work: Callable[..., R], *inputs: Any, environment: Mapping[str, str] | None = None) -> R:
    """Do some work in a new interpreter and return its result.

    Args:
        work: a function of a module.
        inputs: of it.
        environment: variables that the interpreter has besides those of this one.
    """
    with ProcessPoolExecutor(1, env=dict(environment or {})) as pool:
        return pool.submit(work, *inputs).result()


def time_compiling(arm: Arm) -> Iterator[dict[str, Any]]:
    """Time the way of a new process to the end of its first day, on the clock on the wall.

    Yields:
        A row for an empty cache of compiled rules and one for a filled one: `cache`, and seconds: `compiling`, `first_day`
        with a set-up and what it takes from the disk, `second_first_day` of another model of the same process, `process` from
        its start to its end.
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
        build_model(arm, Worlds(0, 2), Recorder(arm.days, arm.record)).run(1)
        seconds[name] = time.perf_counter() - began
    return seconds


def measure_memory(arm: Arm, blocks: Sequence[int]) -> Iterator[dict[str, float]]:
    """Run one block in a process of its own.

    Yields:
        A row a block size: `block`, and mebibytes of resident memory: `before` the block is set up, at its `peak`.
    """
    for block in blocks:
        before, peak = in_fresh_process(_peaks, arm, block)
        yield {"block": block, "before": before / _MEBIBYTE, "peak": peak / _MEBIBYTE}


def _peaks(arm: Arm, block: int) -> tuple[int, int]:
    build_model(arm, Worlds(0, 2), Recorder(arm.days, arm.record)).run(1)
    before = peak_memory()
    run_block(arm, Worlds(0, block))
    return before, peak_memory()


def peak_memory() -> int:
    """Return the largest resident memory of this process so far, bytes.

    Linux lets `getrusage` begin at what the parent held when it started the process, so its own account is read there.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM"))
        return 1024 * int(line.split()[1])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak
