"""Two criteria for a decision: regret, and the share of draws within thresholds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd

from experiments.analysis.monte_carlo import error_of_mean, is_nested, share_with_interval
from experiments.analysis.paired import Datasets
from experiments.analysis.quantities import expected, judged, shown_unit
from experiments.config.fields import Number, Section, named
from sim.arrays import Array
from sim.record.outcomes import BY_NAME

QUANTILE = 0.9


def regret(arms: Datasets, outcomes: Sequence[str]) -> pd.DataFrame:
    """Return the regret of every arm, by outcome; the arms have the same worlds, several per draw.

    Returns:
        One row per outcome and arm: `mean` regret over draws in the outcome's `unit` with its Monte Carlo `mean_error`,
        `mean_held_out` (one half of a draw's worlds chooses the best arm, the other half measures regret), the 90 % quantile
        `q90`, `max`, `best`, the share of draws in which it is the best arm, and the number of `draws`.

    Raises:
        ValueError: every world has a draw of its own.
    """
    _check_nested(arms)
    tables = []
    for outcome in outcomes:
        draws, cost = costs(arms, outcome)
        lost = cost - cost.min(axis=1, keepdims=True)
        winners = lost == 0.0
        columns = {
            "mean": lost.mean(axis=0),
            "mean_error": [error_of_mean(own) for own in lost.T],
            "mean_held_out": _held_out(arms, outcome),
            "q90": np.quantile(lost, QUANTILE, axis=0),
            "max": lost.max(axis=0),
            "best": (winners / winners.sum(axis=1, keepdims=True)).mean(axis=0),  # arms that tie share the draw
        }
        about = {"outcome": outcome, "arm": list(arms), "unit": shown_unit(outcome)}
        tables.append(pd.DataFrame({**about, **columns, "draws": len(draws)}))
    return pd.concat(tables, ignore_index=True)


def costs(arms: Datasets, outcome: str, half: int | None = None) -> tuple[pd.Index, Array]:
    """Return an outcome of every arm by draw, with a sign such that more is worse, (draws, arms)."""
    table = pd.concat([expected(data, outcome, half) for data in arms.values()], axis=1, join="inner")
    return table.index, int(BY_NAME[outcome].worse) * table.to_numpy(float)


def _check_nested(arms: Datasets) -> None:
    for label, data in arms.items():
        if not is_nested(data["draw"].values):
            raise ValueError(
                f"{label}: every world has its own draw of the parameters, so chance would look like an effect of the"
                " parameters"
            )


def _held_out(arms: Datasets, outcome: str) -> Array:
    """Return mean regrets, (arms,): one half of the worlds chooses the best arm, the other measures regret; both in turn."""
    means = []
    for chosen_on, judged_on in ((0, 1), (1, 0)):
        choice, judgement = costs(arms, outcome, chosen_on)[1], costs(arms, outcome, judged_on)[1]
        best = np.take_along_axis(judgement, choice.argmin(axis=1)[:, None], axis=1)
        means.append((judgement - best).mean(axis=0))
    return np.mean(means, axis=0)


ALL = "all of them"


Judged = Annotated[str, named(judged, "is no outcome with one number in every world and a direction that is worse")]
"""Name of an outcome with a direction that is worse."""


@dataclass(frozen=True, slots=True)
class Threshold(Section):
    """A limit for the expected outcome of a draw, from above or from below.

    Attributes:
        outcome: its name.
        at_most: upper limit in its unit (of a hazard: probability), or times the expected outcome of the arm `relative_to`.
        at_least: lower limit, likewise.
    """

    outcome: Judged
    at_most: Number | None = None
    at_least: Number | None = None
    relative_to: str | None = None

    def __post_init__(self) -> None:
        if (self.at_most is None) == (self.at_least is None):
            raise ValueError("is no threshold: a threshold needs an outcome, and either at_most or at_least")

    def __str__(self) -> str:
        side = f"most {self.at_most:g}" if self.at_most is not None else f"least {self.at_least:g}"
        what = shown_unit(self.outcome) if self.relative_to is None else f"times {self.relative_to}"
        return f"{self.outcome} at {side} {what}"


def satisfice(arms: Datasets, thresholds: Sequence[Threshold]) -> pd.DataFrame:
    """Return the share of draws that meet each threshold, and the share that meet all thresholds.

    The arms have the same worlds, several per draw, and include the arms that thresholds are relative to.

    Returns:
        One row per arm and threshold, and per arm one more, the last, for all thresholds together: `share`, its 95 % Wilson
        interval (`low`, `high`) for the finite number of `draws`.

    Raises:
        ValueError: every world has a draw of its own.
    """
    _check_nested(arms)
    rows = []
    for label in arms:
        met = [_meets(arms, label, threshold) for threshold in thresholds]
        named = {str(threshold): meets for threshold, meets in zip(thresholds, met, strict=True)}
        if len(met) > 1:
            named[ALL] = np.logical_and.reduce(met)
        for name, meets in named.items():
            rows.append((label, name, *share_with_interval(int(meets.sum()), meets.size), meets.size))
    return pd.DataFrame(rows, columns=["arm", "threshold", "share", "low", "high", "draws"])


def times_the_reference(arm: Array, reference: Array) -> Array:
    """Return arm / reference: infinite where only the reference is 0, 1 where both are 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((arm == 0.0) & (reference == 0.0), 1.0, np.divide(arm, reference))


def _meets(arms: Datasets, label: str, threshold: Threshold) -> Array:
    values = expected(arms[label], threshold.outcome)
    if threshold.relative_to is not None:
        reference = expected(arms[threshold.relative_to], threshold.outcome)
        values = pd.Series(times_the_reference(values.to_numpy(), reference.reindex(values.index).to_numpy()), values.index)
    low = -np.inf if threshold.at_least is None else threshold.at_least
    high = np.inf if threshold.at_most is None else threshold.at_most
    return np.asarray(values.between(low, high))
