"""World 731 is always the same: the block, the number of worlds, and inert policies and agents do not change it."""

import dataclasses

import numpy as np
import pytest
from conftest import arm, block, same_bits

from experiments.config.policies import shipped_policies
from experiments.engine.block import build_model, run_block
from sim.ledger.parameters import Ledger, Parameter
from sim.record.recorder import Recorder
from sim.theatre.theatre import Theatre
from sim.worlds import Worlds

DAYS = "ensemble.days=40"


@pytest.mark.parametrize(("first", "count"), [(731, 1), (512, 256), (731, 64), (0, 1024), (700, 1024)])
def test_a_world_is_the_same_in_any_block(first: int, count: int) -> None:
    pullout = arm("us_pullout", DAYS)
    alone = block("us_pullout", DAYS, first=731, count=1)
    among = run_block(pullout, Worlds(first, count)).sel(world=[731])
    assert same_bits(alone, among) == []


def test_arms_are_the_same_until_the_first_policy_acts() -> None:
    stay, *others = (
        block(scenario, "ensemble.days=30", "ensemble.record=detailed")
        for scenario in ("as_of_30_september", "us_pullout", "crackdown")
    )
    by_week = [name for name in stay.data_vars if "week" in stay[name].dims]
    assert len(by_week) > 60
    for other in others:
        assert same_bits(stay[by_week].isel(week=slice(0, 2)), other[by_week].isel(week=slice(0, 2))) == []
        assert same_bits(stay[by_week], other[by_week]) != []


@pytest.mark.parametrize("policy", shipped_policies())
def test_an_inert_policy_changes_no_bit(policy: str) -> None:
    neutral = shipped_policies()[policy][0].neutral_strength
    scenario = "stay" if policy in ("full_pullout", "ultimatum", "green_zone_force") else "us_pullout"
    inert = block(scenario, DAYS, f"+policies.{policy}={{strength: {neutral:g}, start: 20}}")
    assert same_bits(block(scenario, DAYS), inert) == []


def _with_faction_of_no_share(ledger: Ledger, theatre: Theatre) -> tuple[Ledger, Theatre]:
    """Add a sixth faction that has no share in either campaign."""
    changed: dict[str, Parameter] = {}
    for entry, value in {
        "patron_control": 0.5,
        "facade_share": 0.5,
        "faction_share_rockets": 0.0,
        "faction_share_convoys": 0.0,
    }.items():
        parameter = ledger.parameters[f"militias.{entry}"]
        assert isinstance(parameter.value, tuple)
        changed[parameter.name] = dataclasses.replace(parameter, value=(*parameter.value, ("ghosts", value)))
    larger = Ledger({**ledger.parameters, **changed}, ledger.switches, ledger.uncertainty, ledger.worlds_per_draw)
    return larger, dataclasses.replace(theatre, factions=(*theatre.factions, ("ghosts", "Ghosts")))


def test_a_faction_without_a_share_changes_no_bit_of_anybody_else() -> None:
    plain = arm("us_pullout", DAYS)
    ledger, theatre = _with_faction_of_no_share(plain.ledger, plain.theatre)
    one, other = (
        run_block(changed, Worlds(0, 64)) for changed in (plain, dataclasses.replace(plain, ledger=ledger, theatre=theatre))
    )
    assert (other["attacks_by_faction"].sel(faction="ghosts") == 0).all()
    assert (
        same_bits(one, other.sel(faction=list(plain.theatre.factions and [name for name, _ in plain.theatre.factions]))) == []
    )


def test_a_member_without_troops_changes_no_other_member() -> None:
    plain = arm("us_pullout", DAYS)
    guest = dataclasses.replace(plain.theatre.members[0], name="guest", label="Guest", troops=0.0)
    theatre = dataclasses.replace(plain.theatre, members=(*plain.theatre.members, guest))
    one = run_block(plain, Worlds(0, 64))
    other = run_block(dataclasses.replace(plain, theatre=theatre), Worlds(0, 64))
    for name in ("attacks", "members_troops_gone", "islamic_state_attacks", "troops_by_member", "exit_day_by_member"):
        kept = other[name].sel(member=one["member"]) if "member" in other[name].dims else other[name]
        np.testing.assert_array_equal(one[name], kept)


def test_recording_never_draws() -> None:
    pullout = arm("us_pullout", DAYS)
    recorded, silent = (build_model(pullout, Worlds(0, 32), recorder) for recorder in (Recorder(60, pullout.record), None))
    recorded.run(60)
    silent.run(60)
    np.testing.assert_array_equal(recorded.islamic_state.capability, silent.islamic_state.capability)
    np.testing.assert_array_equal(recorded.coalition.status, silent.coalition.status)


def test_an_agent_has_the_same_uniforms_when_it_is_gone() -> None:
    """A member that leaves on day 20 leaves every later draw of all others, and its own, where it was."""
    stays, leaves = (build_model(arm(name), Worlds(0, 16)) for name in ("stay", "mid_member_exit"))
    stays.run(60)
    leaves.run(60)
    assert (leaves.agent("denmark").status > 0).all()
    for one, other in zip(stays.kinds().values(), leaves.kinds().values(), strict=True):
        for decision in one.decisions:
            np.testing.assert_array_equal(one.draws[decision], other.draws[decision])
