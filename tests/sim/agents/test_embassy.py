"""Incidents and breaches at the embassy, and the closing of the mission."""

import math

import pytest
from asking import LN2, SHARE, chance, moves, quickly, ways
from hypothesis import given
from hypothesis import strategies as st

from sim.agents.codes import CLOSED, MOVED, OPEN, REDUCED
from sim.agents.embassy import crowd_risk, mission_after, mission_presence, other_missions_after

RISK = {
    "status": OPEN, "mobilisation": 0.0, "mobilisation_cap": 4.0, "protection_gained": 0.0,
    "restraint_above_neutral": 0.0, "lead": 1.0, "thin_guard_levels_starts": 0.8, "thin_guard_levels_full": 0.2,
    "incident_intercept": 2.0 * LN2, "effect_of_mobilisation": LN2, "effect_of_protection": 2.0 * LN2, "effect_of_restraint": 4.0 * LN2,
    "effect_of_thin_guard": 2.0 * LN2, "breach_probability": 0.4, "breach_protection": 2.0 * LN2,
    "lethal_breach_probability": 0.2, "deaths_in_lethal_breach": 4.0,
}  # fmt: skip
NOBODY = {"incident": 0.999, "breach": 0.999, "lethal": 0.999}
RISK_DOMAINS = {
    "status": st.just(OPEN), "mobilisation": st.floats(0.0, 8.0), "mobilisation_cap": st.just(4.0), "protection_gained": st.floats(-0.3, 0.7),
    "restraint_above_neutral": st.floats(-0.5, 0.5), "lead": SHARE,
    "thin_guard_levels_starts": st.just(0.8), "thin_guard_levels_full": st.just(0.2), "incident_intercept": st.floats(8.8, 10.6),
    "effect_of_mobilisation": st.floats(0.8, 2.4), "effect_of_protection": st.floats(0.3, 2.7),
    "effect_of_restraint": st.floats(0.5, 2.5), "effect_of_thin_guard": st.floats(0.0, 2.0),
    "breach_probability": st.floats(0.15, 0.6),
    "breach_protection": st.floats(0.0, 1.6), "lethal_breach_probability": st.floats(0.05, 0.45),
    "deaths_in_lethal_breach": st.floats(1.0, 8.0),
}  # fmt: skip


def risks(**change):
    """Return the probabilities of an incident, of a breach given one, and of a lethal one given a breach."""
    incident, breach, lethal = crowd_risk(**{**RISK, **NOBODY, **change})[:3]
    return incident, breach / incident, lethal / breach


@pytest.mark.parametrize(
    ("change", "odds"),
    [
        ({}, 1 / 4),
        ({"status": REDUCED}, 1 / 4),
        ({"incident_intercept": LN2}, 1 / 2),
        ({"mobilisation": 2.0}, 1.0),
        ({"mobilisation": 4.0}, 4.0),
        ({"mobilisation": 9.0}, 4.0),
        ({"protection_gained": 0.25}, 1 / 8),
        ({"protection_gained": -0.25}, 1 / 2),
        ({"restraint_above_neutral": 0.25}, 1 / 8),
        ({"restraint_above_neutral": -0.25}, 1 / 2),
        ({"lead": 0.8}, 1 / 4),
        ({"lead": 0.5}, 1 / 2),
        ({"lead": 0.2}, 1.0),
        ({"lead": 0.0}, 1.0),
    ],
)
def test_odds_of_a_crowd_incident(change, odds):
    assert risks(**change)[0] == pytest.approx(odds / (1.0 + odds))


@pytest.mark.parametrize(
    ("change", "probability"),
    [
        ({}, 0.4),
        ({"protection_gained": 0.25}, 0.2),
        ({"protection_gained": 0.5}, 0.1),
        ({"protection_gained": -0.25}, 0.8),
        ({"protection_gained": -0.3, "breach_probability": 0.9}, 1.0),
        ({"lead": 0.0, "mobilisation": 4.0}, 0.4),
    ],
)
def test_chance_that_an_incident_breaches(change, probability):
    assert risks(**change)[1] == pytest.approx(probability)


@pytest.mark.parametrize(
    ("change", "probability"),
    [
        ({}, 0.2),
        ({"lethal_breach_probability": 1.0}, 1.0),
        ({"lead": 0.0, "protection_gained": 0.5, "deaths_in_lethal_breach": 8.0}, 0.2),
    ],
)
def test_chance_that_a_breach_kills(change, probability):
    assert risks(**change)[2] == pytest.approx(probability)


@pytest.mark.parametrize(
    ("incident", "breach", "lethal", "happened"),
    [
        (0.19, 0.39, 0.19, (1.0, 1.0, 1.0, 4.0)),
        (0.19, 0.39, 0.21, (1.0, 1.0, 0.0, 0.0)),
        (0.19, 0.41, 0.0, (1.0, 0.0, 0.0, 0.0)),
        (0.21, 0.0, 0.0, (0.0, 0.0, 0.0, 0.0)),
    ],
)
def test_a_lethal_breach_kills_and_needs_a_breach_and_a_breach_an_incident(incident, breach, lethal, happened):
    assert crowd_risk(**RISK, incident=incident, breach=breach, lethal=lethal)[3:] == happened


@pytest.mark.parametrize("status", [MOVED, CLOSED])
def test_no_incident_where_there_is_no_embassy(status):
    uniforms = dict.fromkeys(NOBODY, 0.0)
    assert crowd_risk(**{**RISK, "status": status, "mobilisation": 4.0}, **uniforms) == (0.0,) * 7


@ways(up="mobilisation effect_of_thin_guard", down="protection_gained restraint_above_neutral lead incident_intercept")
def test_direction_of_incidents(name, direction):
    moves(lambda **inputs: math.log(risks(**inputs)[0]), RISK_DOMAINS, name, direction)


@ways(up="lethal_breach_probability", down="protection_gained lead")
def test_direction_of_lethal_breaches(name, direction):
    moves(lambda **inputs: math.log(crowd_risk(**inputs, **NOBODY)[2]), RISK_DOMAINS, name, direction)


@quickly
@given(inputs=st.fixed_dictionaries(RISK_DOMAINS))
def test_worse_is_never_likelier(inputs):
    incident, breach, lethal = crowd_risk(**inputs, **NOBODY)[:3]
    assert 0.0 <= lethal <= breach <= incident <= 1.0


MISSION = {
    "status": OPEN, "closes_today": 0.0, "closing_announced": 0.0, "breach": 0.0, "breach_probability_today": 0.0, "closure_after_breach": 0.3,
    "security_closure_hazard": 0.00005, "attack_rate": 0.161, "reference_attack_rate": 0.161, "attack_rate_floor": 0.001,
    "moved_share_of_closures": 0.5,
}  # fmt: skip
SAFE = {"after_breach": 0.999, "closure": 0.999, "moved": 0.999}


def closure_hazard(**inputs):
    return -math.log1p(-chance(lambda u: mission_after(**inputs, **{**SAFE, "closure": u})[1] == 1.0))


@pytest.mark.parametrize(
    ("change", "hazard"),
    [
        ({}, 0.00005),
        ({"attack_rate": 0.644}, 0.0002),
        ({"attack_rate": 0.0805}, 0.000025),
        ({"attack_rate": 0.0}, 0.00005 / 161.0),
        ({"status": REDUCED, "closing_announced": 1.0}, 0.00005),
        ({"breach": 1.0}, 0.00005),
        ({"status": MOVED, "attack_rate": 3.0}, 0.0),
        ({"status": CLOSED, "attack_rate": 3.0}, 0.0),
        ({"closes_today": 1.0, "attack_rate": 3.0}, 0.0),
    ],
)
def test_hazard_of_a_security_closure(change, hazard):
    assert closure_hazard(**{**MISSION, **change}) == pytest.approx(hazard, rel=1e-6)


@pytest.mark.parametrize(("breach", "after_breach", "shut"), [(1.0, 0.29, 1.0), (1.0, 0.31, 0.0), (0.0, 0.0, 0.0)])
def test_three_of_ten_breaches_close_the_mission(breach, after_breach, shut):
    assert mission_after(**{**MISSION, **SAFE, "breach": breach, "after_breach": after_breach})[1] == shut


@pytest.mark.parametrize(
    ("status", "closes_today", "announced", "uniforms", "after"),
    [
        (OPEN, 0.0, 0.0, {}, (OPEN, 0.0)),
        (OPEN, 0.0, 1.0, {}, (REDUCED, 0.0)),
        (REDUCED, 0.0, 1.0, {}, (REDUCED, 0.0)),
        (REDUCED, 0.0, 0.0, {}, (OPEN, 0.0)),
        (REDUCED, 1.0, 1.0, {}, (CLOSED, 0.0)),
        (MOVED, 1.0, 1.0, {}, (CLOSED, 0.0)),
        (OPEN, 0.0, 0.0, {"closure": 0.0, "moved": 0.49}, (MOVED, 1.0)),
        (OPEN, 0.0, 0.0, {"closure": 0.0, "moved": 0.51}, (CLOSED, 1.0)),
        (REDUCED, 0.0, 1.0, {"closure": 0.0, "moved": 0.49}, (MOVED, 1.0)),
        (MOVED, 0.0, 0.0, {"closure": 0.0}, (MOVED, 0.0)),
        (CLOSED, 0.0, 0.0, {"closure": 0.0}, (CLOSED, 0.0)),
        (CLOSED, 1.0, 0.0, {}, (CLOSED, 0.0)),
    ],
)
def test_mission_after_a_day(status, closes_today, announced, uniforms, after):
    inputs = {**MISSION, "status": status, "closes_today": closes_today, "closing_announced": announced}
    assert mission_after(**{**inputs, **SAFE, **uniforms})[:2] == after


@pytest.mark.parametrize(
    ("change", "probability"),
    [
        ({}, -math.expm1(-0.00005)),
        ({"security_closure_hazard": 0.0, "breach_probability_today": 0.1}, 0.03),
        ({"security_closure_hazard": math.log(2.0), "breach_probability_today": 0.5}, 1.0 - 0.5 * 0.85),
        ({"status": MOVED}, 0.0),
        ({"status": CLOSED}, 0.0),
        ({"closes_today": 1.0}, 0.0),
    ],
)
def test_probability_of_a_security_closure_today(change, probability):
    assert mission_after(**{**MISSION, **SAFE, **change})[2] == pytest.approx(probability)


@ways(up="security_closure_hazard attack_rate")
def test_direction_of_security_closures(name, direction):
    domains = {
        "security_closure_hazard": st.floats(0.00001, 0.0003), "attack_rate": st.floats(0.0, 3.0),
    }  # fmt: skip
    moves(lambda **inputs: closure_hazard(**{**MISSION, **inputs}), domains, name, direction)


@pytest.mark.parametrize(("status", "presence"), [(OPEN, 1.0), (REDUCED, 0.6), (MOVED, 0.3), (CLOSED, 0.0)])
def test_presence_of_the_mission(status, presence):
    assert mission_presence(status, 0.6, 0.3) == presence


@pytest.mark.parametrize(
    ("others", "mission", "hazard", "expected"),
    [
        (1.0, 1.0, LN2, 1.0), (1.0, 0.0, LN2, 0.5), (0.6, 0.0, LN2, 0.3), (1.0, 0.5, 2.0 * LN2, 0.5), (0.8, 0.0, 0.0, 0.8),
        (0.0, 1.0, 0.01, 0.0),
    ],
)  # fmt: skip
def test_other_missions_follow_the_mission_as_far_as_it_is_gone(others, mission, hazard, expected):
    assert other_missions_after(others, mission, hazard) == pytest.approx(expected)


@ways(up="others mission", down="other_missions_hazard")
def test_direction_of_other_missions(name, direction):
    domains = {"others": SHARE, "mission": SHARE, "other_missions_hazard": st.floats(0.0, 0.01)}
    moves(other_missions_after, domains, name, direction)
