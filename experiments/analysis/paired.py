"""Distributions of outcomes by arm, and differences from the reference on the same worlds."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from scipy.special import logit, ndtri

from experiments.analysis.counts import ratio
from experiments.analysis.matters import IS_RATIO, Matters, direction, on_scale
from experiments.analysis.monte_carlo import error_of_mean, error_of_median
from sim.arrays import Array
from sim.record.outcomes import BY_NAME, OUTCOMES, Aggregation, Outcome

type Datasets = Mapping[str, xr.Dataset]
"""Outcomes by the label of their arm."""
type Tables = Mapping[str, pd.DataFrame]
"""Tables by their name."""
type _Row = dict[str, object]
_COVERED = 0.95


def probability(hazard: Array) -> Array:
    """Return the probability of at least one event, 1 - exp(-cumulative hazard), the same shape."""
    return -np.expm1(-hazard)


def odds_ratio(arm: Array, reference: Array, draws: Array | None = None) -> dict[str, float]:
    """Return the odds ratio of two mean probabilities on the same worlds, with its 95 % Monte Carlo interval.

    The error of ln(odds ratio) by the delta method: world w contributes (p_w - p) / (p (1 - p)) of the arm less that of the
    reference, so that the common part of both arms cancels.

    `arm` and `reference` are probabilities of at least one event, (worlds,); `draws` as for `error_of_mean`.

    Returns:
        `odds_ratio`, `odds_ratio_low` and `odds_ratio_high`; NaN if either mean is 0 or 1.
    """
    here, there = float(arm.mean()), float(reference.mean())
    if not (0.0 < here < 1.0 and 0.0 < there < 1.0):
        return dict.fromkeys(("odds_ratio", "odds_ratio_low", "odds_ratio_high"), np.nan)
    moved = (arm - here) / (here * (1.0 - here)) - (reference - there) / (there * (1.0 - there))
    middle, reach = logit(here) - logit(there), ndtri(0.5 + _COVERED / 2) * error_of_mean(moved, draws)
    low, ratio, high = np.exp([middle - reach, middle, middle + reach])
    return {"odds_ratio": float(ratio), "odds_ratio_low": float(low), "odds_ratio_high": float(high)}


QUANTILES = {"q05": 0.05, "q25": 0.25, "median": 0.5, "q75": 0.75, "q95": 0.95}
ZERO_OR_ONE = "0 or 1"
"""Unit of outcomes that are true or false."""
MANY_DEATHS = 7
"""The toll of 28 September 2020, seven of a family: deaths are also reported as P(at least 7)."""


def compare_arms(
    arms: Datasets, reference_of: Mapping[str, str], outcomes: Collection[str] | None = None, matters: Matters | None = None
) -> pd.DataFrame:
    """Summarise every outcome without a further dimension, by arm and reporting day.

    Args:
        arms: dataset by label; worlds are paired by number. Errors count worlds that share a `draw` as one draw.
        reference_of: label of each arm's reference.
        outcomes: their names, or `IS_RATIO`; by default all.
        matters: the smallest differences that matter, by default 5 % of the reference's median.

    Returns:
        A tidy table, one row per arm, outcome and day: the arm's quantiles; for deaths `p_many` = P(at least 7); for events
        `p_happened`, the share of worlds with the event, and if it has a hazard `p_by_hazard`, each with its Monte Carlo
        standard error (`..._error`). Of the paired difference from the reference: its quantiles, the standard error of its
        median, the smallest difference that `matters`, the shares of worlds with `more`, the `same` (a smaller difference)
        and `fewer`, with their errors, and its `superiority`. In place of quantiles, rare events
        (hazards) have the `mean` of P(at least one) and the mean paired difference, each with its standard error. They
        also have the odds ratio with its 95 % interval.
    """
    rows = [
        about | row
        for about, here, there in pairs(arms, reference_of)
        for row in _rows(here, there, about["arm"] == about["reference"], outcomes, matters or Matters())
    ]
    return pd.DataFrame(rows)


type Pair = tuple[dict[str, Any], xr.Dataset, xr.Dataset]
"""The labels of an arm and its reference, as columns of a table, and both datasets on their common worlds."""


def pairs(arms: Datasets, reference_of: Mapping[str, str]) -> Iterator[Pair]:
    """Yield each arm with its reference; a reference is its own."""
    for label, data in arms.items():
        yield {"arm": label, "reference": reference_of[label]}, *common_worlds(data, arms[reference_of[label]])


def differences(arms: Datasets, reference_of: Mapping[str, str]) -> Iterator[Pair]:
    """Yield each arm that is no reference, with its reference."""
    return (pair for pair in pairs(arms, reference_of) if pair[0]["arm"] != pair[0]["reference"])


def common_worlds(data: xr.Dataset, reference: xr.Dataset) -> tuple[xr.Dataset, xr.Dataset]:
    """Return the worlds that two arms share, paired by number."""
    worlds = np.intersect1d(data["world"].values, reference["world"].values)
    return _only(data, worlds), _only(reference, worlds)


def _only(data: xr.Dataset, worlds: Array) -> xr.Dataset:
    """Return some worlds of an arm, sorted: as a slice if they are contiguous, which is fast for a million worlds."""
    first = int(np.searchsorted(data["world"].values, worlds[0])) if worlds.size else 0
    side_by_side = data.isel(world=slice(first, first + worlds.size))
    return side_by_side if np.array_equal(side_by_side["world"].values, worlds) else data.sel(world=worlds)


def draws_of(data: xr.Dataset) -> Array | None:
    """Return the number of each world's draw of parameters, (worlds,); None if it was not recorded."""
    return data["draw"].values if "draw" in data else None


def _rows(
    here: xr.Dataset, there: xr.Dataset, is_reference: bool, wanted: Collection[str] | None, matters: Matters
) -> list[_Row]:
    rows, draws = [], draws_of(here)
    for outcome in OUTCOMES:
        if outcome.dimension is not None or outcome.name not in here or not (wanted is None or outcome.name in wanted):
            continue
        days = here["day"].values
        arm_by_day = _by_day(here, outcome.name, days)
        base_by_day = arm_by_day if is_reference else _by_day(there, outcome.name, days)
        for day, arm, base in zip(days, arm_by_day, base_by_day, strict=True):
            summarise = _rare if outcome.rare else _ordinary
            row = summarise(outcome, arm, base, is_reference, draws, matters)
            if outcome.hazard in here:
                chance = probability(here[outcome.hazard].sel(day=day).values.astype(float))  # a smaller error than counting
                row |= {"p_by_hazard": float(chance.mean()), "p_by_hazard_error": error_of_mean(chance, draws)}
            rows.append({"outcome": outcome.name, "day": int(day), "unit": outcome.unit, "worlds": len(arm), **row})
    if wanted is None or IS_RATIO in wanted:
        rows += _ratio_rows(here, there, is_reference, draws, matters)
    return rows


def _by_day(data: xr.Dataset, name: str, days: Array) -> Array:
    """Return an outcome, (days, worlds), without caching it in the dataset."""
    return data[name].compute().transpose("day", "world").sel(day=days).values.astype(float)


def _ratio_rows(here: xr.Dataset, there: xr.Dataset, is_reference: bool, draws: Array | None, matters: Matters) -> list[_Row]:
    """Summarise IS attacks of the last 30 days relative to the reference, world by world."""
    name = "islamic_state_attacks_last_month"
    rows: list[_Row] = []
    for day in here["day"].values if name in here else ():
        values = ratio(here[name].sel(day=day).values, there[name].sel(day=day).values)
        row: _Row = {"outcome": IS_RATIO, "day": int(day), "unit": "ratio", "worlds": len(values)}
        row |= _quantiles(values)
        if not is_reference:
            row["difference_error"] = error_of_median(values, draws)
            row |= shares_of_worlds(values, matters.of(IS_RATIO, values), draws, is_ratio=True)
        rows.append(row)
    return rows


def _ordinary(outcome: Outcome, arm: Array, base: Array, is_reference: bool, draws: Array | None, matters: Matters) -> _Row:
    row: _Row = {**_quantiles(arm)}
    if "deaths" in outcome.unit:
        many = (arm >= MANY_DEATHS).astype(float)
        row |= {"p_many": float(many.mean()), "p_many_error": error_of_mean(many, draws)}
    is_day = outcome.aggregation is Aggregation.FIRST_DAY
    if is_day or outcome.hazard or outcome.unit == ZERO_OR_ONE:
        happened = (np.isfinite(arm) if is_day else arm > 0.0).astype(float)
        row |= {"p_happened": float(happened.mean()), "p_happened_error": error_of_mean(happened, draws)}
    if is_reference:
        return row
    difference = arm - base
    row |= {f"difference_{name}": value for name, value in _quantiles(difference).items()}
    row["difference_error"] = error_of_median(difference, draws)
    signed = _timed(arm, base) if is_day else difference
    row |= shares_of_worlds(signed, matters.of(outcome.name, base), draws)
    return row


def _timed(arm: Array, base: Array) -> Array:
    """Return differences of first days. An event that never happened counts as the latest: infinite, or 0 if in neither arm."""
    never, nor_there = ~np.isfinite(arm), ~np.isfinite(base)
    return np.where(
        never & nor_there, 0.0, np.where(never, np.inf, arm) - np.where(nor_there, np.where(never, 0.0, np.inf), base)
    )


def _rare(outcome: Outcome, arm: Array, base: Array, is_reference: bool, draws: Array | None, matters: Matters) -> _Row:
    """Summarise a hazard: the probability of at least one event, 1 - exp(-cumulative hazard), averaged over worlds."""
    here, there = probability(arm), probability(base)
    row: _Row = {"mean": float(here.mean()), "mean_error": error_of_mean(here, draws)}
    if is_reference:
        return row
    difference = here - there
    row |= {"difference_mean": float(difference.mean()), "difference_error": error_of_mean(difference, draws)}
    row |= odds_ratio(here, there, draws)
    row |= shares_of_worlds(difference, matters.of(outcome.name, there), draws)
    return row


def _quantiles(values: Array) -> dict[str, float]:
    finite = values[np.isfinite(values)]
    if not finite.size:
        return dict.fromkeys(QUANTILES, np.nan)
    return dict(zip(QUANTILES, map(float, np.quantile(finite, list(QUANTILES.values()))), strict=True))


def shares_of_worlds(change: Array, matters: float, draws: Array | None, is_ratio: bool = False) -> dict[str, float]:
    """Return the shares of worlds with `more`, the `same` and `fewer` than the reference, with their Monte Carlo errors.

    The `change` is a difference, or with `is_ratio` a ratio, (worlds,). A change smaller than `matters` counts as the same.
    `superiority` is the probability of superiority for pairs, P(more) + P(equal) / 2 (Vargha and Delaney 2000,
    doi:10.3102/10769986025002101), of any difference: 0.5 if neither arm tends to have more.
    """
    scaled, smallest = on_scale(change, matters, is_ratio)
    known = ~np.isnan(scaled)
    finite = scaled[known]
    if not finite.size:
        names = ("more", "same", "fewer", "superiority")
        return {"matters": matters, **dict.fromkeys([*names, *(f"{name}_error" for name in names)], np.nan)}
    signed, numbers = direction(finite, smallest), None if draws is None else draws[known]
    parts = {side: (signed == sign).astype(float) for side, sign in (("more", 1.0), ("same", 0.0), ("fewer", -1.0))}
    parts["superiority"] = (1.0 + np.sign(finite)) / 2.0
    return {
        "matters": matters,
        **{name: float(values.mean()) for name, values in parts.items()},
        **{f"{name}_error": _error_of_share(values, numbers) for name, values in parts.items()},
    }


def _error_of_share(hits: Array, draws: Array | None) -> float:
    """Return the Monte Carlo error of a share; a share of none or all counts as with two more of both (Agresti, Coull 1998)."""
    count = hits.size if draws is None else np.unique(draws).size
    share = (float(hits.mean()) * count + 2.0) / (count + 4.0)
    return float(np.fmax(error_of_mean(hits, draws), np.sqrt(share * (1.0 - share) / (count + 4.0))))


def tidy(arms: Datasets) -> pd.DataFrame:
    """Return all outcomes without a further dimension as one tidy table: arm, world, day, and one column per outcome."""
    names = [outcome.name for outcome in OUTCOMES if outcome.dimension is None]
    recorded = {label: data[[name for name in names if name in data]] for label, data in arms.items()}
    frames = [data.to_dataframe().reset_index().assign(arm=label) for label, data in recorded.items()]
    return pd.concat(frames, ignore_index=True)[["arm", "world", "day", *[name for name in names if name in frames[0]]]]


def is_rare(name: str) -> bool:
    """Tell whether an outcome is compared by its hazard."""
    return name in BY_NAME and BY_NAME[name].rare
