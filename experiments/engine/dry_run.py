"""Estimate a run before it starts: worlds, time and disk of each arm, measured on a few of its worlds."""

import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from statistics import median

import loky

from experiments.config.arm import Arm
from experiments.config.compute import Backend, Compute
from experiments.engine.block import build_model, compile_rules, run_block
from experiments.engine.dask_cluster import connect, threads
from experiments.engine.dataset import to_dataset
from experiments.engine.split import blocks_of
from experiments.storage.read import ArmStore
from experiments.storage.write import ArmWriter
from sim.record.recorder import Recorder
from sim.worlds import Worlds

_DAYS_TIMED = 40
"""Whole blocks are timed over these first days, in which most policies begin; later days cost about the same."""
_SAMPLES = (32, 64)
"""Worlds that are run to the horizon and written, to separate the bytes per world from those per chunk."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """The estimated cost of an arm.

    Attributes:
        stored: how many of the wanted `worlds` are stored already.
        seconds: to compute the missing worlds, with the workers of the config.
        size: of the missing worlds on the disk, bytes.
    """

    label: str
    worlds: int
    stored: int
    seconds: float
    size: float


def estimate(arms: Mapping[str, Arm]) -> list[Estimate]:
    """Estimate the arms of a sweep; of arms with the same horizon and record, the first is measured."""
    paces: dict[tuple[object, ...], tuple[float, tuple[float, float]]] = {}
    seen: set[Path] = set()
    estimates = []
    for label, arm in arms.items():
        missing = {} if arm.folder in seen else ArmStore(arm.folder).missing(arm.worlds)
        seen.add(arm.folder)
        blocks, worlds = blocks_of(missing, arm.compute), sum(missing.values())
        seconds = size = 0.0
        if blocks:
            kind = (arm.days, arm.record, blocks[0].count)
            if kind not in paces:
                paces[kind] = (seconds_a_block(arm, blocks[0]), bytes_on_disk(arm))
            a_block, (a_chunk, a_world) = paces[kind]
            rounds = -(-len(blocks) // workers_of(arm.compute))
            seconds = rounds * a_block * worlds / len(blocks) / blocks[0].count
            size = len(missing) * a_chunk + worlds * a_world
        estimates.append(Estimate(label, arm.worlds, arm.worlds - worlds, seconds, size))
    return estimates


def seconds_a_block(arm: Arm, worlds: Worlds) -> float:
    """Time the first days of a block, and return the seconds that all of its days would take."""
    compile_rules(arm)
    short = replace(arm, days=min(arm.days, _DAYS_TIMED))
    began = time.perf_counter()
    recorder = Recorder(short.days, arm.record)
    model = build_model(short, worlds, recorder)
    ends = [time.perf_counter()]
    for _ in range(short.days):
        model.run(1)
        ends.append(time.perf_counter())
    a_day = median(after - before for before, after in pairwise(ends))  # a mean would include the loading of rules
    to_dataset(short, model, recorder)
    labelled = time.perf_counter() - ends[-1]
    return ends[0] - began + a_day * arm.days + labelled * arm.days / short.days


def bytes_on_disk(arm: Arm) -> tuple[float, float]:
    """Write small blocks as the store does, and return the bytes per chunk and those per world."""
    compile_rules(arm)
    data = run_block(arm, Worlds(0, _SAMPLES[-1]))
    sizes = []
    with tempfile.TemporaryDirectory(prefix="knockon-") as folder:
        for count in _SAMPLES:
            store = ArmStore(replace(arm, results=Path(folder, str(count))).folder)
            with ArmWriter(store, count) as writer:
                writer.write_config(arm.resolved)
                writer.write_manifest({"identity": arm.identity})
                writer.write_chunk(0, data.isel(world=slice(0, count)))
            sizes.append(sum(path.stat().st_size for path in store.path.rglob("*") if path.is_file()))
    a_world = (sizes[1] - sizes[0]) / (_SAMPLES[1] - _SAMPLES[0])
    return sizes[0] - a_world * _SAMPLES[0], a_world


def workers_of(compute: Compute) -> int:
    """Return how many blocks are computed at once in practice; on this machine, at most one per core."""
    if compute.address is not None:
        return max(1, threads(connect(compute.address, compute.workers)))
    return 1 if compute.backend is Backend.SERIAL else min(compute.workers, loky.cpu_count())


def table_of(arms: Mapping[str, Arm]) -> str:
    """Estimate arms, and return the table with its assumptions."""
    estimates, arm = estimate(arms), next(iter(arms.values()))
    numbers = [(one.worlds, one.stored, one.seconds, one.size) for one in estimates]
    whole = Estimate("in all", *map(sum, zip(*numbers, strict=True)))
    shown = [*estimates, whole] if len(estimates) > 1 else estimates
    rows = [("arm", "worlds", "stored", "to compute", "time", "disk"), *map(_row, shown)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows]
    return "\n".join([*lines, "", _basis(arm, whole)])


def _row(one: Estimate) -> tuple[str, ...]:
    missing = one.worlds - one.stored
    takes = (in_time(one.seconds), in_bytes(one.size)) if missing else ("-", "-")
    return (one.label, f"{one.worlds:,}", f"{one.stored:,}", f"{missing:,}", *takes)


def _basis(arm: Arm, whole: Estimate) -> str:
    compute, workers = arm.compute, workers_of(arm.compute)
    where = f"the {workers} threads of {compute.address}" if compute.address else f"{workers} worker{'s' * (workers > 1)}"
    capped = f" (of the {compute.workers} requested: this machine has no more cores)" if workers < compute.workers else ""
    existing = next(folder for folder in (arm.results.absolute(), *arm.results.absolute().parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    room = f"{in_bytes(free)} are free there" if whole.size < free else f"ONLY {in_bytes(free)} ARE FREE THERE"
    return (
        f"With {where}{capped}, timed on this machine under its present load; starting workers and comparing take extra time."
        f"\nResults would go to {arm.results}; {room}. Nothing was written."
    )


def in_time(seconds: float) -> str:
    """Return a time for a reader: 40 s, 12 min, 3 h 20 min."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60:,} h {minutes % 60} min"


def in_bytes(size: float) -> str:
    """Return a size in kB, MB or GB."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6)):
        if size >= factor:
            return f"{size / factor:,.1f} {unit}"
    return f"{max(1, round(size / 1e3))} kB"
