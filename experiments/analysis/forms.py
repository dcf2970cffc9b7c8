"""Which structural form each switch has in each world, as datasets record it."""

import numpy as np
import xarray as xr

from sim.rule import Array

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
