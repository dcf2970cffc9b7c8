"""One paired difference: its direction, and the mechanisms and structural variants that it hinges on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from experiments.analysis.counts import columns_first
from experiments.analysis.paired import IS_RATIO, compare_arms, is_rare
from experiments.analysis.quantities import PREFIX, variants_of
from experiments.studies.compare.text import COLUMNS, Row, cells_of

ERRORS = 2.0
"""Monte Carlo errors: an estimate nearer to no difference cannot be distinguished from it."""


@dataclass(frozen=True, slots=True)
class Change:
    """A difference from the reference on the same worlds.

    Attributes:
        middle: median over worlds; of a hazard the mean difference of the probability of at least one.
        low, high: the 5 % to 95 % range of worlds; of a hazard two Monte Carlo errors below and above the mean.
        error: Monte Carlo standard error of the middle; NaN where it is unknown.
        none: the value of no difference: 0, of a ratio 1.
        rare: whether the outcome is compared by its hazard.
    """

    middle: float
    low: float
    high: float
    error: float
    none: float
    rare: bool

    @property
    def direction(self) -> int:
        """Return 1 where the whole range lies above no difference, -1 below, 0 where it includes it or is unknown."""
        return int(self.low > self.none) - int(self.high < self.none)

    @property
    def is_known(self) -> bool:
        """Tell whether the difference has a value."""
        return bool(np.isfinite(self.middle))

    @property
    def is_clear(self) -> bool:
        """Tell whether the middle is more than two Monte Carlo errors from no difference; not so where these are unknown."""
        return abs(self.middle - self.none) > ERRORS * self.error


def change_of(row: Row, outcome: str) -> Change:
    """Return the difference in a row of a comparison, all NaN without one; the quantiles of `IS_RATIO` are a difference."""

    def read(name: str) -> float:
        return float(row.get(name, np.nan))

    error = read("difference_error")
    if is_rare(outcome):
        middle = read("difference_mean")
        return Change(middle, middle - ERRORS * error, middle + ERRORS * error, error, 0.0, rare=True)
    prefix, none = ("", 1.0) if outcome == IS_RATIO else ("difference_", 0.0)
    return Change(read(f"{prefix}median"), read(f"{prefix}q05"), read(f"{prefix}q95"), error, none, rare=False)


_CORE, _FULL = "model=core", "model=full"
DIFFERS = 3.0
"""Combined Monte Carlo errors between two variants; at two, one in twenty of some hundred pairs would differ by chance."""


def hinges(table: pd.DataFrame) -> str:
    """Return a line on the differences whose direction is not the same in `model=core` and in `model=full`.

    It is empty where the comparison has no arm under both.
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
        if len({change_of(cells.get((arm, column.outcome), {}), column.outcome).direction for arm in (core, full)}) > 1
    ]
    if not found:
        return "Every headline difference has the same direction in the core and in the full model."
    return f"The direction differs between the core and the full model, so it hinges on their mechanisms: {'; '.join(found)}."


def hinges_by_switch(by_switch: pd.DataFrame) -> pd.DataFrame:
    """Return how far each difference from the reference depends on the variant of each switch, on the last day.

    Returns:
        One row per arm that is no reference, outcome and switch: the variants with the `lowest` and the `highest`
        difference and its middle there, the combined Monte Carlo `error` of the two, whether they differ by more than
        three of these errors (`differs`), and whether besides that the direction of the difference depends on the variant
        (`reads_otherwise`). The latter come first, then the rows with the most errors between the two; empty without any.
    """
    here = by_switch[(by_switch["day"] == by_switch["day"].max()) & (by_switch["arm"] != by_switch["reference"])]
    rows = [
        {"arm": arm, "outcome": outcome, "switch": switch, **found}
        for (arm, outcome, switch), variants in here.groupby(["arm", "outcome", "switch"], sort=False)
        if (found := _between_variants(variants.to_dict("records"), str(outcome)))
    ]
    found = pd.DataFrame(rows)
    if found.empty:
        return found
    between = (found["highest"] - found["lowest"]) / found["error"].where(found["error"] > 0.0)
    order = found.assign(errors=between.fillna(0.0)).sort_values(["reads_otherwise", "errors"], ascending=False, kind="stable")
    return order.drop(columns="errors").reset_index(drop=True)


def _between_variants(rows: Sequence[Row], outcome: str) -> dict[str, object] | None:
    """Compare the variants of a switch, None where fewer than two of them have a known difference."""
    known = {str(row["form"]): change for row in rows if (change := change_of(row, outcome)).is_known}
    if len(known) < 2:
        return None
    lowest, highest = (end(known, key=lambda variant: known[variant].middle) for end in (min, max))
    low, high = known[lowest], known[highest]
    error = float(np.hypot(low.error, high.error))
    differs = bool(high.middle - low.middle > DIFFERS * error)
    ends = {"lowest_form": lowest, "lowest": low.middle, "highest_form": highest, "highest": high.middle}
    otherwise = differs and len({change.direction for change in known.values()}) > 1
    return {**ends, "error": error, "differs": differs, "reads_otherwise": otherwise}


def compare_by_switch(
    arms: Mapping[str, xr.Dataset], reference_of: Mapping[str, str], outcomes: Collection[str] | None = None
) -> pd.DataFrame:
    """Compare the arms within the worlds of each variant of each switch.

    A variant divides the worlds of every arm alike, so differences stay paired. A switch with one variant in all worlds
    adds nothing to the comparison and is left out.

    Returns:
        The rows of `compare_arms`, with `switch` and its variant, `form`, before them; empty where no switch has two.
    """
    tables = []
    for switch, variants in variants_of(next(iter(arms.values()))).items():
        numbers = {label: data[PREFIX + switch].values for label, data in arms.items()}
        present = sorted({int(number) for values in numbers.values() for number in np.unique(values)})
        for number in present if len(present) > 1 else ():
            within = {label: data.isel(world=np.flatnonzero(numbers[label] == number)) for label, data in arms.items()}
            table = compare_arms(within, reference_of, outcomes)
            tables.append(table.assign(switch=switch, form=variants[number]))
    if not tables:
        return pd.DataFrame(columns=["switch", "form", "arm", "reference", "outcome", "day"])
    return columns_first(pd.concat(tables, ignore_index=True), "switch", "form")
