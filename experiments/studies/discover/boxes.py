"""Scenario discovery: for which values of the uncertain parameters is the answer to a question yes?

The patient rule induction method (Friedman and Fisher 1999, doi:10.1023/A:1008894516817; for scenarios Bryant and Lempert
2010, doi:10.1016/j.techfore.2009.08.002) of the EMA workbench. The box is found on one half of the draws and tested on the
other.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import matplotlib
import numpy as np
import pandas as pd
from scipy.stats import binomtest, chi2_contingency, false_discovery_control, ks_2samp

from experiments.analysis.monte_carlo import share_with_interval
from sim.arrays import Array

if TYPE_CHECKING:
    from ema_workbench.analysis.prim import PrimBox

FEWEST = 10
"""Fewest draws with yes, and fewest with no, in each half: with fewer draws, a box would rest on chance."""
HALVES: Mapping[str, str] = {"found on": "searched", "held out": "held out"}
"""The halves of the draws, by their name in the tables, in words: the half that was ..."""
_SIGNIFICANT = 0.05
_SIDES = ("low", "high")
_FALSE = 0.1  # largest share of false positives among the columns that the search uses

type Limits = Mapping[str, tuple[float, float] | frozenset[str]]
"""By restricted number: its lowest and highest value. By switch: the remaining variants."""


class NoBoxError(ValueError):
    """The reason why there is no box."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """A box in which the answer is mostly yes.

    Attributes:
        limits: of the box.
        restrictions: one row per restricted number or switch: `low` and `high` (NaN: that side is free), the shares of all
            draws below and up to them (`from_share`, `to_share`); of a switch the remaining variants (`forms`) and the share
            of draws that have one of them (`to_share`); and `quasi_p`, the probability of as good a restriction by chance.
        fit: one row per half of the draws ("found on", "held out") and one for all draws without a box ("no box"):
            `coverage`, the share of all draws of interest that lie in the box, `density`, the share of draws in the box that
            are of interest, their 95 % Wilson intervals, `mass`, the share of draws in the box, and counts.
        trajectory: one row per step of the peeling: `coverage` and `density` in both halves, `restricted` and `chosen`: the
            step of the box, before its weak sides were dropped.
    """

    limits: Limits
    restrictions: pd.DataFrame
    fit: pd.DataFrame
    trajectory: pd.DataFrame


def discover(values: pd.DataFrame, interest: Array, least_coverage: float = 0.5, alike: Array | None = None) -> Discovery:
    """Find a box.

    Args:
        values: (draws, numbers and switches); switches are categorical.
        interest: (draws,) whether the answer is yes.
        least_coverage: the box is the densest of those that contain at least this share of the draws of interest.
        alike: (draws,) a number shared by copies of a draw. Copies go to the same half; otherwise the test would use draws
            of the search. None: all draws differ.

    NoBoxError: too few draws answer yes, or no; no column separates them, or none does so on both halves.
    """
    kinds = np.arange(len(values)) if alike is None else pd.factorize(alike)[0]
    found_on = kinds % 2 == 0
    _check_enough(interest, found_on)
    half, yes = values[found_on], interest[found_on]
    columns = separating(half, yes)
    if not columns:
        raise NoBoxError("no single number or switch explains the answer better than chance")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # warnings of pandas about code of the workbench
        box = cast("PrimBox", _prim()(half[columns].reset_index(drop=True), yes.astype(int)).find_box())
    enough = box.peeling_trajectory[box.peeling_trajectory["coverage"] >= least_coverage]
    step = int(enough["id"].to_numpy(int)[enough["density"].to_numpy(float).argmax()])
    limits = without_weak_sides(_limits(box, step), half, yes)
    if not limits:
        raise NoBoxError("no restriction makes yes more frequent beyond chance: none of the numbers explains the answer")
    halves, everywhere = {"found on": found_on, "held out": ~found_on}, np.ones(len(values), dtype=bool)
    fit = [_fit(name, inside(values, limits), interest, part) for name, part in halves.items()]
    _check_holds(fit[1], float(interest.mean()))
    fit.append(_fit("no box", everywhere, interest, everywhere))
    restrictions = _restrictions(limits, values, quasi_p(limits, half, yes))
    return Discovery(limits, restrictions, pd.DataFrame(fit), _trajectory(box, step, values, interest, halves))


def _check_holds(held_out: Mapping[str, Any], base_rate: float) -> None:
    """Check that yes is more frequent in a box among the draws that the search did not use."""
    if held_out["in_box"] == 0 or held_out["density_low"] <= base_rate:
        share = f"{held_out['density']:.0%} ({held_out['density_low']:.0%} to {held_out['density_high']:.0%})"
        there = f"{share} of the draws in the box answer yes" if held_out["in_box"] else "none of its draws lies in the box"
        raise NoBoxError(
            f"the box found on one half of the draws does not hold on the other half: {there}; {base_rate:.0%} of all"
            " draws answer yes"
        )


def _check_enough(interest: Array, found_on: Array) -> None:
    count, total = int(interest.sum()), interest.size
    if count in (0, total):
        raise NoBoxError(f"{'no' if count == 0 else 'every'} draw of {total} answers yes, so a box cannot separate yes from no")
    if min(int(answers[half].sum()) for answers in (interest, ~interest) for half in (found_on, ~found_on)) < FEWEST:
        raise NoBoxError(
            f"{count} of {total} draws answer yes: a box needs {FEWEST} yes and {FEWEST} no in each half of the draws"
        )


def separating(values: pd.DataFrame, interest: Array) -> list[str]:
    """Return the columns whose distributions differ between yes and no beyond chance.

    Numbers are compared by the test of Kolmogorov and Smirnov, switches by that of chi squared, with a false discovery rate
    of at most one in ten (Benjamini and Hochberg 1995). Peeling is greedy and loses its way among hundreds of numbers without
    an effect. A number that matters only in combination with another number is not found.
    """
    names = list(map(str, values.columns))
    p_values = false_discovery_control([_p_value(values[name], interest) for name in names]) if names else []
    return [name for name, p_value in zip(names, p_values, strict=True) if p_value < _FALSE]


def _p_value(column: pd.Series, interest: Array) -> float:
    if isinstance(column.dtype, pd.CategoricalDtype):
        counts = pd.crosstab(column.to_numpy(), interest)
        return float(cast(Any, chi2_contingency(counts)).pvalue) if min(counts.shape) > 1 else 1.0
    numbers = column.to_numpy()
    return float(cast(Any, ks_2samp(numbers[interest], numbers[~interest])).pvalue)


def inside(values: pd.DataFrame, limits: Limits) -> Array:
    """Return which draws lie in a box, (draws,)."""
    within = np.ones(len(values), dtype=bool)
    for name, limit in limits.items():
        column = values[name]
        within &= (column.isin(list(limit)) if isinstance(limit, frozenset) else column.between(*limit)).to_numpy()
    return within


def _prim() -> Any:
    """Load the EMA workbench. That takes seconds, sets the colours of all figures, and warns of missing extras."""
    with warnings.catch_warnings(), matplotlib.rc_context():
        warnings.simplefilter("ignore")
        from ema_workbench.analysis.prim import Prim
    return Prim


def without_weak_sides(limits: Limits, values: pd.DataFrame, interest: Array) -> Limits:
    """Drop the sides of a box that restrict no better than chance, the weakest first."""
    while weak := {side: p for side, p in quasi_p(limits, values, interest).items() if p > _SIGNIFICANT}:
        limits = _without(limits, *max(weak, key=lambda side: weak[side]))
    return limits


def quasi_p(limits: Limits, values: pd.DataFrame, interest: Array) -> dict[tuple[str, str], float]:
    """Return, by name and "low", "high" or "variants", the probability of as good a restriction by chance for each side.

    Without this side, the box has more draws. A random choice of draws is taken from them, as many as the whole box has. The
    result is the probability that the choice has at least as many draws of interest as the box (Bryant and Lempert 2010).
    """
    here = inside(values, limits)
    held, hits = int(here.sum()), int((here & interest).sum())
    found = {}
    for name, limit in limits.items():
        ends = zip(_SIDES, limit, strict=True) if isinstance(limit, tuple) else [("variants", 0.0)]
        for side in (side for side, end in ends if np.isfinite(end)):
            rate = float(interest[inside(values, _without(limits, name, side))].mean())
            found[name, side] = float(binomtest(hits, held, rate, alternative="greater").pvalue) if held else 1.0
    return found


def _without(limits: Limits, name: str, side: str) -> Limits:
    rest = dict(limits)
    limit = rest.pop(name)
    if isinstance(limit, tuple):
        low, high = (-np.inf, limit[1]) if side == "low" else (limit[0], np.inf)
        if np.isfinite(low) or np.isfinite(high):
            rest[name] = (low, high)
    return rest


def _limits(box: "PrimBox", step: int) -> dict[str, tuple[float, float] | frozenset[str]]:
    """Return the limits of a step of the peeling; an uncut side is infinite."""
    here, start = box.box_lims[step], box.box_lims[0]
    limits: dict[str, tuple[float, float] | frozenset[str]] = {}
    for name in map(str, here.columns):
        (low, high), (lowest, highest) = here[name], start[name]
        if isinstance(low, set):
            if low != lowest:
                limits[name] = frozenset(map(str, low))
        elif low > lowest or high < highest:
            limits[name] = (float(low) if low > lowest else -np.inf, float(high) if high < highest else np.inf)
    return limits


def _trajectory(
    box: "PrimBox", chosen: int, values: pd.DataFrame, interest: Array, halves: Mapping[str, Array]
) -> pd.DataFrame:
    rows = []
    for step in range(len(box.peeling_trajectory)):
        limits = _limits(box, step)
        within = inside(values, limits)
        row: dict[str, object] = {"step": step, "restricted": len(limits), "chosen": step == chosen}
        for name, half in halves.items():
            fit = _fit(name, within, interest, half)
            row |= {f"{number}, {name}": fit[number] for number in ("coverage", "density", "mass")}
        rows.append(row)
    return pd.DataFrame(rows)


def _fit(name: str, within: Array, interest: Array, half: Array) -> dict[str, object]:
    held, cases, both = (int((draws & half).sum()) for draws in (within, interest, within & interest))
    shares = {"coverage": share_with_interval(both, cases), "density": share_with_interval(both, held)}
    row = {f"{share}{end}": n for share, found in shares.items() for end, n in zip(("", "_low", "_high"), found, strict=True)}
    counts = {"mass": held / int(half.sum()), "draws": int(half.sum()), "of_interest": cases, "in_box": held}
    return {"half": name, **row, **counts}


def _restrictions(limits: Limits, values: pd.DataFrame, p_values: Mapping[tuple[str, str], float]) -> pd.DataFrame:
    rows = []
    for name, limit in limits.items():
        low, high, below, variants = np.nan, np.nan, 0.0, ""
        up_to = float(inside(values, {name: limit}).mean())
        if isinstance(limit, frozenset):
            variants = ", ".join(variant for variant in values[name].cat.categories if variant in limit)
        else:
            low, high = (end if np.isfinite(end) else np.nan for end in limit)
            below, up_to = float((values[name] < limit[0]).mean()), float((values[name] <= limit[1]).mean())
        row = {"factor": name, "low": low, "high": high, "from_share": below, "to_share": up_to, "forms": variants}
        rows.append(row | {"quasi_p": max(p for (named, _), p in p_values.items() if named == name)})
    return pd.DataFrame(rows).sort_values("quasi_p", kind="stable", ignore_index=True)
