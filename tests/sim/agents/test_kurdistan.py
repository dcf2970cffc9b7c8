"""Trust between Baghdad and Erbil."""

import pytest
from asking import moves
from hypothesis import strategies as st

from sim.agents.kurdistan import trust_after

SHARE = st.floats(0.0, 1.0)


@pytest.mark.parametrize(
    ("trust", "attacks", "expected"),
    [(0.5, 0.0, 0.5), (0.32, 0.0, 0.321), (0.68, 0.0, 0.679), (0.5, 2.0, 0.46), (0.32, 1.0, 0.301), (0.03, 9.0, 0.0)],
)
def test_attacks_cost_trust_and_time_restores_it(trust, attacks, expected):
    assert trust_after(trust, 0.5, 180.0, attacks, 0.02) == pytest.approx(expected)


def test_trust_never_passes_one():
    assert trust_after(0.9, 1.0, 0.5, 0.0, 0.02) == 1.0


@pytest.mark.parametrize(
    ("name", "direction"), [("trust", +1), ("trust_at_start", +1), ("attacks", -1), ("trust_loss_per_attack", -1)]
)
def test_direction_of_trust(name, direction):
    domains = {
        "trust": SHARE, "trust_at_start": SHARE, "trust_recovery_days": st.floats(90.0, 360.0), "attacks": st.floats(0.0, 10.0),
        "trust_loss_per_attack": st.floats(0.0, 0.05),
    }  # fmt: skip
    moves(trust_after, domains, name, direction)
