"""How many worlds are enough: an estimate and its Monte Carlo error after so many worlds of the same ensemble."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from experiments.analysis.monte_carlo import error_of_mean, error_of_median
from experiments.analysis.paired import common_worlds, draws_of
from experiments.analysis.quantities import as_shown
from sim.record.outcomes import BY_NAME
from sim.rule import Array

_FEWEST, _STEPS = 50, 12


def convergence(arms: Mapping[str, xr.Dataset], reference_of: Mapping[str, str], outcomes: Sequence[str]) -> pd.DataFrame:
    """Estimate paired differences from the first 50 worlds, from more and more of them, and from all.

    Returns:
        One row per arm, outcome and number of worlds: the `statistic` (the median difference; of hazards the mean one),
        its `estimate`, Monte Carlo `error`, and the number of `draws` of parameters among the worlds.
    """
    rows: list[dict[str, object]] = []
    for label, data in arms.items():
        if label == reference_of[label]:
            continue
        here, there = common_worlds(data, arms[reference_of[label]])
        draws = draws_of(here)
        for outcome in outcomes:
            values = as_shown(here, outcome) - as_shown(there, outcome)
            statistic = "mean" if BY_NAME[outcome].rare else "median"
            about = {"arm": label, "reference": reference_of[label], "outcome": outcome, "statistic": statistic}
            rows += [about | row for row in _grow(values, draws, statistic)]
    return pd.DataFrame(rows)


def steps(draws: Array) -> list[int]:
    """Return numbers of worlds, evenly spaced on a logarithmic axis, each the end of a draw; the last is all worlds."""
    ends = np.flatnonzero(np.diff(draws, append=draws[-1] + 1)) + 1
    wanted = np.geomspace(min(_FEWEST, ends[-1]), ends[-1], _STEPS)
    return sorted({int(ends[min(np.searchsorted(ends, round(count)), len(ends) - 1)]) for count in wanted})


def _grow(values: Array, draws: Array | None, statistic: str) -> list[dict[str, object]]:
    numbers = np.arange(values.size) if draws is None else draws
    estimate, error = (np.mean, error_of_mean) if statistic == "mean" else (np.nanmedian, error_of_median)
    return [
        {
            "worlds": count,
            "draws": int(np.unique(numbers[:count]).size),
            "estimate": float(estimate(values[:count])),
            "error": error(values[:count], numbers[:count]),
        }
        for count in steps(numbers)
    ]
