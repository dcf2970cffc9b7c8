"""Expected outcomes by draw of the parameters: what an arm comes to if these were the true numbers."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr

from experiments.analysis.monte_carlo import is_nested
from experiments.analysis.odds import probability
from experiments.analysis.quantities import analysable
from sim.record.outcomes import BY_NAME, Worse
from sim.rule import Array


def expected(data: xr.Dataset, outcome: str, day: int | None = None, half: int | None = None) -> pd.Series:
    """Return the mean of an outcome over the worlds of each draw; of a hazard the mean probability of at least one.

    Args:
        data: an arm.
        outcome: its name.
        day: a reporting day; the last by default.
        half: 0 or 1: over every other world of each draw alone.

    Returns:
        By number of the draw.
    """
    at = data[outcome].isel(day=-1) if day is None else data[outcome].sel(day=day)
    values = at.values.astype(float)
    values = probability(values) if BY_NAME[outcome].rare else values
    draws = data["draw"].values
    if half is None:
        return pd.Series(values).groupby(draws).mean()
    place = pd.Series(draws).groupby(draws).cumcount().to_numpy() % 2 == half
    return pd.Series(values[place]).groupby(draws[place]).mean()


def costs(
    arms: Mapping[str, xr.Dataset], outcome: str, day: int | None = None, half: int | None = None
) -> tuple[pd.Index, Array]:
    """Return an outcome of every arm by draw, turned so that more is worse, (draws, arms).

    Raises:
        ValueError: no direction of the outcome is worse.
    """
    worse = BY_NAME[outcome].worse
    if worse is Worse.NEITHER:
        raise ValueError(f"{outcome}: neither more nor less of it is worse")
    table = pd.concat([expected(data, outcome, day, half) for data in arms.values()], axis=1, join="inner")
    return table.index, int(worse) * table.to_numpy(float)


def judged() -> list[str]:
    """Return the outcomes that have one number in every world and a direction that is worse."""
    return [name for name in analysable() if BY_NAME[name].worse is not Worse.NEITHER]


def check_nested(arms: Mapping[str, xr.Dataset]) -> None:
    """Check that draws have several worlds each.

    Raises:
        ValueError: every world has a draw of its own, so that chance would be taken for parameters.
    """
    for label, data in arms.items():
        if not is_nested(data["draw"].values):
            raise ValueError(f"{label}: every world has a draw of its own, so that chance would be taken for parameters")


def ratio(arm: Array, reference: Array) -> Array:
    """Return arm / reference: infinite where the reference alone has none, 1 where neither has any."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((arm == 0.0) & (reference == 0.0), 1.0, np.divide(arm, reference))
