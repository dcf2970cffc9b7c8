"""One paired difference, how it reads, and what it hinges on: mechanisms of the model, and structural forms."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd
import xarray as xr

from experiments.analysis.counts import columns_first
from experiments.analysis.paired import IS_RATIO, compare_arms, is_rare
from experiments.analysis.quantities import PREFIX, forms_of
from experiments.studies.compare.text import COLUMNS, Cells, Row, cells_of

TOLD = 2.0
"""Monte Carlo errors: an estimate that lies nearer to none cannot be told from it."""


@dataclass(frozen=True, slots=True)
class Change:
    """A difference from the reference on the same worlds.

    Attributes:
        middle: median over worlds; of a hazard the mean difference of the probability of at least one.
        low, high: the 5 % to 95 % range of worlds; of a hazard the mean less and plus two Monte Carlo errors.
        error: Monte Carlo standard error of the middle; NaN where it is not known.
        none: what no difference is: 0, of a ratio 1.
        rare: whether it is told by a hazard.
    """

    middle: float
    low: float
    high: float
    error: float
    none: float
    rare: bool

    @property
    def direction(self) -> int:
        """Return 1 where the whole range lies above none, -1 below, 0 where it covers none or nothing is known."""
        if self.low > self.none:
            return 1
        return -1 if self.high < self.none else 0

    @property
    def is_known(self) -> bool:
        """Tell whether there is a difference to speak of."""
        return bool(np.isfinite(self.middle))

    @property
    def is_told_from_none(self) -> bool:
        """Tell whether the middle lies further from none than two Monte Carlo errors; not so where these are unknown."""
        return abs(self.middle - self.none) > TOLD * self.error


def change_of(row: Row, outcome: str) -> Change:
    """Return the difference that a row of a comparison holds; all NaN where it holds none.

    The quantiles of `IS_RATIO` are a comparison already.
    """

    def read(name: str) -> float:
        return float(row.get(name, np.nan))

    error = read("difference_error")
    if is_rare(outcome):
        middle = read("difference_mean")
        return Change(middle, middle - TOLD * error, middle + TOLD * error, error, 0.0, rare=True)
    prefix, none = ("", 1.0) if outcome == IS_RATIO else ("difference_", 0.0)
    return Change(read(f"{prefix}median"), read(f"{prefix}q05"), read(f"{prefix}q95"), error, none, rare=False)


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


def compare_by_switch(
    arms: Mapping[str, xr.Dataset], reference_of: Mapping[str, str], outcomes: Collection[str] | None = None
) -> pd.DataFrame:
    """Compare the arms within the worlds of each form of each switch.

    A form divides the worlds the same way in every arm, so differences stay paired. A switch with one form in all worlds
    says nothing beyond the comparison and is left out.

    Returns:
        The rows of `compare_arms`, with `switch` and `form` before them; empty where no switch has two forms.
    """
    tables = []
    for switch, forms in forms_of(next(iter(arms.values()))).items():
        numbers = {label: data[PREFIX + switch].values for label, data in arms.items()}
        present = sorted({int(number) for values in numbers.values() for number in np.unique(values)})
        for number in present if len(present) > 1 else ():
            within = {label: data.isel(world=np.flatnonzero(numbers[label] == number)) for label, data in arms.items()}
            table = compare_arms(within, reference_of, outcomes)
            tables.append(table.assign(switch=switch, form=forms[number]))
    if not tables:
        return pd.DataFrame(columns=["switch", "form", "arm", "reference", "outcome", "day"])
    return columns_first(pd.concat(tables, ignore_index=True), "switch", "form")
