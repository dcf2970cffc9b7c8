"""Surveillance, air power and advice, and the deaths by air operations."""

import math

import pytest
from asking import SHARE, chance, moves, quickly
from hypothesis import given
from hypothesis import strategies as st

from sim.agents.enablers import civilian_deaths_of_air_operations, enablers_of

START = {
    "lead": 1.0, "members": 1.0, "nato_staff": 500.0, "staff_at_start": 500.0, "advice_of_full_nato_mission": 3700.0,
    "nato_advice": 0.35, "over_the_horizon": 0.3, "suspended_air": 0.0, "suspended_advice": 0.0, "mission": 1.0, "advice_through_mission": 0.25, "surveillance_effect": 0.4, "air_effect": 0.6,
    "lead_share_of_enablers_surveillance": 0.75, "lead_share_of_enablers_air": 0.8, "lead_share_of_enablers_advice": 0.6, "enabler_weights_surveillance": 0.4, "enabler_weights_air": 0.35,
    "enabler_weights_advice": 0.25,
}  # fmt: skip
DOMAINS = {
    "lead": SHARE, "members": SHARE, "nato_staff": st.floats(0.0, 4000.0), "staff_at_start": st.just(500.0),
    "advice_of_full_nato_mission": st.just(3700.0), "nato_advice": st.floats(0.1, 0.6), "over_the_horizon": SHARE,
    "suspended_air": SHARE, "suspended_advice": SHARE, "mission": SHARE, "advice_through_mission": st.floats(0.0, 0.6),
    "surveillance_effect": st.floats(0.1, 0.7), "air_effect": st.floats(0.3, 0.9), "lead_share_of_enablers_surveillance": st.just(0.75),
    "lead_share_of_enablers_air": st.just(0.8), "lead_share_of_enablers_advice": st.just(0.6), "enabler_weights_surveillance": st.just(0.4), "enabler_weights_air": st.just(0.35),
    "enabler_weights_advice": st.just(0.25),
}  # fmt: skip
GONE = {"lead": 0.0, "members": 0.0}


@pytest.mark.parametrize(
    ("change", "surveillance", "air", "advice", "together"),
    [
        ({}, 1.0, 1.0, 1.0, 1.0),
        ({"lead": 0.0}, 0.25, 0.2, 0.4, 0.27),
        ({"members": 0.0}, 0.75, 0.8, 0.6, 0.73),
        ({"lead": 0.5, "members": 0.5}, 0.5, 0.5, 0.5, 0.5),
        (GONE, 0.12, 0.18, 0.0, 0.111),
        ({**GONE, "over_the_horizon": 1.0}, 0.4, 0.6, 0.0, 0.37),
        ({"lead": 0.0, "over_the_horizon": 1.0}, 0.4, 0.6, 0.4, 0.47),
        ({"over_the_horizon": 1.0}, 1.0, 1.0, 1.0, 1.0),
        ({"suspended_air": 0.9}, 1.0, 0.1, 1.0, 0.685),
        ({"suspended_advice": 0.6, "lead": 0.5}, 0.625, 0.6, 0.28, 0.53),
        ({"lead": 0.0, "over_the_horizon": 0.0, "nato_staff": 4200.0}, 0.25, 0.2, 0.75, 0.3575),
        ({"lead": 0.0, "over_the_horizon": 0.0, "nato_staff": 2350.0}, 0.25, 0.2, 0.575, 0.31375),
        ({"nato_staff": 4200.0}, 1.0, 1.0, 1.0, 1.0),
        ({"mission": 0.0}, 1.0, 1.0, 0.75, 0.9375),
        ({"mission": 0.4}, 1.0, 1.0, 0.85, 0.9625),
        ({"mission": 0.0, "advice_through_mission": 0.0}, 1.0, 1.0, 1.0, 1.0),
        ({"mission": 0.0, "lead": 0.5, "suspended_advice": 0.5}, 0.625, 0.6, 0.2625, 0.525625),
        ({"nato_staff": 4200.0, "mission": 0.0}, 1.0, 1.0, 0.75, 0.9375),
        ({**GONE, "over_the_horizon": 0.0, "nato_staff": 0.0}, 0.0, 0.0, 0.0, 0.0),
    ],
)
def test_enablers(change, surveillance, air, advice, together):
    assert enablers_of(**{**START, **change}) == pytest.approx((surveillance, air, advice, together))


@pytest.mark.parametrize(
    "name", ["lead", "members", "nato_staff", "over_the_horizon", "surveillance_effect", "air_effect", "nato_advice", "mission"]
)
def test_direction_of_enablers(name):
    grown = {**DOMAINS, "nato_staff": st.floats(500.0, 4000.0)}
    moves(lambda **inputs: enablers_of(**inputs)[3], grown if name == "nato_advice" else DOMAINS, name, +1)


@quickly
@given(inputs=st.fixed_dictionaries(DOMAINS))
def test_enablers_stay_shares(inputs):
    assert all(0.0 <= value <= 1.0 + 1e-12 for value in enablers_of(**inputs))


@pytest.mark.parametrize(
    ("deaths_a_month", "air", "mean"),
    [(1.0, 1.0, 12 / 365), (0.5, 1.0, 6 / 365), (1.0, 0.25, 3 / 365), (1.0, 0.0, 0.0)],
)
def test_air_operations_kill_in_proportion_to_air_power(deaths_a_month, air, mean):
    none = chance(lambda u: civilian_deaths_of_air_operations(u, deaths_a_month, air) == 0.0)
    assert -math.log(none) == pytest.approx(mean, abs=1e-12)


def test_air_operations_kill_whole_persons():
    """Mean 2: P(0) = 0.135, P(up to 1) = 0.406, P(up to 2) = 0.677."""
    deaths = [civilian_deaths_of_air_operations(u, 2.0 * 365.0 / 12.0, 1.0) for u in (0.13, 0.14, 0.40, 0.41, 0.67, 0.68)]
    assert deaths == [0.0, 1.0, 1.0, 2.0, 2.0, 3.0]
