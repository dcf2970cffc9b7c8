"""Run an arm: split its worlds into blocks, compute them, store finished chunks."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import xarray as xr

from experiments.config.arm import Arm
from experiments.config.compute import Compute
from experiments.config.files import half_written
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

    If possible a block has whole chunks, since these are what is stored. `wanted` is the number of worlds to compute per
    chunk, from its first on; the blocks, of at most `largest` worlds, are divided evenly between the workers.
    """
    total = sum(wanted.values())
    number = -(-max(-(-total // largest), workers) // workers) * workers
    chunks = [Worlds(chunk * CHUNK, count) for chunk, count in wanted.items()]
    if largest < CHUNK or number > len(chunks):
        size = min(largest, -(-total // number))
        pieces = [(run, low) for run in _joined(chunks) for low in range(0, run.count, size)]
        return [Worlds(run.first + low, min(size, run.count - low)) for run, low in pieces]
    return [block for group in np.array_split(np.arange(len(chunks)), number) for block in _joined([chunks[i] for i in group])]


def by_chunk(worlds: Worlds, data: xr.Dataset) -> Iterator[tuple[int, xr.Dataset]]:
    """Yield the number of each chunk in a block, and its part of the block's dataset."""
    for chunk in range(worlds.first // CHUNK, (worlds.first + worlds.count - 1) // CHUNK + 1):
        low = max(worlds.first, chunk * CHUNK) - worlds.first
        yield chunk, data.isel(world=slice(low, (chunk + 1) * CHUNK - worlds.first))


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
    """Do any work on the first worlds, block after block, and return the joined datasets; nothing is stored.

    The work returns a dataset of the worlds of a block, along `world` with their numbers.

    Raises:
        RunError: a block failed, and the rest must not be mistaken for the whole.
    """
    blocks = cut(in_chunks(worlds), compute.block, compute.shared_by(worlds))
    parts: list[xr.Dataset] = []
    with PROGRESS.of(Path(label), label, worlds):
        for block, outcome in run_each(work, blocks, compute):
            if isinstance(outcome, BlockFailure):
                last = block.first + block.count - 1
                raise RunError(f"{label}: worlds {block.first} to {last} could not be computed ({outcome.summary})")
            parts.append(outcome)
            PROGRESS.block(block)
    return joined(parts)


def run_arm(arm: Arm, label: str = "") -> ArmStore:
    """Compute and store the missing worlds of an arm, after waiting for any other process that writes it.

    Raises:
        InputError: the results folder cannot be written, or holds something else.
        BlocksFailedError: some blocks failed; all others were computed.
        RunError: the disk failed, or a block under `compute.strict`.
    """
    store = ArmStore(arm.folder)
    store.check_key(arm.key)
    if not store.missing(arm.worlds) and store.is_described() and not half_written(store.path):
        return store
    with ArmWriter(store, arm.worlds) as writer:
        store.check_key(arm.key)
        _extend(arm, store, writer, label or arm.scenario)
    return store


def plan(arms: Mapping[str, Arm]) -> None:
    """Announce the missing worlds of arms to the progress."""
    PROGRESS.plan(
        (arm.folder, label, sum(count for _, count in ArmStore(arm.folder).missing(arm.worlds))) for label, arm in arms.items()
    )


def run_arms(arms: Mapping[str, Arm], what: str = "") -> dict[str, xr.Dataset]:
    """Compute the missing worlds of several arms, and return the outcomes by label; `what` is shown beside the progress."""
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
    blocks = cut(missing, arm.compute.block, arm.compute.shared_by(sum(missing.values())))
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
    """Yield each block when it is done, None for one that failed and was recorded; RunError under `compute.strict`."""
    with PROGRESS.of(arm.folder, label, sum(worlds.count for worlds in blocks)):
        for worlds, outcome in run_blocks(arm, blocks, arm.compute):
            PROGRESS.block(worlds)
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
    """Yield each chunk when all its blocks are there; a chunk with a failed block is given up."""
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
    """Yield lines on the damaged parts of an arm that are computed or written again."""
    if damaged := store.damaged(arm.worlds):
        yield f"{store.path}: the files of worlds {spans(damaged)} are damaged; these worlds are computed again"
    if store.has(MANIFEST) and store.manifest() is None:
        yield f"{store.path}: {MANIFEST} cannot be read and is written again, without the earlier runs"
    if store.has(CONFIG) and store.config() is None:
        yield f"{store.path}: {CONFIG} was changed, and is written again"


def _summary(failed: Sequence[BlockFailure], blocks: int, store: ArmStore) -> str:
    """Return one line: which blocks failed, why, and what to do."""
    worlds = sum(failure.worlds.count for failure in failed)
    return (
        f"{store.path.name}: {len(failed)} of {blocks} blocks failed, {worlds} worlds in all ({failed[0].summary});"
        f" tracebacks are in {store.path / FAILURES}, finished chunks are kept, and the same command tries the others again"
    )
