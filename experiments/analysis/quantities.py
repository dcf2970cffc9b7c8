"""Per world: an outcome on a scale on which its mean and variance say something, and the structural form of each switch."""

from enum import StrEnum

import numpy as np
import pandas as pd
import xarray as xr

from experiments.analysis.paired import common_worlds, probability
from sim.record.outcomes import BY_NAME, OUTCOMES, Aggregation, Worse
from sim.rule import Array


class Scale(StrEnum):
    """What is done to an outcome before its variance is taken."""

    AS_IT_IS = "as it is"
    LOGARITHM = "ln(1 + x)"
    """Of deaths, which have hardly a variance, and of IS attacks, which are told as a ratio: differences are relative."""
    PROBABILITY = "1 - exp(-x)"
    """Of hazards."""


def analysable() -> list[str]:
    """Return the outcomes that have one number in every world."""
    return [o.name for o in OUTCOMES if o.dimension is None and o.aggregation is not Aggregation.FIRST_DAY]


def scale_of(outcome: str) -> Scale:
    """Return the scale on which an outcome is analysed."""
    declared = BY_NAME[outcome]
    if declared.rare:
        return Scale.PROBABILITY
    logarithmic = declared.unit == "deaths" or outcome.startswith("islamic_state_attacks")
    return Scale.LOGARITHM if logarithmic else Scale.AS_IT_IS


def value(data: xr.Dataset, outcome: str, day: int | None = None) -> Array:
    """Return an outcome by world on its scale, (worlds,).

    Args:
        data: an arm.
        outcome: its name.
        day: a reporting day; the last by default.

    Raises:
        ValueError: it has not one number in every world, or was not recorded.
    """
    if outcome not in analysable():
        raise ValueError(f"{outcome} has not one number in every world: choose one of {', '.join(analysable())}")
    if outcome not in data:
        raise ValueError(f"{outcome} was not recorded")
    return on_scale(on_day(data[outcome], day).values.astype(float), scale_of(outcome))


def on_day(outcome: xr.DataArray, day: int | None) -> xr.DataArray:
    """Return an outcome on a reporting day; on the last by default."""
    return outcome.isel(day=-1) if day is None else outcome.sel(day=day)


def as_shown(data: xr.Dataset, outcome: str) -> Array:
    """Return an outcome by world on the last reporting day, of a hazard its probability, (worlds,)."""
    values = data[outcome].isel(day=-1).values.astype(float)
    return probability(values) if BY_NAME[outcome].rare else values


def shown_unit(outcome: str) -> str:
    """Return the unit in which an outcome is shown: of a hazard its probability."""
    return "probability" if BY_NAME[outcome].rare else BY_NAME[outcome].unit


def difference(arm: xr.Dataset, reference: xr.Dataset, outcome: str) -> Array:
    """Return the paired difference of an outcome on its scale, (worlds that both have,).

    Raises:
        ValueError: as `value` does.
    """
    here, there = common_worlds(arm, reference)
    return value(here, outcome) - value(there, outcome)


def on_scale(values: Array, scale: Scale) -> Array:
    """Return values on a scale, the same shape."""
    if scale is Scale.PROBABILITY:
        return probability(values)
    return np.log1p(values) if scale is Scale.LOGARITHM else values


def expected(data: xr.Dataset, outcome: str, half: int | None = None) -> pd.Series:
    """Return the mean of an outcome over the worlds of each draw; of a hazard the mean probability of at least one.

    Args:
        data: an arm.
        outcome: its name.
        half: 0 or 1: over every other world of each draw alone.

    Returns:
        By number of the draw.
    """
    values, draws = as_shown(data, outcome), data["draw"].values
    if half is None:
        return pd.Series(values).groupby(draws).mean()
    place = pd.Series(draws).groupby(draws).cumcount().to_numpy() % 2 == half
    return pd.Series(values[place]).groupby(draws[place]).mean()


def judged() -> list[str]:
    """Return the outcomes that have one number in every world and a direction that is worse."""
    return [name for name in analysable() if BY_NAME[name].worse is not Worse.NEITHER]


PREFIX = "form_"
"""Of the variable that holds the number of a switch's form."""


def forms_of(data: xr.Dataset) -> dict[str, list[str]]:
    """Return the forms that each switch can have, by switch, as they were recorded."""
    recorded = {str(name): names_of(data[name]) for name in data.data_vars if str(name).startswith(PREFIX)}
    return {name.removeprefix(PREFIX): forms for name, forms in recorded.items()}


def names_of(forms: xr.DataArray) -> list[str]:
    """Return the names that the numbers of a switch's forms stand for: a list, or a text of them where it was stored."""
    listed = forms.attrs["forms"]
    return listed.split(", ") if isinstance(listed, str) else [str(form) for form in listed]


def in_form(data: xr.Dataset, switch: str, form: str) -> Array:
    """Return where a switch has a form, (worlds,) of bool."""
    forms = data[f"form_{switch}"]
    if form not in names_of(forms):
        return np.zeros(forms.sizes["world"], dtype=bool)
    return forms.values == names_of(forms).index(form)


def forms_by_world(data: xr.Dataset) -> dict[str, Array]:
    """Return the number of the form that each switch has in each world, for the switches that differ between worlds."""
    found = {str(name): data[name].values for name in data.data_vars if str(name).startswith("form_")}
    return {name.removeprefix("form_"): forms for name, forms in found.items() if np.unique(forms).size > 1}
