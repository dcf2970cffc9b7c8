"""Read results: one folder per arm, with a Zarr dataset and a mark for each finished chunk of worlds.

A chunk without a matching mark is never read. So a later run never trusts half-written worlds or damaged files, and the same
command computes the missing worlds.
"""

import pickle
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
import yaml

from experiments.config.files import check_events, read_json
from experiments.errors import InputError
from experiments.storage.chunks import in_chunks, spans
from experiments.storage.zarr_layout import Mark, attributes, unstack
from sim.worlds import CHUNK

CONFIG, MANIFEST = "config.yaml", "manifest.json"
_DATASET, _MARKS = "outcomes.zarr", "chunks"


@dataclass(frozen=True, slots=True)
class ArmStore:
    """The folder of one arm, to read; `ArmWriter` writes it. It is named by scenario and key."""

    path: Path

    @property
    def dataset(self) -> Path:
        """Return the Zarr dataset of its outcomes."""
        return self.path / _DATASET

    @property
    def key(self) -> str:
        """Return the key in the name of the folder."""
        return self.path.name.rpartition("-")[2]

    def mark_of(self, chunk: int) -> Path:
        """Return the file that marks a chunk as finished."""
        return self.path / _MARKS / f"{chunk:06d}.json"

    def mark(self, chunk: int) -> Mark | None:
        """Return the mark of a chunk, if its files fit it."""
        mark = Mark.read(self.mark_of(chunk))
        return mark if mark and mark.chunk == chunk and mark.fits(self.dataset) else None

    def worlds_done(self, chunk: int) -> int:
        """Return how many worlds of a chunk are stored; 0 if the chunk is unfinished or damaged."""
        mark = self.mark(chunk)
        return mark.worlds if mark else 0

    def finished(self, at_most: int | None = None) -> int:
        """Return how many worlds are stored without a gap from world 0 on; chunks beyond `at_most` worlds are not checked."""
        worlds = 0
        while at_most is None or worlds < at_most:
            done = self.worlds_done(worlds // CHUNK)
            worlds += done
            if done < CHUNK:
                break
        return worlds

    def stored(self) -> dict[int, int]:
        """Return the number of finished worlds by chunk, also behind gaps."""
        return {chunk: worlds for chunk in self._marked() if (worlds := self.worlds_done(chunk))}

    def _marked(self) -> list[int]:
        return sorted(int(file.stem) for file in (self.path / _MARKS).glob("*.json") if re.fullmatch("[0-9]+", file.stem))

    def missing(self, worlds: int) -> dict[int, int]:
        """Return the chunks to compute for a number of worlds, each with its number of worlds."""
        return {chunk: count for chunk, count in in_chunks(worlds).items() if self.worlds_done(chunk) < count}

    def damaged(self, worlds: int) -> list[int]:
        """Return the chunks of the first worlds that were marked as finished but have changed since."""
        return [chunk for chunk in self._marked() if chunk * CHUNK < worlds and not self.mark(chunk)]

    def manifest(self) -> dict[str, Any] | None:
        """Return the record of the runs; None if it cannot be read or has not the form that a run writes."""
        content = read_json(self.path / MANIFEST)
        return content if _is_sound(content) else None

    def config(self) -> dict[str, Any] | None:
        """Return the composed config of the arm, None if it cannot be read or was changed."""
        try:
            written = (self.path / CONFIG).read_bytes()
            if read_json(self.path / MANIFEST).get("config", digest(written)) != digest(written):
                return None
            content = pickle.loads(_parsed(self.path / CONFIG, written))
        except (OSError, ValueError, yaml.YAMLError):  # InputError is a ValueError
            return None
        return content if isinstance(content, dict) else None

    def is_described(self) -> bool:
        """Tell whether the manifest can be read and the config is as it was written, without parsing a megabyte of YAML."""
        try:
            written = (self.path / CONFIG).read_bytes()
        except OSError:
            return False
        return (self.manifest() or {}).get("config") == digest(written)

    def check_key(self, key: str) -> None:
        """Check that an existing folder holds the results of the config with this key."""
        Mark.read(self.mark_of(0))
        for said in (read_json(self.path / MANIFEST), attributes(self.dataset)):
            if (found := said.get("key", key)) != key:
                raise InputError(
                    f"{self.path} holds the results of another config (key {found}); perhaps it was renamed or"
                    " copied. Nothing was changed. Move it away, or use results=FOLDER for another folder"
                )

    def open(self, worlds: int | None = None, in_memory: bool = False) -> xr.Dataset:
        """Open the first worlds of the arm, by default all finished ones; values are read when used, and not cached.

        With `in_memory` they are read at once: one array per type, which is much faster than one outcome after another.
        """
        finished = self.finished(worlds)
        wanted = finished if worlds is None else worlds
        damaged = self.damaged(max(finished + 1, wanted))
        why = f" (the files of worlds {spans(damaged)} are damaged)" if damaged else ""
        if finished == 0 or wanted > finished:
            needed = f"but {wanted or 'at least 1'} must be there"
            raise InputError(f"{self.path} holds {finished} finished worlds, {needed}{why}: run the arm again")
        if damaged and worlds is None:
            warnings.warn(f"only the first {finished} worlds of {self.path} can be read{why}: run the arm again", stacklevel=3)
        data = xr.open_dataset(
            self.dataset, engine="zarr", chunks=None, consolidated=True, cache=False, drop_variables=["world"]
        )
        data = data.isel(world=slice(0, wanted))
        first = unstack(data.load() if in_memory else data).assign_coords(world=np.arange(wanted))
        for variable in first.data_vars.values():
            if isinstance(forms := variable.attrs.get("forms"), list):
                variable.attrs["forms"] = ", ".join(forms)  # netCDF has no lists of texts
        long = {name: str(value) for name, value in first.attrs.items() if isinstance(value, int) and abs(value) >= 2**31}
        first.attrs.update(long)  # whole numbers, such as a seed, that are too large for classic netCDF files
        return first.drop_encoding()  # the encoding does not suit files with a part of the worlds


def digest(written: bytes) -> str:
    """Return the hash of a written config, for the manifest."""
    return sha256(written).hexdigest()[:16]


def _is_sound(manifest: Mapping[str, Any]) -> bool:
    """Tell whether a manifest has the entries that others read, with the types that a run writes."""
    runs, swept = manifest.get("runs"), manifest.get("swept", [])
    return (
        isinstance(runs, list)
        and all(isinstance(run, dict) and isinstance(run.get("versions", {}), dict) for run in runs)
        and all(isinstance(run.get("worlds", 0), int) for run in runs)
        and isinstance(swept, list)
        and all(isinstance(override, str) for override in swept)
    )


@lru_cache(maxsize=64)
def _parsed(file: Path, written: bytes) -> bytes:
    """Return the pickled content of a config: a job reads the same config several times, and YAML is slow to parse."""
    text = written.decode()
    check_events(file, text)
    return pickle.dumps(yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
