"""Trust between Baghdad and Erbil."""

import pytest
from asking import SHARE, moves, ways
from hypothesis import strategies as st

from sim.agents.kurdistan import fire_on_region, trust_after


@pytest.mark.parametrize(
    ("trust", "fire", "expected"),
    [
        (0.5, 0.0, 0.5),
        (0.32, 0.0, 0.321),
        (0.68, 0.0, 0.679),
        (0.5, 2.0, 0.46),
        (0.32, 1.0, 0.301),
        (0.5, 0.5, 0.49),
        (0.03, 9.0, 0.0),
    ],
)
def test_fire_costs_trust_and_time_restores_it(trust, fire, expected):
    assert trust_after(trust, 0.5, 180.0, fire, 0.02) == pytest.approx(expected)


def test_trust_never_passes_one():
    assert trust_after(0.9, 1.0, 0.5, 0.0, 0.02) == 1.0


@ways(up="trust trust_at_start", down="fire trust_loss_per_attack")
def test_direction_of_trust(name, direction):
    domains = {
        "trust": SHARE, "trust_at_start": SHARE, "trust_recovery_days": st.floats(90.0, 360.0), "fire": st.floats(0.0, 10.0),
        "trust_loss_per_attack": st.floats(0.0, 0.05),
    }  # fmt: skip
    moves(trust_after, domains, name, direction)


@pytest.mark.parametrize(
    ("from_nineveh", "displaced", "share", "expected"),
    [(0.0, 0.0, 0.7, 0.0), (2.0, 0.0, 0.7, 2.0), (0.0, 3.0, 0.5, 1.5), (2.0, 3.0, 0.5, 3.5), (2.0, 3.0, 0.0, 2.0)],
)
def test_only_fire_from_federal_territory_is_blamed_on_baghdad(from_nineveh, displaced, share, expected):
    assert fire_on_region(from_nineveh, displaced, share) == pytest.approx(expected)


@pytest.mark.parametrize("name", ["from_nineveh", "displaced_attacks", "erbil_attacks_from_nineveh"])
def test_direction_of_fire(name):
    attacks = st.floats(0.0, 10.0)
    domains = {"from_nineveh": attacks, "displaced_attacks": attacks, "erbil_attacks_from_nineveh": SHARE}
    moves(fire_on_region, domains, name, +1)
