"""Every policy moves the outcomes that it names, in the direction that it names, on the same worlds with and without it."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from conftest import arm, block, same_bits

from experiments.config.policies import shipped_policies
from experiments.engine.block import run_block
from sim.policies.policy import Direction, Effect
from sim.record.outcomes import BY_NAME
from sim.worlds import Worlds

WORLDS = 400
GOOD_SHARE = 0.05
"""Of the worlds, each way: then a sign is open."""
HARDLY_ANY = 0.01
"""Of the worlds may move where an outcome is unmoved: there something else had moved it, such as members that left."""
EFFECTS = [(name, effect) for name, (kind, _) in shipped_policies().items() for effect in kind.effects]


def in_force(name: str, settings: Mapping[str, object]) -> str:
    """Return the override that puts a policy in force."""
    written = ", ".join(f"{key}: {value}" for key, value in settings.items()).replace("'", "")
    return f"+policies.{name}={{{written}}}"


def shares_up_and_down(policy: str, effect: Effect) -> tuple[float, float]:
    """Return the share of worlds in which a policy moves an outcome up, and down."""
    kind, shipped = shipped_policies()[policy]
    without = ["ensemble.record=totals", *([in_force(effect.beside, {})] if effect.beside else [])]
    settings = kind.example or {"strength": shipped["strength"]}
    with_it, base = (block("stay", *overrides, count=WORLDS) for overrides in ([*without, in_force(policy, settings)], without))
    difference = (with_it[effect.outcome] - base[effect.outcome]).isel(day=-1).values
    return float(np.mean(difference > 0.0)), float(np.mean(difference < 0.0))


@pytest.mark.promised
@pytest.mark.slow
@pytest.mark.parametrize(("policy", "effect"), EFFECTS, ids=[f"{name}: {e.outcome} {e.direction}" for name, e in EFFECTS])
def test_a_policy_moves_what_it_says(policy: str, effect: Effect) -> None:
    up, down = shares_up_and_down(policy, effect)
    clear = 2.0 * np.sqrt((up + down - (up - down) ** 2) / WORLDS)
    held = {
        Direction.UP: up - down > clear,
        Direction.DOWN: down - up > clear,
        Direction.OPEN: min(up, down) >= GOOD_SHARE,
        Direction.UNMOVED: up + down <= HARDLY_ANY,
    }
    assert held[effect.direction], f"up in {up:.1%}, down in {down:.1%} of worlds"


def test_every_policy_says_what_it_moves() -> None:
    assert all(kind.effects for kind, _ in shipped_policies().values())
    assert {effect.outcome for _, effect in EFFECTS} <= {name for name, o in BY_NAME.items() if o.dimension is None}
    assert {effect.beside for _, effect in EFFECTS} <= {"", *shipped_policies()}
    assert all(effect.why for _, effect in EFFECTS)
    assert len({(name, effect.outcome, effect.beside) for name, effect in EFFECTS}) == len(EFFECTS)


@pytest.mark.parametrize("scenario", ["us_pullout", "crackdown"])
def test_what_is_of_a_policy_alone_changes_no_bit_without_it(scenario: str) -> None:
    chosen = arm(scenario, "ensemble.days=100", "ensemble.record=totals")
    in_force = {name for name, _ in chosen.policies}
    parameters = dict(chosen.ledger.parameters)
    for policy, (kind, _) in shipped_policies().items():
        for name in kind.alone if policy not in in_force else ():
            own = parameters[name]
            highest = own.prior.bounds()[1] if own.prior else 2.0 * own.items()[0][1]
            parameters[name] = replace(own, value=highest, prior=None)
    other = replace(chosen, ledger=replace(chosen.ledger, parameters=parameters))
    assert len([name for name in parameters if parameters[name] is not chosen.ledger.parameters[name]]) >= 4
    assert same_bits(run_block(chosen, Worlds(0, 64)), run_block(other, Worlds(0, 64))) == []
