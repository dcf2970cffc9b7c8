"""What a part of the model does: outcomes and differences without it beside those with it, on the same worlds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from experiments.analysis.monte_carlo import error_of_change, error_of_mean
from experiments.analysis.odds import probability
from experiments.analysis.paired import draws_of
from sim.record.outcomes import BY_NAME, Worse
from sim.rule import Array


@dataclass(frozen=True, slots=True)
class Pair:
    """An arm and the arm that it is compared with; without one, its outcomes alone are looked at."""

    arm: xr.Dataset
    reference: xr.Dataset | None


def changes(full: Pair, without: Pair, outcomes: Sequence[str], day: int | None = None) -> pd.DataFrame:
    """Compare a model with the same model less a part.

    Args:
        full: with the part.
        without: the same worlds without it.
        outcomes: names of outcomes with one number in every world.
        day: a reporting day; the last by default.

    Returns:
        A row an outcome and `of` ("outcome" or "difference"): the `statistic` (median; of hazards the mean probability)
        in the `full` model and `without` the part, the `change` between them with its Monte Carlo `change_error`, and for
        differences the shares of worlds where the arm is worse, `worse_full` and `worse_without`.
    """
    rows = []
    worlds = np.intersect1d(full.arm["world"].values, without.arm["world"].values)
    draws = draws_of(full.arm.sel(world=worlds))
    for outcome in outcomes:
        here, there = ([_values(data, outcome, worlds, day) for data in _arms(pair)] for pair in (full, without))
        asked = {"outcome": (here[0], there[0])}
        if len(here) > 1:
            asked["difference"] = (here[0] - here[1], there[0] - there[1])
        for of, (before, after) in asked.items():
            worse = BY_NAME[outcome].worse if of == "difference" else Worse.NEITHER
            rows.append({"outcome": outcome, "of": of, **_change(before, after, BY_NAME[outcome].rare, worse, draws)})
    return pd.DataFrame(rows)


def _arms(pair: Pair) -> list[xr.Dataset]:
    return [pair.arm] if pair.reference is None else [pair.arm, pair.reference]


def _values(data: xr.Dataset, outcome: str, worlds: Array, day: int | None) -> Array:
    at = data[outcome].isel(day=-1) if day is None else data[outcome].sel(day=day)
    values = at.sel(world=worlds).values.astype(float)
    return probability(values) if BY_NAME[outcome].rare else values


def _change(before: Array, after: Array, rare: bool, worse: Worse, draws: Array | None) -> dict[str, object]:
    middle = np.mean if rare else np.median
    error = error_of_mean(after - before, draws) if rare else error_of_change(before, after, draws)
    return {
        "statistic": "mean" if rare else "median",
        "full": float(middle(before)),
        "without": float(middle(after)),
        "change": float(middle(after) - middle(before)),
        "change_error": error,
        "worse_full": _share(before, worse),
        "worse_without": _share(after, worse),
    }


def _share(difference: Array, worse: Worse) -> float:
    return np.nan if worse is Worse.NEITHER else float(np.mean(difference * int(worse) > 0.0))
