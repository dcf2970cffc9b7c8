"""Which headlines hold in the core of the model as in the full one, and which hinge on the mechanisms between them."""

import numpy as np
import pandas as pd

from experiments.analysis.paired import IS_RATIO
from experiments.analysis.words import COLUMNS, Cells, cells_of

_CORE, _FULL = "model=core", "model=full"


def hinges(table: pd.DataFrame) -> str:
    """Say which differences from the reference read otherwise under `model=core` than under `model=full`.

    A difference reads as up or down where its whole 90 % interval over worlds (for hazards: twice the Monte Carlo error)
    lies on one side of none, else as open.

    Returns:
        One line, empty where the comparison has no arm under both.
    """
    cells = cells_of(table, int(table["day"].max()))
    arms = [str(arm) for arm in dict.fromkeys(table["arm"])]
    pairs = [(arm, arm.replace(_CORE, _FULL)) for arm in arms if _CORE in arm and arm.replace(_CORE, _FULL) in arms]
    if not pairs:
        return ""
    found = [
        f"{column.heading} under {core.replace(_CORE, '').strip(', ')}"
        for core, full in pairs
        for column in COLUMNS
        if _verdict(cells, core, column.outcome) != _verdict(cells, full, column.outcome)
    ]
    if not found:
        return "Every headline difference reads the same in the core as in the full model."
    return (
        f"Reads otherwise in the core than in the full model, so it hinges on the mechanisms between them: {'; '.join(found)}."
    )


def _verdict(cells: Cells, arm: str, outcome: str) -> int:
    """Return 1 where a difference reads as up, -1 down, 0 open."""
    row = cells.get((arm, outcome), {})
    if "difference_mean" in row and np.isfinite(row["difference_mean"]):
        low, high = (row["difference_mean"] + sign * 2.0 * row["difference_error"] for sign in (-1, 1))
    elif outcome == IS_RATIO:
        low, high = row["q05"] - 1.0, row["q95"] - 1.0
    else:
        low, high = row.get("difference_q05", np.nan), row.get("difference_q95", np.nan)
    if low > 0.0:
        return 1
    return -1 if high < 0.0 else 0
