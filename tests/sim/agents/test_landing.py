"""How attacks land."""

import pytest
from asking import SHARE, chance, moves
from hypothesis import strategies as st

from sim.agents.landing import attacks_land

LANDING = {
    "attacks": 1.0, "interception_probability": 0.5, "cover": 0.0, "fatal_hit_on_coalition": 0.2, "coalition_exposure": 0.5, "fatal_hit_on_civilians": 0.2,
    "density": 0.5, "fatal_hit_on_iraqi_forces": 0.2, "iraqi_exposure": 0.25, "death_toll_exponent": 2.0, "death_toll_cap": 3.0,
    "toll_normaliser": 49.0 / 36.0, "wounded_per_death": 2.0,
}  # fmt: skip

UNIFORMS = {
    "hits_coalition": 0.999, "hits_civilians": 0.999, "hits_iraqi_forces": 0.999, "coalition_toll": 0.0,
    "civilian_toll": 0.0, "iraqi_toll": 0.0, "wounded": 0.0,
}  # fmt: skip

HITS = ("hits_coalition", "hits_civilians", "hits_iraqi_forces")

TOLLS = ("coalition_toll", "civilian_toll", "iraqi_toll")


def fatal(victim, **change):
    """Return the probability that a day's attacks kill any of the coalition (0), civilians (1), Iraqi forces (2)."""
    inputs = {**LANDING, **UNIFORMS, **change}
    return chance(lambda u: attacks_land(**{**inputs, HITS[victim]: u})[victim] > 0.0)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 0.1),
        ({"attacks": 0.0}, 0.0),
        ({"attacks": 2.0}, 0.19),
        ({"attacks": 3.0}, 0.271),
        ({"coalition_exposure": 0.0}, 0.0),
        ({"cover": 1.0}, 0.05),
        ({"cover": 0.5}, 0.075),
        ({"cover": 1.0, "interception_probability": 1.0}, 0.0),
        ({"cover": 1.0, "interception_probability": 0.0}, 0.1),
        ({"cover": 1.0, "attacks": 2.0}, 0.0975),
    ],
)
def test_chance_that_attacks_kill_coalition_personnel(change, expected):
    assert fatal(0, **change) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("change", "civilians", "iraqi_forces"),
    [
        ({}, 0.1, 0.05),
        ({"attacks": 2.0}, 0.19, 0.0975),
        ({"cover": 1.0, "interception_probability": 1.0}, 0.1, 0.05),
        ({"density": 0.0, "iraqi_exposure": 0.0}, 0.0, 0.0),
        ({"density": 1.0, "iraqi_exposure": 1.0}, 0.2, 0.2),
        ({"fatal_hit_on_civilians": 0.9, "density": 1.5}, 1.0, 0.05),
    ],
)
def test_interception_saves_neither_civilians_nor_iraqi_forces(change, civilians, iraqi_forces):
    assert fatal(1, **change) == pytest.approx(civilians, abs=1e-12)
    assert fatal(2, **change) == pytest.approx(iraqi_forces, abs=1e-12)


@pytest.mark.parametrize("victim", range(3))
@pytest.mark.parametrize(("toll", "dead"), [(0.73, 1.0), (0.74, 2.0), (0.91, 2.0), (0.92, 3.0), (0.9999999, 3.0)])
def test_deaths_of_a_fatal_day_follow_a_power_law_up_to_the_cap(victim, toll, dead):
    """1, 1/4 and 1/9 of 49/36."""
    deaths = attacks_land(**{**LANDING, **UNIFORMS, HITS[victim]: 0.0, TOLLS[victim]: toll})[:3]
    assert deaths == tuple(dead * (other == victim) for other in range(3))


@pytest.mark.parametrize(
    ("hits", "wounded", "hurt"),
    [
        (("hits_coalition",), 0.33, 0.0), (("hits_coalition",), 0.34, 1.0), (("hits_civilians",), 0.56, 2.0),
        (HITS, 0.14, 0.0), (HITS, 0.15, 1.0), (HITS, 0.27, 2.0), ((), 0.999, 0.0),
    ],
)  # fmt: skip
def test_wounded_are_drawn_around_twice_the_dead(hits, wounded, hurt):
    """One death: geometric of mean 2; three deaths: of mean 6."""
    assert attacks_land(**{**LANDING, **UNIFORMS, **dict.fromkeys(hits, 0.0), "wounded": wounded})[3] == hurt


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 0.1),
        ({"attacks": 2.0}, 0.19),
        ({"attacks": 0.0}, 0.0),
        ({"density": 0.0}, 0.0),
        ({"fatal_hit_on_civilians": 0.9, "density": 1.5}, 1.0),
        ({"hits_civilians": 0.0}, 0.1),
    ],
)
def test_the_chance_that_civilians_die_is_told_whether_they_die_or_not(change, expected):
    assert attacks_land(**{**LANDING, **UNIFORMS, **change})[4] == pytest.approx(expected, abs=1e-12)


def test_nobody_who_is_not_exposed_is_hit():
    exposed = {"attacks": 9.0, "coalition_exposure": 0.0, "density": 0.0, "iraqi_exposure": 0.0}
    assert attacks_land(**{**LANDING, **dict.fromkeys(UNIFORMS, 0.0), **exposed}) == (0.0,) * 5


def test_no_attack_harms_nobody():
    assert attacks_land(**{**LANDING, **dict.fromkeys(UNIFORMS, 0.0), "attacks": 0.0}) == (0.0,) * 5


LANDING_DOMAINS = {
    "attacks": st.integers(0, 8).map(float), "interception_probability": st.floats(0.25, 0.8), "cover": SHARE,
    "fatal_hit_on_coalition": st.floats(0.02, 0.1), "coalition_exposure": SHARE,
    "fatal_hit_on_civilians": st.floats(0.015, 0.08), "density": st.floats(0.0, 1.7),
    "fatal_hit_on_iraqi_forces": st.floats(0.01, 0.06), "iraqi_exposure": SHARE,
}  # fmt: skip


@pytest.mark.parametrize(
    ("victim", "name", "direction"),
    [
        (0, "attacks", +1), (0, "interception_probability", -1), (0, "cover", -1),
        (0, "fatal_hit_on_coalition", +1), (0, "coalition_exposure", +1), (1, "attacks", +1), (1, "fatal_hit_on_civilians", +1),
        (1, "density", +1), (2, "attacks", +1), (2, "fatal_hit_on_iraqi_forces", +1), (2, "iraqi_exposure", +1),
    ],
)  # fmt: skip
def test_direction_of_harm(victim, name, direction):
    moves(lambda **inputs: fatal(victim, **inputs), LANDING_DOMAINS, name, direction)
