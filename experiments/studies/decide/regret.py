"""Regret: by how much is an arm worse than the best arm would have been, had the parameters been known?

By outcome, and never added over outcomes (Savage 1951, doi:10.1080/01621459.1951.10500768). The best arm of a draw is the
best on few worlds, partly by luck of the dice, so that regret is overstated; judged on the other half of its worlds it is
understated. The truth lies between.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from experiments.analysis.monte_carlo import error_of_mean, is_nested
from experiments.analysis.quantities import expected, shown_unit
from sim.record.outcomes import BY_NAME, Worse
from sim.rule import Array

QUANTILE = 0.9


def regret(arms: Mapping[str, xr.Dataset], outcomes: Sequence[str]) -> pd.DataFrame:
    """Return the regret of every arm, by outcome.

    Args:
        arms: dataset by label, on the same worlds, several a draw.
        outcomes: names of outcomes of which more, or less, is worse.

    Returns:
        One row per outcome and arm: `mean` regret over draws in the outcome's `unit` with its Monte Carlo `mean_error`,
        `mean_held_out` (the best arm chosen on one half of a draw's worlds, regret taken on the other), the 90 % quantile
        `q90`, `max`, the share of draws in which it is the best, `best`, and the number of `draws`.

    Raises:
        ValueError: every world has a draw of its own, or no direction of an outcome is worse.
    """
    check_nested(arms)
    rows = []
    for outcome in outcomes:
        draws, cost = costs(arms, outcome)
        lost = cost - cost.min(axis=1, keepdims=True)
        held_out = _held_out(arms, outcome)
        winners = lost == 0.0
        best = (winners / winners.sum(axis=1, keepdims=True)).mean(axis=0)  # arms that tie share the draw
        for place, label in enumerate(arms):
            own = lost[:, place]
            rows.append(
                {
                    "outcome": outcome,
                    "arm": label,
                    "unit": shown_unit(outcome),
                    "mean": float(own.mean()),
                    "mean_error": error_of_mean(own),
                    "mean_held_out": float(held_out[place]),
                    "q90": float(np.quantile(own, QUANTILE)),
                    "max": float(own.max()),
                    "best": float(best[place]),
                    "draws": len(draws),
                }
            )
    return pd.DataFrame(rows)


def costs(arms: Mapping[str, xr.Dataset], outcome: str, half: int | None = None) -> tuple[pd.Index, Array]:
    """Return an outcome of every arm by draw, turned so that more is worse, (draws, arms).

    Raises:
        ValueError: no direction of the outcome is worse.
    """
    worse = BY_NAME[outcome].worse
    if worse is Worse.NEITHER:
        raise ValueError(f"{outcome}: neither more nor less of it is worse")
    table = pd.concat([expected(data, outcome, half) for data in arms.values()], axis=1, join="inner")
    return table.index, int(worse) * table.to_numpy(float)


def check_nested(arms: Mapping[str, xr.Dataset]) -> None:
    """Check that draws have several worlds each.

    Raises:
        ValueError: every world has a draw of its own, so that chance would be taken for parameters.
    """
    for label, data in arms.items():
        if not is_nested(data["draw"].values):
            raise ValueError(f"{label}: every world has a draw of its own, so that chance would be taken for parameters")


def _held_out(arms: Mapping[str, xr.Dataset], outcome: str) -> Array:
    """Return mean regrets on worlds that the best arm was not chosen on, both halves in turn, (arms,)."""
    means = []
    for chosen_on, judged_on in ((0, 1), (1, 0)):
        choice, judgement = costs(arms, outcome, chosen_on)[1], costs(arms, outcome, judged_on)[1]
        best = np.take_along_axis(judgement, choice.argmin(axis=1)[:, None], axis=1)
        means.append((judgement - best).mean(axis=0))
    return np.mean(means, axis=0)
