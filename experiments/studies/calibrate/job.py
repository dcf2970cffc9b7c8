"""Fit the model to the year before its start: knockon calibrate."""

from experiments.errors import InputError
from experiments.studies.runner import Call, Result, job

_INSTEAD = {
    "ensemble.worlds": "calibration.worlds, .matching, .kept and .family set the numbers of worlds",
    "ensemble.worlds_per_draw": "every world has its own draw, except in calibration.matching.worlds",
    "ensemble.days": "history.start sets the length of the year before",
    "ensemble.record": "a calibration counts by month",
    "reference": "no arms are compared",
}


def work(call: Call) -> Result:
    """Calibrate with the settings of conf/calibration/."""
    from experiments.studies.calibrate.settings import read_calibration
    from experiments.studies.calibrate.study import calibrate

    arm = call.arm()
    if arm.policies:
        raise InputError(f"scenario={arm.scenario}: no policy was in force in the year before; calibrate scenario=stay")
    calibration = read_calibration(call.settings(), arm)
    folder, texts = calibrate(arm, calibration)
    return Result(folder, "\n\n".join(texts))


main = job("calibrate", work, "it fits one arm", _INSTEAD, own=("calibration",))
