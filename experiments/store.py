"""Results on disk: one folder an arm, one Zarr dataset in it, and a mark for each finished chunk of worlds.

Nothing is ever read that has no mark, or that its mark does not fit: a run that was stopped leaves no half-written worlds
that a later one would trust, a damaged file is never taken for data, and the same command again computes what is missing.
"""

import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from experiments.errors import InputError
from experiments.layout import attributes, unstack
from experiments.mark import Mark
from sim.worlds import CHUNK

_DATASET, _MARKS, _MANIFEST = "outcomes.zarr", "chunks", "manifest.json"


@dataclass(frozen=True, slots=True)
class ArmStore:
    """The folder of one arm, to read. `ArmWriter` writes it.

    Attributes:
        path: of the folder, named by scenario and hash of everything that changes a world's numbers.
    """

    path: Path

    @property
    def dataset(self) -> Path:
        """Return the Zarr dataset of its outcomes."""
        return self.path / _DATASET

    def mark_of(self, chunk: int) -> Path:
        """Return the file that marks a chunk as finished."""
        return self.path / _MARKS / f"{chunk:06d}.json"

    def mark(self, chunk: int) -> Mark | None:
        """Return the mark of a chunk where it has one that its files fit.

        Raises:
            InputError: another version of the program wrote it.
        """
        mark = Mark.read(self.mark_of(chunk))
        return mark if mark and mark.chunk == chunk and mark.fits(self.dataset) else None

    def worlds_done(self, chunk: int) -> int:
        """Return how many worlds of a chunk are stored, 0 where it was not finished or is damaged.

        Raises:
            InputError: another version of the program wrote it.
        """
        mark = self.mark(chunk)
        return mark.worlds if mark else 0

    def finished(self, at_most: int | None = None) -> int:
        """Return how many worlds are stored without a gap from world 0 on.

        Args:
            at_most: how many are of interest; all by default.

        Raises:
            InputError: another version of the program wrote them.
        """
        worlds = 0
        while at_most is None or worlds < at_most:
            done = self.worlds_done(worlds // CHUNK)
            worlds += done
            if done < CHUNK:
                break
        return worlds

    def stored(self) -> dict[int, int]:
        """Return how many worlds are finished of each chunk that has any, also of those behind a gap."""
        chunks = sorted(int(file.stem) for file in (self.path / _MARKS).glob("[0-9]*.json"))
        return {chunk: worlds for chunk in chunks if (worlds := self.worlds_done(chunk))}

    def missing(self, worlds: int) -> list[tuple[int, int]]:
        """Return the chunks to compute for so many worlds: (chunk, worlds wanted of it).

        Raises:
            InputError: another version of the program wrote what is there.
        """
        wanted = [(chunk, min(CHUNK, worlds - chunk * CHUNK)) for chunk in range((worlds - 1) // CHUNK + 1)]
        return [(chunk, count) for chunk, count in wanted if self.worlds_done(chunk) < count]

    def damaged(self, worlds: int) -> list[int]:
        """Return the chunks, of so many worlds, that were marked as finished and are no more what was marked."""
        chunks = range((worlds - 1) // CHUNK + 1)
        return [chunk for chunk in chunks if self.mark_of(chunk).exists() and not self.mark(chunk)]

    def manifest(self) -> dict[str, Any] | None:
        """Return what made the results, None where that cannot be read."""
        try:
            content = json.loads((self.path / _MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return content if isinstance(content, dict) else None

    def has_manifest(self) -> bool:
        """Tell whether there is a manifest, readable or not."""
        return (self.path / _MANIFEST).exists()

    def check_key(self, key: str) -> None:
        """Check that a folder that is there holds the results of a config.

        Args:
            key: hash of what changes a world's numbers.

        Raises:
            InputError: they are of another config, or another version of the program wrote them.
        """
        Mark.read(self.mark_of(0))
        for said in (self.manifest() or {}, attributes(self.dataset)):
            if (found := said.get("key", key)) != key:
                raise InputError(
                    f"{self.path} holds the results of another config (key {found}): was it renamed or copied?"
                    " Nothing of it was changed: move it away, or take results=FOLDER for another folder"
                )

    def open(self, worlds: int | None = None) -> xr.Dataset:
        """Open the first worlds of the arm, lazily: what is asked for is read when it is used, and not kept.

        Args:
            worlds: how many; all that are finished from world 0 on by default.

        Raises:
            InputError: they are not all there.
        """
        finished = self.finished(worlds)
        wanted = finished if worlds is None else worlds
        damaged = self.damaged(max(finished + 1, wanted))
        why = f" (the files of worlds {spans(damaged)} are damaged)" if damaged else ""
        if finished == 0 or wanted > finished:
            raise InputError(f"{self.path} holds {finished} finished worlds, not {wanted or 'any'}{why}: run the arm again")
        if damaged and worlds is None:
            warnings.warn(f"only the first {finished} worlds of {self.path} can be read{why}: run the arm again", stacklevel=3)
        data = xr.open_dataset(
            self.dataset, engine="zarr", chunks=None, consolidated=True, cache=False, drop_variables=["world"]
        )
        return unstack(data).isel(world=slice(0, wanted)).assign_coords(world=np.arange(wanted))


def spans(chunks: list[int]) -> str:
    """Return the worlds of some chunks in words: "0 to 1023, 3072 to 4095"."""
    return ", ".join(f"{chunk * CHUNK} to {(chunk + 1) * CHUNK - 1}" for chunk in chunks)
