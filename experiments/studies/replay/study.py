"""Is a world that was run again the one that is stored?"""

import xarray as xr


def unlike_stored(outcomes: xr.Dataset, stored: xr.Dataset) -> list[str]:
    """Return the outcomes of a world that differ in any bit from the stored ones."""
    names = sorted({*map(str, outcomes.data_vars), *map(str, stored.data_vars)})
    values = [{name: data[name].values for name in names if name in data} for data in (outcomes, stored)]
    bits = [{name: (array.dtype, array.tobytes()) for name, array in arrays.items()} for arrays in values]
    return [name for name in names if bits[0].get(name) != bits[1].get(name)]
