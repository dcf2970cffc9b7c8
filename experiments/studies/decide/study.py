"""Weigh arms: scenarios side by side, and one scenario in many doses."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import xarray as xr

from experiments.analysis.paired import Datasets, Tables, compare_arms
from experiments.config.arm import Arm
from experiments.engine.run import run_arms
from experiments.errors import InputError
from experiments.studies.decide.criteria import regret, satisfice
from experiments.studies.decide.settings import Dose, Settings

type Compose = Callable[..., Arm]
"""A function that composes the arm of a scenario with further overrides."""

type Doses = Mapping[tuple[float, ...], Arm]
"""Arms by the values of the varied settings, in the order of the dose."""


def compose_arms(settings: Settings, compose: Compose) -> dict[str, Arm]:
    """Compose the scenarios that are weighed."""
    arms = {arm: compose(arm) for arm in settings.arms}
    each = next(iter(arms.values())).ledger.worlds_per_draw
    if each < 2:
        raise InputError(
            f"ensemble.worlds_per_draw={each}: regret and thresholds compare draws of the parameters, and with one world per"
            " draw, chance would look like an effect of the parameters; set at least 2, better 10"
        )
    return arms


def compose_dose(dose: Dose, compose: Compose) -> Doses:
    """Compose a scenario once for each combination of doses."""
    return {
        values: compose(dose.scenario, *(f"{name}={value:g}" for name, value in zip(dose.vary, values, strict=True)))
        for values in itertools.product(*dose.vary.values())
    }


def every_arm(arms: Mapping[str, Arm], doses: Mapping[Dose, Doses]) -> dict[str, Arm]:
    """Return all arms of a decision by label."""
    dosed = {dose_label(dose, values): arm for dose, arms in doses.items() for values, arm in arms.items()}
    return {**arms, **dosed}


def dose_label(dose: Dose, values: Sequence[float]) -> str:
    """Return the label of an arm of a dose: "us_pullout, strength=0.5, stretch=2"."""
    named = [f"{setting.rpartition('.')[2]}={value:g}" for setting, value in zip(dose.vary, values, strict=True)]
    return ", ".join([dose.scenario, *named])


@dataclass(frozen=True, slots=True)
class Weighed:
    """The results of a decision.

    Attributes:
        regret: one row per outcome and arm. `satisficing`: one row per arm and threshold; None without thresholds.
        doses: by name of the dose: paired differences from the first arm, one row per outcome and dose, one column per varied
            setting.
        data: outcomes by arm.
    """

    regret: pd.DataFrame
    satisficing: pd.DataFrame | None
    doses: Tables
    data: Datasets


def weigh(arms: Mapping[str, Arm], doses: Mapping[Dose, Doses], settings: Settings) -> Weighed:
    """Run missing worlds and weigh the arms, outcome by outcome."""
    data = run_arms(arms)
    reference = settings.arms[0]
    return Weighed(
        regret=regret(data, settings.outcomes),
        satisficing=satisfice(data, settings.thresholds) if settings.thresholds else None,
        doses={dose.name: _respond(dose, arms, reference, data[reference], settings) for dose, arms in doses.items()},
        data=data,
    )


def _respond(dose: Dose, arms: Doses, label: str, reference: xr.Dataset, settings: Settings) -> pd.DataFrame:
    names = {dose_label(dose, values): values for values in arms}
    data = run_arms({name: arms[values] for name, values in names.items()})
    table = compare_arms({label: reference, **data}, dict.fromkeys([label, *data], label), settings.outcomes)
    last = table[(table["day"] == table["day"].max()) & (table["arm"] != label)].copy()
    for place, setting in enumerate(dose.vary):
        last[setting] = [names[arm][place] for arm in last["arm"]]
    return last.dropna(axis="columns", how="all").reset_index(drop=True)
