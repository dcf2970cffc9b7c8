"""Sweeps in which some arms fail: finished arms are compared, the others are named, and the next call continues the sweep."""

import errno
import os
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import pandas as pd
import pytest
import xarray as xr
import zarr
from conftest import Answer

import experiments.engine.workers
from experiments.api import compare
from experiments.config.arm import Arm
from experiments.errors import BlocksFailedError
from sim.worlds import Worlds

SWEEP = (
    "-m",
    "scenario=crackdown,as_of_30_september",
    "ensemble.worlds=4",
    "ensemble.days=16",
    "ensemble.record=totals",
    "compute=serial",
)

pytestmark = pytest.mark.usefixtures("drawn")


def let_fail(monkeypatch: pytest.MonkeyPatch, scenarios: Collection[str]) -> list[tuple[str, int]]:
    """Let the first block of some scenarios fail; note which blocks are run."""
    run, blocks = experiments.engine.workers.run_block_of, []

    def run_block_of(arms: Sequence[Arm], worlds: Worlds) -> list[xr.Dataset]:
        blocks.append((" and ".join(arm.scenario for arm in arms), worlds.first))
        if worlds.first == 0 and any(arm.scenario in scenarios for arm in arms):
            raise ZeroDivisionError("no troops")
        return run(arms, worlds)

    monkeypatch.setattr(experiments.engine.workers, "run_block_of", run_block_of)
    return blocks


def compared() -> list[str]:
    """Return the arms of the one comparison that was written, and forget it."""
    (arms,) = Path("results").glob("compare-*/arms.csv")
    labels = list(pd.read_csv(arms)["arm"])
    arms.unlink()
    return labels


@pytest.mark.promised
@pytest.mark.slow
def test_the_other_arms_of_a_sweep_still_run_and_are_compared(
    knockon: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as failing:
        blocks = let_fail(failing, ["crackdown"])
        answer = knockon("run", *SWEEP, "compute.block=2")
    assert answer.code == 1
    together = [("as_of_30_september and crackdown", first) for first in (0, 1, 2, 3)]
    assert blocks == [*together, *((scenario, first) for scenario in ("crackdown", "as_of_30_september") for first in (0, 2))]
    lines = [line for line in answer.err.splitlines() if line.startswith("knockon: ")]
    (failed,) = [line for line in lines if "blocks failed" in line]
    (arm,) = Path("results/arms").glob("crackdown-*")
    assert f"{arm.name}: 1 of 2 blocks failed, 2 worlds in all (ZeroDivisionError: no troops)" in failed
    assert f"crackdown is not compared: has 0 of 4 worlds ({arm})" in answer.err
    assert lines[-1] == "knockon: the sweep is not finished: run the same command again to compute the missing worlds"
    assert "Traceback" not in answer.err
    assert "\nBy day 16, as_of_30_september has " in answer.out
    assert compared() == ["as_of_30_september"]
    assert len(list((arm / "failures").iterdir())) == 1

    blocks = let_fail(monkeypatch, [])
    answer = knockon("run", *SWEEP, "compute.block=2")
    assert (answer.code, compared()) == (0, ["crackdown", "as_of_30_september"])
    assert blocks == [("crackdown", 0), ("crackdown", 2)]
    assert not (arm / "failures").exists()


def test_without_its_reference_nothing_is_compared(knockon: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch) -> None:
    let_fail(monkeypatch, ["as_of_30_september"])
    answer = knockon("run", *SWEEP)
    assert answer.code == 1
    assert "as_of_30_september is not compared: has 0 of 4 worlds" in answer.err
    assert "crackdown is not compared: its reference as_of_30_september is not finished" in answer.err
    assert list(Path("results").glob("compare-*")) == []
    assert len(list(Path("results/arms").glob("crackdown-*/chunks/*.json"))) == 1


@pytest.mark.promised
@pytest.mark.slow
def test_strict_stops_at_once(knockon: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = let_fail(monkeypatch, ["crackdown"])
    answer = knockon("run", *SWEEP, "compute.block=2", "compute.strict=true")
    assert answer.code == 1
    assert blocks == [("crackdown", 0)]
    said = answer.err.splitlines()[-1]
    assert said.startswith("knockon: crackdown-")
    assert "1 of 2 blocks failed" in said
    assert len(list(Path("results/arms").glob("crackdown-*/failures/*"))) == 1


def test_a_run_of_one_arm_ends_with_the_failure(knockon: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch) -> None:
    let_fail(monkeypatch, ["as_of_30_september"])
    answer = knockon("run", *SWEEP[2:])
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.splitlines()[-1].startswith("knockon: as_of_30_september-")


def test_a_full_disk_stops_at_once(knockon: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(array: zarr.Array, *arguments: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(zarr.Array, "__setitem__", fail)
    blocks = let_fail(monkeypatch, [])
    answer = knockon("run", *SWEEP)
    assert answer.code == 1
    assert blocks == [("as_of_30_september and crackdown", 0)]
    assert "worlds 0 to 3 could not be written (No space left on device); its 0 finished worlds are kept" in answer.err
    assert "Traceback" not in answer.err
    assert "Error executing job" not in answer.err


def test_a_foreign_folder_is_told_before_the_first_world(
    knockon: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert knockon("run", *SWEEP[2:], "scenario=as_of_30_september").code == 0
    (arm,) = Path("results/arms").iterdir()
    (mark,) = (arm / "chunks").iterdir()
    mark.write_text('{"chunk": 0, "worlds": 4}', encoding="utf-8")
    blocks = let_fail(monkeypatch, [])
    answer = knockon("run", *SWEEP)
    assert (answer.code, blocks) == (2, [])
    assert f"{arm} was written by another version of knockon" in answer.err


def test_from_python_a_failure_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    let_fail(monkeypatch, ["crackdown"])
    with pytest.raises(BlocksFailedError, match=r"crackdown-.* 1 of 1 blocks failed, 4 worlds in all"):
        compare(["crackdown", "as_of_30_september"], *SWEEP[2:])


@pytest.mark.slow
def test_an_arm_keeps_its_name_from_the_sweep_to_the_package(knockon: Callable[..., Answer], tmp_path: Path) -> None:
    """Called NA or in a subfolder, wherever Hydra would change to; a folder that Hydra makes up is the same for all arms."""
    own = tmp_path / "cfg" / "scenario"
    (own / "mine").mkdir(parents=True)
    for file in (own / "mine" / "deep.yaml", own / "NA.yaml"):
        file.write_text("# @package _global_\npolicies:\n  full_pullout: {start: 20}\n", encoding="utf-8")
    few = ("ensemble.worlds=4", "ensemble.days=30", "ensemble.uncertainty=none")
    named = ("results=kept/${now:%Y}", "hydra.job.chdir=true")
    answer = knockon("compare", "--config-dir", "cfg", "scenario=stay,mine/deep,NA", *few, *named)
    assert answer.code == 0, answer.err
    (results,) = (tmp_path / "kept").iterdir()
    folders = {path.name.rpartition("-")[0] for path in (results / "arms").iterdir()}
    assert folders == {f"{scenario},uncertainty=none" for scenario in ("stay", "mine-deep", "NA")}
    folder = next(results.glob("compare-*"))
    labels = ["stay", "mine/deep", "NA"]
    assert list(pd.read_csv(folder / "arms.csv", keep_default_na=False)["arm"]) == labels
    for job in ("export", "package"):
        answer = knockon(job, f"results={results}")
        assert answer.code == 0, answer.err
    worlds = pd.read_csv(folder / "export" / "worlds.csv", keep_default_na=False)
    assert list(worlds["arm"].unique()) == labels
    assert folder.with_name(f"{folder.name}.zip").exists()
