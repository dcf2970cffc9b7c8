"""The exit hazard: the part that members share, and the effects of the calendar and of the exits of others."""

import math

import numpy as np
import pytest
from asking import FLAG, LN2, LN3, SHARE, moves, ways
from hypothesis import strategies as st

from sim.agents.codes import DRAWING_DOWN, PRESENT
from sim.agents.exit_decision import common_log_hazard, hazard_and_knock_on, highest_hazard, host_closed
from sim.agents.member_calendar import calendar_factor, mean_log_effect

MEAN = {
    "has_mandate": 1.0, "mandate_window_days": 60.0, "effect_of_mandate_renewal": 1.0, "has_election": 1.0, "election_window_days": 182.0,
    "effect_of_election": 0.7,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "factor"),
    [
        ({"has_mandate": 0.0, "has_election": 0.0}, 1.0),
        ({"has_election": 0.0, "effect_of_mandate_renewal": 0.0}, 1.0),
        ({"has_election": 0.0, "mandate_window_days": 73.0, "effect_of_mandate_renewal": math.log(6.0)}, 2.0),
        ({"has_mandate": 0.0, "election_window_days": 487.0, "effect_of_election": math.log(4.0)}, 2.0),
        ({"has_mandate": 0.0, "effect_of_election": 0.0}, 1.0),
        (
            {
                "mandate_window_days": 73.0, "effect_of_mandate_renewal": math.log(6.0), "election_window_days": 487.0,
                "effect_of_election": math.log(4.0),
            },
            4.0,
        ),
    ],
)  # fmt: skip
def test_mean_factor_of_a_members_calendar(change, factor):
    assert mean_log_effect(**{**MEAN, **change}) == pytest.approx(math.log(factor), abs=1e-12)


@pytest.mark.parametrize("effect", [-0.5, 0.5, 2.0])
def test_calendar_leaves_the_mean_hazard_alone(effect):
    """A year of mandates, and a term with its election, weigh 1 on average."""
    calendar = {"effect_of_mandate_renewal": effect, "effect_of_election": effect}
    windows = {name: MEAN[name] for name in ("mandate_window_days", "election_window_days")}
    never = {"days_to_mandate": 1e9, "days_to_election": 1e9, "mean_effect": 0.0, **windows, **calendar}
    year = [calendar_factor(**{**never, "days_to_mandate": float(day)}) for day in range(365)]
    mandate = mean_log_effect(**{**MEAN, **calendar, "has_election": 0.0})
    assert np.mean(year) == pytest.approx(math.exp(mandate))
    term = [calendar_factor(**{**never, "days_to_election": float(1461 - day)}) for day in range(1461)]
    election = mean_log_effect(**{**MEAN, **calendar, "has_mandate": 0.0})
    assert np.mean(term) == pytest.approx(math.exp(election))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, -8.0),
        ({"recent_deaths": 2.0}, -7.6),
        ({"recent_deaths": 9.0}, -7.4),
        ({"attack_rate": 0.2 * math.e}, -7.75),
        ({"attack_rate": 0.2 / math.e}, -8.0),
        ({"attack_rate": 0.0}, -8.0),
        ({"host_asks_to_leave": 1.0}, -6.0),
        ({"islamic_state_rate": 5.0 * math.exp(0.5)}, -8.25),
        ({"islamic_state_rate": 5.0 * math.exp(-0.5)}, -7.75),
        ({"islamic_state_rate": 500.0}, -8.5),
        ({"islamic_state_rate": 0.0}, -7.5),
        ({"exit_hazard": math.exp(-7.0), "recent_deaths": 1.0, "host_asks_to_leave": 1.0}, -4.8),
    ],
)
def test_log_hazard_that_members_share(change, expected):
    inputs = {
        "exit_hazard": math.exp(-8.0), "recent_deaths": 0.0, "deaths_counted_at_most": 3.0, "effect_of_coalition_deaths": 0.2,
        "attack_rate": 0.2, "reference_attack_rate": 0.2, "attack_rate_floor": 0.001, "effect_of_attack_rate": 0.25, "host_asks_to_leave": 0.0,
        "effect_of_host_request": 2.0, "islamic_state_rate": 5.0, "islamic_state_at_start": 5.0, "effect_of_is_threat": 0.5,
    }  # fmt: skip
    assert common_log_hazard(**{**inputs, **change}) == pytest.approx(expected)


COMMON_DOMAINS = {
    "exit_hazard": st.floats(0.0002, 0.00067), "recent_deaths": st.floats(0.0, 20.0), "deaths_counted_at_most": st.just(3.0),
    "effect_of_coalition_deaths": st.floats(0.0, 0.5), "attack_rate": st.floats(0.0, 2.0), "reference_attack_rate": st.just(0.161),
    "attack_rate_floor": st.just(0.001), "effect_of_attack_rate": st.floats(0.0, 0.6), "host_asks_to_leave": FLAG,
    "effect_of_host_request": st.floats(1.0, 3.0), "islamic_state_rate": st.floats(0.0, 30.0),
    "islamic_state_at_start": st.floats(4.0, 7.0), "effect_of_is_threat": st.floats(0.0, 1.0),
}  # fmt: skip


@ways(
    up="exit_hazard recent_deaths effect_of_coalition_deaths attack_rate effect_of_attack_rate host_asks_to_leave "
    "effect_of_host_request islamic_state_at_start",
    down="islamic_state_rate",
)
def test_direction_of_the_shared_hazard(name, direction):
    moves(common_log_hazard, COMMON_DOMAINS, name, direction)


@pytest.mark.parametrize(
    ("to_mandate", "to_election", "expected"),
    [
        (0.0, 1e9, 0.0), (1.0, 1e9, 1.0), (60.0, 1e9, 1.0), (61.0, 1e9, 0.0), (1e9, 183.0, 0.0), (1e9, 182.0, 0.7),
        (1e9, 1.0, 0.7), (1e9, 0.0, 0.0), (1e9, -364.0, 0.0), (30.0, 30.0, 1.7), (30.0, -30.0, 1.0), (-5.0, 500.0, 0.0),
    ],
)  # fmt: skip
def test_calendar_of_a_member(to_mandate, to_election, expected):
    factor = calendar_factor(0.0, to_mandate, 60.0, 1.0, to_election, 182.0, 0.7)
    assert factor == pytest.approx(math.exp(expected))


def test_mean_effect_of_the_calendar_is_taken_off():
    assert calendar_factor(LN3, 30.0, 60.0, LN2, 1e9, 182.0, 0.7) == pytest.approx(2.0 / 3.0)


@pytest.mark.parametrize(
    ("lead", "level", "by_lead", "by_nato", "nato_left", "expected"),
    [
        (1.0, 0.4, 1.0, 0.0, 1.0, 0.0),
        (0.4, 0.4, 1.0, 0.0, 0.2, 0.0),
        (0.39, 0.4, 1.0, 0.0, 1.0, 1.0),
        (0.39, 0.1, 1.0, 0.0, 1.0, 0.0),
        (0.0, 0.4, 0.0, 1.0, 1.0, 0.0),
        (1.0, 0.4, 0.0, 1.0, 0.25, 0.75),
        (1.0, 0.4, 0.0, 1.0, 0.0, 1.0),
        (1.0, 0.4, 0.0, 1.0, 1.5, 0.0),
        (0.0, 0.4, 0.0, 0.0, 0.0, 0.0),
    ],
)
def test_how_far_the_place_has_closed_that_a_member_lives_at(lead, level, by_lead, by_nato, nato_left, expected):
    assert host_closed(lead, level, by_lead, by_nato, nato_left) == pytest.approx(expected)


LIVING = {"lead": SHARE, "closing_levels": SHARE, "nato_left": st.floats(0.0, 1.5)}
HOSTED = {
    "lead": {**LIVING, "hosted_by_lead": st.just(1.0), "hosted_by_nato": st.just(0.0)},
    "nato": {**LIVING, "hosted_by_lead": st.just(0.0), "hosted_by_nato": st.just(1.0)},
}


@pytest.mark.parametrize(
    ("host", "name", "direction"), [("lead", "lead", -1), ("lead", "closing_levels", +1), ("nato", "nato_left", -1)]
)
def test_direction_of_a_closing_place(host, name, direction):
    moves(host_closed, HOSTED[host], name, direction)


ALONE = {
    "common": math.log(0.01), "calendar": 2.0, "serves_in_nato_mission": 0.0, "effect_of_nato_frame": LN2, "reliance_on_lead": 0.8,
    "loss": 0.0, "effect_of_lead_exit": 2.0, "host_closed_today": 0.0, "effect_of_host_closing": 1.5, "recent_weight": 0.0,
    "total_weight": 50.0, "own_weight": 10.0, "effect_of_peer_exits": 1.2, "has_framework": 1.0, "framework_status": PRESENT,
    "effect_of_framework_nation_exit": 4.5,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "knock_on"),
    [
        ({}, 0.0),
        ({"loss": 1.0}, 1.6),
        ({"loss": 0.5}, 0.8),
        ({"loss": 1.0, "reliance_on_lead": 0.0}, 0.0),
        ({"loss": 1.0, "effect_of_lead_exit": -0.5}, -0.4),
        ({"host_closed_today": 1.0}, 1.5),
        ({"host_closed_today": 0.4}, 0.6),
        ({"host_closed_today": 1.0, "reliance_on_lead": 0.0}, 1.5),
        ({"recent_weight": 10.0}, 0.3),
        ({"recent_weight": 10.0, "effect_of_peer_exits": -0.6}, -0.15),
        ({"recent_weight": 10.0, "total_weight": 10.0}, 0.0),
        ({"framework_status": DRAWING_DOWN}, 4.5),
        ({"framework_status": DRAWING_DOWN, "has_framework": 0.0}, 0.0),
        ({"loss": 1.0, "host_closed_today": 1.0, "recent_weight": 10.0, "framework_status": DRAWING_DOWN}, 7.9),
    ],
)
def test_knock_on_and_the_hazard_that_it_raises(change, knock_on):
    """Of 40 by which the others weigh, 10 have decided of late: x = 1/4; the calendar doubles the hazard."""
    result = hazard_and_knock_on(*{**ALONE, **change}.values())
    assert result == pytest.approx((0.02 * math.exp(knock_on), knock_on))


def test_the_nato_frame_lowers_the_hazard_and_is_no_part_of_the_knock_on():
    result = hazard_and_knock_on(*{**ALONE, "loss": 1.0, "serves_in_nato_mission": 1.0}.values())
    assert result == pytest.approx((0.01 * math.exp(1.6), 1.6))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 0.002),
        ({"loss": 1.0}, 0.004),
        ({"loss": 1.0, "effect_of_lead_exit": -2.0}, 0.002),
        ({"lead": 0.4}, 0.002),
        ({"lead": 0.39}, 0.006),
        ({"lead": 0.39, "nato_left": 0.5}, 0.006),
        ({"nato_left": 0.5, "effect_of_host_closing": 4.0 * LN2}, 0.008),
        ({"nato_left": 1.5}, 0.002),
        ({"lead": 0.0, "effect_of_host_closing": -2.0}, 0.002),
        ({"recent_share": 0.5}, 0.004),
        ({"recent_share": 0.5, "effect_of_peer_exits": -2.0}, 0.002),
        ({"loss": 1.0, "lead": 0.0, "recent_share": 1.0}, 0.048),
    ],
)
def test_highest_hazard_ignores_what_lowers_it(change, expected):
    """A bound on all members: one with reliance 1, whose base is the first to close, or that lives with the NATO mission."""
    inputs = {
        "common": math.log(0.002), "loss": 0.0, "effect_of_lead_exit": LN2, "lead": 1.0, "first_closing_level": 0.4,
        "nato_left": 1.0, "effect_of_host_closing": LN3, "recent_share": 0.0, "effect_of_peer_exits": 2.0 * LN2,
    }  # fmt: skip
    assert highest_hazard(**{**inputs, **change}) == pytest.approx(expected)
