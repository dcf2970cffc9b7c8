"""Arms that are computed beside others are stored, resumed and recorded as if each had run alone."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import xarray as xr
from composing import composed
from conftest import same_bits

import experiments.engine.workers
from experiments.config.arm import Arm
from experiments.engine.run import run_arm, run_arms, run_beside
from experiments.errors import BlocksFailedError
from experiments.storage.read import ArmStore
from sim.worlds import Worlds

SCENARIOS = ("stay", "us_pullout", "crackdown")


@pytest.fixture
def arms(tmp_path: Path) -> list[Arm]:
    made = [composed(name, "ensemble.worlds=5", "ensemble.days=40", "compute=serial") for name in SCENARIOS]
    return [replace(arm, results=tmp_path) for arm in made]


@pytest.fixture
def blocks(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, Worlds]]:
    """Return the number of arms and the worlds of the blocks that are run from now on."""
    run, ran = experiments.engine.workers.run_block_of, []

    def noted(arms: Sequence[Arm], worlds: Worlds) -> list[xr.Dataset]:
        ran.append((len(arms), worlds))
        return run(arms, worlds)

    monkeypatch.setattr(experiments.engine.workers, "run_block_of", noted)
    return ran


def with_block(arms: Sequence[Arm], block: int) -> list[Arm]:
    return [replace(arm, compute=replace(arm.compute, block=block)) for arm in arms]


def test_they_are_stored_as_if_each_had_run_alone(arms: list[Arm], blocks: list[tuple[int, Worlds]], tmp_path: Path) -> None:
    run_beside(with_block(arms, 9))
    assert blocks == [(3, Worlds(0, 3)), (3, Worlds(3, 2))]
    blocks.clear()
    for arm in arms:
        beside = run_arm(arm).open()
        assert blocks == []
        alone = run_arm(replace(arm, results=tmp_path / "alone")).open()
        assert beside.identical(alone), arm
        assert [worlds for _, worlds in blocks] == [Worlds(0, 5)]
        blocks.clear()
        manifest = ArmStore(arm.folder).manifest()
        assert manifest is not None
        assert (manifest["worlds"], [run["worlds"] for run in manifest["runs"]]) == (5, [5])


def test_only_arms_that_lack_worlds_and_differ_in_policies_alone_go_together(
    arms: list[Arm], blocks: list[tuple[int, Worlds]], tmp_path: Path
) -> None:
    stay, pullout, crackdown = arms
    other = replace(composed("stay", "ensemble.worlds=5", "ensemble.days=40", "ensemble.seed=8"), results=tmp_path)
    run_arm(stay)
    blocks.clear()
    run_arms({"stay": stay, "pullout": pullout, "other": other, "crackdown": crackdown, "again": crackdown})
    assert blocks == [(2, Worlds(0, 5)), (1, Worlds(0, 5))]


def test_a_failure_is_tried_again_and_recorded_for_its_own_arm(
    arms: list[Arm], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run = experiments.engine.workers.run_block_of

    def failing(arms: Sequence[Arm], worlds: Worlds) -> list[xr.Dataset]:
        if any(arm.scenario == "crackdown" for arm in arms):
            raise ValueError("a negative rate")
        return run(arms, worlds)

    monkeypatch.setattr(experiments.engine.workers, "run_block_of", failing)
    run_beside(arms)
    stores = [ArmStore(arm.folder) for arm in arms]
    assert [store.finished(5) for store in stores] == [0, 0, 0]
    assert not any((store.path / "failures").exists() for store in stores)
    with pytest.raises(BlocksFailedError, match="a negative rate"):
        run_arms(dict(zip(SCENARIOS, arms, strict=True)))
    assert [store.finished(5) for store in stores] == [5, 5, 0]
    assert [(store.path / "failures").exists() for store in stores] == [False, False, True]


def test_strict_arms_run_alone(arms: list[Arm], blocks: list[tuple[int, Worlds]]) -> None:
    run_beside([replace(arm, compute=replace(arm.compute, strict=True)) for arm in arms])
    assert blocks == []


@pytest.mark.slow
def test_a_sweep_runs_its_arms_beside_each_other(
    knockon: Callable, blocks: list[tuple[int, Worlds]], drawn: object, tmp_path: Path
) -> None:
    few = ("ensemble.worlds=4", "ensemble.days=20", "ensemble.record=totals")
    answer = knockon("compare", "scenario=stay,us_pullout,crackdown", *few)
    assert answer.code == 0, answer.err
    assert blocks == [(3, Worlds(0, 4))]
    assert "3 arms side by side: 12 worlds in " in answer.err
    stored = {path.name.rpartition("-")[0]: ArmStore(path).open() for path in Path("results/arms").iterdir()}
    for name, data in stored.items():
        alone = run_arm(replace(composed(name, *few), results=tmp_path / "alone")).open()
        assert same_bits(data, alone) == []
