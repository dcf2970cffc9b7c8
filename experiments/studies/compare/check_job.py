"""Check a config or a whole sweep without running it: knockon check -m scenario=stay,us_pullout."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig

from experiments.config.arm import Arm
from experiments.engine.warnings import forced_switches, mechanisms_off_by_config, notes_on
from sim.ledger.parameters import Parameter
from sim.policies.policy import Policy

if TYPE_CHECKING:
    from experiments.config.arm import Arm


def main(config: DictConfig) -> None:
    """Print the one arm; the arms of a sweep were all checked before the first and are printed after the last."""
    from experiments.config.compose import arm_of
    from experiments.storage.arms import name_arms

    hydra = HydraConfig.get()
    if hydra.mode is not RunMode.MULTIRUN:
        show(name_arms([arm_of(config, hydra)]))


def show(arms: "Mapping[str, Arm]") -> None:
    """Print a line per arm."""
    from experiments.studies.compare.check_job import lines

    print(lines(arms), flush=True)


_NONE = "none"
_COMMON = ("start", "strength")


def lines(arms: Mapping[str, Arm]) -> str:
    """Return a line per arm: name, key, policies, mechanisms off, switches forced, warnings."""
    width = max(map(len, arms))
    return "\n".join(f"{label:<{width}}  {_line(arm)}" for label, arm in arms.items())


def _line(arm: Arm) -> str:
    forced = [f"{name}={variant}" for name, variant in forced_switches(arm).items()]
    parts = {
        "policies": [policy_in_words(name, policy) for name, policy in arm.policies],
        "mechanisms off": mechanisms_off_by_config(arm),
        "switches forced": forced,
    }
    said = "; ".join(notes_on(arm)) or _NONE
    middle = "  ".join(f"{label}: {', '.join(values) or _NONE}" for label, values in parts.items())
    return f"{arm.key}  {middle}  warnings: {said}"


def policy_in_words(name: str, policy: Policy) -> str:
    """Return a policy with its start and strength, and those of its settings that are not as shipped."""
    settings = [
        f"{field.name} {_value(getattr(policy, field.name))}"
        for field in dataclasses.fields(policy)
        if field.name not in _COMMON and getattr(policy, field.name) != _shipped(field)
    ]
    inside = ", ".join([f"day {_number(policy.start)}", f"strength {_number(policy.strength)}", *settings])
    return f"{name} ({inside})"


def _shipped(field: "dataclasses.Field[object]") -> object:
    return field.default_factory() if field.default_factory is not dataclasses.MISSING else field.default


def _number(parameter: Parameter) -> str:
    return str(parameter.prior) if parameter.prior else f"{parameter.value:g}"


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{key}={entry}" for key, entry in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)
