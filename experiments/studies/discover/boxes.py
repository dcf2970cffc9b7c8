"""Scenario discovery: under which values of the uncertain numbers is the answer to a question yes?

The patient rule induction method (Friedman and Fisher 1999, doi:10.1023/A:1008894516817; for scenarios Bryant and Lempert
2010, doi:10.1016/j.techfore.2009.08.002), as the EMA workbench has it. The box is found on one half of the draws and held
against the other half.
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
from sim.rule import Array

if TYPE_CHECKING:
    from ema_workbench.analysis.prim import PrimBox

FEWEST = 10
"""Draws in each half that answer yes, and that answer no: with fewer there is no box to speak of."""
_SIGNIFICANT = 0.05
_SIDES = ("low", "high")
_FALSE = 0.1  # largest share of false ones among the columns that the search is given

type Limits = Mapping[str, tuple[float, float] | frozenset[str]]
"""By restricted number its lowest and highest value, or by switch the forms that are left."""


class NoBoxError(ValueError):
    """There is nothing to find: says why."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """A box in which the answer is mostly yes.

    Attributes:
        limits: of the box.
        restrictions: one row per restricted number or switch: `low` and `high` (NaN where that side is free), the shares of
            all draws below and up to them (`from_share`, `to_share`), the `forms` that are left, `to_share` then being the
            share of draws that have one of them, and the `quasi_p` that a restriction as good would come by chance.
        fit: a row a half of the draws ("found on", "held out") and one for all draws without a box ("no box"):
            `coverage`, the share of all cases of interest that the box holds, `density`, the share of its draws that are of
            interest, their 95 % Wilson intervals, `mass`, the share of draws in it, and counts.
        trajectory: one row per step of the peeling: `coverage` and `density` in both halves, `restricted` and `chosen`: the
            step that the box comes from, before its weak sides were dropped.
        looked_at: the columns that the search was given: those that differ between yes and no in the half it was found on.
    """

    limits: Limits
    restrictions: pd.DataFrame
    fit: pd.DataFrame
    trajectory: pd.DataFrame
    looked_at: tuple[str, ...]


def discover(values: pd.DataFrame, interest: Array, least_coverage: float = 0.5, alike: Array | None = None) -> Discovery:
    """Find a box.

    Args:
        values: (draws, numbers and switches); switches are categorical.
        interest: (draws,) whether the answer is yes.
        least_coverage: the densest box is chosen among those that hold so much of the draws of interest.
        alike: (draws,) a number that draws share which are copies of each other: they go to the same half, which else would
            be tested on what it has seen. None: all are different.

    Raises:
        NoBoxError: too few draws answer yes, or no; nothing tells them apart, or nothing that does so on both halves.
    """
    kinds = np.arange(len(values)) if alike is None else pd.factorize(alike)[0]
    found_on = kinds % 2 == 0
    _check(interest, found_on)
    looked_at = telling(values[found_on], interest[found_on])
    if not looked_at:
        raise NoBoxError("no number or form differs between yes and no beyond chance: the answer does not hinge on any alone")
    inputs = values.loc[found_on, looked_at].reset_index(drop=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pandas, about what the workbench does with it
        box = cast("PrimBox", _prim()(inputs, interest[found_on].astype(int)).find_box())
    step, half = _chosen(box, least_coverage), values[found_on]
    limits = without_weak_sides(_limits(box, step), half, interest[found_on])
    if not limits:
        raise NoBoxError("no restriction makes yes more frequent beyond chance: nothing among the numbers explains it")
    halves = {"found on": found_on, "held out": ~found_on}
    everywhere = np.ones(len(values), dtype=bool)
    fit = [_fit(name, inside(values, limits), interest, part) for name, part in halves.items()]
    _check_holds(fit[1], float(interest.mean()))
    fit.append(_fit("no box", everywhere, interest, everywhere))
    return Discovery(
        limits,
        _restrictions(limits, values, quasi_p(limits, half, interest[found_on])),
        pd.DataFrame(fit),
        _trajectory(box, step, values, interest, halves),
        tuple(looked_at),
    )


def _check_holds(held_out: Mapping[str, Any], base_rate: float) -> None:
    """Check that a box makes yes more frequent among draws that it was not found on."""
    if held_out["in_box"] == 0 or held_out["density_low"] <= base_rate:
        share = f"{held_out['density']:.0%} ({held_out['density_low']:.0%} to {held_out['density_high']:.0%})"
        raise NoBoxError(
            "what was found on half of the draws does not hold on the other: "
            + (f"yes there in {share} of the draws in the box" if held_out["in_box"] else "none of its draws lies in the box")
            + f", and in {base_rate:.0%} of all draws"
        )


def _check(interest: Array, found_on: Array) -> None:
    count, total = int(interest.sum()), interest.size
    if count == 0 or count == total:
        raise NoBoxError(f"{'no' if count == 0 else 'every'} draw of {total} answers yes: there is nothing to tell apart")
    fewest = min(int(answers[half].sum()) for answers in (interest, ~interest) for half in (found_on, ~found_on))
    if fewest < FEWEST:
        raise NoBoxError(
            f"{count} of {total} draws answer yes: a box needs {FEWEST} that do and that do not in each half of them"
        )


def telling(values: pd.DataFrame, interest: Array) -> list[str]:
    """Return the columns whose distributions differ between yes and no beyond chance.

    Numbers by the test of Kolmogorov and Smirnov, switches by that of chi squared, with one in ten of those returned false at
    most (Benjamini and Hochberg 1995). Peeling is greedy: among hundreds of numbers that do nothing it loses its way. What
    matters only together with something else, and not by itself, is not found.
    """
    names = list(map(str, values.columns))
    if not names:
        return []
    adjusted = false_discovery_control([_p_value(values[name], interest) for name in names])
    return [name for name, p_value in zip(names, adjusted, strict=True) if p_value < _FALSE]


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
        if isinstance(limit, frozenset):
            within &= values[name].isin(list(limit)).to_numpy()
        else:
            within &= values[name].between(*limit).to_numpy()
    return within


def _prim() -> Any:
    """Load the workbench, which takes seconds: it sets colours of its own for all figures, and warns of extras."""
    with warnings.catch_warnings(), matplotlib.rc_context():
        warnings.simplefilter("ignore")
        from ema_workbench.analysis.prim import Prim
    return Prim


def _chosen(box: "PrimBox", least_coverage: float) -> int:
    """Return the step of the peeling whose box is the densest of those that cover enough."""
    steps = box.peeling_trajectory
    enough = steps[steps["coverage"] >= least_coverage]
    return int(enough["id"].to_numpy(int)[enough["density"].to_numpy(float).argmax()])


def without_weak_sides(limits: Limits, values: pd.DataFrame, interest: Array) -> Limits:
    """Drop the sides of a box that restrict it no more than chance would, the weakest first."""
    while weak := {side: p for side, p in quasi_p(limits, values, interest).items() if p > _SIGNIFICANT}:
        limits = _freed(limits, *max(weak, key=lambda side: weak[side]))
    return limits


def quasi_p(limits: Limits, values: pd.DataFrame, interest: Array) -> dict[tuple[str, str], float]:
    """Return how easily chance would do as well as each side of a box: by name and "low", "high" or "forms".

    The probability that as many draws of interest as the box holds, or more, fall among as many draws at random from the
    box without that side (Bryant and Lempert 2010).
    """
    here = inside(values, limits)
    held, hits = int(here.sum()), int((here & interest).sum())
    found = {}
    for name, limit in limits.items():
        sides = ["forms"] if isinstance(limit, frozenset) else [s for s, v in zip(_SIDES, limit, strict=True) if np.isfinite(v)]
        for side in sides:
            wider = inside(values, _freed(limits, name, side))
            rate = float(interest[wider].mean())
            found[name, side] = float(binomtest(hits, held, rate, alternative="greater").pvalue) if held else 1.0
    return found


def _freed(limits: Limits, name: str, side: str) -> Limits:
    """Return a box without one of its sides."""
    rest = dict(limits)
    limit = rest.pop(name)
    if not isinstance(limit, frozenset):
        low, high = (-np.inf, limit[1]) if side == "low" else (limit[0], np.inf)
        if np.isfinite(low) or np.isfinite(high):
            rest[name] = (low, high)
    return rest


def _limits(box: "PrimBox", step: int) -> dict[str, tuple[float, float] | frozenset[str]]:
    """Return a box of the peeling as limits; a side that was not cut is infinite."""
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
    held, cases = int((within & half).sum()), int((interest & half).sum())
    both = int((within & interest & half).sum())
    return {
        "half": name,
        **_share("coverage", both, cases),
        **_share("density", both, held),
        "mass": held / int(half.sum()),
        "draws": int(half.sum()),
        "of_interest": cases,
        "in_box": held,
    }


def _share(name: str, hits: int, total: int) -> dict[str, float]:
    return dict(zip((name, f"{name}_low", f"{name}_high"), share_with_interval(hits, total), strict=True))


def _restrictions(limits: Limits, values: pd.DataFrame, p_values: Mapping[tuple[str, str], float]) -> pd.DataFrame:
    rows = []
    for name, limit in limits.items():
        low, high, below, forms = np.nan, np.nan, 0.0, ""
        if isinstance(limit, frozenset):
            forms = ", ".join(form for form in values[name].cat.categories if form in limit)
            up_to = float(values[name].isin(list(limit)).mean())
        else:
            low, high = (end if np.isfinite(end) else np.nan for end in limit)
            below, up_to = float((values[name] < limit[0]).mean()), float((values[name] <= limit[1]).mean())
        row = {"factor": name, "low": low, "high": high, "from_share": below, "to_share": up_to, "forms": forms}
        rows.append(row | {"quasi_p": max(p for (named, _), p in p_values.items() if named == name)})
    return pd.DataFrame(rows).sort_values("quasi_p", kind="stable", ignore_index=True)
