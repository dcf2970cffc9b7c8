"""Enforcement, the Green Zone's protection, arrests."""

import math

import pytest
from asking import SHARE, chance, moves, ways
from hypothesis import strategies as st

from sim.agents.enforcement import arrests_today, enforcement_of, protection_after

CARETAKER = st.sampled_from([0.0, 1.0, 90.0])

ENFORCING = {
    "enforcement_at_rest": 0.2, "crackdown": 0.0, "enforcement_of_crackdown": 0.4, "enforcing_force": 0.0, "enforcement_of_force": 0.1,
    "truce": 0.0, "brokered": 0.0, "caretaker_days_left": 0.0,
    "capital": 0.5, "normal_capital": 0.5,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 0.2),
        ({"crackdown": 1.0}, 0.6),
        ({"crackdown": 0.5}, 0.4),
        ({"enforcing_force": 1.0}, 0.3),
        ({"crackdown": 1.0, "enforcing_force": 1.0}, 0.7),
        ({"truce": 1.0}, 0.2),
        ({"brokered": 1.0}, 0.2),
        ({"truce": 1.0, "brokered": 1.0, "crackdown": 1.0}, 0.0),
        ({"truce": 1.0, "brokered": 0.25, "crackdown": 1.0}, 0.45),
        ({"truce": 1.0, "brokered": 0.5, "capital": 0.25}, 0.05),
        ({"capital": 0.25}, 0.1),
        ({"capital": 0.75, "crackdown": 1.0}, 0.9),
        ({"capital": 1.0, "crackdown": 1.0}, 1.0),
        ({"capital": 0.0}, 0.0),
        ({"caretaker_days_left": 1.0, "crackdown": 1.0, "enforcing_force": 1.0}, 0.0),
    ],
)
def test_enforcement(change, expected):
    assert enforcement_of(**{**ENFORCING, **change}) == pytest.approx(expected)


@ways(
    up="crackdown enforcement_of_crackdown enforcing_force enforcement_of_force capital",
    down="truce brokered caretaker_days_left",
)
def test_direction_of_enforcement(name, direction):
    domains = {
        "enforcement_at_rest": st.just(0.2), "crackdown": SHARE, "enforcement_of_crackdown": st.floats(0.2, 0.8), "enforcing_force": SHARE,
        "truce": st.sampled_from([0.0, 1.0]), "brokered": SHARE,
        "enforcement_of_force": st.floats(0.0, 0.3), "caretaker_days_left": CARETAKER, "capital": SHARE, "normal_capital": st.just(0.5),
    }  # fmt: skip
    moves(enforcement_of, domains, name, direction)


GUARDED = {
    "protection": 0.3, "green_zone_protection_at_start": 0.3, "green_zone_protection_with_force": 0.8, "force": 0.0, "green_zone_force_days_to_stand_up": 50.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 0.3),
        ({"force": 1.0}, 0.31),
        ({"force": 0.5}, 0.305),
        ({"force": 1.0, "green_zone_protection_with_force": 0.2}, 0.3),
        ({"protection": 0.8}, 0.79),
        ({"protection": 0.8, "force": 1.0}, 0.8),
        (
            {
                "protection": 0.9,
                "green_zone_protection_at_start": 0.0,
                "green_zone_protection_with_force": 0.0,
                "green_zone_force_days_to_stand_up": 0.5,
            },
            0.0,
        ),
        ({"protection": 0.1, "green_zone_protection_at_start": 0.9, "green_zone_force_days_to_stand_up": 0.5}, 1.0),
    ],
)
def test_protection_stands_up_over_50_days(change, expected):
    assert protection_after(**{**GUARDED, **change}) == pytest.approx(expected)


@ways(up="protection green_zone_protection_at_start green_zone_protection_with_force force")
def test_direction_of_protection(name, direction):
    domains = {
        "protection": SHARE, "green_zone_protection_at_start": st.floats(0.15, 0.45), "green_zone_protection_with_force": st.floats(0.3, 0.95), "force": SHARE,
        "green_zone_force_days_to_stand_up": st.floats(30.0, 120.0),
    }  # fmt: skip
    moves(protection_after, domains, name, direction)


@pytest.mark.parametrize(
    ("crackdown", "rate", "hazard"), [(0.0, 0.02, 0.0), (1.0, 0.02, 0.02), (0.5, 0.02, 0.01), (1.0, 0.05, 0.05)]
)
def test_arrests_come_with_the_crackdown(crackdown, rate, hazard):
    made = chance(lambda u: sum(arrests_today(crackdown, rate, 0.7, u, 0.5)) > 0.0)
    assert -math.log1p(-made) == pytest.approx(hazard)


@pytest.mark.parametrize(
    ("arrest", "reversal", "expected"),
    [(0.0, 0.69, (0.0, 1.0)), (0.0, 0.71, (1.0, 0.0)), (0.5, 0.0, (0.0, 0.0)), (0.5, 0.99, (0.0, 0.0))],
)
def test_seven_of_ten_arrests_are_reversed(arrest, reversal, expected):
    assert arrests_today(1.0, 0.02, 0.7, arrest, reversal) == expected


def test_no_arrest_without_a_crackdown():
    assert arrests_today(0.0, 0.02, 0.7, 0.0, 0.0) == (0.0, 0.0)
