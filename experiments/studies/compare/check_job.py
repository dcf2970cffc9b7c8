"""Check a config or a whole sweep without running it: knockon check -m scenario=stay,us_pullout."""

import dataclasses
from collections.abc import Mapping
from datetime import date

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig

from experiments.analysis.dates import shown
from experiments.config.arm import Arm
from experiments.config.compose import arm_of
from experiments.engine.warnings import forced_switches, mechanisms_off_by_config, notes_on
from experiments.storage.arms import name_arms
from sim.ledger.parameters import Parameter
from sim.policies.policy import Policy

_NONE = "none"


def main(config: DictConfig) -> None:
    """Print a single arm. `show` prints the arms of a sweep, after all of them are checked."""
    hydra = HydraConfig.get()
    if hydra.mode is not RunMode.MULTIRUN:
        show(name_arms([arm_of(config, hydra)]))


def show(arms: Mapping[str, Arm]) -> None:
    """Print one line per arm."""
    print(lines(arms), flush=True)


def lines(arms: Mapping[str, Arm]) -> str:
    """Return one line per arm: name, key, policies, mechanisms off, switches forced, warnings."""
    width = max(map(len, arms))
    return "\n".join(f"{label:<{width}}  {_line(arm)}" for label, arm in arms.items())


def _line(arm: Arm) -> str:
    parts = {
        "policies": [policy_in_words(name, policy, arm.theatre.start) for name, policy in arm.policies],
        "mechanisms off": mechanisms_off_by_config(arm),
        "switches forced": [f"{name}={variant}" for name, variant in forced_switches(arm).items()],
    }
    middle = "  ".join(f"{label}: {', '.join(values) or _NONE}" for label, values in parts.items())
    return f"{arm.key}  {middle}  warnings: {'; '.join(notes_on(arm)) or _NONE}"


def policy_in_words(name: str, policy: Policy, day_0: date) -> str:
    """Return a policy with its start, its strength, and the settings that differ from the shipped ones."""
    changed = []
    for field in dataclasses.fields(policy):
        shipped = field.default if field.default_factory is dataclasses.MISSING else field.default_factory()
        if field.name not in ("start", "strength") and (value := getattr(policy, field.name)) != shipped:
            changed.append(f"{field.name} {_value(value)}")
    begins = f"day {_value(policy.start)}"
    if policy.start.prior is None and isinstance(policy.start.value, float | int):
        begins += f" = {shown(day_0, policy.start.value)}"
    return f"{name} ({', '.join([begins, f'strength {_value(policy.strength)}', *changed])})"


def _value(value: object) -> str:
    if isinstance(value, Parameter):
        return str(value.prior) if value.prior else f"{value.value:g}"
    if isinstance(value, Mapping):
        return " ".join(f"{key}={entry}" for key, entry in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)
