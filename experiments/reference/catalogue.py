"""Everything in the model that has a name: parameters, rules, policies, outcomes, mechanisms, switches, scenarios."""

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import sim
from experiments.config.defaults import conf_folder, declared, names_in
from experiments.config.policies import shipped_policies
from experiments.config.yaml_files import read_yaml
from sim.record.outcomes import BY_NAME, Outcome
from sim.rule import Rule


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named future as its file has it.

    Attributes:
        meaning: the comment that opens the file.
        policies: settings by policy, as shipped but for what the scenario changes.
    """

    name: str
    meaning: str
    policies: Mapping[str, Mapping[str, Any]]


@cache
def parameters() -> Mapping[str, Mapping[str, Any]]:
    """Return the entries of the ledger by full name, as their files have them."""
    return {f"{group}.{entry}": values for group, entries in declared().items() for entry, values in entries.items()}


@cache
def rules() -> Mapping[str, Rule[Any, Any]]:
    """Return the rules and totals of the model by name."""
    found: dict[str, Rule[Any, Any]] = {}
    for module in pkgutil.walk_packages(sim.__path__, "sim."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, Rule) and value.function.__module__ == module.name:
                found[name] = value
    return found


def outcomes() -> Mapping[str, Outcome]:
    """Return the outcomes by name."""
    return BY_NAME


def switches() -> Mapping[str, Mapping[str, float]]:
    """Return the weights of each switch's forms."""
    return _yaml("switches", "default")


def switch_meaning(name: str) -> tuple[str, Mapping[str, str]]:
    """Return what a switch is about, and what each of its variants says."""
    entry = _yaml("meanings", "switches")[name]
    return entry["about"], entry["variants"]


@cache
def scenarios() -> Mapping[str, Scenario]:
    """Return the scenarios by name, the reference first."""
    shipped = {name: settings for name, (_, settings) in shipped_policies().items()}
    found = {}
    for name in sorted(names_in("scenario"), key=lambda name: (name != "stay", name)):
        plain = _yaml("scenario", name) or {}
        used = [str(file) for entry in plain.get("defaults", []) if isinstance(entry, dict) for file in entry.values()]
        changed = plain.get("policies", {})
        settings = {policy: {**shipped[policy], **changed.get(policy, {})} for policy in used}
        found[name] = Scenario(name, comment_of("scenario", name), settings)
    return found


def targets() -> Mapping[str, Mapping[str, Any]]:
    """Return the targets of the patterns by statistic; none where the configs have none."""
    return _yaml("patterns", "targets")["targets"] if file_of("patterns", "targets").exists() else {}


def calendar() -> Mapping[str, Mapping[str, str]]:
    """Return the dated events as shipped."""
    return _yaml("calendar", "known_2020")


def history() -> Mapping[str, Any]:
    """Return what is known of the year before as shipped."""
    return _yaml("history", "known_2019_2020")


def comment_of(folder: str, name: str) -> str:
    """Return the comment that opens a config, without Hydra's directives."""
    lines = file_of(folder, name).read_text(encoding="utf-8").splitlines()
    comments = [line.removeprefix("#").strip() for line in lines if line.startswith("#")]
    return " ".join(line for line in comments if not line.startswith("@"))


def file_of(folder: str, name: str) -> Path:
    """Return the file of a config."""
    return conf_folder() / folder / f"{name}.yaml"


def _yaml(folder: str, name: str) -> Any:
    return read_yaml(file_of(folder, name))
