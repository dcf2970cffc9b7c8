"""What observations did to each parameter: its prior beside its posterior, and how much of its variance is gone."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from experiments.analysis.weights import weighted_quantiles
from sim.rule import Array

LEVELS = np.array([0.05, 0.5, 0.95])


def prior_against_posterior(draws: Mapping[str, Array], weights: Array, prior: Array) -> pd.DataFrame:
    """Return prior and posterior of each parameter.

    Args:
        draws: by name, (worlds,).
        weights: of the posterior, (worlds,), adding up to 1.
        prior: weights that make the prior of the draws.

    Returns:
        One row a parameter: 5 %, 50 % and 95 % of prior and posterior, and `contraction`.
    """
    rows = []
    for name, values in draws.items():
        row: dict[str, object] = {"parameter": name}
        for which, used in (("prior", prior), ("posterior", weights)):
            quantiles = map(float, weighted_quantiles(values, used, LEVELS))
            row |= dict(zip((f"{which}_q05", f"{which}_median", f"{which}_q95"), quantiles, strict=True))
        rows.append({**row, "contraction": contraction(values, weights, prior)})
    return pd.DataFrame(rows)


def contraction(values: Array, weights: Array, prior: Array) -> float:
    """Return the part of the prior's variance that is gone; NaN where the prior does not vary.

    0 where the observations said nothing, 1 where they said all; negative where they spread it.
    """
    before, after = (np.cov(values, aweights=used, ddof=0) for used in (prior, weights))
    return float(1.0 - after / before) if before > 0.0 else np.nan


def correlation(one: Array, other: Array, weights: Array) -> float:
    """Return the correlation over weighted worlds; NaN where one of them does not vary."""
    (variance, together), (_, other_variance) = np.cov(one, other, aweights=weights, ddof=0)
    spread = np.sqrt(variance * other_variance)
    return float(together / spread) if spread > 0.0 else np.nan
