"""Run an arm: split its worlds into blocks, compute them, store finished chunks."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import xarray as xr

from experiments.config.arm import Arm
from experiments.config.compute import Compute
from experiments.engine.block import joined
from experiments.engine.progress import PROGRESS
from experiments.engine.workers import Work, run_blocks, run_each
from experiments.errors import BlocksFailedError, RunError, say
from experiments.storage.failures import FAILURES, BlockFailure
from experiments.storage.read import CONFIG, MANIFEST, ArmStore, spans
from experiments.storage.write import ArmWriter, Manifest
from sim.worlds import CHUNK, Worlds


def in_chunks(worlds: int) -> dict[int, int]:
    """Return how many of the first worlds each chunk has."""
    return {chunk: min(CHUNK, worlds - first) for chunk, first in enumerate(range(0, worlds, CHUNK))}


def cut(wanted: Mapping[int, int], largest: int, workers: int = 1) -> list[Worlds]:
    """Cut worlds into blocks: large ones, since a world of a large block takes less time, but enough for all workers.

    Where there are chunks enough a block is of whole ones: who carries a part of a chunk draws the whole of it.

    Args:
        wanted: worlds to compute of each chunk, from its first on.
        largest: the most worlds that a block may have.
        workers: that share the blocks; they get about as many worlds each.
    """
    total = sum(wanted.values())
    number = -(-max(-(-total // largest), workers) // workers) * workers
    chunks = [Worlds(chunk * CHUNK, count) for chunk, count in wanted.items()]
    if largest < CHUNK or number > len(chunks):
        size = min(largest, -(-total // number))
        return [part for run in _joined(chunks) for part in _parts(run, size)]
    return [block for group in np.array_split(np.arange(len(chunks)), number) for block in _joined([chunks[i] for i in group])]


def by_chunk(worlds: Worlds, data: xr.Dataset) -> Iterator[tuple[int, xr.Dataset]]:
    """Yield what a block's dataset has of each chunk, with the chunk's number."""
    for chunk in range(worlds.first // CHUNK, (worlds.first + worlds.count - 1) // CHUNK + 1):
        low = max(worlds.first, chunk * CHUNK) - worlds.first
        yield chunk, data.isel(world=slice(low, (chunk + 1) * CHUNK - worlds.first))


def _parts(worlds: Worlds, size: int) -> list[Worlds]:
    return [Worlds(worlds.first + low, min(size, worlds.count - low)) for low in range(0, worlds.count, size)]


def _joined(pieces: list[Worlds]) -> list[Worlds]:
    """Join worlds that follow one another."""
    blocks: list[Worlds] = []
    for piece in pieces:
        if blocks and blocks[-1].first + blocks[-1].count == piece.first:
            blocks[-1] = Worlds(blocks[-1].first, blocks[-1].count + piece.count)
        else:
            blocks.append(piece)
    return blocks


def run_whole(work: Work, worlds: int, compute: Compute, label: str) -> xr.Dataset:
    """Do any work on the first worlds, block after block, and return what came of it at once; nothing is stored.

    Args:
        work: on the worlds of a block; its dataset has them along `world`, with their numbers.
        worlds: how many.
        compute: where.
        label: shown beside the progress.

    Raises:
        RunError: a block failed; without its worlds the rest would be taken for the whole.
    """
    blocks = cut(in_chunks(worlds), compute.block, compute.workers)
    parts: list[xr.Dataset] = []
    with PROGRESS.of(Path(label), label, worlds) as progress:
        for block, outcome in run_each(work, blocks, compute):
            if isinstance(outcome, BlockFailure):
                last = block.first + block.count - 1
                raise RunError(f"{label}: worlds {block.first} to {last} could not be computed ({outcome.summary})")
            parts.append(outcome)
            progress.update(block.count)
    return joined(parts)


def run_arm(arm: Arm, label: str = "") -> ArmStore:
    """Compute what is missing of an arm and store it; where another process is at it, wait for that first.

    Args:
        arm: one, composed.
        label: shown beside the progress.

    Raises:
        InputError: the results folder cannot be written, or holds something else.
        BlocksFailedError: some blocks failed; all others were computed.
        RunError: the disk failed, or under `compute.strict` a block.
    """
    store = ArmStore(arm.folder)
    store.check_key(arm.key)
    if not store.missing(arm.worlds) and store.manifest() is not None and store.config() is not None:
        return store
    with ArmWriter(store, arm.worlds) as writer:
        store.check_key(arm.key)
        _extend(arm, store, writer, label or arm.scenario)
    return store


def plan(arms: Mapping[str, Arm]) -> None:
    """Announce what is missing of arms, by label, to the progress that is shown."""
    PROGRESS.plan(
        (arm.folder, label, sum(count for _, count in ArmStore(arm.folder).missing(arm.worlds))) for label, arm in arms.items()
    )


def run_arms(arms: Mapping[str, Arm], what: str = "") -> dict[str, xr.Dataset]:
    """Compute what is missing of several arms, and open them all.

    Args:
        arms: by label.
        what: is done with them, shown beside the progress.

    Returns:
        Outcomes by label.
    """
    shown = {label: f"{label}, {what}" if what else label for label in arms}
    plan({shown[label]: arm for label, arm in arms.items()})
    return {label: run_arm(arm, shown[label]).open(arm.worlds) for label, arm in arms.items()}


def _extend(arm: Arm, store: ArmStore, writer: ArmWriter, label: str) -> None:
    for note in _repairs(arm, store):
        say(note)
    stored, missing = store.stored(), dict(store.missing(arm.worlds))
    manifest, computed = Manifest(arm, store.manifest()), 0
    writer.write_config(arm.resolved)
    writer.write_manifest(manifest.plain(sum(stored.values()), computed))
    blocks = cut(missing, arm.compute.block, arm.compute.workers)
    failed: list[BlockFailure] = []
    for chunk, data in _chunks(_computed(arm, blocks, writer, failed, label), missing):
        writer.write_chunk(chunk, data)
        writer.failures.forget(Worlds(chunk * CHUNK, missing[chunk]))
        stored[chunk], computed = missing[chunk], computed + missing[chunk]
        writer.write_manifest(manifest.plain(sum(stored.values()), computed))
    if failed:
        raise BlocksFailedError(_summary(failed, len(blocks), store))
    writer.failures.forget(Worlds(0, arm.worlds))


def _computed(
    arm: Arm, blocks: Sequence[Worlds], writer: ArmWriter, failed: list[BlockFailure], label: str
) -> Iterator[tuple[Worlds, xr.Dataset | None]]:
    """Yield each block when it is done, None where it failed: that is recorded, and added to those that failed.

    Raises:
        RunError: a block failed under `compute.strict`.
    """
    with PROGRESS.of(arm.folder, label, sum(worlds.count for worlds in blocks)) as progress:
        for worlds, outcome in run_blocks(arm, blocks, arm.compute):
            progress.update(worlds.count)
            if not isinstance(outcome, BlockFailure):
                writer.failures.forget(worlds)
                yield worlds, outcome
                continue
            writer.record(outcome, arm.resolved)
            failed.append(outcome)
            if arm.compute.strict:
                raise RunError(_summary(failed, len(blocks), writer.store))
            yield worlds, None


def _chunks(
    computed: Iterator[tuple[Worlds, xr.Dataset | None]], wanted: Mapping[int, int]
) -> Iterator[tuple[int, xr.Dataset]]:
    """Yield each chunk when all its blocks are there; one that lacks a block is given up, and its blocks with it."""
    waiting: dict[int, list[xr.Dataset]] = {chunk: [] for chunk in wanted}
    for worlds, data in computed:
        if data is None:
            for chunk in range(worlds.first // CHUNK, (worlds.first + worlds.count - 1) // CHUNK + 1):
                waiting.pop(chunk, None)
            continue
        for chunk, part in by_chunk(worlds, data):
            if chunk not in waiting:
                continue
            waiting[chunk].append(part)
            if sum(other.sizes["world"] for other in waiting[chunk]) == wanted[chunk]:
                yield chunk, joined(waiting.pop(chunk))


def _repairs(arm: Arm, store: ArmStore) -> Iterator[str]:
    """Say what of an arm is damaged and is computed or written anew."""
    if damaged := store.damaged(arm.worlds):
        yield f"{store.path}: the files of worlds {spans(damaged)} are damaged; these worlds are computed again"
    if store.has(MANIFEST) and store.manifest() is None:
        yield f"{store.path}: {MANIFEST} cannot be read and is written anew; of earlier runs it will say nothing"
    if store.has(CONFIG) and store.config() is None:
        yield f"{store.path}: {CONFIG} is not as it was written, and is written anew"


def _summary(failed: Sequence[BlockFailure], blocks: int, store: ArmStore) -> str:
    """Say in one line which arm failed where, and what to do."""
    worlds = sum(failure.worlds.count for failure in failed)
    return (
        f"{store.path.name}: {len(failed)} of {blocks} blocks failed, {worlds} worlds in all ({failed[0].summary});"
        f" tracebacks are in {store.path / FAILURES}, finished chunks are kept, and the same command tries the others again"
    )
