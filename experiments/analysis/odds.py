"""Rare events: how the odds of at least one differ between two arms, from hazards, not from counts of worlds."""

import numpy as np
from scipy.special import logit
from scipy.stats import norm

from experiments.analysis.monte_carlo import error_of_mean
from sim.rule import Array

_COVERED = 0.95


def probability(hazard: Array) -> Array:
    """Return the probability of at least one event, 1 - exp(-cumulative hazard), the same shape."""
    return -np.expm1(-hazard)


def odds_ratio(arm: Array, reference: Array, draws: Array | None = None) -> dict[str, float]:
    """Return the odds ratio of two mean probabilities on the same worlds, with its 95 % Monte Carlo interval.

    The error of ln(odds ratio) by the delta method: world w moves it by (p_w - p) / (p (1 - p)) of the arm less that of
    the reference, so that what both arms share cancels.

    Args:
        arm: (worlds,) probability of at least one event.
        reference: (worlds,) the same in the reference.
        draws: (worlds,) number of the draw of parameters that each world has; None where all differ.

    Returns:
        `odds_ratio`, `odds_ratio_low` and `odds_ratio_high`; NaN where either mean is 0 or 1.
    """
    here, there = float(arm.mean()), float(reference.mean())
    if not (0.0 < here < 1.0 and 0.0 < there < 1.0):
        return dict.fromkeys(("odds_ratio", "odds_ratio_low", "odds_ratio_high"), np.nan)
    moved = (arm - here) / (here * (1.0 - here)) - (reference - there) / (there * (1.0 - there))
    middle, reach = logit(here) - logit(there), norm.ppf(0.5 + _COVERED / 2) * error_of_mean(moved, draws)
    low, ratio, high = np.exp([middle - reach, middle, middle + reach])
    return {"odds_ratio": float(ratio), "odds_ratio_low": float(low), "odds_ratio_high": float(high)}
