"""The layout of an arm's outcomes in Zarr: one array per type and dimensions, with one file per chunk of worlds.

One file per outcome and chunk would make 75,000 files for a million worlds; writing them would take a large machine longer
than computing the worlds. Each outcome is a part of its file that can be read alone (a Zarr shard).
"""

import functools
import json
import warnings
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import xarray as xr
import zarr
from zarr.errors import ZarrUserWarning

from experiments.config.files import read_json, write_whole
from experiments.errors import InputError
from sim.worlds import CHUNK

LAYOUT = 2
"""Version of the layout; results with another version are neither read nor changed."""

_DESCRIPTION = "zarr.json"


def stack(data: xr.Dataset) -> xr.Dataset:
    """Stack outcomes of the same type and dimensions along the second dimension of one array; `world` is the first."""
    groups: dict[str, list[xr.DataArray]] = {}
    for variable in data.data_vars.values():
        groups.setdefault("_by_".join([str(variable.dtype), *map(str, variable.dims[1:])]), []).append(variable)
    stacked = {}
    for name, variables in groups.items():
        world, *others = variables[0].dims
        stacked[name] = xr.DataArray(
            np.stack([variable.values for variable in variables], axis=1),
            dims=(world, f"{name}_names", *others),
            coords={f"{name}_names": [str(variable.name) for variable in variables]},
            attrs={"variables": {str(variable.name): variable.attrs for variable in variables}},
        )
    return xr.Dataset(stacked, coords=data.coords, attrs=data.attrs)


def unstack(stored: xr.Dataset) -> xr.Dataset:
    """Separate the outcomes of stacked arrays again, without reading them."""
    variables, coordinates = {}, dict(stored.coords)
    for name, array in stored.data_vars.items():
        del coordinates[f"{name}_names"]
        for place, (variable, attributes) in enumerate(array.attrs["variables"].items()):
            variables[variable] = array.variable.isel({f"{name}_names": place})
            variables[variable].attrs = attributes
    return xr.Dataset(variables, coordinates, stored.attrs)


def create(folder: Path, stacked: xr.Dataset, worlds: int) -> dict[str, zarr.Array]:
    """Create an empty Zarr dataset for `worlds`, with its labels and descriptions; return the arrays along worlds by name."""
    group = zarr.open_group(folder, mode="w", attributes={str(key): value for key, value in stacked.attrs.items()})
    along = {}
    for name, variable in ((str(name), variable) for name, variable in stacked.variables.items()):
        values = variable.values.astype(str) if variable.dtype.kind == "O" else variable.values
        shape, inner = variable.shape, tuple(max(1, size) for size in variable.shape)
        if is_along := variable.dims[0] == "world":
            shape, inner = (worlds, *shape[1:]), (CHUNK, *inner[1:])
        array = group.create_array(
            name=name,
            shape=shape,
            dtype=values.dtype,
            chunks=(CHUNK, 1, *inner[2:]) if len(inner) > 1 else inner,
            shards=inner if len(inner) > 1 else None,
            fill_value=np.nan if values.dtype.kind == "f" else None,
            dimension_names=[str(dimension) for dimension in variable.dims],
            attributes={str(key): value for key, value in variable.attrs.items()},
            chunk_key_encoding={"name": "default", "separator": "."},
            config={"write_empty_chunks": True},  # a missing file never means a chunk of zeros
        )
        if is_along:
            along[name] = array
        else:
            array[...] = values
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ZarrUserWarning)  # other programs find the description of each array too
        zarr.consolidate_metadata(group.store)
    return along


def length(dataset: Path) -> int:
    """Return the number of worlds that fit into a dataset, 0 if its description cannot be read."""
    try:
        return int(read_json(dataset / _DESCRIPTION)["consolidated_metadata"]["metadata"]["world"]["shape"][0])
    except (ValueError, KeyError, TypeError):
        return 0


def attributes(dataset: Path) -> Mapping[str, Any]:
    """Return the attributes of a dataset, none if its description cannot be read."""
    found = read_json(dataset / _DESCRIPTION).get("attributes")
    return found if isinstance(found, dict) else {}


def describe(dataset: Path) -> int:
    """Return a checksum of types, dimensions, attributes and labels; OSError if they cannot be read."""
    file = dataset / _DESCRIPTION
    try:
        text, labels = _description(file, *_state(file))
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise OSError(f"{file} is damaged") from error
    return zlib.crc32("".join([text, *(str(checksum(dataset / name / "c.0")) for name in labels)]).encode())


def is_described(dataset: Path, description: int) -> bool:
    """Tell whether the labels and descriptions of a dataset still have this checksum."""
    try:
        return describe(dataset) == description
    except OSError:
        return False


def checksum(file: Path) -> int:
    """Return a checksum of a file's bytes; an unchanged file is read once per process. OSError if it cannot be read."""
    return _checksum(file, *_state(file))


def _state(file: Path) -> tuple[int, int]:
    status = file.stat()
    return status.st_size, status.st_mtime_ns


@functools.lru_cache(maxsize=2**18)
def _checksum(file: Path, size: int, changed: int) -> int:
    return zlib.crc32(file.read_bytes())


@functools.lru_cache(maxsize=64)
def _description(file: Path, size: int, changed: int) -> tuple[str, list[str]]:
    """Return the description of a dataset without its number of worlds, and the names of the arrays with labels."""
    content = json.loads(file.read_text(encoding="utf-8"))
    arrays, labels = content["consolidated_metadata"]["metadata"], []
    for name, array in arrays.items():
        if array["dimension_names"][0] == "world":
            array["shape"][0] = None
        else:
            labels.append(name)
    return json.dumps([content["attributes"], arrays], sort_keys=True), labels


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark of a finished chunk: its number of worlds, and checksums that reveal damaged files.

    Files are not synced before a mark is written, so after a power failure a mark may exist without its files. Such a mark
    does not fit, just as a mark does not fit a file that is truncated, changed, swapped or missing.

    Attributes:
        chunk: its number. `worlds`: how many are finished, from its first on.
        description: checksum of the labels and descriptions.
        files: checksums by file of the dataset; two while a chunk is replaced by one with more worlds, since the marked worlds
            are the same in both.
    """

    chunk: int
    worlds: int
    description: int
    files: Mapping[str, Sequence[int]]

    @classmethod
    def read(cls, file: Path) -> Self | None:
        """Read a mark, None without a readable one."""
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
            if "checksum" in content and content.pop("checksum") != _checksum_of_mark(content):
                return None
            layout = content.pop("layout", 1)
            if layout != LAYOUT and isinstance(layout, int):
                raise InputError(
                    f"{file.parent.parent} was written by another version of knockon and cannot be read by this one;"
                    " nothing was changed: use that version, or results=FOLDER for another folder"
                )
            return cls(**content)
        except (OSError, UnicodeDecodeError, json.JSONDecodeError, AttributeError, TypeError):
            return None

    def write(self, file: Path) -> None:
        """Write the mark, whole or not at all."""
        content = {"layout": LAYOUT, **asdict(self)}
        write_whole(file, json.dumps({**content, "checksum": _checksum_of_mark(content)}))

    def fits(self, dataset: Path) -> bool:
        """Tell whether all files are unchanged since they were marked."""
        try:
            return is_described(dataset, self.description) and all(
                checksum(dataset / name) in allowed for name, allowed in self.files.items()
            )
        except OSError:
            return False


def _checksum_of_mark(content: Mapping[str, object]) -> int:
    return zlib.crc32(json.dumps(content, sort_keys=True).encode())
