"""What the posterior would be if the observations were known worse or better than the settings say."""

import pandas as pd

from experiments.analysis.calibrated import learnt
from experiments.calibration.fit import fit
from experiments.calibration.settings import Calibration
from experiments.calibration.waves import Names, Wave
from experiments.setup import Setup
from sim.worlds import generator

_LABEL = "tolerance: errors of reports"


def by_tolerance(setup: Setup, calibration: Calibration, names: Names, wave: Wave) -> pd.DataFrame:
    """Fit the same wave with other tolerances; the errors of the reports are the same ones, stretched.

    What was ruled out before stays so.

    Returns:
        A row a factor on the tolerance and a fitted number or switch: `shift` of its mean and `sd`, both in prior standard
        deviations, and `effective` draws.
    """
    tables = []
    for factor in calibration.tolerances:
        random = generator(setup.seed, _LABEL, 0)
        found = fit(names, wave, calibration.used, calibration.accepted, random, calibration.tolerance * factor)
        fitted = slice(names.fitted)
        table = learnt(calibration.fitted, found.scores[:, fitted], found.weights, found.explained[fitted])
        tables.append(table[["name", "shift", "sd"]].assign(factor=factor, effective=found.effective))
    return pd.concat(tables, ignore_index=True)
