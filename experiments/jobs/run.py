"""Run one scenario, or a sweep of anything; print medians and 90 % intervals."""

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig


def main(config: DictConfig) -> None:
    """Run the arm of a composed config; in a sweep, the comparison follows when all arms are done."""
    from experiments.arms import name_arms
    from experiments.callbacks import setup_of
    from experiments.ensemble import run_arm
    from experiments.report import report

    hydra = HydraConfig.get()
    setup = setup_of(config, hydra)
    run_arm(setup)
    if hydra.mode is not RunMode.MULTIRUN:
        report(name_arms([setup]))
