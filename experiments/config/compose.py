"""Compose an arm: from the job whose config it is read of, a scenario and overrides."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import hydra
from hydra.errors import HydraException
from omegaconf import DictConfig, open_dict

from experiments.config.arm import Arm
from experiments.config.conf_source import shipped_configs
from experiments.config.defaults import use_own_folder
from experiments.config.hydra_messages import explain
from experiments.config.overrides import for_hydra
from experiments.config.read import read_arm
from experiments.errors import InputError


def compose(
    scenario: str = "stay", *overrides: str, results: str | Path | None = None, job: str = "run", own: Collection[str] = ()
) -> Arm:
    """Compose and check one arm.

    Args:
        scenario: name of a scenario in conf/scenario/.
        overrides: as on the command line, "militias.effect_of_restraint=1.5".
        results: folder of the results; `results` below the working directory by default.
        job: whose config is composed, conf/JOB.yaml.
        own: settings of the job in that config; they are no part of the arm.
    """
    given = for_hydra([f"scenario={scenario}", *overrides])
    try:
        with shipped_configs():
            config = hydra.compose(job, overrides=given)
    except HydraException as error:
        raise InputError(explain(error)) from None
    with open_dict(config):
        for name in own:
            config.pop(name, None)
    arm = read_arm(config, scenario, [override for override in given if name_of(override).partition(".")[0] not in own])
    return arm if results is None else replace(arm, results=Path(results))


def arm_of(config: DictConfig, node: Any) -> Arm:
    """Make the arm of a config that Hydra has composed; `node` is its node `hydra`."""
    own = [Path(source.path) for source in node.runtime.config_sources if source.provider == "command-line"]
    use_own_folder(own[0] if own else None)  # elsewhere than in the process that was called, Slurm say
    return read_arm(config, str(node.runtime.choices["scenario"]), list(node.overrides.task))


def name_of(override: str) -> str:
    """Return the name of the setting that an override sets."""
    return override.partition("=")[0].lstrip("+~")
