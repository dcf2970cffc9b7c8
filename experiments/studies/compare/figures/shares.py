"""The shares of worlds with more, the same and fewer, and 50 equally likely differences, for the figures of a comparison."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from experiments.analysis.counts import ratio
from experiments.analysis.paired import IS_RATIO, common_worlds, is_rare, probability
from experiments.config.defaults import Headline
from experiments.figures.style import arm_name
from experiments.studies.compare.text import COLUMNS
from sim.rule import Array

MORE, SAME, FEWER = "#b35806", "#ffffff", "#6baed6"
"""Dark, white with a rim, and light: they differ in greyscale too."""
FOLLOWS = ("attacks", "coalition_deaths", "incident_hazard")
"""Outcomes that fall with the number of people there, in any model."""
PLACES = 50
MATTERS, MATTERS_RARE = 0.05, 0.01
"""The smallest difference that matters: relative to the median of the reference, and of a probability."""
_LAST_MONTH = "islamic_state_attacks_last_month"


def follows(column: Headline) -> bool:
    """Tell whether a headline follows from leaving, in any model."""
    return column.outcome in FOLLOWS


def headlines_in(table: pd.DataFrame) -> list[Headline]:
    """Return the headlines of a table, those that follow from leaving last."""
    shown = [column for column in COLUMNS if column.outcome in set(table["outcome"])]
    return sorted(shown, key=follows)


def differences(arms: Mapping[str, xr.Dataset], reference_of: Mapping[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return 50 equally likely differences of each arm and headline on the last day, and the shares of worlds.

    Returns:
        `arm`, `reference`, `outcome`, `place` and `value`, of IS attacks the ratio; and `arm`, `outcome`, `more`, `same` and
        `fewer`.
    """
    values: list[dict[str, Any]] = []
    shares: list[dict[str, Any]] = []
    for label, data in arms.items():
        if (reference := reference_of[label]) == label:
            continue
        here, there = (each.isel(day=-1) for each in common_worlds(data, arms[reference]))
        for column in COLUMNS:
            if (found := _paired(here, there, column.outcome)) is None:
                continue
            difference, least, shown = found
            about = {"arm": label, "reference": reference, "outcome": column.outcome}
            more, fewer = float(np.mean(difference > least)), float(np.mean(difference < -least))
            shares.append({**about, "more": more, "same": 1.0 - more - fewer, "fewer": fewer})
            quantiles = np.quantile(shown, (np.arange(PLACES) + 0.5) / PLACES)
            values += [{**about, "place": place, "value": float(value)} for place, value in enumerate(quantiles, 1)]
    return pd.DataFrame(values), pd.DataFrame(shares)


def _paired(here: xr.Dataset, there: xr.Dataset, outcome: str) -> tuple[Array, float, Array] | None:
    """Return the differences of the worlds, the smallest that matters, and what is shown of each world."""
    name = _LAST_MONTH if outcome == IS_RATIO else outcome
    if name not in here or name not in there:
        return None
    arm, base = (data[name].values.astype(float) for data in (here, there))
    if outcome == IS_RATIO:
        shown = ratio(arm, base)
        shown = shown[np.isfinite(shown)]
        return (shown - 1.0, MATTERS, shown) if shown.size else None
    if is_rare(outcome):
        difference = probability(arm) - probability(base)
        return difference, MATTERS_RARE, difference
    difference = arm - base
    return difference, MATTERS * abs(float(np.median(base))), difference


def in_words(shares: pd.DataFrame, columns: Sequence[Headline], most: int = 3) -> str:
    """Return the findings of the first arm in words, those of the first headlines."""
    arm = str(shares["arm"].iloc[0])
    rows = {str(row["outcome"]): row for row in shares[shares["arm"] == arm].to_dict("records")}
    told = [
        f"{column.heading}: more in {100 * row['more']:.0f}, fewer in {100 * row['fewer']:.0f} of 100 worlds"
        for column in columns[:most]
        if (row := rows.get(column.outcome)) is not None
    ]
    return f"{arm_name(arm)}: {'; '.join(told)}."
