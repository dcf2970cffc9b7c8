"""What crosses the border."""

import pytest
from asking import moves
from hypothesis import strategies as st

from sim.agents.neighbours import cross_border_attacks, shock_of

SHARE = st.floats(0.0, 1.0)
BORDER = {
    "cross_border_attack_rate": 0.02, "border_activity": 1.0, "elasticity_to_border_activity": 1.0, "partner_forces": 0.0, "partner_support_dependence": 0.5,
    "lead": 1.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 0.02),
        ({"border_activity": 4.0}, 0.08),
        ({"border_activity": 4.0, "elasticity_to_border_activity": 0.5}, 0.04),
        ({"border_activity": 4.0, "elasticity_to_border_activity": 1.5}, 0.16),
        ({"border_activity": 0.25, "elasticity_to_border_activity": 0.5}, 0.01),
        ({"lead": 0.0}, 0.02),
        ({"partner_forces": 1.0}, 0.02),
        ({"partner_forces": 1.0, "lead": 0.0}, 0.03),
        ({"partner_forces": 1.0, "lead": 0.5, "partner_support_dependence": 1.0, "border_activity": 2.0}, 0.06),
        ({"border_activity": 0.0, "elasticity_to_border_activity": 0.5, "partner_forces": 1.0, "lead": 0.0}, 0.0),
    ],
)
def test_attacks_across_a_border(change, expected):
    assert cross_border_attacks(**{**BORDER, **change}) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("cross_border_attack_rate", +1),
        ("border_activity", +1),
        ("partner_forces", +1),
        ("partner_support_dependence", +1),
        ("lead", -1),
    ],
)
def test_direction_of_attacks_across_a_border(name, direction):
    domains = {
        "cross_border_attack_rate": st.floats(0.005, 0.06), "border_activity": st.floats(0.0, 10.0), "elasticity_to_border_activity": st.floats(0.5, 1.5),
        "partner_forces": st.sampled_from([0.0, 1.0]), "partner_support_dependence": SHARE, "lead": SHARE,
    }  # fmt: skip
    moves(cross_border_attacks, domains, name, direction)


@pytest.mark.parametrize(("level", "expected"), [(5.0, 0.0), (4.0, 0.0), (0.0, 0.0), (7.5, 0.5), (20.0, 3.0)])
def test_shock_is_the_excess_over_the_start(level, expected):
    assert shock_of(level, 5.0) == pytest.approx(expected)


@pytest.mark.parametrize(("name", "direction"), [("level", +1), ("reference", -1)])
def test_direction_of_shock(name, direction):
    moves(shock_of, {"level": st.floats(0.0, 40.0), "reference": st.floats(4.0, 7.0)}, name, direction)
