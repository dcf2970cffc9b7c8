"""Datasets made by hand, with the labels that the ensemble gives them."""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

NAN = float("nan")


def dataset(outcomes: Mapping[str, Sequence[float]], days: Sequence[int] = (365,), first: int = 0) -> xr.Dataset:
    """Make a dataset with these values by world, the same on every day but that they are multiplied by the day's number.

    Args:
        outcomes: values by world, by outcome.
        days: of reporting; the values of the second are twice those of the first.
        first: number of the first world.
    """
    variables = {
        name: (["world", "day"], np.outer(np.array(values, dtype=np.float32), np.arange(1, len(days) + 1, dtype=np.float32)))
        for name, values in outcomes.items()
    }
    count = len(next(iter(outcomes.values())))
    return xr.Dataset(variables, coords={"world": np.arange(first, first + count), "day": list(days)})
