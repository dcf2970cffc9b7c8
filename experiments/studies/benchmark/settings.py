"""What `knockon benchmark` measures, as its config says."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import joblib

from experiments.config.compute import MOST_WORKERS
from experiments.config.fields import choice, listed, section, whole
from experiments.errors import InputError

LARGEST_BLOCK = 8192
_MOST_REPETITIONS = 100


class Part(StrEnum):
    """One of the things that are measured."""

    BLOCKS = "blocks"
    """Speed by block size, beside the bare draws."""
    STAGES = "stages"
    """Time by stage of the day."""
    WORKERS = "workers"
    """Throughput by number of processes."""
    MEMORY = "memory"
    """Peak by block size."""
    COMPILE = "compile"
    """How long the first day waits for its rules."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is measured.

    Attributes:
        parts: in the order of `Part`.
        blocks: sizes, worlds. `repetitions`: of every timing. `workers`: numbers of processes.
    """

    parts: tuple[Part, ...]
    blocks: tuple[int, ...]
    repetitions: int
    workers: tuple[int, ...]


def read_settings(plain: Mapping[str, Any]) -> Settings:
    """Check the config's section `benchmark`.

    Args:
        plain: the config, or the part of it with that section, as plain values.

    Raises:
        InputError: something in it cannot be used.
    """
    given = section(plain, "benchmark", {"parts", "blocks", "repetitions", "workers"})
    named = listed("benchmark.parts", given["parts"], "[blocks,stages]")
    parts = {choice("benchmark.parts", part, Part) for part in named}
    cores = joblib.cpu_count()
    workers = [2**power for power in range(cores.bit_length())] if given["workers"] is None else given["workers"]
    settings = Settings(
        parts=tuple(part for part in Part if part in parts),
        blocks=_sizes("benchmark.blocks", given["blocks"], LARGEST_BLOCK),
        repetitions=whole("benchmark.repetitions", given["repetitions"], 1, _MOST_REPETITIONS),
        workers=_sizes("benchmark.workers", workers, MOST_WORKERS),
    )
    if settings.workers[-1] > cores:
        raise InputError(
            f"benchmark.workers={settings.workers[-1]} are more than the {cores} cores here: they would share them"
        )
    return settings


def _sizes(name: str, value: object, largest: int) -> tuple[int, ...]:
    """Return whole numbers in rising order, each once."""
    return tuple(sorted({whole(name, entry, 1, largest) for entry in listed(name, value, "[1,2]")}))
