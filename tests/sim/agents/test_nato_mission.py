"""The staff of the NATO mission."""

import pytest
from asking import FLAG, SHARE, moves, quickly, ways
from hypothesis import given
from hypothesis import strategies as st

from sim.agents.nato_mission import mission_staff

ALONE = {
    "staff": 500.0, "staff_at_start": 500.0, "ceiling": 2000.0, "backfill": 0.0, "host_asks_to_stay": 1.0, "lead": 1.0,
    "share_feasible_without_lead": 0.25, "stepping_up": 0.0, "growth_rate": 0.01,
    "lead_gone_level": 0.4, "withering_days": 60.0,
}  # fmt: skip
DOMAINS = {
    "staff": st.floats(0.0, 4000.0), "staff_at_start": st.floats(300.0, 500.0), "ceiling": st.floats(200.0, 4000.0),
    "backfill": SHARE, "host_asks_to_stay": FLAG, "lead": SHARE, "share_feasible_without_lead": st.floats(0.1, 0.6),
    "stepping_up": SHARE, "growth_rate": st.floats(0.0033, 1.0 / 60.0),
    "lead_gone_level": st.just(0.4), "withering_days": st.just(60.0),
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 500.0),
        ({"staff": 900.0}, 896.0),
        ({"staff": 600.0, "lead": 0.4}, 599.0),
        ({"staff": 600.0, "lead": 0.39}, 590.0),
        ({"backfill": 1.0}, 515.0),
        ({"backfill": 0.5}, 507.5),
        ({"backfill": 1.0, "lead": 0.5}, 507.5),
        ({"backfill": 1.0, "lead": 0.0}, 503.75),
        ({"backfill": 1.0, "lead": 0.0, "host_asks_to_stay": 0.0}, 500.0),
        ({"backfill": 1.0, "staff": 600.0, "lead": 0.0, "host_asks_to_stay": 0.0}, 599.0),
        ({"backfill": 1.0, "ceiling": 400.0}, 500.0),
        ({"stepping_up": 0.5}, 500.0),
        ({"stepping_up": 0.5, "lead": 0.5}, 503.75),
        ({"stepping_up": 0.5, "lead": 0.0, "host_asks_to_stay": 0.0}, 507.5),
        ({"stepping_up": 0.2, "lead": 0.0}, 503.0),
        ({"stepping_up": 0.5, "lead": 0.0, "ceiling": 400.0}, 500.0),
        ({"stepping_up": 0.5, "lead": 0.0, "backfill": 1.0}, 511.25),
    ],
)
def test_staff_a_day_later(change, expected):
    assert mission_staff(**{**ALONE, **change}) == pytest.approx(expected)


@ways(up="staff ceiling backfill host_asks_to_stay share_feasible_without_lead stepping_up")
def test_direction_of_staff(name, direction):
    moves(mission_staff, DOMAINS, name, direction)


def test_lead_carries_the_mission():
    moves(mission_staff, {**DOMAINS, "stepping_up": st.just(0.0), "staff": st.floats(300.0, 500.0)}, "lead", +1)


def test_others_step_up_for_a_lead_that_leaves():
    moves(mission_staff, {**DOMAINS, "stepping_up": st.floats(0.1, 1.0), "backfill": st.just(0.0)}, "lead", -1)


@quickly
@given(inputs=st.fixed_dictionaries(DOMAINS))
def test_staff_is_never_negative(inputs):
    assert mission_staff(**inputs) >= 0.0
