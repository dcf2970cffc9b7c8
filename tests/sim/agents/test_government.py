"""The government's stance toward the coalition."""

import math

import pytest
from asking import FLAG, SHARE, chance, moves, ways
from hypothesis import strategies as st

from sim.agents.codes import ASKS_TO_LEAVE, ASKS_TO_STAY, NEUTRAL
from sim.agents.government import reconsiders, stance_of

LN2, LN3 = math.log(2.0), math.log(3.0)


STANCE = {
    "strikes": 0.0, "patron_friendly": 0.0, "capital": 0.45, "stance_leave_intercept": -2.0 * LN3,
    "stance_leave_per_strike": LN3, "stance_cabinet": LN3, "stance_stay_slope": 4.0 * LN3, "stance_capital": 0.45,
}  # fmt: skip
STANCE_DOMAINS = {
    "strikes": st.floats(0.0, 4.0), "patron_friendly": FLAG, "capital": SHARE,
    "stance_leave_intercept": st.floats(-7.0, -5.0), "stance_leave_per_strike": st.floats(1.0, 3.0), "stance_cabinet": st.floats(0.5, 2.5),
    "stance_stay_slope": st.just(4.0), "stance_capital": st.just(0.45),
}  # fmt: skip


def leaves(**inputs):
    return chance(lambda u: stance_of(**inputs, uniform=u) == ASKS_TO_LEAVE)


def stays(**inputs):
    return chance(lambda u: stance_of(**inputs, uniform=u) != NEUTRAL) - leaves(**inputs)


@pytest.mark.parametrize(
    ("change", "leave", "stay"),
    [
        ({}, 1 / 10, 9 / 20),
        ({"strikes": 1.0}, 1 / 4, 3 / 8),
        ({"strikes": 2.0}, 1 / 2, 1 / 4),
        ({"strikes": 4.0}, 9 / 10, 1 / 20),
        ({"patron_friendly": 1.0}, 1 / 4, 3 / 16),
        ({"capital": 0.7}, 1 / 10, 27 / 40),
        ({"capital": 0.2}, 1 / 10, 9 / 40),
        ({"capital": 0.7, "patron_friendly": 1.0}, 1 / 4, 3 / 8),
    ],
)
def test_stance_toward_the_coalition(change, leave, stay):
    assert leaves(**{**STANCE, **change}) == pytest.approx(leave)
    assert stays(**{**STANCE, **change}) == pytest.approx(stay)


@pytest.mark.parametrize(
    ("uniform", "stance"), [(0.09, ASKS_TO_LEAVE), (0.11, ASKS_TO_STAY), (0.54, ASKS_TO_STAY), (0.56, NEUTRAL)]
)
def test_stance_is_leave_then_stay_then_neutral(uniform, stance):
    assert stance_of(**STANCE, uniform=uniform) == stance


@ways(up="strikes patron_friendly stance_leave_intercept stance_leave_per_strike")
def test_direction_of_asking_to_leave(name, direction):
    moves(leaves, STANCE_DOMAINS, name, direction)


@ways(up="capital", down="patron_friendly strikes")
def test_direction_of_asking_to_stay(name, direction):
    moves(stays, STANCE_DOMAINS, name, direction)


@pytest.mark.parametrize(("hazard", "probability"), [(0.0, 0.0), (LN2, 0.5), (2.0 * LN2, 0.75), (0.002, 0.0019980013)])
def test_a_stance_is_sticky(hazard, probability):
    """It is reconsidered with the probability 1 - exp(-hazard) a day."""
    assert chance(lambda u: reconsiders(u, hazard) == 1.0) == pytest.approx(probability)
    assert reconsiders(0.999, hazard) == 0.0


def test_a_higher_hazard_reconsiders_more_often():
    moves(reconsiders, {"uniform": SHARE, "stance_change_hazard": st.floats(0.0, 2.0)}, "stance_change_hazard", +1)
