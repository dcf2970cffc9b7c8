"""The effects of strikes and arrests on the factions."""

import pytest
from asking import FLAG, SHARE, moves, ways
from hypothesis import strategies as st

from sim.agents.grievance import capacity_after, grievance_after, struck_faction


def struck(target, claims=(3.0, 0.0, 1.0, 1.0)):
    before = [sum(claims[:row]) for row in range(len(claims))]
    return [struck_faction(target, first, own, sum(claims)) for first, own in zip(before, claims, strict=True)]


@pytest.mark.parametrize(
    ("target", "faction"), [(0.0, 0), (0.59, 0), (0.61, 2), (0.79, 2), (0.81, 3), (0.999, 3)]
)  # fmt: skip
def test_strike_falls_on_one_faction_by_its_share_of_claims(target, faction):
    assert struck(target) == [float(row == faction) for row in range(4)]


def test_nobody_is_struck_without_claims():
    assert struck(0.3, claims=(0.0, 0.0)) == [0.0, 0.0]


NO_HARM = {
    "grievance": 0.6, "grievance_memory_days": 120.0, "strike": 0.0, "grievance_all_per_strike": 0.1, "struck": 0.0, "grievance_struck": 0.2,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 0.595),
        ({"grievance_memory_days": 60.0}, 0.59),
        ({"strike": 1.0}, 0.695),
        ({"strike": 1.0, "struck": 1.0}, 0.895),
        ({"strike": 1.0, "struck": 1.0, "grievance_struck": 0.4}, 1.0),
        ({"grievance": 0.0}, 0.0),
    ],
)
def test_grievance_after_a_day(change, expected):
    assert grievance_after(**{**NO_HARM, **change}) == pytest.approx(expected)


@pytest.mark.parametrize(
    "name", ["grievance", "grievance_memory_days", "strike", "struck", "grievance_struck", "grievance_all_per_strike"]
)
def test_direction_of_grievance(name):
    domains = {
        "grievance": SHARE, "grievance_memory_days": st.floats(60.0, 240.0), "strike": FLAG, "grievance_all_per_strike": st.floats(0.0, 0.2),
        "struck": FLAG, "grievance_struck": st.floats(0.0, 0.4),
    }  # fmt: skip
    moves(grievance_after, domains, name, +1)


INTACT = {
    "capacity": 1.0, "capacity_recovery_days": 365.0, "sustained_arrest": 0.0, "capacity_loss_per_arrest": 0.05,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 1.0),
        ({"capacity": 0.6, "capacity_recovery_days": 4.0}, 0.7),
        ({"capacity": 0.6, "capacity_recovery_days": 400.0}, 0.601),
        ({"sustained_arrest": 1.0}, 0.95),
        ({"capacity": 0.6, "capacity_recovery_days": 400.0, "sustained_arrest": 1.0}, 0.551),
        ({"capacity": 0.02, "capacity_recovery_days": 490.0, "sustained_arrest": 1.0}, 0.0),
    ],
)
def test_capacity_after_a_day(change, expected):
    assert capacity_after(**{**INTACT, **change}) == pytest.approx(expected)


@ways(up="capacity", down="sustained_arrest capacity_loss_per_arrest capacity_recovery_days")
def test_direction_of_capacity(name, direction):
    domains = {
        "capacity": SHARE, "capacity_recovery_days": st.floats(90.0, 700.0), "sustained_arrest": FLAG,
        "capacity_loss_per_arrest": st.floats(0.0, 0.1),
    }  # fmt: skip
    moves(capacity_after, domains, name, direction)
