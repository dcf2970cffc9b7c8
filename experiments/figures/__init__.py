"""Pure functions: tables in, a matplotlib Figure out. One kind of figure a file."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import xarray as xr


def draw_comparison(folder: Path, arms: Mapping[str, xr.Dataset], table: pd.DataFrame) -> None:
    """Draw every figure of a comparison and write it as PDF and PNG.

    Args:
        folder: of the figures; made where it is missing.
        arms: dataset by label.
        table: of `compare_arms`.
    """
    folder.mkdir(parents=True, exist_ok=True)
