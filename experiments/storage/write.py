"""Write an arm, one process at a time. Each chunk is written aside and moved into place; a manifest records the runs."""

import json
import os
import platform
import shutil
import subprocess
import time
from collections.abc import Generator, Iterable, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import xarray as xr
import yaml
import zarr
from filelock import FileLock, Timeout

from experiments.config.arm import Arm
from experiments.config.files import half_written, read_json, writable, write_whole
from experiments.errors import InputError, RunError, say
from experiments.storage.failures import FAILURES, BlockFailure, FailureFolder
from experiments.storage.read import CONFIG, MANIFEST, ArmStore, digest
from experiments.storage.zarr_layout import Mark, checksum, create, describe, is_described, length, stack
from sim.worlds import CHUNK

_LIBRARIES = ("knockon", "mesa", "numpy", "scipy", "numba", "xarray", "zarr", "hydra-core")


class Manifest:
    """The manifest of an arm while a run extends it."""

    def __init__(self, arm: Arm, before: Mapping[str, Any] | None) -> None:
        """Begin the record of a run after the manifest of earlier runs."""
        self._began, self._arm = time.perf_counter(), arm
        self._earlier: list[Any] = before["runs"] if before else []
        self._this: dict[str, object] = {
            "began": datetime.now(UTC).isoformat(timespec="seconds"),
            "workers": arm.compute.workers,
            "block": arm.compute.block,
            "versions": {library: version(library) for library in _LIBRARIES},
            "python": platform.python_version(),
            "commit": commit(),
        }

    def plain(self, worlds: int, computed: int) -> dict[str, object]:
        """Return the manifest as plain values: `worlds` finished by all runs, and `computed` by this run."""
        seconds = time.perf_counter() - self._began
        speed = {"worlds": computed, "seconds": round(seconds, 2), "worlds_per_second": round(computed / seconds, 1)}
        return {
            **{name: getattr(self._arm, name) for name in ("scenario", "key", "seed", "days")},
            "worlds": worlds,
            "swept": list(self._arm.swept),
            "runs": [*self._earlier, {**speed, **self._this}],
            "identity": self._arm.identity,
        }


def commit() -> str | None:
    """Return the git commit of the code, with "-dirty" if files differ from it, None outside a checkout."""
    folder = Path(__file__).parents[2]
    if not (folder / ".git").exists():
        return None
    command = ["git", "-C", str(folder), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None


def short_commit(commit: object) -> str:
    """Return the first ten digits of a commit with its "-dirty"; empty without a commit."""
    name, dirty, _ = str(commit or "").partition("-dirty")
    return name[:10] + dirty


def listed(values: Iterable[object]) -> str:
    """Return each value once; "unknown" if there is none."""
    return ", ".join(dict.fromkeys(str(value) for value in values if value)) or "unknown"


_LOCK, _HOLDER = "lock", "holder.json"
_SECONDS_BETWEEN_LOOKS = 0.5


@contextmanager
def only_writer(folder: Path) -> Generator[None]:
    """Wait until no other process writes a folder, and lock it; OSError if it cannot be written.

    Waiting is better than refusing: sweeps share arms, and after the other process there is little or nothing left to
    compute. The lock belongs to the kernel (flock, on NFS as well), so it always ends with its process. On file systems
    without flock (of some clusters), filelock uses a file that names its process, and takes the file over when that process
    is gone. The holder's name has its own file: on NFS, closing the lock's file after reading it would release the lock.
    """
    lock, holder = FileLock(folder / _LOCK), folder / _HOLDER
    try:
        lock.acquire(timeout=0)
    except Timeout:
        say(f"waiting for {_who(holder)}, which is writing {folder}; press Ctrl-C to stop waiting")
        lock.acquire(poll_interval=_SECONDS_BETWEEN_LOOKS)
    try:
        said = {"process": os.getpid(), "host": platform.node(), "since": datetime.now().isoformat(" ", "seconds")}
        write_whole(holder, json.dumps(said))
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


@contextmanager
def in_nobodys_use(folders: Iterable[Path]) -> Generator[None]:
    """Lock folders of arms that are to be removed; InputError names one that another process writes."""
    with ExitStack() as held:
        for folder in folders:
            try:
                held.enter_context(FileLock(folder / _LOCK).acquire(timeout=0))
            except Timeout:
                who = _who(folder / _HOLDER)
                raise InputError(
                    f"{folder} is in use by {who}: nothing was removed; try again after this process has ended"
                ) from None
        yield


def _who(holder: Path) -> str:
    said = read_json(holder)
    is_whole = {"process", "host", "since"} <= set(said)
    return f"process {said['process']} on {said['host']} (since {said['since']})" if is_whole else "another process"


_ASIDE = "unfinished.zarr"
_SECONDS_OF_ZARR = 0.1
"""After an error zarr still finishes other files of the same write, which would appear after the folder was removed."""


class ArmWriter:
    """Writes the folder of one arm within `with`, as its only writer.

    If the run is killed or the disk is full, finished chunks stay finished. Readers are not disturbed, since a file is only
    replaced by one with the same worlds and more.
    """

    def __init__(self, store: ArmStore, worlds: int) -> None:
        """Prepare to write an arm that will have `worlds` in the end."""
        self.store, self._worlds = store, worlds
        self.failures = FailureFolder(store.path / FAILURES)
        self._aside = store.path / _ASIDE
        self._arrays: dict[str, zarr.Array] = {}
        self._config: dict[str, str] = {}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        """Wait for the folder and lock it."""
        with writable(self.store.path.parent.parent):
            self.store.mark_of(0).parent.mkdir(parents=True, exist_ok=True)
            self._open.enter_context(only_writer(self.store.path))
        self._open.callback(shutil.rmtree, self._aside, ignore_errors=True)
        shutil.rmtree(self._aside, ignore_errors=True)  # of a process that was killed, as are these files
        for file in half_written(self.store.path):
            file.unlink(missing_ok=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Release the folder."""
        if error is not None:
            time.sleep(_SECONDS_OF_ZARR)
        self._open.close()

    def write_config(self, config: Mapping[str, object]) -> None:
        """Write the config of the arm."""
        dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # libyaml's takes a tenth of the time
        text = yaml.dump(dict(config), Dumper=dumper, sort_keys=False, allow_unicode=True)
        self._write(CONFIG, text)
        self._config = {"config": digest(text.encode())}

    def write_manifest(self, manifest: Mapping[str, object]) -> None:
        """Write the record of the runs: versions, commit, seed, time."""
        self._write(MANIFEST, json.dumps({**manifest, **self._config}, indent=1))

    def record(self, failure: BlockFailure, config: Mapping[str, object]) -> None:
        """Record a failed block; RunError if the disk is full or fails."""
        try:
            self.failures.record(failure, config)
        except OSError as error:
            raise self._stopped(error, f"the failure of worlds from {failure.worlds.first} on") from error

    def write_chunk(self, chunk: int, data: xr.Dataset) -> None:
        """Write a chunk of at most 1,024 worlds, the first dimension of all outcomes, and mark it finished.

        Raises:
            RunError: the disk is full or fails.
        """
        first, count = chunk * CHUNK, data.sizes["world"]
        try:
            self._move_into_place(chunk, count, self._make_aside(chunk, stack(data)))
        except OSError as error:
            raise self._stopped(error, f"worlds {first} to {first + count - 1}") from error

    def _make_aside(self, chunk: int, stacked: xr.Dataset) -> list[str]:
        """Write a chunk aside, and return its files."""
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
        """Make room for all worlds in the dataset; its description, which readers use, is moved last and atomically."""
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
            f" its {self.store.finished()} finished worlds are kept: free space on the disk and run the same command again to"
            " continue"
        )
