"""Ablation: the full model without each single mechanism, and the core of the model."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import pandas as pd
import xarray as xr

from experiments.analysis.monte_carlo import error_of_change, error_of_mean
from experiments.analysis.paired import draws_of
from experiments.analysis.quantities import as_shown
from experiments.config.arm import Arm, with_parameters
from experiments.config.mechanisms import shipped_mechanisms, switch_off
from experiments.engine.run import run_arms
from experiments.engine.warnings import mechanisms_off_by_config, notes_on
from experiments.errors import InputError
from sim.arrays import Array
from sim.record.outcomes import BY_NAME, Worse


def changes(full: Sequence[xr.Dataset], without: Sequence[xr.Dataset], outcomes: Sequence[str]) -> pd.DataFrame:
    """Compare a model with the same model without a part.

    `full` has an arm with the part, and its reference if there is one; `without` has the same worlds without the part. The
    outcomes have one number in every world.

    Returns:
        One row per outcome and `of` ("outcome" or "difference"): the `statistic` (median; for hazards, the mean probability)
        in the `full` model and `without` the part, the `change` between them with its Monte Carlo `change_error`, and for
        differences the shares of worlds where the arm is worse, `worse_full` and `worse_without`.
    """
    rows = []
    worlds = np.intersect1d(full[0]["world"].values, without[0]["world"].values)
    draws = draws_of(full[0].sel(world=worlds))
    for outcome in outcomes:
        here, there = ([as_shown(data.sel(world=worlds), outcome) for data in arms] for arms in (full, without))
        pairs = {"outcome": (here[0], there[0])}
        if len(here) > 1:
            pairs["difference"] = (here[0] - here[1], there[0] - there[1])
        rare = BY_NAME[outcome].rare
        middle = np.mean if rare else np.median
        for of, (before, after) in pairs.items():
            worse = BY_NAME[outcome].worse if of == "difference" else Worse.NEITHER
            error = error_of_mean(after - before, draws) if rare else error_of_change(before, after, draws)
            was, now = float(middle(before)), float(middle(after))
            row = {"outcome": outcome, "of": of, "statistic": "mean" if rare else "median", "full": was, "without": now}
            row |= {"change": now - was, "change_error": error}
            rows.append(row | {"worse_full": _share(before, worse), "worse_without": _share(after, worse)})
    return pd.DataFrame(rows)


def _share(difference: Array, worse: Worse) -> float:
    return np.nan if worse is Worse.NEITHER else float(np.mean(difference * int(worse) > 0.0))


CORE = "all beyond the core"
"""The name of the core of the model in the table."""


def ablate(arms: Mapping[str, Arm], outcomes: Sequence[str]) -> pd.DataFrame:
    """Run the arms without each of the mechanisms that are on.

    Returns:
        The rows of `changes` with `off`, the mechanism, and `note`: warnings about the model without it.
    """
    full = list(run_arms(arms, "full").values())
    tables = []
    for off, without in arms_without(arms):
        table = changes(full, list(run_arms(without, f"{off} off").values()), outcomes)
        before = {note for arm in arms.values() for note in notes_on(arm)}
        after = dict.fromkeys(note for arm in without.values() for note in notes_on(arm))
        tables.append(table.assign(off=off, note="; ".join(note for note in after if note not in before)))
    if not tables:
        raise InputError("sensitivity.steps: ablation has nothing to switch off: every mechanism is off already")
    return pd.concat(tables).set_index("off").reset_index()


def arms_without(arms: Mapping[str, Arm]) -> Iterator[tuple[str, dict[str, Arm]]]:
    """Yield the arms without each mechanism that is on and that no policy needs, then the arms of the core."""
    known = shipped_mechanisms()
    off = {name for arm in arms.values() for name in mechanisms_off_by_config(arm)}
    needed = {mechanism for arm in arms.values() for _, policy in arm.policies for mechanism in policy.needs}
    removable = [name for name in known if name not in off | needed]
    for name in removable:
        yield name, {label: _without(arm, [name]) for label, arm in arms.items()}
    beyond = [name for name in removable if known[name].beyond_core]
    if len(beyond) > 1:
        yield CORE, {label: _without(arm, beyond) for label, arm in arms.items()}


def _without(arm: Arm, names: Sequence[str]) -> Arm:
    words = dict.fromkeys(names, "off")
    changed = with_parameters(arm, switch_off(words, shipped_mechanisms(), arm.ledger.parameters, dict(arm.policies)))
    given = cast(Mapping[str, object], arm.resolved["mechanisms"])
    return replace(changed, resolved={**arm.resolved, "mechanisms": {**given, **words}})
