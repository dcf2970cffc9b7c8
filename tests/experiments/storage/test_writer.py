"""If a process is stopped while it writes, at any moment and for any reason, all chunks that were finished before remain."""

import errno
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import xarray as xr
import zarr
from storing import files_of, is_stored, leftovers, opened, outcomes, write

from experiments.errors import InputError, RunError
from experiments.storage.read import ArmStore
from experiments.storage.write import ArmWriter

pytestmark = pytest.mark.usefixtures("small_chunks")


@pytest.fixture
def store(tmp_path: Path) -> ArmStore:
    return ArmStore(tmp_path / "results" / "arms" / "stay-0123456789")


class Killed(BaseException):
    """Stands for a process that ends between two system calls."""


type Stop = Callable[[], None]


def at_write(number: int, stop: Stop, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Do something just before one of the writes of arrays, labels first, and before one of the moves into place.

    Returns:
        What is written and moved, as it happens.
    """
    done: list[str] = []
    write, move = zarr.Array.__setitem__, os.replace

    def on(what: str) -> None:
        if len(done) == number:
            done.append("stop")
            stop()
        done.append(what)

    def write_array(array: zarr.Array, *arguments: Any) -> None:
        on(array.name)
        write(array, *arguments)

    def move_file(source: str | Path, target: str | Path) -> None:
        on(Path(target).name)
        move(source, target)

    monkeypatch.setattr(zarr.Array, "__setitem__", write_array)
    monkeypatch.setattr(os, "replace", move_file)
    return done


def kill() -> None:
    raise Killed


def fill() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def copies(store: ArmStore) -> Iterator[ArmStore]:
    """Copy an arm again and again."""
    for number in count():
        yield ArmStore(shutil.copytree(store.path, store.path.with_name(f"copy_{number}")))


def steps(store: ArmStore, monkeypatch: pytest.MonkeyPatch) -> int:
    """Count the writes and moves of a run that extends a partial chunk."""
    with monkeypatch.context() as counting:
        done = at_write(-1, kill, counting)
        write(next(copies(store)), (0, 4), worlds=8)
    shutil.rmtree(store.path.with_name("copy_0"))
    return len(done)


@pytest.mark.slow
def test_an_interrupted_extension_loses_nothing_at_any_moment(store: ArmStore, monkeypatch: pytest.MonkeyPatch) -> None:
    write(store, (0, 3), worlds=3)
    number = steps(store, monkeypatch)
    assert number > 20
    for step, copy in zip(range(number), copies(store), strict=False):
        with monkeypatch.context() as stopping, pytest.raises(Killed):
            at_write(step, kill, stopping)
            write(copy, (0, 4), worlds=8)
        assert copy.finished() == 3, step
        is_stored(copy, 3)
        assert leftovers(copy.path) == []
    write(copy, (0, 4), worlds=8)
    is_stored(copy, 4)


def test_a_first_chunk_is_not_there_until_all_of_it_is(store: ArmStore, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as watching:
        done = at_write(-1, kill, watching)
        write(store, (0, 4), (1, 4))
    marks = [place for place, name in enumerate(done) if name.startswith("00000")]
    assert marks[-1] == len(done) - 1
    for step in range(0, marks[0] + 1, 3):
        other = ArmStore(store.path.with_name(f"other_{step}"))
        with monkeypatch.context() as stopping, pytest.raises(Killed):
            at_write(step, kill, stopping)
            write(other, (0, 4), (1, 4))
        assert other.missing(4) == {0: 4}
        with pytest.raises(InputError, match="holds 0 finished worlds"):
            other.open()


def test_a_full_disk_ends_in_one_line_and_keeps_what_was_finished(store: ArmStore, monkeypatch: pytest.MonkeyPatch) -> None:
    write(store, (0, 4), (1, 2), worlds=6)
    number = steps(store, monkeypatch)
    for step, copy in zip(range(1, number, 4), copies(store), strict=False):  # at 0 the folder is refused
        with monkeypatch.context() as filling, pytest.raises(RunError) as raised:
            at_write(step, fill, filling)
            write(copy, (1, 4), worlds=8)
        assert "worlds 4 to 7 could not be written (No space left on device); its 6 finished worlds are kept" in str(
            raised.value
        )
        is_stored(copy, 6)
        assert leftovers(copy.path) == []
    write(copy, (1, 4), worlds=8)
    is_stored(copy, 8)


def test_a_full_disk_may_also_hit_manifest_and_config(store: ArmStore, monkeypatch: pytest.MonkeyPatch) -> None:
    with ArmWriter(store, 4) as writer:
        writer.write_chunk(0, outcomes(0, 4))
        monkeypatch.setattr(os, "replace", lambda *paths: fill())
        with pytest.raises(RunError, match=r"manifest.json could not be written \(No space left on device\)"):
            writer.write_manifest({"seed": 1})
        with pytest.raises(RunError, match="config.yaml could not be written"):
            writer.write_config({"seed": 1})
    assert leftovers(store.path) == []
    is_stored(store, 4)


def test_what_a_killed_run_left_aside_is_cleared_away(store: ArmStore) -> None:
    write(store, (0, 4))
    aside = store.path / "unfinished.zarr" / "float32_by_day"
    aside.mkdir(parents=True)
    (aside / "c.1.0.0").write_bytes(b"half")
    write(store, (1, 4))
    is_stored(store, 8)
    assert not aside.parent.exists()


# reading beside it


@pytest.mark.slow
def test_reading_disturbs_no_run_and_no_run_disturbs_reading(store: ArmStore, monkeypatch: pytest.MonkeyPatch) -> None:
    write(store, (0, 3), worlds=3)
    number = steps(store, monkeypatch)
    read: list[int] = []
    for step, copy in zip(range(0, number, 2), copies(store), strict=False):

        def look(copy: ArmStore = copy) -> None:
            read.append(copy.finished())
            is_stored(copy, read[-1])

        opened_before = copy.open()
        with monkeypatch.context() as reading:
            at_write(step, look, reading)
            write(copy, (0, 4), (1, 4), worlds=8)
        xr.testing.assert_identical(opened_before.load(), opened(0, 3))
    is_stored(copy, 8)
    assert set(read) == {3}
    assert len(read) == len(range(0, number, 2))


# the disk as it is


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 256 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("mounting needs root")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_disk_that_is_full(small_disk: Path) -> None:
    store = ArmStore(small_disk / "results" / "arms" / "stay-0123456789")
    write(store, (0, 4))
    with pytest.raises(OSError, match="No space"), (small_disk / "rest").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    with pytest.raises((RunError, InputError), match=r"could not be written|cannot be written \(No space left on device\)"):
        write(store, (1, 4))
    is_stored(store, 4)
    (small_disk / "rest").unlink()
    write(store, (1, 4))
    is_stored(store, 8)


def test_a_disk_that_is_read_only(small_disk: Path) -> None:
    store = ArmStore(small_disk / "results" / "arms" / "stay-0123456789")
    write(store, (0, 4))
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    is_stored(store, 4)
    with pytest.raises(InputError, match=r"disk/results: the folder cannot be written \(Read-only file system\)"):
        write(store, (1, 4))
    is_stored(store, 4)
    assert files_of(store, 1) == []
