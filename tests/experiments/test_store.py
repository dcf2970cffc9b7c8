"""Nothing without a mark is read, and whatever was stopped halfway is computed again."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
import zarr
from composing import composed
from conftest import same_bits

import experiments.ensemble
import experiments.store
import experiments.workers
from experiments.api import load
from experiments.ensemble import run_arm
from experiments.errors import InputError
from experiments.setup import Setup
from experiments.store import ArmStore, check_writable
from sim.worlds import Worlds

CHUNK = 4
SITES = ["embassy", "western_base"]


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiments.store, "CHUNK", CHUNK)
    monkeypatch.setattr(experiments.ensemble, "CHUNK", CHUNK)


@pytest.fixture
def store(tmp_path: Path) -> ArmStore:
    arm = ArmStore(tmp_path / "results" / "arms" / "stay-0123456789")
    arm.begin({"ensemble": {"worlds": 6}})
    return arm


def outcomes(first: int, count: int) -> xr.Dataset:
    """Make outcomes that tell which world, day and site they are of."""
    worlds = np.arange(first, first + count)
    attacks = (100.0 * worlds[:, None] + [[1.0, 2.0]]).astype(np.float32)
    by_site = attacks[:, :, None] + np.float32([0.25, 0.5])
    never = np.where(worlds[:, None] % 2 == 0, np.nan, attacks).astype(np.float32)
    return xr.Dataset(
        {
            "attacks": (["world", "day"], attacks, {"long_name": "attacks on sites", "units": "attacks", "worse": 1}),
            "attacks_by_site": (["world", "day", "site"], by_site, {"long_name": "attacks by site", "units": "attacks"}),
            "resurgence_day": (["world", "day"], never, {"units": "day"}),
            "form_strikes": (["world"], (worlds % 2).astype(np.int8), {"forms": ["deter", "provoke"]}),
        },
        coords={"world": worlds, "day": [365, 730], "site": SITES},
        attrs={"scenario": "stay", "key": "0123456789", "seed": 20200930},
    )


def leftovers(folder: Path) -> list[Path]:
    """Return the files that are neither results nor marks."""
    return [path for path in folder.rglob("*") if path.is_file() and (path.name.startswith(".") or "tmp" in path.name)]


# what is read


def test_a_round_trip_keeps_numbers_labels_and_attributes(store: ArmStore) -> None:
    written = outcomes(0, 3)
    store.write_chunk(0, written)
    read = store.open().load()
    xr.testing.assert_identical(read, written)
    assert {name: read[name].dtype for name in read.data_vars} == {name: written[name].dtype for name in written.data_vars}
    assert read["attacks"].attrs == {"long_name": "attacks on sites", "units": "attacks", "worse": 1}
    assert list(read["site"].values) == SITES


def test_worlds_come_from_all_chunks_in_order(store: ArmStore) -> None:
    store.write_chunk(0, outcomes(0, 4))
    store.write_chunk(1, outcomes(4, 4))
    store.write_chunk(2, outcomes(8, 2))
    xr.testing.assert_identical(store.open().load(), outcomes(0, 10))


def test_chunks_may_be_written_in_any_order(store: ArmStore) -> None:
    store.write_chunk(1, outcomes(4, 2))
    store.write_chunk(0, outcomes(0, 4))
    xr.testing.assert_identical(store.open().load(), outcomes(0, 6))


@pytest.mark.parametrize("worlds", [1, 3, 4, 5, 6])
def test_as_many_worlds_are_opened_as_are_asked_for(store: ArmStore, worlds: int) -> None:
    store.write_chunk(0, outcomes(0, 4))
    store.write_chunk(1, outcomes(4, 2))
    xr.testing.assert_identical(store.open(worlds).load(), outcomes(0, worlds))


def test_more_worlds_than_there_are_are_refused(store: ArmStore) -> None:
    store.write_chunk(0, outcomes(0, 4))
    store.write_chunk(1, outcomes(4, 2))
    with pytest.raises(InputError, match="holds 6 finished worlds, not 7: run the arm again"):
        store.open(7)


def test_an_arm_without_a_finished_world_is_refused(store: ArmStore) -> None:
    for arm in (store, ArmStore(store.path / "nowhere")):
        with pytest.raises(InputError, match="holds 0 finished worlds"):
            arm.open()


@pytest.mark.parametrize("mark", [None, "", "{", '{"chunk": 0}', '{"worlds": "many"}'])
def test_a_chunk_without_a_whole_mark_is_not_read(store: ArmStore, mark: str | None) -> None:
    store.write_chunk(0, outcomes(0, 4))
    store.write_chunk(1, outcomes(4, 4))
    path = store.path / "chunks" / "000001.json"
    path.unlink()
    if mark is not None:
        path.write_text(mark, encoding="utf-8")
    assert store.open().sizes["world"] == 4
    assert store.missing(8) == [(1, 4)]
    with pytest.raises(InputError, match="holds 4 finished worlds"):
        store.open(5)


def test_worlds_behind_a_missing_chunk_are_not_read(store: ArmStore) -> None:
    store.write_chunk(1, outcomes(4, 4))
    with pytest.raises(InputError, match="holds 0 finished worlds"):
        store.open()
    assert store.missing(8) == [(0, 4)]


# what is computed


def test_a_partial_last_chunk_is_computed_again_when_more_is_asked(store: ArmStore) -> None:
    assert store.missing(6) == [(0, 4), (1, 2)]
    store.write_chunk(0, outcomes(0, 4))
    store.write_chunk(1, outcomes(4, 2))
    for fewer in (1, 4, 5, 6):
        assert store.missing(fewer) == []
    assert store.missing(7) == [(1, 3)]
    assert store.missing(9) == [(1, 4), (2, 1)]
    store.write_chunk(1, outcomes(4, 4))
    xr.testing.assert_identical(store.open().load(), outcomes(0, 8))


# what is stopped halfway


def crash_at(write: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the disk fail at one of the writes of arrays, counted from 0."""
    real: Callable[..., None] = zarr.Array.__setitem__
    written = iter(range(10**6))

    def fail(array: zarr.Array, *arguments: Any) -> None:
        if next(written) == write:
            raise OSError("no space left on device")
        real(array, *arguments)

    monkeypatch.setattr(zarr.Array, "__setitem__", fail)


@pytest.mark.parametrize("write", range(7))  # the worlds' numbers, day and site, four variables
def test_a_chunk_stopped_in_the_middle_is_not_read_and_a_rerun_repairs_it(
    store: ArmStore, monkeypatch: pytest.MonkeyPatch, write: int
) -> None:
    with monkeypatch.context() as failing:
        crash_at(write, failing)
        with pytest.raises(OSError, match="no space"):
            store.write_chunk(0, outcomes(0, 4))
    assert store.missing(4) == [(0, 4)]
    with pytest.raises(InputError, match="holds 0 finished worlds"):
        store.open()
    store.write_chunk(0, outcomes(0, 4))
    xr.testing.assert_identical(store.open().load(), outcomes(0, 4))
    assert leftovers(store.path) == []


@pytest.mark.parametrize("write", [0, 2])
def test_finished_chunks_stay_readable_when_a_later_one_is_stopped(
    store: ArmStore, monkeypatch: pytest.MonkeyPatch, write: int
) -> None:
    store.write_chunk(0, outcomes(0, 4))
    with monkeypatch.context() as failing:
        crash_at(write, failing)
        with pytest.raises(OSError, match="no space"):
            store.write_chunk(1, outcomes(4, 4))
    xr.testing.assert_identical(store.open().load(), outcomes(0, 4))


def test_a_chunk_stopped_while_it_is_replaced_is_no_longer_trusted(store: ArmStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.write_chunk(0, outcomes(0, 3))
    with monkeypatch.context() as failing:
        crash_at(1, failing)
        with pytest.raises(OSError, match="no space"):
            store.write_chunk(0, outcomes(0, 4))
    assert store.worlds_done(0) == 0
    store.write_chunk(0, outcomes(0, 4))
    xr.testing.assert_identical(store.open().load(), outcomes(0, 4))


def test_the_mark_is_written_after_the_data(store: ArmStore, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    write = experiments.store._write_whole

    def look(path: Path, text: str) -> None:
        with xr.open_zarr(store.path / "outcomes.zarr", consolidated=False) as data:
            seen.append((path.name, data.load().copy()))
        write(path, text)

    monkeypatch.setattr(experiments.store, "_write_whole", look)
    store.write_chunk(0, outcomes(0, 4))
    ((name, data),) = seen
    assert name == "000000.json"
    xr.testing.assert_identical(data, outcomes(0, 4))


def test_a_mark_that_cannot_be_written_leaves_no_file(store: ArmStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*paths: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as failing:
        failing.setattr("os.replace", fail)
        with pytest.raises(OSError, match="no space"):
            store.write_manifest({"seed": 1})
    assert leftovers(store.path) == []
    assert not (store.path / "manifest.json").exists()


# the same, through a whole run


@pytest.fixture
def arm() -> Setup:
    return composed("us_pullout", "ensemble.worlds=6", "ensemble.days=16", "ensemble.record=totals")


def counted(monkeypatch: pytest.MonkeyPatch, stop_at: int | None = None) -> list[Worlds]:
    """Note which blocks are run; stop before one of them as Ctrl-C does."""
    blocks: list[Worlds] = []
    run = experiments.workers.run_block

    def run_block(setup: Setup, worlds: Worlds) -> xr.Dataset:
        if len(blocks) == stop_at:
            raise KeyboardInterrupt
        blocks.append(worlds)
        return run(setup, worlds)

    monkeypatch.setattr(experiments.workers, "run_block", run_block)
    return blocks


def test_ctrl_c_leaves_nothing_that_a_later_run_trusts(arm: Setup, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    whole = run_block_of_all(arm)
    with monkeypatch.context() as stopping:
        counted(stopping, stop_at=1)
        with pytest.raises(KeyboardInterrupt):
            run_arm(arm)
    folder = tmp_path / arm.folder
    assert [path.name for path in (folder / "chunks").iterdir()] == ["000000.json"]
    assert not (folder / "manifest.json").exists()
    assert load(folder).sizes["world"] == 4
    with pytest.raises(InputError, match="holds 4 finished worlds, not 6"):
        load(folder, 6)
    blocks = counted(monkeypatch)
    store = run_arm(arm)
    assert blocks == [Worlds(4, 2)]
    assert same_bits(store.open(6).load(), whole) == []
    assert store.manifest()["worlds_computed"] == 2
    assert leftovers(folder) == []


def run_block_of_all(arm: Setup) -> xr.Dataset:
    """Run all worlds of an arm at once, past the store."""
    return experiments.workers.run_block(arm, Worlds(0, arm.worlds))


def test_a_finished_arm_is_not_computed_again(arm: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    run_arm(arm)
    blocks = counted(monkeypatch)
    run_arm(arm)
    assert blocks == []


def test_the_folder_says_what_made_it(arm: Setup) -> None:
    store = run_arm(arm)
    manifest = store.manifest()
    assert manifest["key"] == arm.key
    assert manifest["identity"] == json.loads(json.dumps(arm.identity))
    assert (manifest["seed"], manifest["days"], manifest["worlds"]) == (arm.seed, 16, 6)
    assert {"mesa", "numpy", "zarr", "hydra-core"} <= set(manifest["versions"])
    assert "us_pullout" in store.path.name
    assert "effect_of_restraint" in (store.path / "config.yaml").read_text(encoding="utf-8")


# where nothing can be written


def test_a_results_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for results in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(InputError, match="file is a file, not a folder"):
            check_writable(results)
    with pytest.raises(InputError, match="cannot be written"):
        ArmStore(tmp_path / "file" / "arms" / "stay-0").begin({})


def test_a_results_folder_that_refuses_files_is_refused() -> None:
    with pytest.raises(InputError, match="results=/proc/knockon: the folder cannot be written"):
        check_writable(Path("/proc/knockon"))


def test_the_check_leaves_nothing(tmp_path: Path) -> None:
    check_writable(tmp_path / "one" / "two")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("write", range(5))
def test_reading_disturbs_no_run_that_is_writing(store: ArmStore, monkeypatch: pytest.MonkeyPatch, write: int) -> None:
    store.write_chunk(0, outcomes(0, 4))
    real: Callable[..., None] = zarr.Array.__setitem__
    written = iter(range(10**6))
    read = []

    def look(array: zarr.Array, *arguments: Any) -> None:
        real(array, *arguments)
        if next(written) == write:
            read.append(store.open().load())

    with monkeypatch.context() as reading:
        reading.setattr(zarr.Array, "__setitem__", look)
        store.write_chunk(1, outcomes(4, 4))
    xr.testing.assert_identical(read[0], outcomes(0, 4))
    xr.testing.assert_identical(store.open().load(), outcomes(0, 8))
