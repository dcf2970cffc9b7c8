"""The labelled outcomes of an arm in plain arrays: a process can send them without xarray, and read them without Mesa."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sim.arrays import Array

if TYPE_CHECKING:
    import xarray as xr

type Variable = tuple[list[str], Array, dict[str, object]]
"""Dimensions, `world` first; values; attributes."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """The outcomes of an arm in plain arrays, with everything that a dataset has.

    Attributes:
        variables: by name. `coordinates`: values by dimension. `attributes`: of the dataset.
    """

    variables: Mapping[str, Variable]
    coordinates: Mapping[str, object]
    attributes: Mapping[str, object]

    def dataset(self) -> "xr.Dataset":
        """Return the outcomes as a dataset."""
        import xarray as xr  # here: with Dask beside it, it takes half a second to import

        return xr.Dataset(self.variables, coords=self.coordinates, attrs=self.attributes)


def end_to_end(parts: Sequence[Labelled]) -> Labelled:
    """Join the outcomes of an arm from blocks in the order of their worlds."""
    first = parts[0]
    variables: dict[str, Variable] = {
        name: (dimensions, np.concatenate([part.variables[name][1] for part in parts]), attributes)
        for name, (dimensions, _, attributes) in first.variables.items()
    }
    worlds = np.concatenate([np.asarray(part.coordinates["world"]) for part in parts])
    return replace(first, variables=variables, coordinates={**first.coordinates, "world": worlds})
