"""How fast the model is and where its time goes: measured, told, written."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from tqdm import tqdm

from experiments.config.arm import Arm
from experiments.engine.block import compile_rules
from experiments.studies.benchmark.blocks import time_blocks
from experiments.studies.benchmark.machine import describe_machine
from experiments.studies.benchmark.processes import measure_memory, time_compiling
from experiments.studies.benchmark.settings import Part, Settings
from experiments.studies.benchmark.stages import time_stages
from experiments.studies.benchmark.timings import speed_by_block, speed_by_workers, spread
from experiments.studies.benchmark.workers import time_workers


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What was measured.

    Attributes:
        about: machine, versions and settings, plain values.
        tables: by part, as `experiments.studies.benchmark.timings` makes them.
    """

    about: Mapping[str, Any]
    tables: Mapping[Part, pd.DataFrame]


def measure(arm: Arm, settings: Settings) -> Benchmark:
    """Measure all that the settings ask for."""
    about = {
        "machine": describe_machine(),
        "clock": "processor time of one process; of workers and compile: the clock on the wall",
        "scenario": arm.scenario,
        "overrides": list(arm.swept),
        "key": arm.key,
        "days": arm.days,
        "seed": arm.seed,
        "uncertainty": arm.ledger.uncertainty.value,
        "record": arm.record.value,
        "block": arm.compute.block,
        "repetitions": settings.repetitions,
    }
    compile_rules(arm)
    return Benchmark(about, {part: _measure(part, arm, settings) for part in settings.parts})


def _measure(part: Part, arm: Arm, settings: Settings) -> pd.DataFrame:
    blocks, repetitions, workers = settings.blocks, settings.repetitions, settings.workers
    match part:
        case Part.BLOCKS:
            rows = _told(part, time_blocks(arm, blocks, repetitions), len(blocks) * repetitions)
            return speed_by_block(pd.DataFrame(rows), arm.days)
        case Part.STAGES:
            rows = _told(part, time_stages(arm, arm.compute.block, repetitions), repetitions)
            timings = pd.DataFrame([row for repetition in rows for row in repetition])
            return spread(timings, "name", ["microseconds"]).merge(timings[["name", "group", "story"]].drop_duplicates())
        case Part.WORKERS:
            rows = _told(part, time_workers(arm, workers, repetitions), len(workers) * repetitions)
            return speed_by_workers(pd.DataFrame(rows))
        case Part.MEMORY:
            return pd.DataFrame(_told(part, measure_memory(arm, blocks), len(blocks)))
        case Part.COMPILE:
            return pd.DataFrame(_told(part, time_compiling(arm), 2))


def _told[Row](part: Part, rows: Iterator[Row], count: int) -> list[Row]:
    """Collect rows and show on a terminal how far the measuring is."""
    shown = sys.stderr.isatty()
    return list(tqdm(rows, desc=f"measuring {part}", total=count, file=sys.stderr, disable=not shown, leave=False))
