"""Arms of a sweep as jobs of their own, in processes that Hydra's launcher starts."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from composing import composed
from conftest import same_bits
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import MissingConfigException
from hydra.types import RunMode
from omegaconf import DictConfig

from experiments.api import load
from experiments.config.compose import explain
from experiments.config.conf_source import shipped_configs
from experiments.engine.block import run_block
from sim.worlds import Worlds

SMALL = ("ensemble.worlds=8", "ensemble.days=40", "ensemble.record=totals")


def sweep(*overrides: str) -> DictConfig:
    """Compose a sweep as Hydra does before it launches any arm."""
    with shipped_configs():
        return GlobalHydra.instance().config_loader().load_configuration("compare", list(overrides), RunMode.MULTIRUN)


def test_the_example_for_slurm_asks_for_as_many_cores_as_workers() -> None:
    config = sweep(
        "hydra/launcher=slurm", "hydra.launcher.partition=short", "compute=local", "compute.workers=16", "results=far"
    )
    launcher = config.hydra.launcher
    assert launcher["_target_"].endswith("SlurmLauncher")
    assert (launcher.partition, launcher.cpus_per_task, launcher.submitit_folder) == ("short", 16, "far/slurm/%j")
    assert set(launcher) == set(sweep("hydra/launcher=submitit_slurm").hydra.launcher)


def test_a_launcher_that_is_not_installed_is_told_of() -> None:
    missing = MissingConfigException("no such file", "hydra/launcher/submitit_slurm", ["basic"])
    assert explain(missing).endswith("there are basic; those of Slurm need pip install 'knockon[slurm]'")


@pytest.mark.promised
@pytest.mark.slow
def test_a_sweep_through_submitit_ends_in_a_comparison() -> None:
    command = [str(Path(sys.executable).parent / "knockon"), "compare", "scenario=stay,us_pullout", *SMALL]
    ended = subprocess.run(
        [*command, "hydra/launcher=submitit_local"], capture_output=True, text=True, timeout=900, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert "with Stay on the same worlds, by day 40, 2020-11-08." in ended.stdout
    assert [path.name for path in Path().iterdir()] == ["results"]
    (comparison,) = Path("results").glob("compare-*")
    arms = pd.read_csv(comparison / "arms.csv").set_index("arm")
    assert list(arms["reference"]) == ["stay", "stay"]
    for scenario, folder in arms["folder"].items():
        stored = load(Path("results/arms") / folder).load()
        assert same_bits(stored, run_block(composed(str(scenario), *SMALL), Worlds(0, 8))) == []
