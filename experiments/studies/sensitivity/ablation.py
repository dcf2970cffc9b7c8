"""Each mechanism off alone, and the core beside the full model."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import cast

import pandas as pd
import xarray as xr

from experiments.config.arm import Setup, with_parameters
from experiments.config.mechanisms import shipped_mechanisms as mechanisms
from experiments.config.mechanisms import switch_off
from experiments.engine.warnings import mechanisms_off_by_config, notes_on
from experiments.errors import InputError
from experiments.studies.sensitivity.ablation_effects import Pair, changes
from experiments.studies.sensitivity.worlds import run_all

CORE = "all beyond the core"
"""Stands in the table for the core of the model."""


def ablate(setups: Mapping[str, Setup], outcomes: Sequence[str]) -> pd.DataFrame:
    """Run the arms without each of the mechanisms that are on, and say what it changes.

    Returns:
        The rows of `changes` with `off`, the mechanism, and `note`: what an analyst should know of the model without it.
    """
    full = run_all(setups, "full")
    tables = []
    for off, arms in arms_without(setups):
        table = changes(_pair(full), _pair(run_all(arms, f"{off} off")), outcomes)
        tables.append(table.assign(off=off, note=_note(setups, arms)))
    if not tables:
        raise InputError("sensitivity.steps: ablation has nothing to switch off, every mechanism is off already")
    whole = pd.concat(tables, ignore_index=True)
    return whole[["off", *(name for name in whole.columns if name != "off")]]


def arms_without(setups: Mapping[str, Setup]) -> Iterator[tuple[str, dict[str, Setup]]]:
    """Yield the arms less each mechanism that is on and that none of their policies needs, then those of the core."""
    known = mechanisms()
    off = {name for setup in setups.values() for name in mechanisms_off_by_config(setup)}
    removable = [name for name in known if name not in off and _can_lose(setups, [name])]
    for name in removable:
        yield name, {label: _without(setup, [name]) for label, setup in setups.items()}
    beyond = [name for name in removable if known[name].beyond_core]
    if len(beyond) > 1:
        yield CORE, {label: _without(setup, beyond) for label, setup in setups.items()}


def _can_lose(setups: Mapping[str, Setup], names: Sequence[str]) -> bool:
    try:
        for setup in setups.values():
            _without(setup, names)
    except InputError:
        return False
    return True


def _without(setup: Setup, names: Sequence[str]) -> Setup:
    words = dict.fromkeys(names, "off")
    changed = with_parameters(setup, switch_off(words, mechanisms(), setup.ledger.parameters, dict(setup.policies)))
    given = cast(Mapping[str, object], setup.resolved["mechanisms"])
    return replace(changed, resolved={**setup.resolved, "mechanisms": {**given, **words}})


def _pair(data: Mapping[str, xr.Dataset]) -> Pair:
    arm, *reference = data.values()
    return Pair(arm, reference[0] if reference else None)


def _note(setups: Mapping[str, Setup], arms: Mapping[str, Setup]) -> str:
    before = {note for setup in setups.values() for note in notes_on(setup)}
    after = dict.fromkeys(note for setup in arms.values() for note in notes_on(setup))
    return "; ".join(note for note in after if note not in before)
