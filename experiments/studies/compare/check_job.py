"""Check a config or a whole sweep without running it: knockon check -m scenario=stay,us_pullout."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig

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
    from experiments.studies.compare.check import lines

    print(lines(arms), flush=True)
