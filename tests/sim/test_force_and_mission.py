"""The Green Zone force with and without its enforcement, the mission that moves to Erbil, and which deaths count."""

import numpy as np
import pytest
from conftest import arm, block

from experiments.engine.block import build_model
from sim.agents.codes import CLOSED, MOVED, OPEN, REDUCED
from sim.model import IraqModel
from sim.policies.green_zone_force import GreenZoneForce
from sim.policies.move_to_erbil import MoveToErbil
from sim.worlds import Worlds

GIVEN = "ensemble.start=given"


def model(*overrides: str, count: int = 8, scenario: str = "stay") -> IraqModel:
    return build_model(arm(scenario, GIVEN, *overrides), Worlds(0, count))


@pytest.mark.parametrize(("enforcement", "enforcing"), [(1.0, 0.5), (0.5, 0.25), (0.0, 0.0)])
def test_a_force_protects_and_enforces_as_far_as_it_is_told_to(enforcement: float, enforcing: float) -> None:
    iraq = model(count=3)
    where = np.array([[True, False, True]])
    GreenZoneForce(start=0, strength=0.5, enforcement=enforcement).begin(iraq, where, np.full((1, 3), 0.5))
    assert iraq.government.force.tolist() == [[0.5, 0.0, 0.5]]
    assert iraq.government.enforcing_force.tolist() == [[enforcing, 0.0, enforcing]]


@pytest.mark.parametrize("enforcement", [-0.1, 1.1])
def test_enforcement_of_a_force_is_a_share(enforcement: float) -> None:
    with pytest.raises(ValueError, match="enforcement"):
        GreenZoneForce(start=0, strength=1.0, enforcement=enforcement)


def test_a_force_that_enforces_nothing_leaves_enforcement_alone_on_its_first_days() -> None:
    """Day 1: enforcement follows capital and the force of today; protection rises by a part of the gap to its goal."""
    without, alone, both = (
        model(*policy) for policy in ((), *((f"+policies.green_zone_force={{start: 0, enforcement: {e}}}",) for e in (0, 1)))
    )
    for iraq in (without, alone, both):
        iraq.run(1)
    np.testing.assert_array_equal(alone.government.enforcement, without.government.enforcement)
    drawn = both.parameters.government
    whole = (drawn.enforcement_at_rest + drawn.enforcement_of_force) * drawn.political_capital_at_start / drawn.normal_capital
    np.testing.assert_allclose(both.government.enforcement, np.clip(whole, 0.0, 1.0))
    start, goal = drawn.green_zone_protection_at_start, drawn.green_zone_protection_with_force
    risen = start + np.maximum(0.0, goal - start) / drawn.green_zone_force_days_to_stand_up
    np.testing.assert_allclose(alone.government.protection, risen)
    np.testing.assert_array_equal(alone.government.protection, both.government.protection)


@pytest.mark.parametrize(("status", "after"), [(OPEN, MOVED), (REDUCED, MOVED), (MOVED, MOVED), (CLOSED, CLOSED)])
def test_a_mission_that_is_in_baghdad_moves_to_erbil(status: int, after: int) -> None:
    iraq = model(count=3)
    iraq.embassy.status[...] = status
    where, strength = np.array([[True, False, True]]), np.array([[1.0, 1.0, 0.0]])
    MoveToErbil(start=0, strength=1.0).begin(iraq, where, strength)
    assert iraq.embassy.status.tolist() == [[after, status, status]]


def test_who_has_moved_to_erbil_meets_no_crowd_and_others_follow() -> None:
    """From day 0 to day 100: others x exp(-hazard (1 - presence in Erbil)) a day, 101 times."""
    iraq = model("+policies.move_to_erbil={start: 0}", "ensemble.days=101")
    iraq.run(101)
    moved = iraq.embassy.status == MOVED
    assert moved.all()
    assert (iraq.embassy.incident_probability == 0.0).all()
    hazard = iraq.parameters.embassy.other_missions_hazard
    presence = iraq.parameters.situation.mission_presence_moved
    np.testing.assert_allclose(iraq.embassy.mission_presence, np.broadcast_to(presence, moved.shape))
    left = np.broadcast_to(np.exp(-101.0 * hazard * (1.0 - presence)), moved.shape)
    np.testing.assert_allclose(iraq.embassy.other_missions, left)


def test_a_moved_mission_loses_nothing_of_its_troops() -> None:
    data = block("stay", GIVEN, "+policies.move_to_erbil={start: 0}", "ensemble.days=60")
    assert (data["lead_troop_share"] == 1.0).all()
    assert (data["mission_closed"] == 0.0).all()


@pytest.mark.parametrize("weight", [0.0, 0.25, 1.0])
def test_only_the_dead_of_convoys_are_weighed(weight: float) -> None:
    iraq = model(f"sites.weight_of_host_nationals={weight}")
    expected = [weight if site.campaign == "convoys" else 1.0 for site in iraq.theatre.sites]
    np.testing.assert_array_equal(iraq.sites.weight_of_deaths, np.repeat(np.array(expected)[:, None], 8, axis=1))
    contractors = bases = 0.0
    for _ in range(120):
        iraq.run(1)
        sites = iraq.sites
        contractors, bases = contractors + sites.contractor_deaths.sum(), bases + sites.coalition_deaths_at_bases.sum()
        weighed = sites.coalition_deaths_at_bases + weight * sites.contractor_deaths
        np.testing.assert_allclose(sites.deaths_that_count, weighed)
    assert contractors > 0.0
    assert bases > 0.0


def test_the_lead_and_the_members_see_the_dead_of_bases_and_embassy_and_weighed_contractors() -> None:
    iraq = model("sites.weight_of_host_nationals=0.25", "coalition.death_memory_days=50")
    iraq.lead.recent_deaths.fill(10.0)
    iraq.sites.deaths_that_count[...] = 2.0 + 0.25 * 4.0
    iraq.embassy.deaths.fill(3.0)
    iraq.lead.remember()
    assert (iraq.lead.deaths_to_answer == 6.0).all()
    np.testing.assert_allclose(iraq.lead.recent_deaths, 10.0 * 0.98 + 6.0)


def test_the_host_of_each_member_is_that_of_the_table() -> None:
    """Denmark lives on the western base, Turkey at its own; the reliance of who lives with NATO is a parameter."""
    iraq = model()
    coalition, levels = iraq.coalition, iraq.parameters.sites.by_name("closing_levels")
    for row, member in enumerate(iraq.theatre.members):
        reliance = {"lead": 1.0, "own": 0.0}.get(member.hosted_by, iraq.parameters.coalition.reliance_of_nato_hosted)
        np.testing.assert_allclose(coalition.reliance[row], np.broadcast_to(reliance, (1, 8))[0])
        level = levels.get(member.hosted_at, iraq.parameters.coalition.lead_gone_level)
        np.testing.assert_allclose(coalition.closing_levels[row], np.broadcast_to(level, (1, 8))[0])
    by_name = {member.name: member for member in iraq.theatre.members}
    assert (by_name["denmark"].hosted_by, by_name["denmark"].hosted_at) == ("lead", "western_base")
    assert by_name["turkey"].hosted_by == "own"


def test_cells_are_supported_from_the_base_of_the_table() -> None:
    iraq = model()
    iraq.sites.presence[...] = np.arange(len(iraq.sites.names))[:, None] / 10.0
    iraq.islamic_state.fight()
    sites = list(iraq.sites.names)
    bases = {place.name: place.supported_from for place in iraq.theatre.governorates}
    for row, cell in enumerate(iraq.islamic_state.names):
        expected = sites.index(bases[cell]) / 10.0 if bases[cell] else 1.0
        np.testing.assert_array_equal(iraq.islamic_state.presence[row], expected)


def test_closed_borders_are_a_share_of_the_neighbours_that_read_the_governorate() -> None:
    """Nineveh is read by north-east Syria and the Turkish-Kurdish border, Anbar by Syria and Jordan, Kirkuk by one."""
    iraq = model()
    closed = {"north_east_syria": 1.0}
    iraq.neighbours.closed[...] = np.array([closed.get(name, 0.0) for name in iraq.neighbours.names])[:, None]
    iraq.islamic_state.fight()
    share = dict(zip(iraq.islamic_state.names, iraq.islamic_state.closed_borders[:, 0], strict=True))
    assert {name: share[name] for name in ("nineveh", "anbar", "kirkuk")} == {"nineveh": 0.5, "anbar": 0.5, "kirkuk": 0.0}
    assert share["diyala"] == 0.0
