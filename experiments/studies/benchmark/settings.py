"""Settings of a benchmark: the section `benchmark` of the config."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import loky

from experiments.config.compute import LARGEST_BLOCK, MOST_WORKERS
from experiments.config.fields import IN_ORDER, Check, Section, listed, whole
from experiments.errors import InputError


class Part(StrEnum):
    """Part of a benchmark: speed and peak memory by block, stages of the day, throughput by processes, time to compile."""

    BLOCKS = "blocks"
    STAGES = "stages"
    WORKERS = "workers"
    MEMORY = "memory"
    COMPILE = "compile"


def _up_to_the_cores(given: object) -> object:
    return [2**power for power in range(loky.cpu_count().bit_length())] if given is None else given


@dataclass(frozen=True, slots=True)
class Settings(Section):
    """Parts, block sizes (worlds), repetitions of every timing, and numbers of processes (null: powers of 2)."""

    parts: Annotated[tuple[Part, ...], listed("[blocks,stages]"), IN_ORDER]
    blocks: Annotated[tuple[Annotated[int, whole(1, LARGEST_BLOCK)], ...], listed("[1,2]"), IN_ORDER]
    repetitions: Annotated[int, whole(1, 100)]
    workers: Annotated[tuple[Annotated[int, whole(1, MOST_WORKERS)], ...], listed("[1,2]"), Check(_up_to_the_cores), IN_ORDER]

    def __post_init__(self) -> None:
        cores = loky.cpu_count()
        if self.workers[-1] > cores:
            raise InputError(f"benchmark.workers={self.workers[-1]} is more than the {cores} cores of this machine")
