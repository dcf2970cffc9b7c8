"""Run an arm: split its worlds into blocks, compute them, store finished chunks."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import batched
from pathlib import Path

import xarray as xr

from experiments.config.arm import Arm
from experiments.config.compute import Compute
from experiments.config.files import half_written
from experiments.engine.block import joined
from experiments.engine.progress import PROGRESS
from experiments.engine.side_by_side import families
from experiments.engine.split import blocks_of
from experiments.engine.workers import Work, run_blocks, run_each
from experiments.errors import BlocksFailedError, RunError, say
from experiments.storage.chunks import in_chunks, spans
from experiments.storage.failures import FAILURES, BlockFailure
from experiments.storage.read import CONFIG, MANIFEST, ArmStore
from experiments.storage.write import ArmWriter, Manifest
from sim.worlds import CHUNK, Worlds

_MOST_BESIDE = 8
"""Most arms in one model: more arms would save little time on draws, and hold more unfinished chunks in memory."""


def by_chunk(worlds: Worlds, data: xr.Dataset) -> Iterator[tuple[int, xr.Dataset]]:
    """Yield the number of each chunk in a block, and its part of the block's dataset."""
    for chunk in range(worlds.first // CHUNK, (worlds.first + worlds.count - 1) // CHUNK + 1):
        low = max(worlds.first, chunk * CHUNK) - worlds.first
        yield chunk, data.isel(world=slice(low, (chunk + 1) * CHUNK - worlds.first))


def run_whole(work: Work, worlds: int, compute: Compute, label: str) -> xr.Dataset:
    """Do some work on the first worlds, block after block, and return the joined datasets; nothing is stored.

    The work returns a dataset of the worlds of a block, along `world` with their numbers.

    Raises:
        RunError: a block failed; the rest must not look like the whole.
    """
    blocks = blocks_of(in_chunks(worlds), compute)
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
        _extend(arm, writer, label or arm.scenario)
    return store


def plan(arms: Mapping[str, Arm]) -> None:
    """Announce the missing worlds of arms to the progress."""
    PROGRESS.plan((arm.folder, label, sum(ArmStore(arm.folder).missing(arm.worlds).values())) for label, arm in arms.items())


def run_arms(arms: Mapping[str, Arm], what: str = "") -> dict[str, xr.Dataset]:
    """Compute the missing worlds of several arms, and return the outcomes by label; `what` is shown with the progress."""
    shown = {label: f"{label}, {what}" if what else label for label in arms}
    plan({shown[label]: arm for label, arm in arms.items()})
    run_beside(arms.values())
    return {label: run_arm(arm, shown[label]).open(arm.worlds) for label, arm in arms.items()}


def run_beside(arms: Collection[Arm]) -> None:
    """Compute the worlds that several arms lack in one model for all, where the arms differ in their policies alone.

    The arms share the draws of a day. The stored results are the same, bit for bit, as if each arm had run alone. Failed
    blocks stay missing: each arm that runs alone afterwards tries them again, and records the failure.

    Raises:
        InputError: the results folder cannot be written, or holds something else.
        RunError: the disk failed.
    """
    for family in families({str(arm.folder): arm for arm in arms}):
        alike: dict[tuple[object, ...], list[Arm]] = {}
        for arm in family.values():
            ArmStore(arm.folder).check_key(arm.key)
            missing = ArmStore(arm.folder).missing(arm.worlds)
            if missing and not arm.compute.strict:  # or else the first failure ends the run
                alike.setdefault((*missing.items(), arm.compute), []).append(arm)
        for group in alike.values():
            for some in batched(group, _MOST_BESIDE):
                if len(some) > 1:
                    _grow(some)


def _extend(arm: Arm, writer: ArmWriter, label: str) -> None:
    """Compute the missing worlds of one arm, and record those that fail; BlocksFailedError if any did."""
    growing = _Growing(arm, writer)
    blocks = blocks_of(growing.missing, arm.compute)
    failed: list[BlockFailure] = []
    for failure in _computed([growing], blocks, label):
        writer.record(failure, arm.resolved)
        failed.append(failure)
        if arm.compute.strict:
            break
    if failed:
        error = RunError if arm.compute.strict else BlocksFailedError
        raise error(_summary(failed, len(blocks), writer.store))
    writer.failures.forget(Worlds(0, arm.worlds))


def _grow(arms: Sequence[Arm]) -> None:
    """Compute the missing worlds of arms in one model, except for blocks that fail."""
    ordered = sorted(arms, key=lambda arm: arm.folder)  # so no two processes wait for each other
    with ExitStack() as opened:
        growing = [_Growing(arm, opened.enter_context(ArmWriter(ArmStore(arm.folder), arm.worlds))) for arm in ordered]
        if all(one.missing == growing[0].missing for one in growing):  # no other process computed some meanwhile
            for _ in _computed(growing, blocks_of(growing[0].missing, ordered[0].compute, len(arms))):
                pass


def _computed(growing: Sequence["_Growing"], blocks: Sequence[Worlds], label: str = "") -> Iterator[BlockFailure]:
    """Compute blocks of arms in one model, store the chunks that they complete, and yield the blocks that fail."""
    first, *others = (one.arm for one in growing)
    total = sum(worlds.count for worlds in blocks)
    with PROGRESS.of(first.folder, label, total, [arm.folder for arm in others]):
        for worlds, outcome in run_blocks([first, *others], blocks, first.compute):
            PROGRESS.block(worlds)
            if isinstance(outcome, BlockFailure):
                for one in growing:
                    one.give_up(worlds)
                yield outcome
            else:
                for one, data in zip(growing, outcome, strict=True):
                    one.add(worlds, data)


class _Growing:
    """An arm's folder while its `missing` worlds, per chunk, are computed; a chunk is stored when all its blocks are there."""

    def __init__(self, arm: Arm, writer: ArmWriter) -> None:
        for note in _repairs(arm, writer.store):
            say(note)
        self.arm = arm
        self._writer, self._manifest, self._computed = writer, Manifest(arm, writer.store.manifest()), 0
        self._stored, self.missing = writer.store.stored(), writer.store.missing(arm.worlds)
        self._waiting: dict[int, list[xr.Dataset]] = {chunk: [] for chunk in self.missing}
        writer.write_config(arm.resolved)
        self._write_manifest()

    def add(self, worlds: Worlds, data: xr.Dataset) -> None:
        """Store the chunks that a block completes."""
        self._writer.failures.forget(worlds)
        for chunk, part in by_chunk(worlds, data):
            if chunk not in self._waiting:
                continue
            self._waiting[chunk].append(part)
            count = self.missing[chunk]
            if sum(other.sizes["world"] for other in self._waiting[chunk]) == count:
                self._writer.write_chunk(chunk, joined(self._waiting.pop(chunk)))
                self._writer.failures.forget(Worlds(chunk * CHUNK, count))
                self._stored[chunk], self._computed = count, self._computed + count
                self._write_manifest()

    def give_up(self, worlds: Worlds) -> None:
        """Leave out the chunks of a block that failed."""
        for chunk, _ in worlds.chunks():
            self._waiting.pop(chunk, None)

    def _write_manifest(self) -> None:
        self._writer.write_manifest(self._manifest.plain(sum(self._stored.values()), self._computed))


def _repairs(arm: Arm, store: ArmStore) -> Iterator[str]:
    """Yield lines on the damaged parts of an arm that are computed or written again."""
    if damaged := store.damaged(arm.worlds):
        yield f"{store.path}: the files of worlds {spans(damaged)} are damaged; these worlds are computed again"
    if (store.path / MANIFEST).exists() and store.manifest() is None:
        yield f"{store.path}: {MANIFEST} cannot be read and is written again, without the earlier runs"
    if (store.path / CONFIG).exists() and store.config() is None:
        yield f"{store.path}: {CONFIG} was changed, and is written again"


def _summary(failed: Sequence[BlockFailure], blocks: int, store: ArmStore) -> str:
    worlds = sum(failure.worlds.count for failure in failed)
    return (
        f"{store.path.name}: {len(failed)} of {blocks} blocks failed, {worlds} worlds in all ({failed[0].summary});"
        f" tracebacks are in {store.path / FAILURES}, finished chunks are kept, and the same command tries the failed blocks"
        " again"
    )
