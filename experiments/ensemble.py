"""Worlds to blocks to workers to a dataset."""

import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import xarray as xr
from tqdm import tqdm

from experiments.block import joined
from experiments.compute import Compute
from experiments.failures import BlockFailure
from experiments.progress import PROGRESS
from experiments.setup import Setup
from experiments.store import ArmStore
from experiments.workers import Work, run_blocks, run_each
from sim.worlds import CHUNK, Worlds

_LIBRARIES = ("knockon", "mesa", "numpy", "scipy", "numba", "xarray", "zarr", "hydra-core")


def blocks_of(chunk: int, count: int, block: int) -> list[Worlds]:
    """Cut a chunk's first worlds into blocks."""
    first = chunk * CHUNK
    return [Worlds(first + low, min(block, count - low)) for low in range(0, count, block)]


def run_whole(work: Work, worlds: int, compute: Compute, label: str) -> xr.Dataset:
    """Do any work on the first worlds, block after block, and return what came of it at once; nothing is stored.

    Args:
        work: on the worlds of a block; its dataset has them along `world`.
        worlds: how many.
        compute: where.
        label: shown beside the progress.

    Raises:
        RuntimeError: a block failed; without its worlds the rest would be taken for the whole.
    """
    counts = [min(CHUNK, worlds - first) for first in range(0, worlds, CHUNK)]
    blocks = [part for chunk, count in enumerate(counts) for part in blocks_of(chunk, count, min(compute.block, CHUNK))]
    parts: list[xr.Dataset] = []
    with PROGRESS.of(Path(label), label, worlds) as progress:
        for block, outcome in run_each(work, blocks, compute):
            if isinstance(outcome, BlockFailure):
                raise RuntimeError(f"{label}: {outcome.traceback}")
            parts.append(outcome)
            progress.update(block.count)
    return joined(parts)


def run_arm(setup: Setup, label: str = "") -> ArmStore:
    """Compute what is missing of an arm and store it.

    Args:
        setup: of the arm.
        label: shown beside the progress.

    Raises:
        InputError: the results folder cannot be written.
    """
    store = ArmStore(setup.folder)
    missing = store.missing(setup.worlds)
    if not missing:
        return store
    store.begin(setup.resolved)
    began = time.perf_counter()
    with PROGRESS.of(setup.folder, label or setup.scenario, sum(count for _, count in missing)) as progress:
        for chunk, data in _chunks(setup, missing, progress):
            store.write_chunk(chunk, data)
    seconds = time.perf_counter() - began
    store.write_manifest(_manifest(setup, sum(count for _, count in missing), seconds))
    return store


def _chunks(setup: Setup, missing: Sequence[tuple[int, int]], progress: tqdm) -> Iterator[tuple[int, xr.Dataset]]:
    """Yield each missing chunk when all its blocks are done."""
    counts = dict(missing)
    jobs = [worlds for chunk, count in missing for worlds in blocks_of(chunk, count, min(setup.compute.block, CHUNK))]
    parts: dict[int, list[xr.Dataset]] = {chunk: [] for chunk in counts}
    for worlds, outcome in run_blocks(setup, jobs, setup.compute):
        if isinstance(outcome, BlockFailure):
            raise RuntimeError(outcome.traceback)
        progress.update(worlds.count)
        chunk = worlds.first // CHUNK
        parts[chunk].append(outcome)
        if sum(part.sizes["world"] for part in parts[chunk]) == counts[chunk]:
            yield chunk, joined(parts.pop(chunk))


def _manifest(setup: Setup, computed: int, seconds: float) -> dict[str, object]:
    return {
        "scenario": setup.scenario,
        "key": setup.key,
        "seed": setup.seed,
        "days": setup.days,
        "worlds": setup.worlds,
        "swept": list(setup.swept),
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "worlds_computed": computed,
        "seconds": round(seconds, 2),
        "worlds_per_second": round(computed / seconds, 1),
        "workers": setup.compute.workers,
        "block": setup.compute.block,
        "versions": {library: version(library) for library in _LIBRARIES},
        "python": sys.version.split()[0],
        "commit": _commit(),
        "identity": setup.identity,
    }


def _commit() -> str | None:
    """Return the git commit of the code, None outside a checkout."""
    head = Path(__file__).parent.parent / ".git" / "HEAD"
    try:
        text = head.read_text(encoding="utf-8").strip()
        if not text.startswith("ref: "):
            return text
        return (head.parent / text.removeprefix("ref: ")).read_text(encoding="utf-8").strip()
    except OSError:
        return None
