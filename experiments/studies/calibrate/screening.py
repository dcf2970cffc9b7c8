"""Which parameters can the observations move at all? A Morris screening on the statistics of the year before."""

import functools

import numpy as np
import pandas as pd

from experiments.analysis.morris import Factors, columns_of, elementary_effects, trajectories
from experiments.config.arm import Arm
from experiments.engine.designs import drawn_numbers, drawn_switches, with_design
from experiments.engine.run import run_whole
from experiments.studies.calibrate.lived_year import counts_of, live_and_count
from experiments.studies.calibrate.settings import Calibration
from sim.ledger.design import Design

_LABEL = "screening"


def screen(arm: Arm, calibration: Calibration) -> pd.DataFrame:
    """Step through all that is drawn, and see how far each statistic moves.

    Returns:
        A row a factor, those that move most first: `effect`, the largest mean absolute effect of the way from its 5 % to its
        95 % quantile on any observation that is used, in standard deviations of that observation; which it is
        (`observation`), its interval there (`low`, `high`), the `floor` that chance alone reaches, and `clear`: whether the
        interval lies above it.
    """
    factors = factors_of(arm)
    rows = trajectories(factors, calibration.screening.trajectories, arm.seed)
    design = Design(
        columns_of(factors),
        np.minimum(rows, 1.0 - 2.0**-53),
        worlds_per_row=calibration.screening.worlds,
        rows_per_round=calibration.screening.trajectories,
    )
    designed = with_design(arm, design)
    year = run_whole(functools.partial(live_and_count, designed), designed.worlds, arm.compute, _LABEL)
    counts = counts_of(year)
    tables = []
    for seen in (seen for seen in calibration.used if seen.first < seen.last):
        values = seen.scale.of(seen.measured(counts)) / np.sqrt(seen.variance)
        tables.append(elementary_effects(rows, values, factors, 1 + arm.seed).assign(observation=seen.name))
    effects = pd.concat(tables, ignore_index=True).rename(
        columns={"mu_star": "effect", "mu_star_low": "low", "mu_star_high": "high"}
    )
    strongest = effects.loc[effects.groupby("factor")["effect"].idxmax()]
    kept = ["factor", "observation", "effect", "low", "high", "floor", "clear"]
    return strongest.sort_values("effect", ascending=False)[kept].reset_index(drop=True)


def factors_of(arm: Arm) -> Factors:
    """Return all that an arm draws; the numbers of one parameter are one factor."""
    factors: dict[str, list[str]] = {}
    for number, parameter in drawn_numbers(arm).items():
        factors.setdefault(parameter.name, []).append(number)
    return factors | {name: [name] for name in drawn_switches(arm)}
