"""Every comparison by structural form: what an answer would be if one form were known to hold."""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
import xarray as xr

from experiments.analysis.counts import columns_first
from experiments.analysis.paired import compare_arms
from experiments.analysis.quantities import PREFIX, forms_of


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
        numbers = {label: data[PREFIX + switch].values for label, data in arms.items()}
        present = sorted({int(number) for values in numbers.values() for number in np.unique(values)})
        for number in present if len(present) > 1 else ():
            within = {label: data.isel(world=np.flatnonzero(numbers[label] == number)) for label, data in arms.items()}
            table = compare_arms(within, reference_of, outcomes)
            tables.append(table.assign(switch=switch, form=forms[number]))
    if not tables:
        return pd.DataFrame(columns=["switch", "form", "arm", "reference", "outcome", "day"])
    return columns_first(pd.concat(tables, ignore_index=True), "switch", "form")
