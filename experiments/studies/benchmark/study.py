"""Measure the speed of the model on this machine and the time of each stage."""

import os
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import loky
import pandas as pd
from tqdm import tqdm

from experiments.config.arm import Arm
from experiments.engine.block import compile_rules
from experiments.studies.benchmark.settings import Part, Settings
from experiments.studies.benchmark.several_processes import measure_memory, time_compiling, time_workers
from experiments.studies.benchmark.timings import speed_by_block, speed_by_workers, spread, time_blocks, time_stages

_LIBRARIES = ("knockon", "mesa", "numpy", "scipy", "numba", "llvmlite", "loky")


def measure(arm: Arm, settings: Settings) -> tuple[dict[str, Any], dict[Part, pd.DataFrame]]:
    """Return machine, versions and settings as plain values, and one table per part of the settings."""
    about = {
        "machine": describe_machine(),
        "clock": "processor time of one process; of workers and compile: wall-clock time",
        "scenario": arm.scenario,
        "overrides": list(arm.swept),
        **{name: getattr(arm, name) for name in ("key", "days", "seed")},
        "uncertainty": arm.ledger.uncertainty.value,
        "record": arm.record.value,
        "block": arm.compute.block,
        "repetitions": settings.repetitions,
    }
    compile_rules(arm)
    return about, {part: _measure(part, arm, settings) for part in settings.parts}


def _measure(part: Part, arm: Arm, settings: Settings) -> pd.DataFrame:
    blocks, repetitions, workers = settings.blocks, settings.repetitions, settings.workers
    match part:
        case Part.BLOCKS:
            rows = _collected(part, time_blocks(arm, blocks, repetitions), len(blocks) * repetitions)
            return speed_by_block(pd.DataFrame(rows), arm.days)
        case Part.STAGES:
            rows = _collected(part, time_stages(arm, arm.compute.block, repetitions), repetitions)
            timings = pd.DataFrame([row for repetition in rows for row in repetition])
            return spread(timings, "name", ["microseconds"]).merge(timings[["name", "group", "story"]].drop_duplicates())
        case Part.WORKERS:
            rows = _collected(part, time_workers(arm, workers, repetitions), len(workers) * repetitions)
            return speed_by_workers(pd.DataFrame(rows))
        case Part.MEMORY:
            return pd.DataFrame(_collected(part, measure_memory(arm, blocks), len(blocks)))
        case Part.COMPILE:
            return pd.DataFrame(_collected(part, time_compiling(arm), 2))


def _collected[Row](part: Part, rows: Iterator[Row], count: int) -> list[Row]:
    """Collect rows, with a progress bar on a terminal."""
    shown = sys.stderr.isatty()
    return list(tqdm(rows, desc=f"measuring {part}", total=count, file=sys.stderr, disable=not shown, leave=False))


def describe_machine() -> dict[str, object]:
    """Return processor, cores, system and versions, on which the timings depend; nothing about the machine's owner.

    `load` is the mean number of processes that waited for a core or used one in the minute before.
    """
    file = Path("/proc/cpuinfo")
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": names[0] if names else platform.processor() or platform.machine(),
        "cores": loky.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "system": platform.system(),
        "python": sys.version.split()[0],
        "versions": {library: version(library) for library in _LIBRARIES},
    }
