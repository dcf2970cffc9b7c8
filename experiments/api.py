"""The jobs from Python: `from knockon import run, compare, answer, findings, load, model`, and a few figures."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import xarray as xr

from experiments.analysis.findings import find
from experiments.analysis.paired import tidy
from experiments.config.arm import Arm
from experiments.config.compose import compose
from experiments.config.defaults import HEADLINE_OUTCOMES
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

if TYPE_CHECKING:
    from experiments.engine.replayed import replay
    from experiments.studies.compare.figures.fans import fans
    from experiments.studies.replay.timeline import timeline


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
    return _compared(scenarios, *overrides, results=results).table


def findings(
    scenarios: Sequence[str] = ("stay", "us_pullout"), *overrides: str, results: str | Path | None = None
) -> pd.DataFrame:
    """Return the findings of a comparison: shares of worlds and medians of each headline, overall and by structural form.

    Returns:
        The tidy table of `experiments.analysis.findings.find`.
    """
    return _findings(_compared(scenarios, *overrides, results=results))


def _findings(compared: Comparison) -> pd.DataFrame:
    shown = [name for name in HEADLINE_OUTCOMES if all(name in data for data in compared.data.values())]
    return find(compared.in_memory, compared.references, shown, compared.matters)


def answer(
    scenarios: Sequence[str] = ("stay", "us_pullout"), *overrides: str, results: str | Path | None = None, width: int = 100
) -> str:
    """Return the answer of a comparison in words, as the command line prints it, in lines of at most `width` characters."""
    from experiments.studies.compare.text import answer as in_words

    compared = _compared(scenarios, *overrides, results=results)
    return in_words(_findings(compared), compared.table, width)


def _compared(scenarios: Sequence[str], *overrides: str, results: str | Path | None) -> Comparison:
    if isinstance(scenarios, str) or not scenarios:
        raise InputError(f"scenarios={scenarios!r} is not a list such as ['stay', 'us_pullout']")
    arms = name_arms([_to_run(scenario, *overrides, results=results) for scenario in scenarios])
    run_arms(arms)
    return Comparison.of(arms)


def _to_run(scenario: str, *overrides: str, results: str | Path | None) -> Arm:
    arm = compose(scenario, *overrides, results=results)
    if arm.dry_run:
        raise InputError("dry_run=true is for the command line: knockon run dry_run=true")
    check_writable(arm.results)
    check_cluster(arm.compute)
    return arm


def load(path: str | Path, worlds: int | None = None) -> xr.Dataset:
    """Open the stored outcomes of an arm from its folder results/arms/NAME: the first `worlds`, by default all."""
    return ArmStore(Path(path)).open(worlds)


def model(scenario: str = "stay", *overrides: str, worlds: int = 1, first_world: int = 0) -> IraqModel:
    """Return the model of an arm before its first day, for notebooks and Mesa's own tools."""
    try:
        carried = Worlds(first_world, worlds)
    except ValueError as error:
        raise InputError(str(error)) from None
    return build_model(compose(scenario, *overrides), carried)


_LATER = {
    "fans": "experiments.studies.compare.figures.fans",
    "replay": "experiments.engine.replayed",
    "timeline": "experiments.studies.replay.timeline",
}
"""Modules of names that few calls need, by name; each is imported at its first use."""


def __getattr__(name: str) -> Any:
    """Import a figure or the replay at its first use."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATER[name]), name)


__all__ = [
    "Arm",
    "answer",
    "compare",
    "compose",
    "fans",
    "findings",
    "load",
    "model",
    "name_arms",
    "replay",
    "run",
    "tidy",
    "timeline",
]
