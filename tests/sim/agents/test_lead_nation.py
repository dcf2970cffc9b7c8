"""The lead nation's ultimatum, exit and strikes."""

import math

import pytest
from asking import chance, moves, quickly
from hypothesis import given
from hypothesis import strategies as st

from sim.agents.lead_nation import (
    deterrence_memory,
    halved_over,
    perceived_exit,
    retaliation,
    review_of_ultimatum,
    troops_leaving,
)

LN2 = math.log(2.0)
SHARE = st.floats(0.0, 1.0)
FLAG = st.sampled_from([0.0, 1.0])
RATE = st.floats(0.0, 3.0)

REVIEW = {
    "days_since_issue": 7.0, "days_to_deadline": 49.0, "extended": 0.0, "review_days": 7.0, "extension_days": 28.0,
    "extension_probability": 0.5, "truce": 0.0, "attack_rate": 0.656, "peak_rate": 0.656, "rate_floor": 0.001,
    "recent_deaths": 0.0, "deaths_counted": 2.0, "enforcement_gained": 0.0, "host_asks_to_stay": 0.0,
    "members_remaining": 0.0, "weight_of_host": 0.5, "intercept": -2.0 * LN2, "effect_of_attacks": 1.0,
    "effect_of_deaths": LN2, "effect_of_truce": LN2, "effect_of_enforcement": 2.0 * LN2, "effect_of_lobbying": 2.0 * LN2,
}  # fmt: skip
REVIEW_DOMAINS = {
    **{name: st.just(REVIEW[name]) for name in ("days_since_issue", "days_to_deadline", "extended", "review_days")},
    **{name: st.just(REVIEW[name]) for name in ("extension_days", "extension_probability", "peak_rate", "rate_floor")},
    "truce": FLAG, "attack_rate": RATE, "recent_deaths": st.floats(0.0, 30.0), "deaths_counted": st.just(2.0),
    "enforcement_gained": st.floats(-0.5, 1.5), "host_asks_to_stay": FLAG, "members_remaining": SHARE,
    "weight_of_host": st.just(0.5), "intercept": st.floats(-3.5, -1.0), "effect_of_attacks": st.floats(0.3, 1.8),
    "effect_of_deaths": st.floats(0.4, 2.0), "effect_of_truce": st.floats(0.5, 2.5),
    "effect_of_enforcement": st.floats(0.2, 2.0), "effect_of_lobbying": st.floats(0.0, 1.6),
}  # fmt: skip


def execution(**inputs):
    return chance(lambda u: review_of_ultimatum(**inputs, execute=u, extend=0.5)[0] == 1.0)


@pytest.mark.parametrize(
    ("change", "odds"),
    [
        ({}, 1 / 4),
        ({"attack_rate": 1.312}, 1 / 2),
        ({"attack_rate": 0.328}, 1 / 8),
        ({"attack_rate": 1.312, "effect_of_attacks": 2.0}, 1.0),
        ({"attack_rate": 0.0}, 1 / 2624),
        ({"recent_deaths": 1.0}, 1 / 2),
        ({"recent_deaths": 9.0}, 1.0),
        ({"truce": 1.0}, 1 / 8),
        ({"enforcement_gained": 0.5}, 1 / 8),
        ({"enforcement_gained": -0.5}, 1 / 2),
        ({"host_asks_to_stay": 1.0}, 1 / 8),
        ({"members_remaining": 1.0}, 1 / 8),
        ({"host_asks_to_stay": 1.0, "members_remaining": 1.0}, 1 / 16),
        ({"host_asks_to_stay": 1.0, "weight_of_host": 1.0}, 1 / 16),
        ({"host_asks_to_stay": 1.0, "weight_of_host": 0.0}, 1 / 4),
    ],
)
def test_odds_that_an_ultimatum_is_executed(change, odds):
    assert execution(**{**REVIEW, **change}) == pytest.approx(odds / (1.0 + odds))


@pytest.mark.parametrize(("days", "probability"), [(0.0, 0.0), (6.0, 0.0), (7.0, 0.2), (8.0, 0.0), (14.0, 0.2)])
def test_ultimatum_is_reviewed_every_week_after_its_issue(days, probability):
    assert execution(**{**REVIEW, "days_since_issue": days}) == pytest.approx(probability)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"days_to_deadline": 1.0, "extend": 0.0}, (0.0, 0.0, 0.0)),
        ({"days_to_deadline": 0.0, "extend": 0.49}, (0.0, 0.0, 28.0)),
        ({"days_to_deadline": 0.0, "extend": 0.5}, (0.0, 1.0, 0.0)),
        ({"days_to_deadline": 0.0, "extend": 0.0, "extended": 1.0}, (0.0, 1.0, 0.0)),
        ({"days_to_deadline": 0.0, "extend": 0.0, "truce": 1.0}, (0.0, 1.0, 0.0)),
        ({"days_to_deadline": 0.0, "extend": 0.0, "execute": 0.19}, (1.0, 0.0, 0.0)),
    ],
)
def test_deadline_is_extended_once_or_the_ultimatum_lapses(change, expected):
    assert review_of_ultimatum(**{**REVIEW, "execute": 0.99, **change}) == expected


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("intercept", +1), ("attack_rate", +1), ("recent_deaths", +1), ("effect_of_deaths", +1), ("truce", -1),
        ("effect_of_truce", -1), ("enforcement_gained", -1), ("host_asks_to_stay", -1), ("members_remaining", -1),
        ("effect_of_lobbying", -1),
    ],
)  # fmt: skip
def test_direction_of_execution(name, direction):
    moves(execution, REVIEW_DOMAINS, name, direction)


FULL = {
    "days_since": 45.0, "duration": 90.0, "share_to_go": 1.0, "residual": 0.02, "share_then": 1.0, "share_now": 1.0,
}  # fmt: skip
LEAVING_DOMAINS = {
    "days_since": st.floats(0.0, 400.0), "duration": st.floats(60.0, 450.0), "share_to_go": SHARE,
    "residual": st.floats(0.0, 0.1), "share_then": SHARE, "share_now": SHARE,
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


@pytest.mark.parametrize(
    ("name", "direction"),
    [("days_since", -1), ("duration", +1), ("share_to_go", -1), ("residual", +1), ("share_then", +1), ("share_now", +1)],
)
def test_direction_of_troops(name, direction):
    moves(lambda **inputs: troops_leaving(**inputs)[0], LEAVING_DOMAINS, name, direction)


@quickly
@given(inputs=st.fixed_dictionaries(LEAVING_DOMAINS))
def test_troops_that_are_gone_do_not_come_back(inputs):
    troops, progress = troops_leaving(**inputs)
    assert 0.0 <= troops <= inputs["share_now"]
    assert 0.0 <= progress <= 1.0


SEEN = {"weight": 1.0, "progress": 0.5, "lead": 0.8, "tolerated": 0.5, "gone_increment": 0.2, "gone_level": 0.4}
SEEN_DOMAINS = {
    "weight": SHARE, "progress": SHARE, "lead": SHARE, "tolerated": st.floats(0.2, 0.8),
    "gone_increment": st.floats(0.0, 0.4), "gone_level": st.just(0.4),
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "credibility", "loss"),
    [
        ({}, 1.0, 1.0),
        ({"weight": 0.75}, 0.75, 0.5),
        ({"weight": 0.5}, 0.5, 0.0),
        ({"weight": 0.25}, 0.25, 0.0),
        ({"weight": 0.7, "tolerated": 0.2}, 0.7, 0.625),
        ({"progress": 1.0}, 0.0, 1.0),
        ({"lead": 0.4}, 1.0, 1.0),
        ({"lead": 0.39}, 1.0, 1.2),
        ({"weight": 0.0}, 0.0, 0.0),
        ({"weight": 0.0, "tolerated": 0.0}, 0.0, 0.0),
        ({"weight": 0.0, "lead": 0.02, "progress": 1.0}, 0.0, 0.2),
    ],
)
def test_how_an_exit_is_seen(change, credibility, loss):
    assert perceived_exit(**{**SEEN, **change}) == pytest.approx((credibility, loss))


@pytest.mark.parametrize(("name", "direction"), [("weight", +1), ("progress", -1)])
def test_direction_of_credibility(name, direction):
    moves(lambda **inputs: perceived_exit(**inputs)[0], SEEN_DOMAINS, name, direction)


@pytest.mark.parametrize(("name", "direction"), [("weight", +1), ("lead", -1), ("tolerated", -1), ("gone_increment", +1)])
def test_direction_of_loss(name, direction):
    moves(lambda **inputs: perceived_exit(**inputs)[1], SEEN_DOMAINS, name, direction)


def test_a_cut_of_half_loses_less_than_half_of_a_full_exit():
    half, full = (perceived_exit(**{**SEEN, "weight": weight, "tolerated": 0.3})[1] for weight in (0.5, 1.0))
    assert 0.0 < half < full / 2.0


STRIKE = {
    "window": 0.0, "deaths_yesterday": 0.0, "window_days": 2.0, "probability_in_window": 0.75, "unprovoked_hazard": 0.0004,
    "attack_rate": 0.161, "reference_rate": 0.161, "ratio_cap": 10.0, "mission_closed": 0.0, "mission_closed_factor": 3.0,
    "lead": 1.0, "nearly_gone_level": 0.07, "factor_from_afar": 0.3, "restraint": 0.0, "militia_deaths": 1.0,
    "iraqi_deaths": LN2, "civilian_deaths": LN2,
}  # fmt: skip
TOLLS = {"militia_toll": 0.6, "iraqi_toll": 0.6, "civilian_toll": 0.6}
STRIKE_DOMAINS = {
    "window": st.sampled_from([0.0, 1.0, 10.0]), "deaths_yesterday": st.sampled_from([0.0, 1.0, 7.0]),
    "window_days": st.just(10.0), "probability_in_window": st.floats(0.5, 0.95),
    "unprovoked_hazard": st.floats(0.0001, 0.002), "attack_rate": RATE, "reference_rate": st.just(0.161),
    "ratio_cap": st.just(10.0), "mission_closed": FLAG, "mission_closed_factor": st.floats(1.0, 10.0), "lead": SHARE,
    "nearly_gone_level": st.floats(0.05, 0.15), "factor_from_afar": st.floats(0.0, 0.8), "restraint": SHARE,
    "militia_deaths": st.just(8.0), "iraqi_deaths": st.just(1.5), "civilian_deaths": st.just(0.5),
}  # fmt: skip
PEACE = {**STRIKE_DOMAINS, "window": st.just(0.0), "deaths_yesterday": st.just(0.0)}


def strikes(**inputs):
    return chance(lambda u: retaliation(**inputs, **TOLLS, strike=u)[0] == 1.0)


@pytest.mark.parametrize(
    ("change", "probability"),
    [
        ({"window": 1.0}, 0.5),
        ({"window": 2.0}, 0.5),
        ({"deaths_yesterday": 3.0}, 0.5),
        ({"window": 1.0, "window_days": 1.0}, 0.75),
        ({"window": 1.0, "attack_rate": 3.0, "mission_closed": 1.0}, 0.5),
        ({"window": 1.0, "lead": 0.06}, 0.15),
        ({"window": 1.0, "restraint": 0.75}, 0.125),
        ({"window": 1.0, "restraint": 0.5, "lead": 0.06}, 0.075),
        ({"window": 1.0, "restraint": 1.0}, 0.0),
    ],
)
def test_chance_of_a_strike_in_the_window(change, probability):
    assert strikes(**{**STRIKE, **change}) == pytest.approx(probability)


@pytest.mark.parametrize(
    ("change", "hazard", "factor"),
    [
        ({}, 0.0004, 1.0),
        ({"attack_rate": 0.322}, 0.0008, 1.0),
        ({"attack_rate": 0.0}, 0.0, 1.0),
        ({"attack_rate": 16.1}, 0.004, 1.0),
        ({"mission_closed": 1.0}, 0.0012, 1.0),
        ({"lead": 0.07}, 0.0004, 1.0),
        ({"lead": 0.06}, 0.0004, 0.3),
        ({"restraint": 0.75}, 0.0004, 0.25),
        ({"restraint": 0.75, "lead": 0.0, "mission_closed": 1.0}, 0.0012, 0.075),
    ],
)
def test_chance_of_a_strike_without_a_death(change, hazard, factor):
    assert strikes(**{**STRIKE, **change}) == pytest.approx(factor * (1.0 - math.exp(-hazard)), rel=1e-9)


@pytest.mark.parametrize("change", [{"restraint": 1.0}, {"attack_rate": 0.0}, {"lead": 0.0, "factor_from_afar": 0.0}])
def test_no_strike_without_a_chance(change):
    assert retaliation(**{**STRIKE, **change}, **TOLLS, strike=0.0)[0] == 0.0


def test_answer_within_the_window_has_its_probability():
    window, quiet, first = 0.0, 1.0, 1.0
    for _ in range(10):
        inputs = {**STRIKE, "window": window, "deaths_yesterday": first, "window_days": 10.0, "probability_in_window": 0.8}
        quiet *= 1.0 - strikes(**inputs)
        window, first = retaliation(**inputs, **TOLLS, strike=0.999)[1], 0.0
    assert quiet == pytest.approx(0.2)
    assert window == 0.0


@pytest.mark.parametrize(
    ("window", "deaths", "strike", "left"),
    [
        (0.0, 0.0, 0.99, 0.0), (0.0, 1.0, 0.99, 1.0), (1.0, 0.0, 0.99, 0.0), (1.0, 1.0, 0.99, 1.0), (2.0, 0.0, 0.99, 1.0),
        (2.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0),
    ],
)  # fmt: skip
def test_death_opens_the_window_and_a_strike_closes_it(window, deaths, strike, left):
    inputs = {**STRIKE, "window": window, "deaths_yesterday": deaths}
    assert retaliation(**inputs, **TOLLS, strike=strike)[1] == left


@pytest.mark.parametrize(
    ("uniform", "militia", "others"), [(0.49, 0.0, 0.0), (0.51, 1.0, 1.0), (0.76, 2.0, 1.0), (0.9, 3.0, 2.0)]
)
def test_tolls_of_a_strike(uniform, militia, others):
    tolls = dict.fromkeys(TOLLS, uniform)
    assert retaliation(**{**STRIKE, "window": 1.0}, **tolls, strike=0.0)[2:] == (militia, others, others)
    assert retaliation(**{**STRIKE, "window": 1.0}, **tolls, strike=0.99)[2:] == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("toll", ["militia_toll", "iraqi_toll", "civilian_toll"])
def test_each_toll_has_its_own_uniform(toll):
    dead = retaliation(**{**STRIKE, "window": 1.0}, **{**dict.fromkeys(TOLLS, 0.1), toll: 0.9}, strike=0.0)[2:]
    assert [name for name, number in zip(TOLLS, dead, strict=True) if number > 0.0] == [toll]


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("unprovoked_hazard", +1), ("attack_rate", +1), ("mission_closed", +1), ("mission_closed_factor", +1), ("lead", +1),
        ("factor_from_afar", +1), ("restraint", -1), ("probability_in_window", +1), ("deaths_yesterday", +1),
    ],
)  # fmt: skip
def test_direction_of_strikes(name, direction):
    provoked = {**STRIKE_DOMAINS, "attack_rate": st.floats(0.0, 0.5), "mission_closed_factor": st.just(1.0)}
    moves(strikes, provoked if name in ("probability_in_window", "deaths_yesterday") else PEACE, name, direction)


@pytest.mark.parametrize(("before", "strike", "after"), [(0.3, 0.0, 0.3), (0.0, 1.0, 1.0), (0.3, 1.0, 1.0)])
def test_memory_of_strikes_is_at_most_one(before, strike, after):
    assert deterrence_memory(before, strike) == after


@pytest.mark.parametrize(("level", "half_life", "expected"), [(0.8, 1.0, 0.4), (1.0, 2.0, 0.70710678), (0.0, 28.0, 0.0)])
def test_level_halves_over_its_half_life(level, half_life, expected):
    assert halved_over(level, half_life) == pytest.approx(expected)


def test_level_halves_in_28_days():
    level = 0.6
    for _ in range(28):
        level = halved_over(level, 28.0)
    assert level == pytest.approx(0.3)


@pytest.mark.parametrize("name", ["level", "half_life_days"])
def test_direction_of_fading(name):
    moves(halved_over, {"level": SHARE, "half_life_days": st.floats(14.0, 60.0)}, name, +1)
