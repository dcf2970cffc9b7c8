"""What the headlines hinge on: the mechanisms between the core of the model and the full one, and the structural forms."""

from typing import Any, cast

import numpy as np
import pandas as pd

from experiments.studies.compare.change import change_of
from experiments.studies.compare.text import COLUMNS, Cells, Row, cells_of

_CORE, _FULL = "model=core", "model=full"
DIFFERS = 3.0
"""Combined Monte Carlo errors between two forms; at two, one in twenty of some hundred pairs would differ by chance."""


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
    return change_of(cells.get((arm, outcome), {}), outcome).direction


def hinges_by_switch(by_switch: pd.DataFrame) -> pd.DataFrame:
    """Say how far each difference from the reference depends on the form of each switch, on the last day.

    Args:
        by_switch: of `compare_by_switch`.

    Returns:
        One row per arm that is no reference, outcome and switch: the forms under which the difference is `lowest` and
        `highest` with its middle there, the combined Monte Carlo `error` of the two, whether they differ by more than
        three of it (`differs`), and whether besides that the difference reads as up, down or open under one form and not
        under another (`reads_otherwise`). Those that do come first, then by how many errors lie between the two.
    """
    columns = ["arm", "outcome", "switch", "lowest_form", "lowest", "highest_form", "highest", "error", "differs"]
    here = by_switch[(by_switch["day"] == by_switch["day"].max()) & (by_switch["arm"] != by_switch["reference"])]
    rows = [
        {"arm": arm, "outcome": outcome, "switch": switch, **found}
        for (arm, outcome, switch), forms in here.groupby(["arm", "outcome", "switch"], sort=False)
        if (found := _between_forms(cast(list[dict[str, Any]], forms.to_dict("records")), str(outcome)))
    ]
    if not rows:
        return pd.DataFrame(columns=[*columns, "reads_otherwise"])
    found = pd.DataFrame(rows)
    between = (found["highest"] - found["lowest"]) / found["error"].where(found["error"] > 0.0)
    order = found.assign(errors=between.fillna(0.0)).sort_values(["reads_otherwise", "errors"], ascending=False, kind="stable")
    return order.drop(columns="errors").reset_index(drop=True)


def _between_forms(rows: list[dict[str, Any]], outcome: str) -> dict[str, object] | None:
    """Compare the forms of a switch, None where fewer than two of them have a known difference."""
    read = [(row, change_of(cast(Row, row), outcome)) for row in rows]
    known = [(str(row["form"]), change) for row, change in read if change.is_known]
    if len(known) < 2:
        return None
    (low_form, low), (high_form, high) = (end(known, key=lambda pair: pair[1].middle) for end in (min, max))
    error = float(np.hypot(low.error, high.error))
    differs = high.middle - low.middle > DIFFERS * error
    return {
        "lowest_form": low_form,
        "lowest": low.middle,
        "highest_form": high_form,
        "highest": high.middle,
        "error": error,
        "differs": bool(differs),
        "reads_otherwise": bool(differs) and len({change.direction for _, change in known}) > 1,
    }
