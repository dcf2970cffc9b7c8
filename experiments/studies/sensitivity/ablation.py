"""Each mechanism off alone, and the core beside the full model."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import cast

import pandas as pd
import xarray as xr

from experiments.config.arm import Arm, with_parameters
from experiments.config.mechanisms import shipped_mechanisms as mechanisms
from experiments.config.mechanisms import switch_off
from experiments.engine.run import run_arms
from experiments.engine.warnings import mechanisms_off_by_config, notes_on
from experiments.errors import InputError
from experiments.studies.sensitivity.ablation_effects import Pair, changes

CORE = "all beyond the core"
"""Stands in the table for the core of the model."""


def ablate(arms: Mapping[str, Arm], outcomes: Sequence[str]) -> pd.DataFrame:
    """Run the arms without each of the mechanisms that are on, and say what it changes.

    Returns:
        The rows of `changes` with `off`, the mechanism, and `note`: what an analyst should know of the model without it.
    """
    full = run_arms(arms, "full")
    tables = []
    for off, without in arms_without(arms):
        table = changes(_pair(full), _pair(run_arms(without, f"{off} off")), outcomes)
        tables.append(table.assign(off=off, note=_note(arms, without)))
    if not tables:
        raise InputError("sensitivity.steps: ablation has nothing to switch off, every mechanism is off already")
    whole = pd.concat(tables, ignore_index=True)
    return whole[["off", *(name for name in whole.columns if name != "off")]]


def arms_without(arms: Mapping[str, Arm]) -> Iterator[tuple[str, dict[str, Arm]]]:
    """Yield the arms less each mechanism that is on and that none of their policies needs, then those of the core."""
    known = mechanisms()
    off = {name for arm in arms.values() for name in mechanisms_off_by_config(arm)}
    removable = [name for name in known if name not in off and _can_lose(arms, [name])]
    for name in removable:
        yield name, {label: _without(arm, [name]) for label, arm in arms.items()}
    beyond = [name for name in removable if known[name].beyond_core]
    if len(beyond) > 1:
        yield CORE, {label: _without(arm, beyond) for label, arm in arms.items()}


def _can_lose(arms: Mapping[str, Arm], names: Sequence[str]) -> bool:
    try:
        for arm in arms.values():
            _without(arm, names)
    except InputError:
        return False
    return True


def _without(arm: Arm, names: Sequence[str]) -> Arm:
    words = dict.fromkeys(names, "off")
    changed = with_parameters(arm, switch_off(words, mechanisms(), arm.ledger.parameters, dict(arm.policies)))
    given = cast(Mapping[str, object], arm.resolved["mechanisms"])
    return replace(changed, resolved={**arm.resolved, "mechanisms": {**given, **words}})


def _pair(data: Mapping[str, xr.Dataset]) -> Pair:
    arm, *reference = data.values()
    return Pair(arm, reference[0] if reference else None)


def _note(arms: Mapping[str, Arm], without: Mapping[str, Arm]) -> str:
    before = {note for arm in arms.values() for note in notes_on(arm)}
    after = dict.fromkeys(note for arm in without.values() for note in notes_on(arm))
    return "; ".join(note for note in after if note not in before)
