"""The jobs from Python: `from knockon import run, compare, load, model`."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import xarray as xr

from experiments.analysis.paired import tidy
from experiments.config.arm import Arm
from experiments.config.compose import compose
from experiments.config.files import check_writable
from experiments.engine.block import build_model
from experiments.engine.dask_cluster import check_cluster
from experiments.engine.run import run_arm, run_arms
from experiments.errors import InputError
from experiments.storage.arms import name_arms
from experiments.storage.comparison import Comparison
from experiments.storage.read import ArmStore
from sim.model import IraqModel
from sim.worlds import Worlds


def run(scenario: str = "stay", *overrides: str, results: str | Path | None = None) -> xr.Dataset:
    """Run one arm, or use its stored worlds.

    Returns:
        Its labelled outcomes, `world` first. `tidy({name: data})` makes a DataFrame of them.
    """
    arm = _to_run(scenario, *overrides, results=results)
    return run_arm(arm).open(arm.worlds)


def compare(
    scenarios: Sequence[str] = ("stay", "us_pullout"), *overrides: str, results: str | Path | None = None
) -> pd.DataFrame:
    """Run several scenarios on the same worlds and compare them with the reference.

    Returns:
        The tidy table of `experiments.analysis.paired.compare_arms`.
    """
    if isinstance(scenarios, str) or not scenarios:
        raise InputError(f"scenarios={scenarios!r} is not a list such as ['stay', 'us_pullout']")
    arms = name_arms([_to_run(scenario, *overrides, results=results) for scenario in scenarios])
    run_arms(arms)
    return Comparison.of(arms).table


def _to_run(scenario: str, *overrides: str, results: str | Path | None) -> Arm:
    arm = compose(scenario, *overrides, results=results)
    if arm.dry_run:
        raise InputError("dry_run=true is for the command line: knockon run dry_run=true")
    check_writable(arm.results)
    check_cluster(arm.compute)
    return arm


def load(path: str | Path, worlds: int | None = None) -> xr.Dataset:
    """Open the stored outcomes of an arm, in its folder results/arms/NAME: the first `worlds`, by default all."""
    return ArmStore(Path(path)).open(worlds)


def model(scenario: str = "stay", *overrides: str, worlds: int = 1, first_world: int = 0) -> IraqModel:
    """Return the model of an arm before its first day, for notebooks and Mesa's own tools."""
    try:
        carried = Worlds(first_world, worlds)
    except ValueError as error:
        raise InputError(str(error)) from None
    return build_model(compose(scenario, *overrides), carried)


__all__ = ["Arm", "compare", "compose", "load", "model", "run", "tidy"]
