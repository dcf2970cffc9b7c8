"""Fit the model to the year before: draws of the parameters and of the start that agree with what was reported."""

from typing import Any, cast

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from experiments.errors import InputError

_SET_OTHERWISE = {
    "ensemble.worlds": "calibration.worlds says how many, and calibration.matching, .kept and .family",
    "ensemble.worlds_per_draw": "every world has a draw of its own, and calibration.matching.worlds says otherwise",
    "ensemble.days": "the year before is as long as history.start says",
    "ensemble.record": "months are counted",
    "reference": "no arms are compared",
}


def main(config: DictConfig) -> None:
    """Calibrate as conf/calibration/ says, print what came of it and write it."""
    from experiments.config.compose import arm_of, check_overrides, in_one_line
    from experiments.config.files import check_writable
    from experiments.studies.calibrate.settings import read_calibration
    from experiments.studies.calibrate.study import calibrate

    hydra = HydraConfig.get()
    with in_one_line():
        if hydra.mode is RunMode.MULTIRUN:
            raise InputError("calibrate is no sweep: it fits one arm; leave out -m")
        check_overrides("calibrate", list(hydra.overrides.task), False, _SET_OTHERWISE)
        of_arm = OmegaConf.masked_copy(config, [str(key) for key in config if key != "calibration"])
        arm = arm_of(of_arm, hydra)
        if arm.policies:
            raise InputError(f"scenario={arm.scenario}: no policy was in force in the year before; calibrate scenario=stay")
        given = cast(dict[str, Any], OmegaConf.to_container(OmegaConf.masked_copy(config, ["calibration"]), resolve=True))
        calibration = read_calibration(given, arm)
        check_writable(arm.results)
        folder, said = calibrate(arm, calibration)
    print("\n\n".join([*said, f"Tables and figures: {folder}"]), flush=True)
