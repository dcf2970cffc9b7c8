"""The arms of a decision: scenarios side by side, and one scenario in many doses."""

import itertools
from collections.abc import Callable, Mapping, Sequence

from experiments.config.arm import Arm
from experiments.errors import InputError
from experiments.studies.decide.settings import Dose, Settings

type Compose = Callable[[str, Sequence[str]], Arm]
"""Makes an arm of a scenario and overrides."""

type Doses = Mapping[tuple[float, ...], Arm]
"""Arms by the values of the settings that are varied, in the order of the dose."""

_FEWEST_WORLDS = 2


def compose_arms(settings: Settings, compose: Compose) -> dict[str, Arm]:
    """Compose the scenarios that are weighed.

    Raises:
        InputError: one cannot be composed, or its draws have no further worlds to tell chance by.
    """
    arms = {arm: compose(arm, ()) for arm in settings.arms}
    each = next(iter(arms.values())).ledger.worlds_per_draw
    if each < _FEWEST_WORLDS:
        raise InputError(
            f"ensemble.worlds_per_draw={each}: regret and thresholds are about draws of the parameters, and with one world a"
            " draw chance would be taken for them; set at least 2, better 10"
        )
    return arms


def compose_dose(dose: Dose, compose: Compose) -> Doses:
    """Compose a scenario once for each combination of doses.

    Raises:
        InputError: a setting does not exist, or cannot have the value.
    """
    found = {}
    for values in itertools.product(*dose.vary.values()):
        overrides = [f"{name}={value:g}" for name, value in zip(dose.vary, values, strict=True)]
        found[values] = compose(dose.scenario, overrides)
    return found


def dose_label(dose: Dose, values: Sequence[float]) -> str:
    """Return what an arm of a dose is called: "us_pullout, strength=0.5, stretch=2"."""
    named = [f"{setting.rpartition('.')[2]}={value:g}" for setting, value in zip(dose.vary, values, strict=True)]
    return ", ".join([dose.scenario, *named])
