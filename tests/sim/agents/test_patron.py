"""The patron's restraint, and the rise and decline of the campaigns."""

import math

import pytest
from asking import FLAG, LN3, SHARE, moves, quickly, ways
from hypothesis import given
from hypothesis import strategies as st

from sim.agents.patron import campaign_intensity, contested_presence, correlated, restraint_after

CALM = {
    "restraint": 0.5, "restraint_adjustment_rate": 0.1, "credibility": 0.0, "effect_of_credible_exit": LN3,
    "pre_election": 0.0, "pre_election_caution": LN3, "ultimatum": 0.0, "ultimatum_caution": LN3, "deterrence": 0.0,
    "strike_reaction_level": 0.5, "strike_reaction": LN3,
}  # fmt: skip
DOMAINS = {
    "restraint": SHARE, "restraint_adjustment_rate": st.floats(0.05, 0.2), "credibility": SHARE,
    "effect_of_credible_exit": st.floats(0.0, 1.4), "pre_election": FLAG, "pre_election_caution": st.floats(0.0, 1.6),
    "ultimatum": FLAG, "ultimatum_caution": st.floats(0.0, 1.6), "deterrence": SHARE, "strike_reaction_level": st.just(0.5),
    "strike_reaction": st.floats(0.0, 1.2),
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 0.5),
        ({"restraint": 0.9}, 0.86),
        ({"credibility": 1.0}, 0.525),
        ({"credibility": 1.0, "restraint_adjustment_rate": 0.2}, 0.55),
        ({"credibility": 0.5, "effect_of_credible_exit": 2.0 * LN3}, 0.525),
        ({"credibility": 1.0, "effect_of_credible_exit": 2.0 * LN3}, 0.54),
        ({"credibility": 1.0, "effect_of_credible_exit": -LN3}, 0.475),
        ({"pre_election": 1.0}, 0.525),
        ({"ultimatum": 1.0}, 0.525),
        ({"pre_election": 1.0, "ultimatum": 1.0}, 0.54),
        ({"deterrence": 0.5}, 0.5),
        ({"deterrence": 0.51}, 0.475),
        ({"deterrence": 1.0, "ultimatum": 1.0}, 0.5),
        ({"restraint": 0.9, "restraint_adjustment_rate": 3.0}, 0.0),
        ({"restraint": 0.1, "restraint_adjustment_rate": 3.0}, 1.0),
    ],
)
def test_restraint_moves_toward_its_target(change, expected):
    assert restraint_after(**{**CALM, **change}) == pytest.approx(expected)


@ways(
    up="restraint credibility effect_of_credible_exit pre_election pre_election_caution ultimatum ultimatum_caution",
    down="deterrence strike_reaction",
)
def test_direction_of_restraint(name, direction):
    moves(restraint_after, DOMAINS, name, direction)


def test_patron_that_claims_the_exit_lets_go():
    moves(restraint_after, {**DOMAINS, "effect_of_credible_exit": st.floats(-1.4, 0.0)}, "credibility", -1)


@pytest.mark.parametrize(
    ("vote", "stance", "credibility", "expected"),
    [
        (1.0, 1.0, 0.0, 1.0),
        (1.0, 1.0, 0.25, 0.75),
        (1.0, 1.0, 1.0, 0.0),
        (1.0, 0.0, 0.0, 0.0),
        (1.0, -1.0, 0.0, 0.0),
        (0.0, 1.0, 0.0, 0.0),
        (0.0, -1.0, 0.5, 0.0),
    ],
)
def test_presence_is_contested_while_the_vote_stands_and_the_host_asks_to_stay(vote, stance, credibility, expected):
    assert contested_presence(vote, stance, credibility) == expected


@ways(up="vote_stands stance", down="credibility")
def test_direction_of_contested_presence(name, direction):
    domains = {"vote_stands": FLAG, "stance": st.sampled_from([-1.0, 0.0, 1.0]), "credibility": SHARE}
    moves(contested_presence, domains, name, direction)


@pytest.mark.parametrize(
    ("intensity", "contested", "effect", "volatility", "normal", "expected"),
    [
        (1.0, 0.0, 2.0, 0.0, 0.0, 0.98),
        (1.0, 0.0, 2.0, 0.5, 1.5, 1.13),
        (-1.0, 0.0, 2.0, 0.5, -1.5, -1.13),
        (0.0, 0.0, 2.0, 0.0, 3.0, 0.0),
        (0.0, 1.0, 2.0, 0.0, 0.0, 0.04),
        (0.0, 0.5, 2.0, 0.0, 0.0, 0.02),
        (2.0, 1.0, 2.0, 0.0, 0.0, 2.0),
        (3.0, 1.0, 2.0, 0.5, 1.0, 3.08),
        (1.0, 1.0, 0.0, 0.0, 0.0, 0.98),
    ],
)
def test_campaign_reverts_over_50_days_and_is_shaken(intensity, contested, effect, volatility, normal, expected):
    """sqrt(2 / 50) = 0.2."""
    assert campaign_intensity(intensity, contested, effect, 50.0, volatility, normal) == pytest.approx(expected)


def test_a_campaign_ends_at_its_effect_of_contested_presence():
    intensity = -1.0
    for _ in range(1500):
        intensity = campaign_intensity(intensity, 0.75, 2.0, 50.0, 0.5, 0.0)
    assert intensity == pytest.approx(1.5)


@pytest.mark.parametrize(("persistence_days", "volatility"), [(30.0, 0.9), (60.0, 0.55), (120.0, 0.3)])
def test_campaign_varies_by_its_volatility_in_the_long_run(persistence_days, volatility):
    variance = 0.0
    for _ in range(3000):
        kept = campaign_intensity(1.0, 0.0, 2.0, persistence_days, volatility, 0.0)
        shock = campaign_intensity(0.0, 0.0, 2.0, persistence_days, volatility, 1.0)
        variance = kept * kept * variance + shock * shock
    assert math.sqrt(variance) == pytest.approx(volatility, rel=0.02)


@pytest.mark.parametrize("name", ["intensity", "contested", "effect_of_contested_presence", "normal"])
def test_direction_of_intensity(name):
    domains = {
        "intensity": st.floats(-3.0, 3.0), "contested": SHARE, "effect_of_contested_presence": st.floats(0.0, 4.0),
        "campaign_persistence_days": st.floats(20.0, 150.0), "campaign_volatility": st.floats(0.3, 0.9), "normal": st.floats(-3.0, 3.0),
    }  # fmt: skip
    moves(campaign_intensity, domains, name, +1)


@pytest.mark.parametrize(
    ("first", "second", "correlation", "expected"),
    [(1.0, 0.0, 0.6, 0.6), (0.0, 1.0, 0.6, 0.8), (2.0, -1.0, 0.6, 0.4), (1.5, 3.0, 1.0, 1.5), (1.5, -0.5, 0.0, -0.5)],
)
def test_correlated_normal(first, second, correlation, expected):
    assert correlated(first, second, correlation) == pytest.approx(expected)


@quickly
@given(correlation=st.floats(0.0, 0.9))
def test_correlated_normal_keeps_unit_variance(correlation):
    assert math.hypot(correlated(1.0, 0.0, correlation), correlated(0.0, 1.0, correlation)) == pytest.approx(1.0)
