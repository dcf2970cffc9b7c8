"""Outcomes by site, governorate, faction and member, who leaves first, and outcomes month by month."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from experiments.analysis.dates import last_date, months_after
from experiments.analysis.monte_carlo import error_of_mean, error_of_median
from experiments.analysis.paired import Datasets, draws_of, pairs, probability
from experiments.analysis.quantities import so_far
from sim.arrays import Array
from sim.record.outcomes import BY_NAME, DAYS_A_WEEK, OUTCOMES, Aggregation

_EXIT_DAY = "exit_day_by_member"
_QUANTILES = {"q05": 0.05, "median": 0.5, "q95": 0.95}
_BY_MONTH = (Aggregation.FLOW, Aggregation.LEVEL)


def by_part(arms: Datasets, reference_of: Mapping[str, str]) -> pd.DataFrame:
    """Summarise the outcomes with a further dimension by the last day.

    Returns:
        One row per arm, outcome and part (a site, governorate, faction, member ...): quantiles and mean with its Monte Carlo
        error, and those of the paired difference from the reference. Who leaves when is in `who_leaves`.
    """
    rows = []
    for about, here, there in pairs(arms, reference_of):
        for outcome in OUTCOMES:
            if outcome.dimension is None or outcome.name not in here or outcome.name == _EXIT_DAY:
                continue
            parts = here[outcome.dimension].values
            values, base = (
                data[outcome.name].isel(day=-1).sel({outcome.dimension: parts}).transpose(outcome.dimension, "world").values
                for data in (here, there)
            )
            for part, *of_part in zip(parts, values, base, strict=True):
                one, other = (each.astype(float) for each in of_part)
                row = about | {"outcome": outcome.name, "unit": outcome.unit, "dimension": outcome.dimension, "part": str(part)}
                rows.append(row | {"day": int(here["day"].values[-1])} | _summary(one, other, about, draws_of(here)))
    return pd.DataFrame(rows)


def who_leaves(arms: Datasets, reference_of: Mapping[str, str], start: date | None = None) -> pd.DataFrame:
    """Tell which members decide to leave for good, how likely, and when, the likeliest first.

    Returns:
        One row per arm and member: the probability of a decision by the last day, with its Monte Carlo error; the probability
        of being the first to decide (ties share it); the median day and 90 % range over the worlds in which the member leaves;
        the date of the median; and the paired difference of the first probability from the reference, with its error.
    """
    rows = []
    for about, here, there in pairs(arms, reference_of):
        if _EXIT_DAY not in here:
            continue
        days, base = (data[_EXIT_DAY].isel(day=-1).transpose("world", "member").values.astype(float) for data in (here, there))
        draws, left, first = draws_of(here), np.isfinite(days), _first(days)
        change = left.astype(float) - np.isfinite(base)
        found = list[dict[str, Any]]()
        for place, member in enumerate(here["member"].values):
            mine = days[left[:, place], place]
            low, middle, high = np.quantile(mine, list(_QUANTILES.values())) if mine.size else (np.nan,) * 3
            row = about | {"member": str(member), "by_day": int(here["day"].values[-1])}
            row |= {"p_leaves": left[:, place].mean(), "p_leaves_error": error_of_mean(left[:, place].astype(float), draws)}
            row |= {"p_first": first[:, place].mean(), "p_first_error": error_of_mean(first[:, place], draws)}
            row |= {"median_day": middle, "q05_day": low, "q95_day": high}
            row["median_date"] = last_date(start, round(middle) + 1).isoformat() if start and mine.size else ""
            if about["arm"] != about["reference"]:
                row |= {"difference": change[:, place].mean(), "difference_error": error_of_mean(change[:, place], draws)}
            found.append(row)
        rows += sorted(found, key=lambda row: (-row["p_leaves"], row["member"]))
    return pd.DataFrame(rows)


def by_month(
    arms: Datasets,
    reference_of: Mapping[str, str],
    start: date,
    outcomes: Collection[str],
    months: Collection[int] | None = None,
) -> pd.DataFrame:
    """Summarise outcomes at the end of each month; the outcomes must be recorded by week.

    A sum counts from day 0. Months are calendar months; the value of a month is that of its last whole week, whose day and
    date are in the table. The mean of a hazard is the probability of at least one event.

    Returns:
        One row per arm, outcome and month: as `by_part`.
    """
    rows = []
    for about, here, there in pairs(arms, reference_of):
        weeks = here.sizes.get("week", 0)
        for name in outcomes:
            if f"{name}_by_week" not in here or BY_NAME[name].aggregation not in _BY_MONTH:
                continue
            one, other = (so_far(data, name) for data in (here, there))
            if BY_NAME[name].rare:
                one, other = probability(one), probability(other)
            for month, week in _weeks_of(start, weeks, int(here["day"].values[-1]), months):
                day = week * DAYS_A_WEEK
                row = about | {"outcome": name, "unit": BY_NAME[name].unit, "month": month, "day": day}
                row["date"] = last_date(start, day).isoformat()
                rows.append(row | _summary(one[:, week - 1], other[:, week - 1], about, draws_of(here)))
    return pd.DataFrame(rows)


def _weeks_of(start: date, weeks: int, days: int, months: Collection[int] | None) -> Iterator[tuple[int, int]]:
    """Yield each month and the number of whole weeks that have ended by its end."""
    month = 1
    while (end := (months_after(start, month) - start).days) <= days:
        if (months is None or month in months) and 0 < (whole := end // DAYS_A_WEEK) <= weeks:
            yield month, whole
        month += 1


def _first(days: Array) -> Array:
    """Return the share of each member in being the first to leave, (worlds, members); 0 where nobody leaves."""
    earliest = np.where(np.isfinite(days), days, np.inf).min(axis=1, keepdims=True)
    is_first = (days == earliest) & np.isfinite(days)
    return is_first / np.maximum(is_first.sum(axis=1, keepdims=True), 1)


def _summary(values: Array, base: Array, about: Mapping[str, object], draws: Array | None) -> dict[str, object]:
    found: dict[str, object] = {**_quantiles(values)}
    found |= {"mean": float(values.mean()), "mean_error": error_of_mean(values, draws)}
    if about["arm"] == about["reference"]:
        return found
    difference = values - base
    found |= {f"difference_{name}": value for name, value in _quantiles(difference).items()}
    found |= {"difference_error": error_of_median(difference, draws)}
    return found | {"difference_mean": float(difference.mean()), "difference_mean_error": error_of_mean(difference, draws)}


def _quantiles(values: Array) -> dict[str, float]:
    return dict(zip(_QUANTILES, np.quantile(values, list(_QUANTILES.values())).tolist(), strict=True))
