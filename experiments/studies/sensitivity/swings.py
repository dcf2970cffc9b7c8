"""What a tornado shows: the mean of a quantity where a factor is low and where it is high, all else drawn."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from experiments.analysis.monte_carlo import error_of_mean
from sim.rule import Array

PART = 0.2
"""Share of the rows that count as low, and as high."""


def swings(quantiles: Mapping[str, Array], values: Array, forms: Mapping[str, Sequence[float]]) -> pd.DataFrame:
    """Return conditional means of a quantity, every factor by itself.

    Args:
        quantiles: (rows,) independent and uniform, by factor; a factor of several numbers has no low and high.
        values: (rows,) mean of the quantity over the worlds of a row.
        forms: of the factors that are switches: the weights of the forms, in order. They have means by form.

    Returns:
        A row a factor and level ("low" and "high", or the form's number): `mean`, its Monte Carlo `error`, its
        `difference` from the mean of all rows, and `rows`.
    """
    whole = float(values.mean())
    rows: list[dict[str, object]] = []
    for factor, column in quantiles.items():
        for level, here in _levels(column, forms.get(factor)).items():
            mean = float(values[here].mean()) if here.any() else np.nan
            error = error_of_mean(values[here]) if here.any() else np.nan
            rows.append(
                {"factor": factor, "level": level, "mean": mean, "error": error, "difference": mean - whole, "rows": here.sum()}
            )
    return pd.DataFrame(rows)


def _levels(column: Array, weights: Sequence[float] | None) -> dict[str, Array]:
    if weights is None:
        return {"low": column < PART, "high": column >= 1.0 - PART}
    number = np.searchsorted(np.cumsum(weights)[:-1], column, side="right")
    return {str(form): number == form for form, weight in enumerate(weights) if weight > 0.0}
