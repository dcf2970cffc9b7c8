"""Run one scenario, or a sweep of anything: knockon run scenario=us_pullout."""

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig


def main(config: DictConfig) -> None:
    """Run the arm of a composed config; a sweep is compared when all its arms are done."""
    from experiments.config.compose import arm_of, sweep_from
    from experiments.engine.run import run_arm, run_beside
    from experiments.errors import UNFINISHED, BlocksFailedError, RunError, fail, say
    from experiments.storage.arms import name_arms
    from experiments.studies.compare.report import report

    hydra = HydraConfig.get()
    arm, is_sweep = arm_of(config, hydra), hydra.mode is RunMode.MULTIRUN
    try:
        run_beside(sweep_from(arm))
        run_arm(arm)
    except RunError as error:  # not raised: Hydra would put a line of its own before it
        if not (is_sweep and isinstance(error, BlocksFailedError)):
            fail(error, UNFINISHED)
        say(error)
    if not is_sweep:
        report(name_arms([arm]))
