"""What members share of their exit hazard, and how the calendar and the exits of others move it."""

import math

import numpy as np
import pytest
from asking import FLAG, LN2, LN3, moves
from hypothesis import strategies as st

from sim.agents.exit_decision import common_log_hazard, highest_hazard, knock_on_log_hazard
from sim.agents.member_calendar import calendar_factor, mean_log_effect

MEAN = {
    "has_mandate": 1.0, "mandate_window_days": 60.0, "effect_of_mandate_renewal": 1.0, "has_election": 1.0, "election_window_days": 182.0,
    "effect_of_election": 0.7, "leader_change_probability": 0.4, "leader_effect_days": 365.0, "effect_of_leader_turnover": 0.7,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "factor"),
    [
        ({"has_mandate": 0.0, "has_election": 0.0}, 1.0),
        ({"has_election": 0.0, "effect_of_mandate_renewal": 0.0}, 1.0),
        ({"has_election": 0.0, "mandate_window_days": 73.0, "effect_of_mandate_renewal": math.log(6.0)}, 2.0),
        ({"has_mandate": 0.0, "election_window_days": 487.0, "effect_of_election": math.log(4.0), "effect_of_leader_turnover": 0.0}, 2.0),
        ({"has_mandate": 0.0, "effect_of_election": 0.0, "leader_effect_days": 487.0, "effect_of_leader_turnover": math.log(4.0)}, 1.4),
        (
            {
                "mandate_window_days": 73.0, "effect_of_mandate_renewal": math.log(6.0), "election_window_days": 487.0,
                "effect_of_election": math.log(4.0), "leader_effect_days": 487.0, "effect_of_leader_turnover": math.log(4.0),
            },
            4.8,
        ),
    ],
)  # fmt: skip
def test_mean_factor_of_a_members_calendar(change, factor):
    assert mean_log_effect(**{**MEAN, **change}) == pytest.approx(math.log(factor), abs=1e-12)


@pytest.mark.parametrize("effect", [-0.5, 0.5, 2.0])
def test_calendar_leaves_the_mean_hazard_alone(effect):
    """A year of mandates, and a term with its election and a new leader in 40 of 100 members, weigh 1 on average."""
    calendar = {"effect_of_mandate_renewal": effect, "effect_of_election": effect, "effect_of_leader_turnover": effect}
    windows = {name: MEAN[name] for name in ("mandate_window_days", "election_window_days", "leader_effect_days")}
    never = {"days_to_mandate": 1e9, "days_to_election": 1e9, "leader_changed": 0.0}
    never |= {"mean_effect": 0.0, **windows, **calendar}
    year = [calendar_factor(**{**never, "days_to_mandate": float(day)}) for day in range(365)]
    mandate = mean_log_effect(**{**MEAN, **calendar, "has_election": 0.0})
    assert np.mean(year) == pytest.approx(math.exp(mandate))
    term = [
        weight * calendar_factor(**{**never, "days_to_election": float(182 - day), "leader_changed": changed})
        for day in range(1461)
        for changed, weight in ((1.0, 0.4), (0.0, 0.6))
    ]  # fmt: skip
    election = mean_log_effect(**{**MEAN, **calendar, "has_mandate": 0.0})
    assert sum(term) / 1461.0 == pytest.approx(math.exp(election), rel=2e-3)


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


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("exit_hazard", +1), ("recent_deaths", +1), ("effect_of_coalition_deaths", +1), ("attack_rate", +1), ("effect_of_attack_rate", +1),
        ("host_asks_to_leave", +1), ("effect_of_host_request", +1), ("islamic_state_rate", -1), ("islamic_state_at_start", +1),
    ],
)  # fmt: skip
def test_direction_of_the_shared_hazard(name, direction):
    moves(common_log_hazard, COMMON_DOMAINS, name, direction)


@pytest.mark.parametrize(
    ("to_mandate", "to_election", "changed", "expected"),
    [
        (0.0, 1e9, 0.0, 0.0), (1.0, 1e9, 0.0, 1.0), (60.0, 1e9, 0.0, 1.0), (61.0, 1e9, 0.0, 0.0),
        (1e9, 183.0, 0.0, 0.0), (1e9, 182.0, 0.0, 0.7), (1e9, 1.0, 1.0, 0.7), (1e9, 0.0, 0.0, 0.0),
        (1e9, 0.0, 1.0, 0.4), (1e9, -364.0, 1.0, 0.4), (1e9, -364.0, 0.0, 0.0), (1e9, -367.0, 1.0, 0.0),
        (30.0, 30.0, 1.0, 1.7), (30.0, -30.0, 1.0, 1.4), (-5.0, 500.0, 1.0, 0.0),
    ],
)  # fmt: skip
def test_calendar_of_a_member(to_mandate, to_election, changed, expected):
    factor = calendar_factor(0.0, to_mandate, 60.0, 1.0, to_election, 182.0, 0.7, changed, 365.0, 0.4)
    assert factor == pytest.approx(math.exp(expected))


def test_mean_effect_of_the_calendar_is_taken_off():
    assert calendar_factor(LN3, 30.0, 60.0, LN2, 1e9, 182.0, 0.7, 0.0, 365.0, 0.4) == pytest.approx(2.0 / 3.0)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 0.0),
        ({"loss": 1.0}, 1.6),
        ({"loss": 1.2}, 1.92),
        ({"loss": 1.0, "effect_of_lead_exit": -0.5}, -0.4),
        ({"peers_gone": 0.25}, 0.3),
        ({"peers_gone": 0.25, "effect_of_peer_exits": -0.6}, -0.15),
        ({"effect_of_framework_nation_exit": 4.5}, 4.5),
        ({"loss": 1.0, "peers_gone": 0.25, "effect_of_framework_nation_exit": 4.5}, 6.4),
        ({"loss": 1.0, "peers_gone": 0.25, "effect_of_framework_nation_exit": 4.5, "form_is_threshold": 1.0}, 4.5),
        ({"loss": 1.0, "peers_gone": 1.0, "form_is_threshold": 1.0}, 0.0),
    ],
)
def test_knock_on(change, expected):
    inputs = {
        "form_is_threshold": 0.0, "dependence_on_lead": 0.8, "loss": 0.0, "effect_of_lead_exit": 2.0, "peers_gone": 0.0,
        "effect_of_peer_exits": 1.2, "effect_of_framework_nation_exit": 0.0,
    }  # fmt: skip
    assert knock_on_log_hazard(**{**inputs, **change}) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("loss", "effect_of_lead", "recent", "effect_of_peers", "expected"),
    [
        (0.0, 1.0, 0.0, 1.0, 0.002),
        (1.0, 2.0 * LN2, 0.5, 2.0 * LN2, 0.008),
        (1.2, LN2, 0.5, 0.8 * LN2, 0.004),
        (1.0, -2.0, 0.5, -2.0, 0.002),
    ],
)
def test_highest_hazard_ignores_what_lowers_it(loss, effect_of_lead, recent, effect_of_peers, expected):
    bound = highest_hazard(math.log(0.002), 0.5, loss, effect_of_lead, recent, effect_of_peers)
    assert bound == pytest.approx(expected)
