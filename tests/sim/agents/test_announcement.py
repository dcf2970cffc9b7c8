"""The course of an announced exit, and how other actors see it."""

import pytest
from asking import SHARE, moves, quickly, ways
from hypothesis import given
from hypothesis import strategies as st

from sim.agents.announcement import perceived_exit, troops_leaving

FULL = {
    "days_since": 45.0, "duration": 90.0, "share_to_go": 1.0, "residual_share": 0.02, "share_then": 1.0, "share_now": 1.0,
}  # fmt: skip

LEAVING_DOMAINS = {
    "days_since": st.floats(0.0, 400.0), "duration": st.floats(60.0, 450.0), "share_to_go": SHARE,
    "residual_share": st.floats(0.0, 0.1), "share_then": SHARE, "share_now": SHARE,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "troops", "progress"),
    [
        ({"days_since": 0.0}, 1.0, 0.0),
        ({}, 0.51, 0.5),
        ({"days_since": 90.0}, 0.02, 1.0),
        ({"days_since": 400.0}, 0.02, 1.0),
        ({"share_to_go": 0.5}, 0.755, 0.5),
        ({"share_to_go": 0.5, "days_since": 90.0}, 0.51, 1.0),
        ({"share_to_go": 0.0}, 1.0, 0.5),
        ({"share_then": 0.5, "share_now": 0.5, "days_since": 30.0}, 0.34, 1 / 3),
        ({"share_then": 0.3, "share_now": 0.3, "share_to_go": 0.5}, 0.3, 0.5),
        ({"share_now": 0.2}, 0.2, 0.5),
    ],
)
def test_troops_leave_in_a_straight_line(change, troops, progress):
    assert troops_leaving(**{**FULL, **change}) == pytest.approx((troops, progress))


@ways(up="duration residual_share share_then share_now", down="days_since share_to_go")
def test_direction_of_troops(name, direction):
    moves(lambda **inputs: troops_leaving(**inputs)[0], LEAVING_DOMAINS, name, direction)


@quickly
@given(inputs=st.fixed_dictionaries(LEAVING_DOMAINS))
def test_troops_that_are_gone_do_not_come_back(inputs):
    troops, progress = troops_leaving(**inputs)
    assert 0.0 <= troops <= inputs["share_now"]
    assert 0.0 <= progress <= 1.0


SEEN = {"weight": 1.0, "progress": 0.5, "lead_loss_tolerated": 0.5}

SEEN_DOMAINS = {
    "weight": SHARE, "progress": st.sampled_from([0.0, 0.5, 0.99, 1.0]), "lead_loss_tolerated": st.floats(0.2, 0.8),
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "credibility", "loss"),
    [
        ({}, 1.0, 1.0),
        ({"weight": 0.75}, 0.75, 0.5),
        ({"weight": 0.5}, 0.5, 0.0),
        ({"weight": 0.25}, 0.25, 0.0),
        ({"weight": 0.7, "lead_loss_tolerated": 0.2}, 0.7, 0.625),
        ({"progress": 1.0}, 0.0, 1.0),
        ({"weight": 0.0}, 0.0, 0.0),
        ({"weight": 0.0, "lead_loss_tolerated": 0.0}, 0.0, 0.0),
    ],
)
def test_how_an_exit_is_seen(change, credibility, loss):
    assert perceived_exit(**{**SEEN, **change}) == pytest.approx((credibility, loss))


@ways(up="weight", down="progress")
def test_direction_of_credibility(name, direction):
    moves(lambda **inputs: perceived_exit(**inputs)[0], SEEN_DOMAINS, name, direction)


@ways(up="weight", down="lead_loss_tolerated")
def test_direction_of_loss(name, direction):
    moves(lambda **inputs: perceived_exit(**inputs)[1], SEEN_DOMAINS, name, direction)


def test_a_cut_of_half_loses_less_than_half_of_a_full_exit():
    half, full = (perceived_exit(**{**SEEN, "weight": weight, "lead_loss_tolerated": 0.3})[1] for weight in (0.5, 1.0))
    assert 0.0 < half < full / 2.0
