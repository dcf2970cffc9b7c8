"""Results on disk: one folder an arm, one Zarr dataset in it, and a mark for each finished chunk of worlds.

A chunk of 1,024 worlds is written whole, then marked. Nothing without a mark is ever read: a run that was stopped
leaves no half-written worlds that a later one would trust, and the same command again computes only what is missing.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import xarray as xr
import yaml
import zarr

from experiments.errors import InputError
from sim.worlds import CHUNK

_DATASET, _MARKS, _MANIFEST, _CONFIG = "outcomes.zarr", "chunks", "manifest.json", "config.yaml"


@dataclass(frozen=True, slots=True)
class ArmStore:
    """The folder of one arm.

    Attributes:
        path: of the folder, named by scenario and hash of everything that changes a world's numbers.
    """

    path: Path

    def worlds_done(self, chunk: int) -> int:
        """Return how many worlds of a chunk are stored, 0 where it was not finished."""
        try:
            mark = json.loads(self._mark(chunk).read_text(encoding="utf-8"))
            return int(mark["worlds"])
        except (OSError, ValueError, KeyError):
            return 0

    def missing(self, worlds: int) -> list[tuple[int, int]]:
        """Return the chunks to compute for so many worlds: (chunk, worlds wanted of it)."""
        wanted = [(chunk, min(CHUNK, worlds - chunk * CHUNK)) for chunk in range((worlds - 1) // CHUNK + 1)]
        return [(chunk, count) for chunk, count in wanted if self.worlds_done(chunk) < count]

    def begin(self, config: Mapping[str, object]) -> None:
        """Make the folder, with the config that it holds the results of.

        Raises:
            InputError: the folder cannot be written.
        """
        try:
            (self.path / _MARKS).mkdir(parents=True, exist_ok=True)
            _write_whole(self.path / _CONFIG, yaml.safe_dump(dict(config), sort_keys=False, allow_unicode=True))
        except OSError as error:
            raise InputError(f"results={self.path.parent.parent}: the folder cannot be written ({error.strerror})") from None

    def write_chunk(self, chunk: int, data: xr.Dataset) -> None:
        """Write a chunk of worlds and mark it finished.

        Args:
            chunk: its number.
            data: all outcomes, with `world` as first dimension; at most 1,024 worlds.
        """
        self._mark(chunk).unlink(missing_ok=True)
        group = zarr.open_group(self.path / _DATASET, mode="a")
        first, count = chunk * CHUNK, data.sizes["world"]
        for name, variable in ((str(key), array) for key, array in (*data.coords.items(), *data.data_vars.items())):
            along = "world" in variable.dims
            shape = (first + count, *variable.shape[1:]) if along else variable.shape
            if name not in group:
                _create(group, name, variable, shape, (CHUNK, *variable.shape[1:]) if along else shape)
            array = cast(zarr.Array, group[name])
            if not along:
                array[...] = _values(variable)
                continue
            if array.shape[0] < shape[0]:
                array.resize(shape)
            array[first : first + count] = _values(variable)
        group.attrs.update({str(key): value for key, value in data.attrs.items()})
        _write_whole(self._mark(chunk), json.dumps({"chunk": chunk, "worlds": count}))

    def write_manifest(self, manifest: Mapping[str, object]) -> None:
        """Write what made the results: versions, commit, seed, time."""
        _write_whole(self.path / _MANIFEST, json.dumps(manifest, indent=1))

    def manifest(self) -> dict[str, Any]:
        """Return what made the results."""
        return cast(dict[str, Any], json.loads((self.path / _MANIFEST).read_text(encoding="utf-8")))

    def open(self, worlds: int | None = None) -> xr.Dataset:
        """Open the first worlds of the arm, lazily.

        Args:
            worlds: how many; all that are finished from world 0 on by default.

        Raises:
            InputError: they are not all there.
        """
        finished = 0
        for chunk in range(10**9):
            done = self.worlds_done(chunk)
            finished += done
            if done < CHUNK:
                break
        wanted = finished if worlds is None else worlds
        if finished == 0 or wanted > finished:
            raise InputError(f"{self.path} holds {finished} finished worlds, not {wanted or 'any'}: run the arm again")
        try:
            data = xr.open_zarr(self.path / _DATASET, chunks=None, consolidated=False)
        except ValueError:  # a run was stopped, or is at work, while the arrays grew: they have different lengths
            data = self._read_unequal(finished)
        return data.isel(world=slice(0, wanted))

    def _read_unequal(self, worlds: int) -> xr.Dataset:
        """Read the finished worlds of arrays of different lengths; nothing is changed, another process may be writing."""
        variables = {}
        for name, array in zarr.open_group(self.path / _DATASET, mode="r").arrays():
            named = getattr(array.metadata, "dimension_names", None) or ()
            dimensions = [str(dimension) for dimension in named]
            values = array[:worlds] if dimensions[0] == "world" else array[...]
            variables[name] = (dimensions, values, dict(array.attrs))
        data = xr.Dataset(variables, attrs=dict(zarr.open_group(self.path / _DATASET, mode="r").attrs))
        return data.set_coords([name for name in variables if name in data.dims])

    def _mark(self, chunk: int) -> Path:
        return self.path / _MARKS / f"{chunk:06d}.json"


def check_writable(results: Path) -> None:
    """Check, without leaving anything, that results can be written below a folder.

    Raises:
        InputError: they cannot.
    """
    existing = results.absolute()
    while not existing.exists():
        existing = existing.parent
    if not existing.is_dir():
        raise InputError(f"results={results}: {existing.name} is a file, not a folder")
    try:
        tempfile.TemporaryFile(dir=existing).close()
    except OSError as error:
        raise InputError(f"results={results}: the folder cannot be written ({error.strerror})") from None


def _create(group: zarr.Group, name: str, array: xr.DataArray, shape: tuple[int, ...], chunks: tuple[int, ...]) -> zarr.Array:
    values = _values(array)
    return group.create_array(
        name=name,
        shape=shape,
        dtype=values.dtype,
        chunks=tuple(max(1, size) for size in chunks),
        fill_value=np.nan if values.dtype.kind == "f" else None,
        dimension_names=[str(dimension) for dimension in array.dims],
        attributes={str(key): value for key, value in array.attrs.items()},
    )


def _values(array: xr.DataArray) -> Any:
    values = array.values
    return values.astype(f"<U{max(len(str(v)) for v in values)}") if values.dtype.kind in "UO" else values


def _write_whole(path: Path, text: str) -> None:
    """Write the file whole or not at all."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
