"""What all tests share: arms composed from the shipped configs, run for a few worlds and days."""

import functools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from experiments.api import setup
from experiments.block import run_block
from experiments.setup import Setup
from sim.worlds import Worlds

type Block = Callable[..., xr.Dataset]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every test where its results can do no harm."""
    monkeypatch.chdir(tmp_path)


@functools.cache
def arm(scenario: str = "stay", *overrides: str) -> Setup:
    """Compose one arm."""
    return setup(scenario, *overrides)


@functools.lru_cache(maxsize=64)
def block(scenario: str, *overrides: str, first: int = 0, count: int = 64) -> xr.Dataset:
    """Run a block of worlds of one arm."""
    return run_block(arm(scenario, *overrides), Worlds(first, count))


def same_bits(one: xr.Dataset, other: xr.Dataset) -> list[str]:
    """Return the variables that differ in any bit, NaN equal to NaN."""
    assert set(one.data_vars) == set(other.data_vars)
    return [str(name) for name in one.data_vars if not np.array_equal(one[name], other[name], equal_nan=_is_float(one[name]))]


def _is_float(array: xr.DataArray) -> bool:
    return array.dtype.kind == "f"
