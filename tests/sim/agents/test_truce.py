"""The onset and the end of a truce."""

import math

import pytest
from asking import FLAG, LN2, SHARE, chance, moves, ways
from hypothesis import strategies as st

from sim.agents.truce import truce_tomorrow

QUIET = {
    "onset_hazard": 0.002, "ultimatum": 0.0,
    "effect_of_ultimatum": 2.0 * LN2, "restraint_above_neutral": 0.0, "effect_of_restraint": 2.0 * LN2, "brokered": 0.0,
    "effect_of_broker": math.log(3.0), "mean_length_days": 50.0,
}  # fmt: skip
DOMAINS = {
    "onset_hazard": st.floats(0.0005, 0.01), "ultimatum": FLAG,
    "effect_of_ultimatum": st.floats(0.0, 3.5), "restraint_above_neutral": st.floats(-0.5, 0.5),
    "effect_of_restraint": st.floats(0.0, 4.0), "brokered": SHARE, "effect_of_broker": st.floats(0.5, 2.5),
    "mean_length_days": st.floats(20.0, 150.0),
}  # fmt: skip


def onset_hazard(**inputs):
    return -math.log1p(-chance(lambda u: truce_tomorrow(in_force=0.0, onset=u, end=0.0, **inputs) == 1.0))


def end_hazard(**inputs):
    return -math.log1p(-chance(lambda u: truce_tomorrow(in_force=1.0, onset=0.0, end=u, **inputs) == 0.0))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 0.002),
        ({"ultimatum": 1.0}, 0.008),
        ({"restraint_above_neutral": 0.5}, 0.004),
        ({"restraint_above_neutral": -0.5}, 0.001),
        ({"brokered": 1.0}, 0.006),
        ({"brokered": 1.0, "ultimatum": 1.0}, 0.024),
        ({"brokered": 0.5}, 0.002 * math.sqrt(3.0)),
        ({"mean_length_days": 1.0}, 0.002),
    ],
)
def test_onset(change, expected):
    assert onset_hazard(**{**QUIET, **change}) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 0.02),
        ({"mean_length_days": 100.0}, 0.01),
        ({"brokered": 1.0}, 0.02),
        ({"ultimatum": 1.0, "restraint_above_neutral": 0.5, "onset_hazard": 1.0}, 0.02),
    ],
)
def test_end(change, expected):
    assert end_hazard(**{**QUIET, **change}) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("in_force", "onset", "end", "after"),
    [(0.0, 0.5, 0.0, 0.0), (0.0, 0.001, 0.5, 1.0), (1.0, 0.0, 0.5, 1.0), (1.0, 0.5, 0.01, 0.0)],
)
def test_truce_is_on_or_off(in_force, onset, end, after):
    assert truce_tomorrow(in_force=in_force, onset=onset, end=end, **QUIET) == after


def test_no_truce_begins_without_a_hazard():
    assert truce_tomorrow(in_force=0.0, onset=0.0, end=0.0, **{**QUIET, "onset_hazard": 0.0}) == 0.0


@ways(up="onset_hazard ultimatum effect_of_ultimatum restraint_above_neutral brokered effect_of_broker")
def test_direction_of_onset(name, direction):
    moves(onset_hazard, DOMAINS, name, direction)


def test_longer_truces_end_less_often():
    moves(end_hazard, DOMAINS, "mean_length_days", -1)
