"""The quality of local forces."""

import pytest
from asking import SHARE, moves, ways
from hypothesis import strategies as st

from sim.agents.force_quality import force_quality_after

FORCES = {
    "quality": 1.0, "force_quality_adjustment_rate": 0.01, "advice": 1.0, "force_quality_loss_without_advisers": 0.4, "recent_arrests": 0.0,
    "arrest_level_divided": 0.3, "force_quality_loss_when_divided": 0.15, "presence": 1.0, "local_share_of_enablers": 0.25,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 1.0),
        ({"quality": 0.8}, 0.802),
        ({"advice": 0.0}, 0.997),
        ({"advice": 0.5}, 0.9985),
        ({"presence": 0.0}, 0.999),
        ({"presence": 0.0, "local_share_of_enablers": 0.0}, 1.0),
        ({"presence": 0.0, "local_share_of_enablers": 1.0}, 0.996),
        ({"advice": 0.0, "local_share_of_enablers": 1.0}, 1.0),
        ({"advice": 0.0, "presence": 0.0}, 0.996),
        ({"advice": 0.6, "presence": 0.4}, 0.9982),
        ({"presence": 1.4}, 1.0),
        ({"advice": 0.8, "presence": 1.4}, 0.9998),
        ({"recent_arrests": 0.3}, 1.0),
        ({"recent_arrests": 0.31}, 0.9985),
        ({"advice": 0.0, "presence": 0.0, "recent_arrests": 1.0}, 0.9945),
        (
            {
                "quality": 0.1,
                "force_quality_adjustment_rate": 3.0,
                "advice": 0.0,
                "presence": 0.0,
                "force_quality_loss_without_advisers": 1.0,
            },
            0.0,
        ),
    ],
)
def test_quality_of_local_forces(change, expected):
    assert force_quality_after(**{**FORCES, **change}) == pytest.approx(expected, rel=1e-9)


@ways(up="quality advice presence", down="force_quality_loss_without_advisers recent_arrests")
def test_direction_of_force_quality(name, direction):
    domains = {
        "quality": SHARE, "force_quality_adjustment_rate": st.floats(0.0014, 0.0067), "advice": SHARE,
        "force_quality_loss_without_advisers": st.floats(0.1, 0.6), "recent_arrests": st.floats(0.0, 1.0), "arrest_level_divided": st.just(0.3),
        "force_quality_loss_when_divided": st.floats(0.0, 0.3), "presence": SHARE,
        "local_share_of_enablers": st.floats(0.1, 0.6),
    }  # fmt: skip
    moves(force_quality_after, domains, name, direction)
