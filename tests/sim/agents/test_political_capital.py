"""Political capital, and the fall of the government."""

import math

import pytest
from asking import FLAG, SHARE, chance, moves, quickly, ways
from hypothesis import given
from hypothesis import strategies as st

from sim.agents.political_capital import capital_after, fall_of_cabinet

LN2, LN3 = math.log(2.0), math.log(3.0)


CARETAKER = st.sampled_from([0.0, 1.0, 90.0])

QUIET = {
    "capital": 0.5, "normal_capital": 0.5, "capital_reversion_rate": 0.01, "capital_of_missions": 0.2, "mission": 1.0, "other_missions": 1.0, "civilian_deaths": 0.0,
    "cost_of_civilian_death": 0.01, "embassy_attacks": 0.0, "fire_on_region": 0.0, "cost_of_embassy_attack": 0.002, "strike": 0.0, "cost_of_strike": 0.05,
    "breach": 0.0, "cost_of_breach": 0.15, "islamic_state_ratio": 1.0, "cost_of_is_attacks": 0.001, "announced_today": 0.0,
    "effect_of_announcement": -0.04, "sustained_arrest": 0.0, "credit_of_sustained_arrest": 0.03, "reversed_arrest": 0.0,
    "backlash_of_reversed_arrest": 0.06,
}  # fmt: skip

CAPITAL_DOMAINS = {
    "capital": SHARE, "normal_capital": st.just(0.5), "capital_reversion_rate": st.floats(0.003, 0.01),
    "capital_of_missions": st.floats(0.0, 0.3), "mission": SHARE, "other_missions": SHARE,
    "civilian_deaths": st.floats(0.0, 10.0), "cost_of_civilian_death": st.floats(0.0, 0.02),
    "embassy_attacks": st.floats(0.0, 5.0), "fire_on_region": st.floats(0.0, 5.0), "cost_of_embassy_attack": st.floats(0.0, 0.005), "strike": FLAG,
    "cost_of_strike": st.floats(0.0, 0.1), "breach": FLAG, "cost_of_breach": st.floats(0.05, 0.3),
    "islamic_state_ratio": st.floats(0.0, 6.0), "cost_of_is_attacks": st.floats(0.0, 0.001), "announced_today": SHARE,
    "effect_of_announcement": st.floats(-0.1, 0.0), "sustained_arrest": FLAG, "credit_of_sustained_arrest": st.floats(0.0, 0.08),
    "reversed_arrest": FLAG, "backlash_of_reversed_arrest": st.floats(0.02, 0.12),
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 0.5),
        ({"capital": 0.3}, 0.302),
        ({"capital": 0.7}, 0.698),
        ({"civilian_deaths": 3.0}, 0.47),
        ({"civilian_deaths": 40.0}, 0.1),
        ({"embassy_attacks": 3.0}, 0.494),
        ({"fire_on_region": 3.0}, 0.494),
        ({"embassy_attacks": 1.0, "fire_on_region": 1.5}, 0.495),
        ({"mission": 0.0, "other_missions": 0.0}, 0.498),
        ({"mission": 0.0}, 0.499),
        ({"other_missions": 0.5}, 0.4995),
        ({"mission": 0.3, "other_missions": 0.9}, 0.4992),
        ({"mission": 0.0, "other_missions": 0.0, "capital_of_missions": 0.0}, 0.5),
        ({"mission": 0.0, "other_missions": 0.0, "capital": 0.3}, 0.3),
        ({"strike": 1.0}, 0.45),
        ({"breach": 1.0}, 0.35),
        ({"islamic_state_ratio": 3.0}, 0.498),
        ({"islamic_state_ratio": 0.0}, 0.501),
        ({"announced_today": 1.0}, 0.46),
        ({"announced_today": 0.25}, 0.49),
        ({"announced_today": 1.0, "effect_of_announcement": 0.04}, 0.54),
        ({"sustained_arrest": 1.0}, 0.53),
        ({"reversed_arrest": 1.0}, 0.44),
        ({"capital": 0.1, "breach": 1.0}, 0.0),
        ({"capital": 1.0, "announced_today": 1.0, "effect_of_announcement": 0.04}, 1.0),
    ],
)
def test_capital_at_the_end_of_the_day(change, expected):
    assert capital_after(**{**QUIET, **change}) == pytest.approx(expected)


@ways(
    up="capital mission other_missions sustained_arrest credit_of_sustained_arrest",
    down="civilian_deaths cost_of_civilian_death embassy_attacks fire_on_region capital_of_missions "
    "cost_of_embassy_attack strike breach islamic_state_ratio announced_today reversed_arrest "
    "backlash_of_reversed_arrest",
)
def test_direction_of_capital(name, direction):
    moves(capital_after, CAPITAL_DOMAINS, name, direction)


@quickly
@given(inputs=st.fixed_dictionaries(CAPITAL_DOMAINS))
def test_capital_stays_a_share(inputs):
    assert 0.0 <= capital_after(**inputs) <= 1.0


CABINET = {
    "capital": 0.5, "caretaker_days_left": 0.0, "patron_friendly": 0.0, "fall_hazard": 0.0004, "effect_of_lost_capital": 4.0 * LN2,
    "normal_capital": 0.5, "capital_after_fall": 0.45, "caretaker_days": 140.0, "patron_friendly_cabinet": 0.4,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "hazard"),
    [
        ({}, 0.0004),
        ({"capital": 0.25}, 0.0008),
        ({"capital": 0.75}, 0.0002),
        ({"fall_hazard": 0.001, "capital": 0.0}, 0.004),
        ({"fall_hazard": 0.0}, 0.0),
        ({"caretaker_days_left": 1.0}, 0.0),
    ],
)
def test_hazard_that_the_cabinet_falls(change, hazard):
    inputs = {**CABINET, **change}
    falls = chance(lambda u: fall_of_cabinet(**inputs, fall=u, cabinet=0.5)[3] == 1.0)
    assert -math.log1p(-falls) == pytest.approx(hazard, rel=1e-9)
    assert fall_of_cabinet(**inputs, fall=0.999, cabinet=0.5)[4] == pytest.approx(hazard)


@pytest.mark.parametrize(
    ("change", "fall", "cabinet", "expected"),
    [
        ({"capital": 0.4, "patron_friendly": 1.0}, 0.999, 0.0, (0.4, 0.0, 1.0, 0.0)),
        ({"capital": 0.6}, 0.0, 0.39, (0.45, 140.0, 1.0, 1.0)),
        ({"capital": 0.2, "patron_friendly": 1.0}, 0.0, 0.41, (0.45, 140.0, 0.0, 1.0)),
        ({"capital": 0.1, "caretaker_days_left": 140.0, "patron_friendly": 1.0}, 0.0, 0.99, (0.1, 139.0, 1.0, 0.0)),
        ({"capital": 0.1, "caretaker_days_left": 1.0}, 0.0, 0.0, (0.1, 0.0, 0.0, 0.0)),
    ],
)
def test_what_a_fall_leaves(change, fall, cabinet, expected):
    """Capital, caretaker days left, whether the cabinet is friendly to the patron, whether it fell."""
    assert fall_of_cabinet(**{**CABINET, **change}, fall=fall, cabinet=cabinet)[:4] == pytest.approx(expected)


@ways(up="fall_hazard", down="capital caretaker_days_left")
def test_direction_of_fall(name, direction):
    domains = {
        "capital": SHARE, "caretaker_days_left": CARETAKER, "fall_hazard": st.floats(0.00019, 0.00082),
        "effect_of_lost_capital": st.floats(3.0, 10.0),
    }  # fmt: skip
    moves(lambda **inputs: fall_of_cabinet(**{**CABINET, **inputs}, fall=0.999, cabinet=0.5)[4], domains, name, direction)


def test_no_fall_without_a_hazard():
    assert fall_of_cabinet(**{**CABINET, "fall_hazard": 0.0}, fall=0.0, cabinet=0.0)[3] == 0.0
