"""The response to swept numbers: outcomes and paired differences by value, and their crossings of thresholds."""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from experiments.analysis.paired import is_rare
from sim.arrays import Array

NO_DIFFERENCE = "no difference"
_ERRORS = 2.0


def response(
    table: pd.DataFrame,
    settings: Sequence[str],
    values: Mapping[str, Sequence[float]],
    series: Mapping[str, str],
    outcomes: Collection[str],
) -> pd.DataFrame:
    """Return the rows of `compare_arms` on the last day with the values of the settings, ordered by these values.

    Args:
        table: of `compare_arms`.
        settings: names of the swept numbers, one column each.
        values: of the settings, by arm.
        series: by arm, the curve that it belongs to, for example its scenario.
        outcomes: their names.

    Returns:
        One row per series, outcome and value: the columns of the table, `series`, the settings, and `level_there`, the median
        of the reference, of hazards the mean. A reference that lies on a curve has differences of 0; curves of references
        alone are left out.
    """
    last = table[(table["day"] == table["day"].max()) & table["arm"].isin(list(values)) & table["outcome"].isin(list(outcomes))]
    found = last.assign(series=last["arm"].map(series), **{name: last["arm"].map({a: v[place] for a, v in values.items()})
                                                         for place, name in enumerate(settings)})  # fmt: skip
    middles = table[table["day"] == table["day"].max()].set_index(["arm", "outcome"])
    levels = middles["median"].combine_first(middles["mean"]) if "mean" in middles else middles["median"]
    pairs = pd.MultiIndex.from_frame(found[["reference", "outcome"]])
    found["level_there"] = levels.reindex(pairs).to_numpy(float)
    is_reference = found["arm"] == found["reference"]
    found = found[found["series"].isin(found.loc[~is_reference, "series"].unique())].copy()
    differences = [name for name in found.columns if str(name).startswith("difference_")]
    found.loc[found["arm"] == found["reference"], differences] = 0.0
    order = {outcome: place for place, outcome in enumerate(outcomes)}
    return found.sort_values(["series", "outcome", *settings], key=lambda c: c.map(order) if c.name == "outcome" else c,
                             ignore_index=True)  # fmt: skip


def crossings(found: pd.DataFrame, setting: str) -> pd.DataFrame:
    """Find where the median difference (hazards: mean) crosses zero or the smallest difference that matters.

    The line between two values is straight.

    Returns:
        One row per series, outcome and crossing: `threshold` and its name, the `value` of the setting, and `low` and `high`,
        where the curve minus and plus two Monte Carlo errors crosses; NaN if these do not cross in the swept range.
    """
    rows = []
    for (series, outcome), part in found.groupby(["series", "outcome"], sort=False):
        curve = part.sort_values(setting)
        middle = curve["difference_mean" if is_rare(str(outcome)) else "difference_median"].to_numpy(float)
        errors = _ERRORS * curve["difference_error"].fillna(0.0).to_numpy(float)
        matters = curve["matters"].bfill().ffill().to_numpy(float)
        at = curve[setting].to_numpy(float)
        for name, threshold in ((NO_DIFFERENCE, 0.0 * matters), ("what matters, more", matters),
                                ("what matters, fewer", -matters)):  # fmt: skip
            ends = [crossed(at, middle + side * errors, threshold) for side in (-1.0, 1.0)]
            for value in crossed(at, middle, threshold):
                near = [min(end, key=lambda one: abs(one - value)) if end else np.nan for end in ends]
                rows.append({"series": series, "outcome": outcome, "setting": setting, "crosses": name,
                             "threshold": float(np.interp(value, at, threshold)), "value": value,
                             "low": float(min(near)) if np.isfinite(near).all() else np.nan,
                             "high": float(max(near)) if np.isfinite(near).all() else np.nan})  # fmt: skip
    columns = ["series", "outcome", "setting", "crosses", "threshold", "value", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def crossed(at: Array, curve: Array, threshold: Array) -> list[float]:
    """Return where a curve of straight lines crosses a threshold; a point on the threshold belongs to no side.

    >>> crossed(np.array([0.0, 1.0, 3.0]), np.array([-1.0, 1.0, 1.0]), np.zeros(3))
    [0.5]
    """
    beyond = curve - threshold
    known = [(float(x), float(y)) for x, y in zip(at, beyond, strict=True) if np.isfinite(y) and y != 0.0]
    return [x + (there - x) * y / (y - beside) for (x, y), (there, beside) in pairwise(known) if y * beside < 0.0]
