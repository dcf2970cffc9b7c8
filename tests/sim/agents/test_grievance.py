"""What strikes, arrests and dead civilians do to a faction."""

import pytest
from asking import moves
from hypothesis import strategies as st

from sim.agents.grievance import capacity_after, grievance_after, struck_faction

SHARE = st.floats(0.0, 1.0)

FLAG = st.sampled_from([0.0, 1.0])


def struck(target, attribution=0.5, blur=0.7, facade=0.6, claims=(3.0, 0.0, 1.0, 1.0)):
    before = [sum(claims[:row]) for row in range(len(claims))]
    return [
        struck_faction(target, first, own, sum(claims), attribution, blur, facade)
        for first, own in zip(before, claims, strict=True)
    ]


@pytest.mark.parametrize(
    ("target", "faction"), [(0.0, 0), (0.59, 0), (0.61, 2), (0.79, 2), (0.81, 3), (0.999, 3)]
)  # fmt: skip
def test_strike_falls_on_one_faction_by_its_share_of_claims(target, faction):
    assert [hit for hit, _ in struck(target)] == [float(row == faction) for row in range(4)]


def test_nobody_is_struck_without_claims():
    assert struck(0.3, claims=(0.0, 0.0), attribution=0.0) == [(0.0, 0.0)] * 2


@pytest.mark.parametrize(
    ("blur", "facade", "attribution", "wrong"),
    [(0.7, 0.6, 0.41, 1.0), (0.7, 0.6, 0.43, 0.0), (1.0, 0.6, 0.43, 1.0), (0.7, 0.0, 0.0, 0.0), (0.0, 0.6, 0.0, 0.0)],
)
def test_facades_hide_whose_attack_it_was(blur, facade, attribution, wrong):
    assert [error for _, error in struck(0.3, attribution=attribution, blur=blur, facade=facade)] == [wrong, 0.0, 0.0, 0.0]


NO_HARM = {
    "grievance": 0.6, "grievance_memory_days": 120.0, "strike": 0.0, "grievance_all_per_strike": 0.1, "struck": 0.0, "grievance_struck": 0.2, "wrong": 0.0,
    "grievance_wrong_target": 0.15, "reversed_arrest": 0.0, "grievance_per_reversed_arrest": 0.05,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 0.595),
        ({"grievance_memory_days": 60.0}, 0.59),
        ({"strike": 1.0}, 0.695),
        ({"strike": 1.0, "struck": 1.0}, 0.895),
        ({"strike": 1.0, "wrong": 1.0}, 0.845),
        ({"reversed_arrest": 1.0}, 0.645),
        ({"strike": 1.0, "struck": 1.0, "wrong": 1.0}, 1.0),
        ({"grievance": 0.0}, 0.0),
    ],
)
def test_grievance_after_a_day(change, expected):
    assert grievance_after(**{**NO_HARM, **change}) == pytest.approx(expected)


@pytest.mark.parametrize(
    "name", ["grievance", "grievance_memory_days", "strike", "struck", "wrong", "reversed_arrest", "grievance_all_per_strike"]
)
def test_direction_of_grievance(name):
    domains = {
        "grievance": SHARE, "grievance_memory_days": st.floats(60.0, 240.0), "strike": FLAG, "grievance_all_per_strike": st.floats(0.0, 0.2),
        "struck": FLAG, "grievance_struck": st.floats(0.0, 0.4), "wrong": FLAG, "grievance_wrong_target": st.floats(0.0, 0.2),
        "reversed_arrest": FLAG, "grievance_per_reversed_arrest": st.floats(0.0, 0.1),
    }  # fmt: skip
    moves(grievance_after, domains, name, +1)


INTACT = {
    "capacity": 1.0, "capacity_recovery_days": 365.0, "capacity_floor": 0.3, "sustained_arrest": 0.0, "capacity_loss_per_arrest": 0.05,
    "civilian_deaths": 0.0, "civilian_deaths_counted_at_most": 5.0, "capacity_loss_per_civilian_death": 0.004, "facade_blur": 0.7, "facade_share": 0.5,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 1.0),
        ({"capacity": 0.6, "capacity_recovery_days": 4.0}, 0.7),
        ({"capacity": 0.6, "capacity_recovery_days": 400.0}, 0.601),
        ({"sustained_arrest": 1.0}, 0.95),
        ({"civilian_deaths": 2.0}, 0.9948),
        ({"civilian_deaths": 5.0}, 0.987),
        ({"civilian_deaths": 90.0}, 0.987),
        ({"civilian_deaths": 5.0, "facade_share": 0.0}, 0.98),
        ({"civilian_deaths": 5.0, "facade_blur": 1.0, "facade_share": 1.0}, 1.0),
        ({"capacity": 0.3, "sustained_arrest": 1.0}, 0.3),
        ({"capacity": 0.35, "capacity_recovery_days": 650.0, "sustained_arrest": 1.0, "capacity_floor": 0.1}, 0.301),
    ],
)
def test_capacity_after_a_day(change, expected):
    assert capacity_after(**{**INTACT, **change}) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("capacity", +1),
        ("sustained_arrest", -1),
        ("civilian_deaths", -1),
        ("capacity_loss_per_civilian_death", -1),
        ("facade_share", +1),
        ("facade_blur", +1),
    ],
)
def test_direction_of_capacity(name, direction):
    domains = {
        "capacity": st.floats(0.3, 1.0), "capacity_recovery_days": st.just(365.0), "capacity_floor": st.just(0.3), "sustained_arrest": FLAG,
        "capacity_loss_per_arrest": st.floats(0.0, 0.1), "civilian_deaths": st.floats(0.0, 10.0), "civilian_deaths_counted_at_most": st.just(5.0),
        "capacity_loss_per_civilian_death": st.floats(0.0, 0.01), "facade_blur": st.floats(0.4, 1.0), "facade_share": SHARE,
    }  # fmt: skip
    moves(capacity_after, domains, name, direction)
