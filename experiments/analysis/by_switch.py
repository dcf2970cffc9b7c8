"""Every comparison by structural form: what an answer would be if one form were known to hold."""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
import xarray as xr

from experiments.analysis.paired import compare_arms

_PREFIX = "form_"


def forms_of(data: xr.Dataset) -> dict[str, list[str]]:
    """Return the forms that each switch can have, by switch, as they were recorded."""
    recorded = {str(name): names_of(data[name]) for name in data.data_vars if str(name).startswith(_PREFIX)}
    return {name.removeprefix(_PREFIX): forms for name, forms in recorded.items()}


def names_of(forms: xr.DataArray) -> list[str]:
    """Return the names that the numbers of a switch's forms stand for: a list, or a text of them where it was stored."""
    listed = forms.attrs["forms"]
    return listed.split(", ") if isinstance(listed, str) else [str(form) for form in listed]


def compare_by_switch(
    arms: Mapping[str, xr.Dataset], reference_of: Mapping[str, str], outcomes: Collection[str] | None = None
) -> pd.DataFrame:
    """Compare the arms within the worlds of each form of each switch.

    A form divides the worlds the same way in every arm, so differences stay paired. A switch with one form in all worlds
    says nothing beyond the comparison and is left out.

    Args:
        arms: dataset by label.
        reference_of: label of each arm's reference.
        outcomes: their names; all by default.

    Returns:
        The rows of `compare_arms`, with `switch` and `form` before them; empty where no switch has two forms.
    """
    tables = []
    for switch, forms in forms_of(next(iter(arms.values()))).items():
        numbers = {label: data[_PREFIX + switch].values for label, data in arms.items()}
        present = sorted({int(number) for values in numbers.values() for number in np.unique(values)})
        for number in present if len(present) > 1 else ():
            within = {label: data.isel(world=np.flatnonzero(numbers[label] == number)) for label, data in arms.items()}
            table = compare_arms(within, reference_of, outcomes)
            tables.append(table.assign(switch=switch, form=forms[number]))
    if not tables:
        return pd.DataFrame(columns=["switch", "form", "arm", "reference", "outcome", "day"])
    whole = pd.concat(tables, ignore_index=True)
    first = ["switch", "form"]
    return whole[[*first, *(name for name in whole.columns if name not in first)]]
