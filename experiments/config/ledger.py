"""The ledger: parameters and switches from a config, and arms with the rows of a design as draws."""

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, cast

import numpy as np

from experiments.config.arm import Arm
from experiments.config.defaults import conf_folder, declared, parameters
from experiments.config.fields import Number, check_keys, read
from experiments.config.files import read_yaml
from experiments.errors import InputError, nearest
from sim.arrays import Array
from sim.ledger.design import Design, DesignError
from sim.ledger.parameters import Ledger, Parameter, Switch, Uncertainty, read_parameter
from sim.ledger.priors import Prior


def read_parameters(plain: Mapping[str, Any]) -> dict[str, Parameter]:
    """Read every parameter of every group of a composed config."""
    found = {}
    for group, entries in declared().items():
        given = plain.get(group)
        names = {f"{group}.{entry}" for entry in entries}
        if not isinstance(given, Mapping):
            raise InputError(f"{group}={given!r} is not a group of parameters: it has {', '.join(sorted(entries))}")
        for entry in given:
            if entry not in entries:
                name, others = f"{group}.{entry}", {*parameters()} - names
                raise InputError(f"{name}={given[entry]!r} is no parameter{nearest(name, others) or nearest(name, names)}")
        if missing := [entry for entry in entries if entry not in given]:
            raise InputError(f"{group} misses {', '.join(missing)}")
        for entry in entries:
            name = f"{group}.{entry}"
            is_shipped = repr(given[entry]) == repr(entries[entry])  # true is no 1
            found[name] = _shipped(name) if is_shipped else read_parameter(name, given[entry], entries[entry])
    return found


@functools.cache
def _shipped(name: str) -> Parameter:
    return read_parameter(name, parameters()[name], parameters()[name])


def read_switches(given: object) -> dict[str, Switch]:
    """Read the weights of each switch's variants, or the variant that it is forced to."""
    known = read_yaml(conf_folder() / "switches" / "default.yaml")
    check_keys("switches", given, known, needed=known)
    switches = {}
    for name, entry in cast(Mapping[str, object], given).items():
        variants, where = known[name], f"switches.{name}"
        if isinstance(entry, str):
            if entry not in variants:
                raise InputError(f"{where}={entry!r} is none of {', '.join(variants)}{nearest(entry, variants)}")
            switches[name] = Switch(name, ((entry, 1.0),))
        else:
            check_keys(where, entry, variants)
            switches[name] = Switch(name, tuple(read(dict[str, Number], where, entry).items()))
    return switches


def check_values_take_effect(plain: Mapping[str, Any], swept: Sequence[str]) -> None:
    """Refuse `x.value=...` and `x={value: ...}` where a prior makes the value void: a sweep of it would look like a result."""
    if plain["ensemble"].get("uncertainty") == Uncertainty.NONE.value:
        return
    for override in swept:
        matched = re.fullmatch(r"\+*(\w+)\.(\w+)(\.value)?=(.*)", override)
        if not matched or not (matched[3] or re.match(r"\{\s*value\s*:[^,]*\}$", matched[4])):
            continue
        entry = plain.get(matched[1], {}).get(matched[2])
        if not isinstance(entry, Mapping) or entry.get("fixed") or entry.get("prior") is None:
            continue
        if not Prior.read(entry["prior"]).wants_value:
            name = f"{matched[1]}.{matched[2]}"
            raise InputError(
                f"{override} would change nothing: {name} is drawn from its prior {entry['prior']};"
                f" write {name}={matched[4] if matched[3] else 'NUMBER'} to fix it or '{name}.prior=[...]' to change the prior"
            )


def with_design(arm: Arm, design: Design, uncertainty: Uncertainty | None = None, worlds_per_draw: int | None = None) -> Arm:
    """Return an arm whose worlds take the rows of a design; it has its own key.

    Args:
        arm: one, composed.
        design: its rows; two arms with the same design and seed differ only in their policies.
        uncertainty: of the numbers outside the design; by default, that of the arm.
        worlds_per_draw: worlds with the same draw of these numbers; by default, the worlds of a row. With 1, these numbers
            are noise within a row, like chance.
    """
    rest = arm.ledger.uncertainty if uncertainty is None else uncertainty
    if rest is Uncertainty.POSTERIOR:
        raise InputError(f"{arm.scenario}: a design varies the priors; use ensemble.uncertainty=prior")
    each = design.worlds_per_row if worlds_per_draw is None else worlds_per_draw
    drawn = drawn_numbers(arm)
    for name in design.names:
        if name not in drawn and not name.startswith("switches."):
            raise InputError(f"{arm.scenario}: the design names {name}, which is not drawn{nearest(name, drawn)}")
    try:
        ledger = replace(arm.ledger, uncertainty=rest, worlds_per_draw=each, design=design)
    except DesignError as error:
        raise InputError(f"{arm.scenario}: {error}") from None
    about = {"names": list(design.names), "rows": len(design.quantiles)}
    about |= {name: getattr(design, name) for name in ("worlds_per_row", "rows_per_round", "digest")}
    return replace(arm, ledger=ledger, worlds=design.worlds, resolved={**arm.resolved, "design": about})


class Rest(StrEnum):
    """The treatment of the numbers that a design does not vary."""

    DRAWN = "drawn"
    """Drawn from their priors in every world: noise, like chance."""
    FIXED = "fixed"
    """At their values, switches at their first variant."""


def designed(arms: Mapping[str, Arm], design: Design, rest: Rest = Rest.DRAWN) -> dict[str, Arm]:
    """Return the arms with a design, each without the numbers of policies that the arm does not have.

    Raises:
        InputError: an arm has none of the design's numbers.
    """
    uncertainty = Uncertainty.PRIOR if rest is Rest.DRAWN else Uncertainty.NONE
    found = {}
    for label, arm in arms.items():
        own = drawn_numbers(arm)
        rows = design.without([name for name in design.names if name.startswith("policies.") and name not in own])
        if rows is None:
            raise InputError(
                f"{label} has none of the numbers that the design varies: add a parameter to the design, or leave out this arm"
            )
        found[label] = with_design(arm, rows, uncertainty, worlds_per_draw=1)
    return found


def drawn_numbers(arm: Arm) -> dict[str, Parameter]:
    """Return the numbers that an arm draws from priors, with the dials of its policies, by the name that addresses the draw."""
    numbers = arm.ledger.numbers()
    dials = [dial for _, policy in arm.policies for dial in (policy.start, policy.strength)]
    return numbers | {dial.name: dial for dial in dials if dial.prior is not None}


def drawn_switches(arm: Arm) -> dict[str, tuple[str, ...]]:
    """Return the switches that have several possible variants, with these variants, by the name that addresses the draw."""
    possible = {
        f"switches.{name}": tuple(variant for variant, weight in switch.weights if weight > 0.0)
        for name, switch in arm.ledger.switches.items()
    }
    return {name: variants for name, variants in possible.items() if len(variants) > 1}


def factors_of(arms: Sequence[Arm]) -> dict[str, list[str]]:
    """Return the factors of all arms by name; the numbers of one parameter are one factor."""
    factors: dict[str, dict[str, None]] = {}
    for arm in arms:
        for number, parameter in drawn_numbers(arm).items():
            factors.setdefault(parameter.name, {})[number] = None
        for switch in drawn_switches(arm):
            factors[switch] = {switch: None}
    return {name: list(numbers) for name, numbers in factors.items()}


def copies(ledger: Ledger, draws: int) -> Array:
    """Return a number per draw, (draws,); copies of a draw in a posterior have the same number."""
    design = ledger.design
    if design is None:
        return np.arange(draws)
    rows = np.arange(draws) % len(design.quantiles)  # a posterior starts again
    return np.unique(design.quantiles[rows], axis=0, return_inverse=True)[1].reshape(-1)
