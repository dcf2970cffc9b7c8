"""The strikes of the lead nation: their probability, and the deaths that they cause."""

import math

import pytest
from asking import FLAG, LN2, SHARE, chance, moves, ways
from hypothesis import strategies as st

from sim.agents.retaliation import clarity_of_attribution, deterrence_memory, retaliation

RATE = st.floats(0.0, 3.0)

STRIKE = {
    "window": 0.0, "deaths_yesterday": 0.0, "retaliation_window_days": 2.0, "retaliation_probability": 0.75, "unprovoked_strike_hazard": 0.0004,
    "attack_rate": 0.161, "reference_attack_rate": 0.161, "mission_closed": 0.0, "strike_multiplier_mission_closed": 3.0,
    "lead": 1.0, "clarity": 1.0, "closure_threshold": 0.07, "strike_share_after_exit": 0.3, "restraint": 0.0, "ordered": 0.0, "militia_deaths_per_strike": 1.0,
    "iraqi_force_deaths_per_strike": LN2, "civilian_deaths_per_strike": LN2,
}  # fmt: skip
TOLLS = {"militia_toll": 0.6, "iraqi_toll": 0.6, "civilian_toll": 0.6}
STRIKE_DOMAINS = {
    "window": st.sampled_from([0.0, 1.0, 10.0]), "deaths_yesterday": st.sampled_from([0.0, 1.0, 7.0]),
    "retaliation_window_days": st.just(10.0), "retaliation_probability": st.floats(0.5, 0.95),
    "unprovoked_strike_hazard": st.floats(0.0001, 0.002), "attack_rate": RATE, "reference_attack_rate": st.just(0.161),
    "mission_closed": FLAG, "strike_multiplier_mission_closed": st.floats(1.0, 10.0), "lead": SHARE,
    "clarity": st.floats(0.0, 1.5), "closure_threshold": st.floats(0.05, 0.15), "strike_share_after_exit": st.floats(0.0, 0.8), "restraint": SHARE,
    "ordered": st.just(0.0), "militia_deaths_per_strike": st.just(8.0), "iraqi_force_deaths_per_strike": st.just(1.5), "civilian_deaths_per_strike": st.just(0.5),
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
        ({"window": 1.0, "retaliation_window_days": 1.0}, 0.75),
        ({"window": 1.0, "attack_rate": 3.0, "mission_closed": 1.0}, 0.5),
        ({"window": 1.0, "lead": 0.07}, 0.5),
        ({"window": 1.0, "lead": 0.06}, 0.15),
        ({"window": 1.0, "clarity": 0.6}, 0.3),
        ({"window": 1.0, "clarity": 1.2}, 0.6),
        ({"window": 1.0, "clarity": 0.6, "restraint": 0.5, "lead": 0.06}, 0.045),
        ({"window": 1.0, "clarity": 0.0}, 0.0),
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
        ({"attack_rate": 16.1}, 0.04, 1.0),
        ({"clarity": 0.5}, 0.0004, 0.5),
        ({"mission_closed": 1.0}, 0.0012, 1.0),
        ({"lead": 0.07}, 0.0004, 1.0),
        ({"lead": 0.06}, 0.0004, 0.3),
        ({"restraint": 0.75}, 0.0004, 0.25),
        ({"restraint": 0.75, "lead": 0.0, "mission_closed": 1.0}, 0.0012, 0.075),
    ],
)
def test_chance_of_a_strike_without_a_death(change, hazard, factor):
    assert strikes(**{**STRIKE, **change}) == pytest.approx(factor * (1.0 - math.exp(-hazard)), rel=1e-9)


@pytest.mark.parametrize("change", [{"restraint": 1.0}, {"attack_rate": 0.0}, {"lead": 0.0, "strike_share_after_exit": 0.0}])
def test_no_strike_without_a_chance(change):
    assert retaliation(**{**STRIKE, **change}, **TOLLS, strike=0.0)[0] == 0.0


def test_answer_within_the_window_has_its_probability():
    window, quiet, first = 0.0, 1.0, 1.0
    for _ in range(10):
        inputs = {
            **STRIKE,
            "window": window,
            "deaths_yesterday": first,
            "retaliation_window_days": 10.0,
            "retaliation_probability": 0.8,
        }
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
    assert retaliation(**{**STRIKE, "window": 1.0}, **tolls, strike=0.0)[2:5] == (militia, others, others)
    assert retaliation(**{**STRIKE, "window": 1.0}, **tolls, strike=0.99)[2:5] == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("toll", ["militia_toll", "iraqi_toll", "civilian_toll"])
def test_each_toll_has_its_own_uniform(toll):
    dead = retaliation(**{**STRIKE, "window": 1.0}, **{**dict.fromkeys(TOLLS, 0.1), toll: 0.9}, strike=0.0)[2:5]
    assert [name for name, number in zip(TOLLS, dead, strict=True) if number > 0.0] == [toll]


@ways(
    up="unprovoked_strike_hazard attack_rate mission_closed strike_multiplier_mission_closed lead "
    "strike_share_after_exit clarity retaliation_probability deaths_yesterday",
    down="restraint",
)
def test_direction_of_strikes(name, direction):
    provoked = {**STRIKE_DOMAINS, "attack_rate": st.floats(0.0, 0.5), "strike_multiplier_mission_closed": st.just(1.0)}
    moves(strikes, provoked if name in ("retaliation_probability", "deaths_yesterday") else PEACE, name, direction)


@pytest.mark.parametrize(
    ("ordered", "strike", "happens", "decided"),
    [(0.0, 0.0, 1.0, 1.0), (0.0, 0.99, 0.0, 0.0), (1.0, 0.99, 1.0, 0.0), (1.0, 0.0, 1.0, 1.0), (-1.0, 0.0, 0.0, 1.0)],
)
def test_what_is_ordered_happens_and_what_the_lead_would_have_done_is_noted(ordered, strike, happens, decided):
    inputs = {**STRIKE, "window": 2.0, "ordered": ordered}
    result = retaliation(**inputs, **dict.fromkeys(TOLLS, 0.9), strike=strike)
    assert (result[0], result[5]) == (happens, decided)
    assert (sum(result[2:5]) > 0.0) == (happens > 0.0)
    assert result[1] == (0.0 if decided else 1.0), "its own decision closes the window, an order leaves it open"


@pytest.mark.parametrize(("before", "strike", "after"), [(0.3, 0.0, 0.3), (0.0, 1.0, 1.0), (0.3, 1.0, 1.0)])
def test_memory_of_strikes_is_at_most_one(before, strike, after):
    assert deterrence_memory(before, strike) == after


@pytest.mark.parametrize(
    ("facade_claims", "claims", "blur", "at_start", "expected"),
    [
        (4.0, 10.0, 0.5, 0.4, 1.0),
        (10.0, 10.0, 0.5, 0.4, 0.625),
        (0.0, 10.0, 0.5, 0.4, 1.25),
        (6.0, 10.0, 0.5, 0.4, 0.875),
        (0.0, 0.0, 0.5, 0.4, 1.0),
        (6.0, 10.0, 0.0, 0.4, 1.0),
        (6.0, 10.0, 1.0, 0.4, 1.0),
        (10.0, 10.0, 1.0, 1.0, 1.0),
    ],
)
def test_facades_blur_who_attacked_relative_to_the_start(facade_claims, claims, blur, at_start, expected):
    """At the facades of the start, 0.4 of the claims: (1 - f / 2) / 0.8."""
    assert clarity_of_attribution(facade_claims, claims, blur, at_start) == pytest.approx(expected)


@ways(up="claims facade_share_at_start", down="facade_claims")
def test_direction_of_clarity(name, direction):
    domains = {
        "facade_claims": st.floats(0.1, 5.0), "claims": st.floats(5.0, 20.0), "facade_blur": st.floats(0.2, 0.9),
        "facade_share_at_start": SHARE,
    }  # fmt: skip
    moves(clarity_of_attribution, domains, name, direction)
