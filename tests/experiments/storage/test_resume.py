"""Whole runs of arms: stopped, extended, failing, or side by side; worlds stored for one arm are never used for another."""

import dataclasses
import json
import multiprocessing
import os
import random
import signal
import sys
import time
from collections.abc import Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import cloudpickle
import pytest
import xarray as xr
import yaml
from composing import composed
from conftest import same_bits
from storing import CHUNK, CHUNKED, cut, files_of, leftovers

import experiments.engine.workers as runner
from experiments.api import load
from experiments.config.arm import Arm
from experiments.engine.block import run_block
from experiments.engine.run import run_arm
from experiments.errors import BlocksFailedError, InputError
from experiments.storage.read import ArmStore
from experiments.storage.write import only_writer
from sim.worlds import Worlds

pytestmark = pytest.mark.usefixtures("small_chunks")


@pytest.fixture
def arm() -> Arm:
    serial = composed("us_pullout", "ensemble.worlds=6", "ensemble.days=16", "ensemble.record=totals", "compute=serial")
    return in_blocks(serial, CHUNK)


def in_blocks(arm: Arm, block: int, **changed: Any) -> Arm:
    """Return an arm that is computed in blocks of so many worlds."""
    return dataclasses.replace(arm, compute=dataclasses.replace(arm.compute, block=block), **changed)


def counted(monkeypatch: pytest.MonkeyPatch, stop_at: int | None = None, failing: Sequence[Worlds] = ()) -> list[Worlds]:
    """Note which blocks are run; stop before one of them as Ctrl-C does, let some fail."""
    blocks: list[Worlds] = []
    run = runner.run_block_of

    def run_block_of(arms: Sequence[Arm], worlds: Worlds) -> list[xr.Dataset]:
        if len(blocks) == stop_at:
            raise KeyboardInterrupt
        blocks.append(worlds)
        if worlds in failing:
            raise ValueError(f"a rate of -1 in world {worlds.first}")
        return run(arms, worlds)

    monkeypatch.setattr(runner, "run_block_of", run_block_of)
    return blocks


def at_once(arm: Arm) -> xr.Dataset:
    """Run all worlds of an arm at once, past the store."""
    return run_block(arm, Worlds(0, arm.worlds))


def is_whole(arm: Arm) -> None:
    """Check that all is stored as it would be computed at once."""
    assert same_bits(ArmStore(arm.folder).open(arm.worlds).load(), at_once(arm)) == []
    assert leftovers(arm.folder) == []


# stopped and extended


def test_ctrl_c_leaves_nothing_that_a_later_run_trusts(arm: Arm, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as stopping:
        counted(stopping, stop_at=1)
        with pytest.raises(KeyboardInterrupt):
            run_arm(arm)
    assert [path.name for path in (arm.folder / "chunks").iterdir()] == ["000000.json"]
    assert load(arm.folder).sizes["world"] == 4
    with pytest.raises(InputError, match="holds 4 finished worlds, but 6 must be there"):
        load(arm.folder, 6)
    assert leftovers(arm.folder) == []
    blocks = counted(monkeypatch)
    manifest = run_arm(arm).manifest()
    assert blocks == [Worlds(4, 2)]
    assert manifest is not None
    assert (manifest["worlds"], [run["worlds"] for run in manifest["runs"]]) == (6, [4, 2])
    is_whole(arm)


def test_a_finished_arm_is_not_computed_again(arm: Arm, monkeypatch: pytest.MonkeyPatch) -> None:
    run_arm(arm)
    before = {path: path.stat().st_mtime_ns for path in arm.folder.rglob("*")}
    blocks = counted(monkeypatch)
    run_arm(arm)
    run_arm(dataclasses.replace(arm, worlds=3))
    assert blocks == []
    assert {path: path.stat().st_mtime_ns for path in arm.folder.rglob("*")} == before


def test_the_folder_says_what_made_it_and_each_part_of_it(arm: Arm) -> None:
    run_arm(dataclasses.replace(arm, worlds=5))
    store = run_arm(dataclasses.replace(arm, worlds=9))
    manifest = store.manifest()
    assert manifest is not None
    assert manifest["key"] == arm.key
    assert manifest["identity"] == json.loads(json.dumps(arm.identity))
    assert (manifest["seed"], manifest["days"], manifest["worlds"]) == (arm.seed, 16, 9)
    first, second = manifest["runs"]
    assert (first["worlds"], second["worlds"]) == (5, 5), "of the chunk that was not full all worlds are computed again"
    for run in (first, second):
        assert {"mesa", "numpy", "zarr", "hydra-core"} <= set(run["versions"])
        rate = run["worlds"] / run["seconds"]
        rounding = 0.05 + rate * 0.005 / run["seconds"]  # of the speed to a tenth, of the seconds to a hundredth
        assert run["worlds_per_second"] == pytest.approx(rate, abs=1.1 * rounding)
        assert {"began", "commit", "python", "workers", "block"} < set(run)
    assert "us_pullout" in store.path.name
    assert "effect_of_restraint" in (store.path / "config.yaml").read_text(encoding="utf-8")
    assert str(Path.home()) not in (store.path / "manifest.json").read_text(encoding="utf-8")
    is_whole(dataclasses.replace(arm, worlds=9))


# damaged, and of somebody else


def test_damaged_worlds_are_computed_again_and_it_is_said(
    arm: Arm, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cut(files_of(run_arm(arm), 1)[0])
    blocks = counted(monkeypatch)
    capsys.readouterr()
    run_arm(arm)
    assert "the files of worlds 4 to 7 are damaged; these worlds are computed again" in capsys.readouterr().err
    assert blocks == [Worlds(4, 2)]
    is_whole(arm)


def test_a_corrupt_manifest_is_written_anew_and_it_is_said(
    arm: Arm, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = run_arm(arm)
    (store.path / "manifest.json").write_text('{"key": "tr', encoding="utf-8")
    blocks = counted(monkeypatch)
    capsys.readouterr()
    run_arm(arm)
    assert "manifest.json cannot be read and is written again" in capsys.readouterr().err
    assert blocks == []
    manifest = store.manifest()
    assert manifest is not None
    assert (manifest["key"], manifest["worlds"]) == (arm.key, 6)
    is_whole(arm)


def test_the_folder_of_another_config_is_left_alone(arm: Arm) -> None:
    other = dataclasses.replace(arm, seed=arm.seed + 1)
    run_arm(arm).path.rename(other.folder)
    before = {path: path.read_bytes() for path in other.folder.rglob("*") if path.is_file()}
    with pytest.raises(InputError, match=rf"holds the results of another config \(key {arm.key}\)"):
        run_arm(other)
    assert {path: path.read_bytes() for path in other.folder.rglob("*") if path.is_file()} == before


# blocks that fail


def test_a_block_that_fails_is_recorded_and_the_rest_goes_on(arm: Arm, monkeypatch: pytest.MonkeyPatch) -> None:
    arm = in_blocks(arm, 2, worlds=9)
    with monkeypatch.context() as failing:
        blocks = counted(failing, failing=[Worlds(2, 2)])
        with pytest.raises(BlocksFailedError) as raised:
            run_arm(arm)
    assert blocks == [Worlds(0, 2), Worlds(2, 2), Worlds(4, 2), Worlds(6, 2), Worlds(8, 1)]
    line = str(raised.value)
    assert f"{arm.folder.name}: 1 of 5 blocks failed, 2 worlds in all (ValueError: a rate of -1 in world 2)" in line
    assert str(arm.folder / "failures") in line
    assert "the same command tries the failed blocks again" in line
    store = ArmStore(arm.folder)
    assert store.stored() == {1: 4, 2: 1}
    with pytest.raises(InputError, match="holds 0 finished worlds, but 9 must be there"):
        store.open(9)
    (record,) = (arm.folder / "failures").iterdir()
    content = yaml.safe_load(record.read_text(encoding="utf-8"))
    assert content["worlds"] == {"first": 2, "count": 2}
    assert content["error"] == "ValueError: a rate of -1 in world 2"
    assert "raise ValueError(f" in content["traceback"]
    assert content["config"] == json.loads(json.dumps(arm.resolved))
    assert str(Path.home()) + os.sep not in record.read_text(encoding="utf-8")

    blocks = counted(monkeypatch)
    run_arm(arm)
    assert blocks == [Worlds(0, 2), Worlds(2, 2)]
    assert not (arm.folder / "failures").exists()
    is_whole(arm)


def test_records_go_when_their_worlds_are_computed_in_other_blocks(arm: Arm, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as failing:
        counted(failing, failing=[Worlds(0, 4)])
        with pytest.raises(BlocksFailedError, match="1 of 2 blocks failed, 4 worlds in all"):
            run_arm(arm)
    with monkeypatch.context() as failing:
        counted(failing, failing=[Worlds(0, 1)])
        with pytest.raises(BlocksFailedError, match="1 of 4 blocks failed, 1 worlds in all"):
            run_arm(in_blocks(arm, 1))
    assert sorted(path.name for path in (arm.folder / "failures").iterdir()) == [
        "000000000-000000000.yaml",
        "000000000-000000003.yaml",
    ]
    run_arm(in_blocks(arm, 2))
    assert not (arm.folder / "failures").exists()


def test_a_failed_block_of_several_chunks_leaves_all_of_them_to_compute(arm: Arm, monkeypatch: pytest.MonkeyPatch) -> None:
    arm = in_blocks(arm, 2 * CHUNK, worlds=2 * CHUNK + 2)
    with monkeypatch.context() as failing:
        blocks = counted(failing, failing=[Worlds(0, 2 * CHUNK)])
        with pytest.raises(BlocksFailedError, match="1 of 2 blocks failed, 8 worlds in all"):
            run_arm(arm)
    assert blocks == [Worlds(0, 2 * CHUNK), Worlds(2 * CHUNK, 2)]
    assert ArmStore(arm.folder).stored() == {2: 2}
    run_arm(arm)
    is_whole(arm)
    assert not (arm.folder / "failures").exists()


def test_what_a_killed_process_had_begun_to_write_is_removed(arm: Arm) -> None:
    """Also where nothing is left to compute: it was killed while it wrote its last manifest."""
    run_arm(arm)
    begun = [arm.folder / ".manifest.json.4711", arm.folder / "chunks" / ".000000.json.4711"]
    for file in begun:
        file.write_text("{", encoding="utf-8")
    run_arm(arm)
    assert leftovers(arm.folder) == []
    is_whole(arm)


# beside one another, and killed


def run_in_small_chunks(arm: bytes, folder: Path, said: Path) -> None:
    """Run a pickled arm, in a process of its own."""
    os.chdir(folder)
    sys.stderr = said.open("w", encoding="utf-8", buffering=1)
    for module in CHUNKED:
        module.CHUNK = CHUNK
    run_arm(cloudpickle.loads(arm))


def start(arm: Arm, name: str = "said") -> BaseProcess:
    """Begin to run an arm in another process."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["warm"])
    process = context.Process(target=run_in_small_chunks, args=(cloudpickle.dumps(arm), Path.cwd(), Path(name)))
    with pytest.MonkeyPatch.context() as patch:  # the server that the first start makes looks here for what it preloads
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
        process.start()
    return process


def read_all(*names: str) -> list[str]:
    """Read what processes said."""
    return [Path(name).read_text(encoding="utf-8") if Path(name).exists() else "" for name in names]


@pytest.mark.slow
def test_two_processes_on_one_arm_share_the_work(arm: Arm) -> None:
    arm = dataclasses.replace(arm, worlds=30)
    arm.folder.mkdir(parents=True)
    with only_writer(arm.folder):
        both = [start(dataclasses.replace(arm, worlds=22), "one"), start(arm, "other")]
        while not all("waiting for process" in text for text in read_all("one", "other")):
            assert all(process.is_alive() for process in both), read_all("one", "other")
            time.sleep(0.05)
    for process in both:
        process.join(100)
    assert [process.exitcode for process in both] == [0, 0], read_all("one", "other")
    manifest = ArmStore(arm.folder).manifest()
    assert manifest is not None
    assert manifest["worlds"] == 30
    assert sum(run["worlds"] for run in manifest["runs"]) in (30, 32), "at most the partial chunk is computed twice"
    is_whole(arm)


@pytest.mark.promised
@pytest.mark.slow
def test_a_run_killed_at_random_moments_ends_in_the_same_bits(arm: Arm) -> None:
    arm, dice = in_blocks(arm, 2, worlds=102), random.Random(20)
    store, whole, kills, finished = ArmStore(arm.folder), at_once(arm), 0, 0
    while kills < 25 and finished < arm.worlds:
        process = start(dataclasses.replace(arm, worlds=dice.choice([finished + 6, arm.worlds])))
        if kills % 2:  # not before it stored something: else a slow machine would kill nothing but beginnings
            while process.is_alive() and store.finished() == finished:
                time.sleep(0.002)
        time.sleep(dice.expovariate(10.0))
        process.kill()
        process.join()
        kills += process.exitcode == -signal.SIGKILL
        before, finished = finished, store.finished()
        assert finished >= before, "what was finished stays finished"
        if finished > before:  # all of them are read once more at the end
            new = slice(before, finished)
            assert same_bits(store.open().isel(world=new).load(), whole.isel(world=new)) == []
    assert kills >= 20
    run_arm(arm)
    is_whole(arm)
    assert not (arm.folder / "unfinished.zarr").exists()
