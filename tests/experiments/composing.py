"""Arms composed once for many tests: Hydra takes a third of a second for each."""

import copy
from collections.abc import Mapping
from functools import cache

import hydra
from omegaconf import DictConfig, OmegaConf

from experiments.api import compose
from experiments.config.arm import Arm
from experiments.config.conf_source import use_rules
from experiments.config.defaults import conf_folder
from experiments.config.read import read_arm, resolved

PRIOR = "ensemble.uncertainty=prior"
ABSENT = "(absent)"
"""Stands for an entry that is taken out."""


@cache
def composed(scenario: str = "stay", *overrides: str) -> Arm:
    """Compose an arm as `experiments.api.compose` does, once for all tests; arms are frozen."""
    return compose(scenario, *overrides)


def with_priors(scenario: str = "stay", *overrides: str) -> Arm:
    """Compose an arm whose parameters are drawn from their priors, unless an override says otherwise."""
    return composed(scenario, PRIOR, *overrides)


def read(scenario: str = "stay", entries: Mapping[str, object] | None = None) -> Arm:
    """Read a shipped scenario with some entries replaced, past Hydra: what the border itself accepts or refuses.

    Args:
        scenario: its name.
        entries: value by name with dots; ABSENT takes the entry out.
    """
    entries = entries or {}
    config = _config(scenario)
    before = {group: copy.deepcopy(config[group]) for group in {name.partition(".")[0] for name in entries}}
    try:
        for name, value in entries.items():
            if value == ABSENT:
                whole, _, entry = name.rpartition(".")
                del (OmegaConf.select(config, whole) if whole else config)[entry]
            else:
                OmegaConf.update(config, name, value, merge=False, force_add=True)
        return read_arm(resolved(config), scenario)
    finally:
        for group, content in before.items():
            config[group] = content


@cache
def _config(scenario: str) -> DictConfig:
    use_rules()
    with hydra.initialize_config_dir(str(conf_folder()), version_base="1.3"):
        config = hydra.compose("run", overrides=[f"scenario={scenario}"])
    OmegaConf.set_struct(config, False)
    return config
