"""The quality of local forces."""

import pytest
from asking import moves
from hypothesis import strategies as st

from sim.agents.force_quality import force_quality_after

SHARE = st.floats(0.0, 1.0)

FORCES = {
    "quality": 1.0, "adjustment_rate": 0.01, "advice": 1.0, "loss_without_advice": 0.4, "recent_arrests": 0.0,
    "divided_level": 0.3, "loss_when_divided": 0.15, "caretaker_days": 0.0, "loss_under_caretaker": 0.1,
    "effect_of_kurdish_forces": 0.2, "disputed": 0.5, "effort": 0.7, "trust_above_neutral": 0.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 1.0),
        ({"quality": 0.8}, 0.802),
        ({"advice": 0.0}, 0.996),
        ({"advice": 0.5}, 0.998),
        ({"recent_arrests": 0.3}, 1.0),
        ({"recent_arrests": 0.31}, 0.9985),
        ({"caretaker_days": 1.0}, 0.999),
        ({"trust_above_neutral": -0.5}, 0.99965),
        ({"trust_above_neutral": -0.5, "disputed": 1.0}, 0.9993),
        ({"trust_above_neutral": -0.5, "disputed": 0.0}, 1.0),
        ({"trust_above_neutral": -0.5, "effort": 0.0}, 1.0),
        ({"advice": 0.0, "recent_arrests": 1.0, "caretaker_days": 9.0, "trust_above_neutral": -0.5}, 0.99315),
        ({"quality": 0.1, "adjustment_rate": 3.0, "advice": 0.0, "loss_without_advice": 1.0}, 0.0),
    ],
)
def test_quality_of_local_forces(change, expected):
    assert force_quality_after(**{**FORCES, **change}) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("quality", +1), ("advice", +1), ("loss_without_advice", -1), ("recent_arrests", -1), ("caretaker_days", -1),
        ("trust_above_neutral", +1), ("disputed", -1),
    ],
)  # fmt: skip
def test_direction_of_force_quality(name, direction):
    domains = {
        "quality": SHARE, "adjustment_rate": st.floats(0.0014, 0.0067), "advice": SHARE,
        "loss_without_advice": st.floats(0.1, 0.6), "recent_arrests": st.floats(0.0, 1.0), "divided_level": st.just(0.3),
        "loss_when_divided": st.floats(0.0, 0.3), "caretaker_days": st.sampled_from([0.0, 1.0, 90.0]),
        "loss_under_caretaker": st.floats(0.0, 0.2), "effect_of_kurdish_forces": st.floats(0.0, 0.2),
        "disputed": SHARE, "effort": st.floats(0.5, 0.9), "trust_above_neutral": st.floats(-0.5, 0.0),
    }  # fmt: skip
    moves(force_quality_after, domains, name, direction)
