"""Quantities per world: an outcome, transformed for the analysis of mean and variance, and the variant of each switch."""

from enum import StrEnum

import numpy as np
import pandas as pd
import xarray as xr

from experiments.analysis.paired import common_worlds, probability
from sim.arrays import Array
from sim.record.outcomes import BY_NAME, Aggregation, Worse, analysable


class Scale(StrEnum):
    """The transformation of an outcome before its variance is taken."""

    AS_IT_IS = "as it is"
    LOGARITHM = "ln(1 + x)"
    """The scale of deaths, because a few worlds set their variance, and of IS attacks, which are compared as a ratio."""
    PROBABILITY = "1 - exp(-x)"
    """Of hazards."""


def scale_of(outcome: str) -> Scale:
    """Return the scale on which an outcome is analysed."""
    declared = BY_NAME[outcome]
    if declared.rare:
        return Scale.PROBABILITY
    logarithmic = declared.unit == "deaths" or outcome.startswith("islamic_state_attacks")
    return Scale.LOGARITHM if logarithmic else Scale.AS_IT_IS


def value(data: xr.Dataset, outcome: str) -> Array:
    """Return an outcome with one number in every world on the last reporting day, on its scale, (worlds,)."""
    values = as_shown(data, outcome)
    return np.log1p(values) if scale_of(outcome) is Scale.LOGARITHM else values


def as_shown(data: xr.Dataset, outcome: str) -> Array:
    """Return an outcome (for a hazard, its probability) by world on the last reporting day, (worlds,)."""
    values = data[outcome].isel(day=-1).values.astype(float)
    return probability(values) if BY_NAME[outcome].rare else values


def by_week(data: xr.Dataset, outcome: str) -> Array:
    """Return an outcome by week, (worlds, weeks)."""
    return data[f"{outcome}_by_week"].transpose("world", "week").values.astype(float)


def so_far(data: xr.Dataset, outcome: str) -> Array:
    """Return an outcome at the end of each week, (worlds, weeks): a sum from day 0, or the current level."""
    weeks = by_week(data, outcome)
    return np.cumsum(weeks, axis=1) if BY_NAME[outcome].aggregation is Aggregation.FLOW else weeks


def shown_unit(outcome: str) -> str:
    """Return the unit in which an outcome is shown; a hazard is shown as a probability."""
    return "probability" if BY_NAME[outcome].rare else BY_NAME[outcome].unit


def difference(arm: xr.Dataset, reference: xr.Dataset, outcome: str) -> Array:
    """Return the paired difference of an outcome on its scale, (common worlds,)."""
    here, there = common_worlds(arm, reference)
    return value(here, outcome) - value(there, outcome)


def expected(data: xr.Dataset, outcome: str, half: int | None = None) -> pd.Series:
    """Return the mean of an outcome over the worlds of each draw, by draw; for a hazard, the mean probability of at least one.

    With `half` 0 or 1 it is the mean over every other world of each draw.
    """
    values, draws = as_shown(data, outcome), data["draw"].values
    if half is None:
        return pd.Series(values).groupby(draws).mean()
    place = pd.Series(draws).groupby(draws).cumcount().to_numpy() % 2 == half
    return pd.Series(values[place]).groupby(draws[place]).mean()


def judged() -> list[str]:
    """Return the outcomes with one number in every world and a direction that is worse."""
    return [name for name in analysable() if BY_NAME[name].worse is not Worse.NEITHER]


PREFIX = "form_"
"""Start of the name of the variable with the number of a switch's variant."""


def variants_of(data: xr.Dataset) -> dict[str, list[str]]:
    """Return the variants that each switch can have, by switch, as they were recorded."""
    return {name.removeprefix(PREFIX): names_of(data[name]) for name in map(str, data.data_vars) if name.startswith(PREFIX)}


def names_of(variants: xr.DataArray) -> list[str]:
    """Return the names behind the numbers of a switch's variants: recorded as a list, stored as one text."""
    listed = variants.attrs["forms"]
    return listed.split(", ") if isinstance(listed, str) else [str(variant) for variant in listed]


def has_variant(data: xr.Dataset, switch: str, variant: str) -> Array:
    """Return in which worlds a switch has a variant, (worlds,) of bool."""
    numbers = data[PREFIX + switch]
    names = names_of(numbers)
    return numbers.values == names.index(variant) if variant in names else np.zeros(numbers.sizes["world"], dtype=bool)


def variants_by_world(data: xr.Dataset) -> dict[str, Array]:
    """Return the number of each switch's variant, (worlds,), for the switches that differ between worlds."""
    found = {name.removeprefix(PREFIX): data[name].values for name in map(str, data.data_vars) if name.startswith(PREFIX)}
    return {switch: numbers for switch, numbers in found.items() if np.unique(numbers).size > 1}
