"""The findings of a comparison: how many worlds have more or fewer of each headline outcome, by how much, by structural form.

All reports of a result (sentence, terminal, page, tables, brief, captions) read this one table.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from experiments.analysis.counts import ratio
from experiments.analysis.matters import IS_RATIO, Matters, direction, on_scale
from experiments.analysis.monte_carlo import error_of_mean, error_of_median, is_nested
from experiments.analysis.paired import Datasets, differences, draws_of, shares_of_worlds
from experiments.analysis.quantities import as_shown, variants_by_world, variants_of
from sim.arrays import Array
from sim.record.outcomes import BY_NAME

ISLAMIC_STATE = "islamic_state_attacks_last_month"
DOTS = 50
"""Equally likely worlds of a quantile dotplot (Fernandes et al. 2018, doi:10.1145/3173574.3173718)."""
_IN_THE_MIDDLE, _SMALLER_HUMP = 0.1, 1 / 6
"""Limits, by judgement, of two shares of the worlds: in the middle third between two humps, and in the smaller hump.

A flat distribution has a sixth of the worlds in the middle third."""


def find(
    arms: Datasets, reference_of: Mapping[str, str], outcomes: Sequence[str], matters: Matters, by_form: bool = True
) -> pd.DataFrame:
    """Return the findings on outcomes on the last day, over all worlds and over the worlds of each structural form.

    Returns:
        One row per arm that is no reference, outcome, and form (`switch` and `form` empty over all worlds), with `weight`,
        the share of worlds with the form, and `worlds`. `level` and `level_there`: the median of the arm and of its
        reference; of a hazard the mean probability. `more`, `same`, `fewer`, their errors and `matters`, as of
        `shares_of_worlds`. `middle`: the median of the paired difference, of a hazard its mean, of IS attacks the median
        ratio to the reference. `more_middle`, `fewer_middle`: the median among worlds with more, or with fewer. `low`,
        `high`: the 5 % and 95 % quantiles. Each middle has its Monte Carlo `..._error`. `low_hump`, `high_hump` and
        `low_share`: of `two_humps`, NaN where the distribution has one.
    """
    rows: list[dict[str, object]] = []
    for about, here, there in differences(arms, reference_of):
        draws, forms = draws_of(here), _forms(here) if by_form else []
        if draws is not None and not is_nested(draws):
            draws = None  # each world is a draw of its own: the errors are the same, and sooner there
        for outcome in outcomes:
            levels = {"level": as_shown(here, outcome), "level_there": as_shown(there, outcome)}
            change, middle = change_of(here, there, outcome), np.mean if BY_NAME[outcome].rare else np.nanmedian
            threshold = matters.of(name_in_tables(outcome), levels["level_there"])
            for switch, form, inside in [("", "", np.ones(change.size, dtype=bool)), *forms]:
                which = {"outcome": name_in_tables(outcome), "switch": switch, "form": form}
                size = {"weight": float(inside.mean()), "worlds": int(inside.sum())}
                found = {name: float(middle(values[inside])) for name, values in levels.items()}
                numbers = None if draws is None else draws[inside]
                rows.append(about | which | size | found | _summary(change[inside], outcome, threshold, numbers))
    return pd.DataFrame(rows)


def dots(arms: Datasets, reference_of: Mapping[str, str], outcomes: Sequence[str]) -> pd.DataFrame:
    """Return the paired difference of each outcome in 50 equally likely worlds of the last day.

    Returns:
        One row per arm that is no reference, outcome and `place`, 1 to 50, with its `value`: the quantile (place - 0.5) / 50
        of the difference (for IS attacks, of the ratio to the reference); NaN where no world has a value.
    """
    rows = []
    steps = (np.arange(DOTS) + 0.5) / DOTS
    for about, here, there in differences(arms, reference_of):
        for outcome in outcomes:
            change = change_of(here, there, outcome)
            finite = change[np.isfinite(change)]
            values = np.quantile(finite, steps, method="hazen") if finite.size else np.full(DOTS, np.nan)
            which = about | {"outcome": name_in_tables(outcome)}
            rows += [which | {"place": place, "value": float(value)} for place, value in enumerate(values, 1)]
    return pd.DataFrame(rows)


def name_in_tables(outcome: str) -> str:
    """Return the name of a headline outcome in tables, where IS attacks are compared by their ratio."""
    return IS_RATIO if outcome == ISLAMIC_STATE else outcome


def change_of(here: xr.Dataset, there: xr.Dataset, outcome: str) -> Array:
    """Return the paired difference (for IS attacks, the ratio) of an arm on the last day, world by world, (worlds,)."""
    arm, reference = as_shown(here, outcome), as_shown(there, outcome)
    return ratio(arm, reference) if outcome == ISLAMIC_STATE else arm - reference


def two_humps(values: Array) -> tuple[float, float, float] | None:
    """Return the medians of two humps and the share of the lower one; None where a distribution has one hump.

    The values are split where the variance between both parts is largest (Otsu 1979, doi:10.1109/TSMC.1979.4310076). They
    have two humps where fewer than a tenth of the worlds lie in the middle third between the medians of the parts, and
    neither part has less than a sixth. A normal distribution has 18 % in the middle third, a flat one 17 %, an exponential
    one 14 %.
    Whole numbers are spread over their unit; otherwise no value would lie between 0 and 1. Two worlds are added to the middle
    and two elsewhere (Agresti and Coull 1998, doi:10.1080/00031305.1998.10480550), since a small number of worlds
    leaves gaps by chance.
    """
    ordered = np.sort(values[np.isfinite(values)])
    if ordered.size < 2 or ordered[0] == ordered[-1]:
        return None
    below = np.arange(1, ordered.size)
    sums = np.cumsum(ordered)[:-1]
    apart = sums / below - (ordered.sum() - sums) / (ordered.size - below)
    split = int(np.argmax(below * (ordered.size - below) * apart**2)) + 1
    low, high = float(np.median(ordered[:split])), float(np.median(ordered[split:]))
    third, share = (high - low) / 3.0, split / ordered.size
    inside = ((ordered > low + third) & (ordered < high - third)).astype(float)
    if (ordered == np.round(ordered)).all():
        inside = np.clip(np.minimum(ordered + 0.5, high - third) - np.maximum(ordered - 0.5, low + third), 0.0, 1.0)
    between = (float(inside.sum()) + 2.0) / (ordered.size + 4.0)
    if between >= _IN_THE_MIDDLE or min(share, 1.0 - share) < _SMALLER_HUMP:
        return None
    return low, high, share


def _forms(data: xr.Dataset) -> list[tuple[str, str, Array]]:
    """Return each form that some but not all worlds have: its switch, its name and its worlds, (worlds,) of bool."""
    names, differing = variants_of(data), variants_by_world(data).items()
    return [(switch, names[switch][n], numbers == n) for switch, numbers in differing for n in map(int, np.unique(numbers))]


def _summary(change: Array, outcome: str, matters: float, draws: Array | None) -> dict[str, float]:
    is_ratio = outcome == ISLAMIC_STATE
    shares = shares_of_worlds(change, matters, draws, is_ratio)
    towards = direction(*on_scale(change, matters, is_ratio))
    known = np.isfinite(change)
    low, high = np.quantile(change[known], [0.05, 0.95]) if known.any() else (np.nan, np.nan)
    if BY_NAME[outcome].rare:
        middle, humps = (float(np.mean(change)), error_of_mean(change, draws)), None
    else:
        middle, humps = _median(change, draws, known), two_humps(change)
    sides = {"middle": middle, "more_middle": _median(change, draws, towards > 0)}
    sides["fewer_middle"] = _median(change, draws, towards < 0)
    return {
        **shares,
        **{name: value for name, (value, _) in sides.items()},
        **{f"{name}_error": error for name, (_, error) in sides.items()},
        "low": float(low),
        "high": float(high),
        **dict(zip(("low_hump", "high_hump", "low_share"), humps or (np.nan,) * 3, strict=True)),
    }


def _median(values: Array, draws: Array | None, kept: Array) -> tuple[float, float]:
    inside = np.isfinite(values) & kept
    if not inside.any():
        return np.nan, np.nan
    return float(np.median(values[inside])), error_of_median(values[inside], None if draws is None else draws[inside])
