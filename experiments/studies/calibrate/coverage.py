"""Does a calibration find what it should? Years made by the model itself, reported with error, and calibrated in turn."""

import numpy as np
import pandas as pd
from scipy.stats import binomtest, norm

from experiments.analysis.weights import weighted_quantiles
from experiments.config.arm import Arm
from experiments.studies.calibrate.fit import regress
from experiments.studies.calibrate.settings import Calibration
from experiments.studies.calibrate.waves import Names, prior_wave
from experiments.studies.calibrate.year_statistics import reports
from sim.worlds import generator

_LABEL = "made-up years"
_LEVELS = np.array([0.05, 0.95])
_PRIOR_WIDTH = float(np.ptp(norm.ppf(_LEVELS)))
"""Of the 90 % interval of a normal score."""


def coverage(arm: Arm, calibration: Calibration, names: Names) -> pd.DataFrame:
    """Calibrate made-up years, and count how often the 90 % interval holds the truth.

    Draws of the prior each make a year. The first ones are the truths: each is reported with the errors that the observations
    have, and calibrated by the others, which know nothing of it. Nothing is ruled out before: what would be differs by year.

    Returns:
        A row a fitted number or switch: the share `covered` with its 95 % interval (`low`, `high`; Clopper and Pearson 1934)
        over `years`; the mean `width` of the intervals, where the prior's is 1; and `explained`, the share of the prior's
        variance that reports explain.
    """
    years = calibration.coverage.years
    wave = prior_wave(arm, names, years + calibration.coverage.worlds, _LABEL)
    scores = names.scores(wave.quantiles)
    errors = generator(arm.seed, f"{_LABEL}: errors of reports", 0).standard_normal((len(scores), len(calibration.used)))
    reported = reports(calibration.used, wave.counts, calibration.tolerance * errors)
    learnt = regress(reported[years:], scores[years:], calibration.accepted)
    ends = np.empty((years, names.fitted, 2))
    for year in range(years):
        posterior, weights = learnt.given(reported[year])
        ends[year] = [weighted_quantiles(values, weights, _LEVELS) for values in posterior.T[: names.fitted]]
    low, high = np.moveaxis(ends, -1, 0)
    truths = scores[:years, : names.fitted]
    hits = ((low <= truths) & (truths <= high)).sum(axis=0)
    bounds = np.array([binomtest(int(count), years).proportion_ci(0.95) for count in hits])
    return pd.DataFrame(
        {
            "name": calibration.fitted,
            "covered": hits / years,
            "low": bounds[:, 0],
            "high": bounds[:, 1],
            "years": years,
            "width": (high - low).mean(axis=0) / _PRIOR_WIDTH,
            "explained": learnt.explained[: names.fitted],
        }
    )
