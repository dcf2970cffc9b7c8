"""Outcomes made by hand, and helpers for the tests of the store."""

from pathlib import Path

import numpy as np
import xarray as xr

from experiments.engine import run, split
from experiments.storage import chunks, read, zarr_layout
from experiments.storage import write as writing
from experiments.storage.read import ArmStore
from experiments.storage.write import ArmWriter

CHUNK = 4
CHUNKED = (run, split, chunks, read, writing, zarr_layout)
"""Modules that know how many worlds a chunk has."""
SITES = ["embassy", "western_base"]


def outcomes(first: int, count: int) -> xr.Dataset:
    """Make outcomes that tell which world, day and site they are of."""
    worlds = np.arange(first, first + count)
    attacks = (100.0 * worlds[:, None] + [[1.0, 2.0]]).astype(np.float32)
    by_site = attacks[:, :, None] + np.float32([0.25, 0.5])
    never = np.where(worlds[:, None] % 2 == 0, np.nan, attacks).astype(np.float32)
    return xr.Dataset(
        {
            "attacks": (["world", "day"], attacks, {"long_name": "attacks on sites", "units": "attacks", "worse": 1}),
            "attacks_by_site": (["world", "day", "site"], by_site, {"long_name": "attacks by site", "units": "attacks"}),
            "resurgence_day": (["world", "day"], never, {"units": "day"}),
            "form_strikes": (["world"], (worlds % 2).astype(np.int8), {"forms": ["deter", "provoke"]}),
        },
        coords={"world": worlds, "day": [365, 730], "site": SITES},
        attrs={"scenario": "stay", "key": "0123456789", "seed": 20200930},
    )


def write(store: ArmStore, *chunks: tuple[int, int], worlds: int = 12) -> None:
    """Write chunks, (number, worlds), in one run."""
    with ArmWriter(store, worlds) as writer:
        for chunk, count in chunks:
            writer.write_chunk(chunk, outcomes(chunk * CHUNK, count))


def is_stored(store: ArmStore, worlds: int) -> None:
    """Check that exactly the first worlds are stored, as they were made."""
    xr.testing.assert_identical(store.open().load(), opened(0, worlds))


def opened(first: int, count: int) -> xr.Dataset:
    """Return outcomes as they are when they were stored and opened: the forms are a text."""
    data = outcomes(first, count)
    data["form_strikes"].attrs["forms"] = "deter, provoke"
    return data


def leftovers(folder: Path) -> list[str]:
    """Return the files that are neither results nor marks nor the lock."""
    expected = ("outcomes.zarr", "chunks", "failures", "lock", "config.yaml", "manifest.json")
    files = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    return [str(file) for file in files if file.name.startswith(".") or "partial" in file.name or file.parts[0] not in expected]


def files_of(store: ArmStore, chunk: int) -> list[Path]:
    """Return the files of a chunk."""
    return sorted(
        path
        for path in store.dataset.rglob(f"c.{chunk}*")
        if path.parent.name == "world" or "." in path.name.removeprefix("c.")
    )


def cut(file: Path) -> None:
    """Damage a file as a full disk or a broken copy does."""
    file.write_bytes(file.read_bytes()[:-3])
