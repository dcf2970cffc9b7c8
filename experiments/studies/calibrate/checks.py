"""Check a calibration: the parameters that affect the observations, the coverage of intervals, the effect of the tolerance."""

import functools

import numpy as np
import pandas as pd
from scipy.stats import binomtest, norm

from experiments.analysis.generators import generator
from experiments.analysis.morris import columns_of, elementary_effects, trajectories
from experiments.analysis.weights import effective_size, weighted_quantiles
from experiments.config.arm import Arm
from experiments.config.ledger import factors_of, with_design
from experiments.engine.run import run_whole
from experiments.studies.calibrate.calibrated import learnt
from experiments.studies.calibrate.fit import fit, regress
from experiments.studies.calibrate.settings import Calibration
from experiments.studies.calibrate.waves import Names, Wave, prior_wave
from experiments.studies.calibrate.year_statistics import count_year_before, counts_of, reports
from sim.ledger.design import Design

_YEARS = "made-up years"
LEVELS_90 = np.array([0.05, 0.95])
_PRIOR_WIDTH = float(np.ptp(norm.ppf(LEVELS_90)))
"""Width of the 90 % interval of a normal score."""


def screen(arm: Arm, calibration: Calibration) -> pd.DataFrame:
    """Screen which drawn parameters affect the statistics of the year before (Morris).

    Returns:
        One row per factor, the strongest first: `effect`, the largest mean absolute effect of a step from its 5 % to its 95 %
        quantile on any used observation, in standard deviations of that observation; that `observation`, the interval of the
        effect on it (`low`, `high`), the `floor` of chance alone, and `clear`: whether the interval lies above the floor.
    """
    factors = factors_of([arm])
    rows = trajectories(factors, calibration.screening.trajectories, arm.seed)
    worlds, rounds = calibration.screening.worlds, calibration.screening.trajectories
    below_one = np.minimum(rows, 1.0 - 2.0**-53)
    designed = with_design(arm, Design(columns_of(factors), below_one, worlds_per_row=worlds, rows_per_round=rounds))
    counts = counts_of(run_whole(functools.partial(count_year_before, designed), designed.worlds, arm.compute, "screening"))
    tables = []
    for seen in (seen for seen in calibration.used if seen.first < seen.last):
        values = seen.scale.of(seen.measured(counts)) / np.sqrt(seen.variance)
        tables.append(elementary_effects(rows, values, factors, 1 + arm.seed).assign(observation=seen.name))
    columns = {"mu_star": "effect", "mu_star_low": "low", "mu_star_high": "high"}
    effects = pd.concat(tables, ignore_index=True).rename(columns=columns).sort_values("effect", ascending=False, kind="stable")
    kept = ["factor", "observation", "effect", "low", "high", "floor", "clear"]
    return effects.drop_duplicates("factor")[kept].reset_index(drop=True)


def coverage(arm: Arm, calibration: Calibration, names: Names) -> pd.DataFrame:
    """Calibrate simulated years, and count how often the 90 % interval contains the truth.

    Each draw of the prior makes a year. The first years are the truths. Each truth is reported with the errors of the
    observations, and calibrated on the other years. No draw is ruled out first, since the ruled-out draws would differ by year.

    Returns:
        One row per fitted number or switch: the share `covered` with its 95 % interval (`low`, `high`; Clopper and Pearson
        1934) over `years`; the mean `width` of the intervals relative to the prior's; and `explained`, the share of the
        prior's variance that reports explain.
    """
    years = calibration.coverage.years
    wave = prior_wave(arm, names, years + calibration.coverage.worlds, _YEARS)
    scores = names.scores(wave.quantiles)
    errors = generator(arm.seed, f"{_YEARS}: errors of reports").standard_normal((len(scores), len(calibration.used)))
    reported = reports(calibration.used, wave.counts, calibration.tolerance * errors)
    regression = regress(reported[years:], scores[years:], calibration.accepted)
    ends = np.empty((years, names.fitted, 2))
    for year in range(years):
        posterior, weights = regression.given(reported[year])
        ends[year] = [weighted_quantiles(values, weights, LEVELS_90) for values in posterior.T[: names.fitted]]
    low, high = np.moveaxis(ends, -1, 0)
    truths = scores[:years, : names.fitted]
    hits = ((low <= truths) & (truths <= high)).sum(axis=0)
    bounds = np.array([binomtest(int(count), years).proportion_ci(0.95) for count in hits])
    columns = {"name": calibration.fitted, "covered": hits / years, "low": bounds[:, 0], "high": bounds[:, 1], "years": years}
    width = (high - low).mean(axis=0) / _PRIOR_WIDTH
    return pd.DataFrame({**columns, "width": width, "explained": regression.explained[: names.fitted]})


def by_tolerance(arm: Arm, calibration: Calibration, names: Names, wave: Wave) -> pd.DataFrame:
    """Fit the same wave with other tolerances: the same errors of reports, scaled, and the same ruled-out draws.

    Returns:
        One row per factor on the tolerance and fitted number or switch: `shift` of its mean and `sd`, both in prior standard
        deviations, with their Monte Carlo errors, and `effective` draws.
    """
    kept = ["name", "shift", "error", "sd", "error_sd"]
    tables = []
    for factor in calibration.tolerances:
        random = generator(arm.seed, "tolerance: errors of reports")
        found = fit(names, wave, calibration.used, calibration.accepted, random, calibration.tolerance * factor)
        effective = effective_size(found.weights)
        tables.append(learnt(calibration.fitted, found)[kept].assign(factor=factor, effective=effective))
    return pd.concat(tables, ignore_index=True)
