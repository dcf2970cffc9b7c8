"""What the posterior would be if the observations were known worse or better than the settings say."""

import pandas as pd

from experiments.config.arm import Arm
from experiments.studies.calibrate.fit import fit
from experiments.studies.calibrate.report import taught
from experiments.studies.calibrate.settings import Calibration
from experiments.studies.calibrate.waves import Names, Wave
from sim.worlds import generator

_LABEL = "tolerance: errors of reports"


def by_tolerance(arm: Arm, calibration: Calibration, names: Names, wave: Wave) -> pd.DataFrame:
    """Fit the same wave with other tolerances; the errors of the reports are the same ones, stretched.

    What was ruled out before stays so.

    Returns:
        A row a factor on the tolerance and a fitted number or switch: `shift` of its mean and `sd`, both in prior standard
        deviations, with their Monte Carlo errors, and `effective` draws.
    """
    tables = []
    for factor in calibration.tolerances:
        random = generator(arm.seed, _LABEL, 0)
        found = fit(names, wave, calibration.used, calibration.accepted, random, calibration.tolerance * factor)
        table = taught(calibration, found)
        tables.append(table[["name", "shift", "error", "sd", "error_sd"]].assign(factor=factor, effective=found.effective))
    return pd.concat(tables, ignore_index=True)
