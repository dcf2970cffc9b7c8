"""Writing an arm: chunk by chunk, each made aside and then moved into place, so that whatever was finished stays so."""

import json
import os
import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import xarray as xr
import yaml
import zarr

from experiments.config.files import writable, write_whole
from experiments.errors import RunError
from experiments.storage.chunk_marker import Mark
from experiments.storage.failures import FAILURES, BlockFailure, FailureFolder
from experiments.storage.lock import only_writer
from experiments.storage.read import CONFIG, MANIFEST, ArmStore, digest
from experiments.storage.zarr_layout import checksum, create, describe, is_described, length, stack
from sim.worlds import CHUNK

_ASIDE = "unfinished.zarr"


class ArmWriter:
    """Writes the folder of one arm, as the only process that does, between `with` and its end.

    A run may be killed and a disk may be full at any moment: what was finished before stays finished. Nor does it disturb
    those who read: a file is replaced by one that has the same worlds and more.

    Attributes:
        store: the arm's folder.
        failures: the records of its blocks that failed.
    """

    def __init__(self, store: ArmStore, worlds: int) -> None:
        """Take what to write.

        Args:
            store: the arm's folder.
            worlds: how many the arm will have when all is done.
        """
        self.store, self._worlds = store, worlds
        self.failures = FailureFolder(store.path / FAILURES)
        self._aside = store.path / _ASIDE
        self._arrays: dict[str, zarr.Array] = {}
        self._config: dict[str, str] = {}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        """Wait for the folder."""
        with writable(self.store.path.parent.parent):
            self.store.mark_of(0).parent.mkdir(parents=True, exist_ok=True)
            self._open.enter_context(only_writer(self.store.path))
        self._open.callback(shutil.rmtree, self._aside, ignore_errors=True)
        shutil.rmtree(self._aside, ignore_errors=True)  # of a process that was killed
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Leave the folder to others."""
        self._open.close()

    def write_config(self, config: Mapping[str, object]) -> None:
        """Write the config that the folder holds the results of."""
        dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # libyaml's takes a tenth of the time
        text = yaml.dump(dict(config), Dumper=dumper, sort_keys=False, allow_unicode=True)
        self._write(CONFIG, text)
        self._config = {"config": digest(text.encode())}

    def write_manifest(self, manifest: Mapping[str, object]) -> None:
        """Write what made the results: versions, commit, seed, time."""
        self._write(MANIFEST, json.dumps({**manifest, **self._config}, indent=1))

    def record(self, failure: BlockFailure, config: Mapping[str, object]) -> None:
        """Record a block that failed.

        Raises:
            RunError: the disk is full, or fails otherwise.
        """
        try:
            self.failures.record(failure, config)
        except OSError as error:
            raise self._stopped(error, f"the failure of worlds from {failure.worlds.first} on") from error

    def write_chunk(self, chunk: int, data: xr.Dataset) -> None:
        """Write a chunk of worlds and mark it finished.

        Args:
            chunk: its number.
            data: all outcomes, with `world` as first dimension; at most 1,024 worlds.

        Raises:
            RunError: the disk is full, or fails otherwise.
        """
        first, count = chunk * CHUNK, data.sizes["world"]
        try:
            self._move_into_place(chunk, count, self._make_aside(chunk, stack(data)))
        except OSError as error:
            raise self._stopped(error, f"worlds {first} to {first + count - 1}") from error

    def _make_aside(self, chunk: int, stacked: xr.Dataset) -> list[str]:
        """Write a chunk aside and return its files."""
        if not self._arrays:
            self._arrays = create(self._aside, stacked, max(self._worlds, length(self.store.dataset)))
            self._move_description_into_place()
        first, count = chunk * CHUNK, stacked.sizes["world"]
        for name, array in self._arrays.items():
            array[first : first + count] = stacked[name].values
        return [str(file.relative_to(self._aside)) for name in self._arrays for file in self._files(name, chunk)]

    def _files(self, name: str, chunk: int) -> list[Path]:
        one, more = self._aside / name / f"c.{chunk}", (self._aside / name).glob(f"c.{chunk}.*")
        return [one] if one.exists() else list(more)

    def _move_description_into_place(self) -> None:
        """Let the dataset have room for all worlds; its description, by which all is read, is moved last and at once."""
        self._description = describe(self._aside)
        there = self.store.dataset
        if is_described(there, self._description) and length(there) == length(self._aside):
            return
        for folder in sorted(path for path in self._aside.iterdir() if path.is_dir()):
            (there / folder.name).mkdir(parents=True, exist_ok=True)
            for file in folder.iterdir():
                os.replace(file, there / folder.name / file.name)
        os.replace(self._aside / "zarr.json", there / "zarr.json")

    def _move_into_place(self, chunk: int, count: int, files: list[str]) -> None:
        mark, before = self.store.mark_of(chunk), self.store.mark(chunk)
        checksums = {file: checksum(self._aside / file) for file in files}
        if before:
            either = {file: [*before.files.get(file, []), found] for file, found in checksums.items()}
            Mark(chunk, before.worlds, before.description, either).write(mark)
        for file in files:
            os.replace(self._aside / file, self.store.dataset / file)
        Mark(chunk, count, self._description, {file: [found] for file, found in checksums.items()}).write(mark)

    def _write(self, name: str, text: str) -> None:
        try:
            write_whole(self.store.path / name, text)
        except OSError as error:
            raise self._stopped(error, name) from error

    def _stopped(self, error: OSError, what: str) -> RunError:
        return RunError(
            f"{self.store.path}: {what} could not be written ({error.strerror or error});"
            f" its {self.store.finished()} finished worlds are kept: free the disk, and the same command goes on from them"
        )
