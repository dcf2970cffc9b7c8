"""How an arm's outcomes lie in Zarr: those of the same type and dimensions in one array, a file for each chunk of worlds.

One file per outcome and chunk would make 75,000 files of a million worlds, and writing them would take longer than computing
them on a large machine. Each outcome is a part of its file that can be read alone (a Zarr shard).
"""

import functools
import json
import warnings
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self, cast

import numpy as np
import xarray as xr
import zarr
from zarr.errors import ZarrUserWarning

from experiments.config.files import write_whole
from experiments.errors import InputError
from sim.worlds import CHUNK

LAYOUT = 2
"""Version of how results lie on disk; whatever has another is neither read nor changed."""

_DESCRIPTION = "zarr.json"


def stack(data: xr.Dataset) -> xr.Dataset:
    """Put outcomes of the same type and dimensions into one array, side by side along its second dimension.

    Args:
        data: of a block or chunk, `world` the first dimension of every outcome.
    """
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
    """Take the outcomes of stacked arrays apart again; nothing is read."""
    variables, coordinates = {}, dict(stored.coords)
    for name, array in stored.data_vars.items():
        del coordinates[f"{name}_names"]
        for place, (variable, attributes) in enumerate(array.attrs["variables"].items()):
            variables[variable] = array.variable.isel({f"{name}_names": place})
            variables[variable].attrs = attributes
    return xr.Dataset(variables, coordinates, stored.attrs)


def create(folder: Path, stacked: xr.Dataset, worlds: int) -> dict[str, zarr.Array]:
    """Make an empty Zarr dataset for so many worlds, its labels and descriptions written.

    Returns:
        The arrays along worlds by name, to write into.
    """
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
            config={"write_empty_chunks": True},  # a file that is not there is never a chunk of zeros
        )
        if is_along:
            along[name] = array
        else:
            array[...] = values
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ZarrUserWarning)  # other programs find the description of each array as well
        zarr.consolidate_metadata(group.store)
    return along


def length(dataset: Path) -> int:
    """Return for how many worlds a dataset has room, 0 where its description cannot be read."""
    try:
        return int(_arrays(dataset)["world"]["shape"][0])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def attributes(dataset: Path) -> Mapping[str, Any]:
    """Return what a dataset says of itself, nothing where its description cannot be read."""
    try:
        return dict(json.loads((dataset / _DESCRIPTION).read_text(encoding="utf-8"))["attributes"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def describe(dataset: Path) -> int:
    """Return a checksum of all that is not worlds: types, dimensions, attributes, labels.

    Raises:
        OSError: something of it cannot be read.
    """
    file = dataset / _DESCRIPTION
    try:
        text, labels = _description(file, *_state(file))
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise OSError(f"{file} is damaged") from error
    return zlib.crc32("".join([text, *(str(checksum(dataset / name / "c.0")) for name in labels)]).encode())


def is_described(dataset: Path, description: int) -> bool:
    """Tell whether a dataset has, whole, the labels and descriptions that gave a checksum."""
    try:
        return describe(dataset) == description
    except OSError:
        return False


def checksum(file: Path) -> int:
    """Return a checksum of a file's bytes; a file that did not change is read once a process.

    Raises:
        OSError: it cannot be read.
    """
    return _checksum(file, *_state(file))


def _arrays(dataset: Path) -> Mapping[str, Any]:
    text = (dataset / _DESCRIPTION).read_text(encoding="utf-8")
    return cast(Mapping[str, Any], json.loads(text)["consolidated_metadata"]["metadata"])


def _state(file: Path) -> tuple[int, int]:
    status = file.stat()
    return status.st_size, status.st_mtime_ns


@functools.lru_cache(maxsize=2**18)
def _checksum(file: Path, size: int, changed: int) -> int:
    return zlib.crc32(file.read_bytes())


@functools.lru_cache(maxsize=64)
def _description(file: Path, size: int, changed: int) -> tuple[str, list[str]]:
    """Return what a dataset says of its arrays but for how many worlds they have room, and which of them are labels."""
    arrays, labels = _arrays(file.parent), []
    for name, array in arrays.items():
        if array["dimension_names"][0] == "world":
            array["shape"][0] = None
        else:
            labels.append(name)
    attributes = json.loads(file.read_text(encoding="utf-8"))["attributes"]
    return json.dumps([attributes, arrays], sort_keys=True), labels


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark of a finished chunk: how many worlds it has, and checksums that tell its files from damaged ones.

    Nothing is forced out to the disk before a mark is written: after a power failure a mark may be there before its files
    are, and then it does not fit them, as it does not fit a file that is truncated, changed, swapped or gone.

    Attributes:
        chunk: its number. `worlds`: how many are finished of it, from its first on.
        description: checksum of the labels and descriptions that the files are read by.
        files: checksums by file, in the dataset. There are two while a chunk is replaced by one with more worlds: the
            worlds that are marked are the same in both.
    """

    chunk: int
    worlds: int
    description: int
    files: Mapping[str, Sequence[int]]

    @classmethod
    def read(cls, file: Path) -> Self | None:
        """Read a mark, None where there is none that can be read."""
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
            if "checksum" in content and content.pop("checksum") != _checksum_of_mark(content):
                return None
            layout = content.pop("layout", 1)
            if layout != LAYOUT and isinstance(layout, int):
                raise InputError(
                    f"{file.parent.parent} was written by another version of knockon and cannot be read by this one;"
                    " nothing of it was changed: use that version, or results=FOLDER for another folder"
                )
            return cls(**content)
        except (OSError, UnicodeDecodeError, json.JSONDecodeError, AttributeError, TypeError):
            return None

    def write(self, file: Path) -> None:
        """Write the mark, whole or not at all."""
        content = {"layout": LAYOUT, **asdict(self)}
        write_whole(file, json.dumps({**content, "checksum": _checksum_of_mark(content)}))

    def fits(self, dataset: Path) -> bool:
        """Tell whether all files are as they were when they were marked."""
        try:
            return is_described(dataset, self.description) and all(
                checksum(dataset / name) in allowed for name, allowed in self.files.items()
            )
        except OSError:
            return False


def _checksum_of_mark(content: Mapping[str, object]) -> int:
    return zlib.crc32(json.dumps(content, sort_keys=True).encode())
