"""Expected outcomes by draw of the parameters: what an arm comes to if these were the true numbers."""

import pandas as pd
import xarray as xr

from experiments.analysis.quantities import analysable, as_shown
from sim.record.outcomes import BY_NAME, Worse


def expected(data: xr.Dataset, outcome: str, half: int | None = None) -> pd.Series:
    """Return the mean of an outcome over the worlds of each draw; of a hazard the mean probability of at least one.

    Args:
        data: an arm.
        outcome: its name.
        half: 0 or 1: over every other world of each draw alone.

    Returns:
        By number of the draw.
    """
    values, draws = as_shown(data, outcome), data["draw"].values
    if half is None:
        return pd.Series(values).groupby(draws).mean()
    place = pd.Series(draws).groupby(draws).cumcount().to_numpy() % 2 == half
    return pd.Series(values[place]).groupby(draws[place]).mean()


def judged() -> list[str]:
    """Return the outcomes that have one number in every world and a direction that is worse."""
    return [name for name in analysable() if BY_NAME[name].worse is not Worse.NEITHER]
