"""What crosses the border."""

import math

import pytest
from asking import SHARE, chance, moves, ways
from hypothesis import strategies as st

from sim.agents.neighbours import border_after, cross_border_attacks

BORDER = {
    "cross_border_attack_rate": 0.02, "border_activity": 1.0, "partner_forces": 0.0, "partner_support_dependence": 0.5,
    "lead": 1.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 0.02),
        ({"border_activity": 4.0}, 0.08),
        ({"border_activity": 0.25}, 0.005),
        ({"lead": 0.0}, 0.02),
        ({"partner_forces": 1.0}, 0.02),
        ({"partner_forces": 1.0, "lead": 0.0}, 0.03),
        ({"partner_forces": 1.0, "lead": 0.5, "partner_support_dependence": 1.0, "border_activity": 2.0}, 0.06),
        ({"border_activity": 0.0, "partner_forces": 1.0, "lead": 0.0}, 0.0),
    ],
)
def test_attacks_across_a_border(change, expected):
    assert cross_border_attacks(**{**BORDER, **change}) == pytest.approx(expected)


@ways(up="cross_border_attack_rate border_activity partner_forces partner_support_dependence", down="lead")
def test_direction_of_attacks_across_a_border(name, direction):
    domains = {
        "cross_border_attack_rate": st.floats(0.005, 0.06), "border_activity": st.floats(0.0, 10.0),
        "partner_forces": st.sampled_from([0.0, 1.0]), "partner_support_dependence": SHARE, "lead": SHARE,
    }  # fmt: skip
    moves(cross_border_attacks, domains, name, direction)


@pytest.mark.parametrize(
    ("attacks", "per_attack", "hazard"), [(0.0, 0.05, 0.0), (0.02, 0.05, 0.001), (2.0, 0.05, 0.1), (2.0, 0.0, 0.0)]
)
def test_a_border_closes_at_its_hazard_per_attack_across_it(attacks, per_attack, hazard):
    closes = chance(lambda u: border_after(0.0, attacks, per_attack, u) == 1.0)
    assert closes == pytest.approx(1.0 - math.exp(-hazard), rel=1e-9)


@pytest.mark.parametrize("closing", [0.0, 0.5, 0.999])
def test_a_closed_border_stays_closed(closing):
    assert border_after(1.0, 0.0, 0.05, closing) == 1.0


@ways(up="closed attacks border_closing_per_attack", down="closing")
def test_direction_of_a_border(name, direction):
    domains = {
        "closed": st.sampled_from([0.0, 1.0]), "attacks": st.floats(0.0, 5.0), "border_closing_per_attack": st.floats(0.0, 1.0),
        "closing": SHARE,
    }  # fmt: skip
    moves(border_after, domains, name, direction)
