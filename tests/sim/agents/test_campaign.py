"""The two campaigns: their rates, where they strike, and their memory."""

import math

import pytest
from asking import FLAG, LN2, SHARE, chance, moves, quickly, ways
from hypothesis import given
from hypothesis import strategies as st

from sim.agents.campaign import (
    attacks_on_site,
    base_rate,
    campaign_pull,
    common_log_rate,
    displaced_attacks,
    excitation_after,
    excitation_at_start,
    intensity_at_start,
    level_at_start,
)

BRANCHING = {"self_excitation": st.floats(0.15, 0.42), "cross_excitation": st.floats(0.0, 0.2)}


@pytest.mark.parametrize(
    ("mean_rate", "branching", "volatility", "expected"),
    [(0.2, 0.5, 0.0, 0.1), (0.2, 0.0, 0.0, 0.2), (0.2, 0.5, math.sqrt(2.0 * LN2), 0.05), (0.131, 0.4, 0.55, 0.0675668)],
)
def test_base_rate_is_what_neither_memory_nor_volatility_add(mean_rate, branching, volatility, expected):
    assert base_rate(mean_rate, branching, volatility) == pytest.approx(expected, rel=1e-5)


@ways(up="mean_rate", down="branching_ratio campaign_volatility")
def test_direction_of_base_rate(name, direction):
    domains = {
        "mean_rate": st.floats(0.08, 0.2),
        "branching_ratio": st.floats(0.0, 0.62),
        "campaign_volatility": st.floats(0.3, 0.9),
    }
    moves(base_rate, domains, name, direction)


@pytest.mark.parametrize(
    ("rate", "branching", "base", "expected"), [(0.3, 0.4, 0.09, LN2), (0.3, 0.4, 0.18, 0.0), (0.1, 0.0, 0.2, -LN2)]
)
def test_campaign_starts_at_its_observed_rate(rate, branching, base, expected):
    assert intensity_at_start(rate, branching, base) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("share", "level", "excitation"),
    [(0.5, 7 / 15, 1 / 6), (0.3, 23 / 75, 19 / 150), (0.2, 17 / 75, 8 / 75), (0.0, 0.0, 0.0)],
)
def test_level_and_excitation_of_one_of_three_factions(share, level, excitation):
    """alpha_s = 0.3, alpha_c = 0.1 over two others, one attack per day in all."""
    assert level_at_start(share, 1.0, 0.3, 0.1, 2.0) == pytest.approx(level)
    assert excitation_at_start(level, 1.0, 0.3, 0.1, 2.0) == pytest.approx(excitation)


def test_faction_without_others_excites_itself_alone():
    assert level_at_start(1.0, 0.7, 0.3, 0.1, 0.0) == pytest.approx(0.6)
    assert excitation_at_start(0.6, 0.7, 0.3, 0.1, 0.0) == pytest.approx(0.18)
    assert excitation_after(0.0, 1.0, 2.0, 5.0, 0.3, 0.1, 0.0, 0.5) == pytest.approx(0.3)


@quickly
@given(weights=st.lists(st.floats(0.01, 1.0), min_size=2, max_size=5), rate=st.floats(0.05, 1.0), **BRANCHING)
def test_start_is_an_equilibrium_of_factions_that_sum_to_the_rate(weights, rate, self_excitation, cross_excitation):
    others, shares = len(weights) - 1.0, [weight / sum(weights) for weight in weights]
    levels = [level_at_start(share, rate, self_excitation, cross_excitation, others) for share in shares]
    assert sum(levels) == pytest.approx(rate)
    for share, level in zip(shares, levels, strict=True):
        excitation = excitation_at_start(level, rate, self_excitation, cross_excitation, others)
        assert share * (1.0 - self_excitation - cross_excitation) * rate + excitation == pytest.approx(level)
        later = excitation_after(excitation, share, level, rate, self_excitation, cross_excitation, others, 0.9)
        assert later == pytest.approx(excitation)


AT_REST = {
    "deterrence": 0.0, "effect_of_deterrence": 0.6, "enforcement": 0.2, "enforcement_at_rest": 0.2,
    "effect_of_enforcement": 0.8, "lead": 1.0, "closure_threshold": 0.1, "effect_of_closure": 0.4,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 0.0),
        ({"deterrence": 0.5}, -0.3),
        ({"deterrence": 0.5, "effect_of_deterrence": -0.6}, 0.3),
        ({"enforcement": 0.7}, -0.4),
        ({"enforcement": 0.0}, 0.16),
        ({"lead": 0.1}, 0.0),
        ({"lead": 0.09}, 0.4),
        ({"lead": 0.09, "effect_of_closure": -0.4}, -0.4),
        ({"lead": 0.0, "deterrence": 1.0, "enforcement": 0.7}, -0.6),
    ],
)
def test_what_all_factions_share(change, expected):
    assert common_log_rate(**{**AT_REST, **change}) == pytest.approx(expected, abs=1e-12)


@ways(up="effect_of_closure", down="deterrence effect_of_deterrence enforcement lead")
def test_direction_of_what_factions_share(name, direction):
    domains = {
        "deterrence": SHARE, "effect_of_deterrence": st.floats(0.0, 1.2), "enforcement": SHARE,
        "enforcement_at_rest": st.just(0.2), "effect_of_enforcement": st.floats(0.1, 1.6), "lead": st.floats(0.0, 0.3),
        "closure_threshold": st.just(0.1), "effect_of_closure": st.floats(0.0, 1.2),
    }  # fmt: skip
    moves(common_log_rate, domains, name, direction)


PULL = {
    "share": 0.5, "base": 0.2, "intensity": 0.0, "common": 0.0, "grievance": 0.0, "effect_of_grievance": 2.0 * LN2,
    "patron_control": 0.8, "restraint_above_neutral": 0.0, "effect_of_restraint": 5.0 * LN2, "capacity": 1.0, "excitation": 0.0,
    "rate_cap": 2.5,
}  # fmt: skip
PULL_DOMAINS = {
    "share": st.floats(0.01, 1.0), "base": st.floats(0.01, 0.2), "intensity": st.floats(-2.0, 2.0),
    "common": st.floats(-2.0, 1.0), "grievance": SHARE, "effect_of_grievance": st.floats(0.3, 1.8), "patron_control": SHARE,
    "restraint_above_neutral": st.floats(-0.5, 0.5), "effect_of_restraint": st.floats(0.8, 3.2),
    "capacity": st.floats(0.3, 1.0), "excitation": st.floats(0.0, 1.0), "rate_cap": st.just(2.5),
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "propensity", "pull"),
    [
        ({}, 0.1, 0.1),
        ({"share": 0.25}, 0.05, 0.05),
        ({"base": 0.4}, 0.2, 0.2),
        ({"intensity": LN2}, 0.2, 0.2),
        ({"common": -LN2}, 0.05, 0.05),
        ({"grievance": 0.5}, 0.2, 0.2),
        ({"restraint_above_neutral": 0.25}, 0.05, 0.05),
        ({"restraint_above_neutral": -0.25}, 0.2, 0.2),
        ({"restraint_above_neutral": 0.5, "patron_control": 0.0}, 0.1, 0.1),
        ({"capacity": 0.5}, 0.05, 0.05),
        ({"excitation": 0.3}, 0.1, 0.4),
        ({"excitation": 9.0}, 0.1, 2.5),
        ({"intensity": 10.0 * LN2}, 102.4, 2.5),
        ({"share": 0.0, "excitation": 0.3}, 0.0, 0.0),
        ({"intensity": LN2, "grievance": 0.5, "capacity": 0.5, "excitation": 0.3}, 0.2, 0.5),
    ],
)
def test_propensity_and_pull_of_a_faction(change, propensity, pull):
    assert campaign_pull(**{**PULL, **change}) == pytest.approx((propensity, pull))


@ways(up="share base intensity common grievance capacity excitation", down="restraint_above_neutral")
def test_direction_of_pull(name, direction):
    moves(lambda **inputs: campaign_pull(**inputs)[1], PULL_DOMAINS, name, direction)


@quickly
@given(inputs=st.fixed_dictionaries({**PULL_DOMAINS, "share": SHARE}))
def test_pull_lies_between_nothing_and_the_cap(inputs):
    propensity, pull = campaign_pull(**inputs)
    assert propensity >= 0.0
    assert 0.0 <= pull <= inputs["rate_cap"]


def mean_of(draw):
    """Return the mean of a Poisson draw from the probability that it is zero."""
    return -math.log(chance(lambda u: draw(u) == 0.0))


AT_SITE = {
    "pull": 0.8, "attraction": 0.5, "presence": 0.5, "truce": 0.0, "rate_in_truce": 0.3, "compliance": 0.5,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "mean"),
    [
        ({}, 0.2),
        ({"pull": 2.0}, 0.5),
        ({"attraction": 1.0}, 0.4),
        ({"presence": 1.0}, 0.4),
        ({"presence": 0.0}, 0.0),
        ({"truce": 1.0}, 0.13),
        ({"truce": 1.0, "compliance": 1.0}, 0.06),
        ({"truce": 1.0, "compliance": 0.0}, 0.2),
        ({"truce": 1.0, "rate_in_truce": 1.0}, 0.2),
        ({"truce": 1.0, "rate_in_truce": 0.0, "compliance": 1.0}, 0.0),
    ],
)
def test_mean_attacks_on_a_site(change, mean):
    assert mean_of(lambda u: attacks_on_site(u, **{**AT_SITE, **change})) == pytest.approx(mean, abs=1e-9)


@ways(up="pull attraction presence rate_in_truce", down="truce compliance")
def test_direction_of_attacks_on_a_site(name, direction):
    domains = {
        "pull": st.floats(0.0, 2.5), "attraction": SHARE, "presence": SHARE, "truce": FLAG, "rate_in_truce": SHARE,
        "compliance": SHARE,
    }  # fmt: skip
    moves(lambda **inputs: mean_of(lambda u: attacks_on_site(u, **inputs)), domains, name, direction)


@pytest.mark.parametrize(
    ("pull", "displaced_share", "exposure", "mean"),
    [(0.8, 0.3, 0.25, 0.18), (0.8, 0.3, 0.0, 0.24), (0.8, 0.3, 1.0, 0.0), (0.8, 0.3, 1.2, 0.0), (0.8, 0.0, 0.0, 0.0)],
)
def test_mean_displaced_attacks(pull, displaced_share, exposure, mean):
    assert mean_of(lambda u: displaced_attacks(u, pull, displaced_share, exposure)) == pytest.approx(mean, abs=1e-9)


@ways(up="pull displaced_share", down="exposure")
def test_direction_of_displaced_attacks(name, direction):
    domains = {"pull": st.floats(0.0, 2.5), "displaced_share": st.floats(0.0, 0.8), "exposure": st.floats(0.0, 1.2)}
    moves(lambda **inputs: mean_of(lambda u: displaced_attacks(u, **inputs)), domains, name, direction)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"own_attacks": 0.0, "all_attacks": 0.0}, 0.2),
        ({}, 0.5375),
        ({"own_attacks": 2.0, "all_attacks": 2.0}, 0.5),
        ({"own_attacks": 0.0, "all_attacks": 4.0}, 0.25),
        ({"kept": 0.9}, 0.4275),
        ({"share": 0.0}, 0.0),
    ],
)
def test_memory_of_attacks(change, expected):
    inputs = {
        "excitation": 0.4, "share": 0.2, "own_attacks": 2.0, "all_attacks": 5.0, "self_excitation": 0.3,
        "cross_excitation": 0.1, "others": 4.0, "kept": 0.5,
    }  # fmt: skip
    assert excitation_after(**{**inputs, **change}) == pytest.approx(expected)


def test_one_attack_excites_the_branching_ratio_in_all():
    """alpha_s = 0.3 of its own faction, alpha_c = 0.1 of the four others together, summed over the days."""
    own, other, offspring = 0.0, 0.0, 0.0
    for day in range(600):
        attack = float(day == 0)
        own = excitation_after(own, 0.2, attack, attack, 0.3, 0.1, 4.0, math.exp(-1.0 / 20.0))
        other = excitation_after(other, 0.2, 0.0, attack, 0.3, 0.1, 4.0, math.exp(-1.0 / 20.0))
        offspring += own + 4.0 * other
    assert offspring == pytest.approx(0.4)


@ways(up="excitation own_attacks all_attacks")
def test_direction_of_memory(name, direction):
    domains = {
        "excitation": SHARE, "share": st.floats(0.01, 1.0), "own_attacks": st.floats(0.0, 5.0), "others": st.just(4.0),
        "all_attacks": st.floats(5.0, 20.0), "kept": st.floats(0.7, 0.96), **BRANCHING,
    }  # fmt: skip
    moves(excitation_after, domains, name, direction)
