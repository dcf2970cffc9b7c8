"""Run the arms of a decision and weigh them."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import xarray as xr

from experiments.analysis.paired import compare_arms
from experiments.config.arm import Arm
from experiments.engine.run import run_arms
from experiments.studies.decide.arms import Doses, dose_label
from experiments.studies.decide.regret import regret
from experiments.studies.decide.satisficing import satisfice
from experiments.studies.decide.settings import Dose, Settings


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a decision can look at.

    Attributes:
        regret: a row an outcome and arm. `satisficing`: a row an arm and threshold; None without thresholds.
        doses: by name of the dose: paired differences from the first arm, a row an outcome and dose, with a column a varied
            setting.
        data: outcomes by arm.
    """

    regret: pd.DataFrame
    satisficing: pd.DataFrame | None
    doses: Mapping[str, pd.DataFrame]
    data: Mapping[str, xr.Dataset]


def weigh(arms: Mapping[str, Arm], doses: Mapping[Dose, Doses], settings: Settings) -> Weighed:
    """Run what is missing and weigh it, outcome by outcome."""
    data = run_arms(arms)
    reference = settings.arms[0]
    return Weighed(
        regret=regret(data, settings.outcomes),
        satisficing=satisfice(data, settings.thresholds) if settings.thresholds else None,
        doses={dose.name: respond(dose, arms, reference, data[reference], settings) for dose, arms in doses.items()},
        data=data,
    )


def respond(dose: Dose, arms: Doses, label: str, reference: xr.Dataset, settings: Settings) -> pd.DataFrame:
    """Return how the differences from an arm move with the dose."""
    names = {dose_label(dose, values): values for values in arms}
    data = run_arms({name: arms[values] for name, values in names.items()})
    table = compare_arms({label: reference, **data}, dict.fromkeys([label, *data], label), settings.outcomes)
    last = table[(table["day"] == table["day"].max()) & (table["arm"] != label)].copy()
    for place, setting in enumerate(dose.vary):
        last[setting] = [names[arm][place] for arm in last["arm"]]
    return last.dropna(axis="columns", how="all").reset_index(drop=True)
