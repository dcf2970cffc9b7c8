"""The number of deaths in an attack."""

import math

import numpy as np
import pytest
from asking import SHARE, moves, ways
from hypothesis import strategies as st
from scipy.special import zeta

from sim.agents.tolls import deaths_by_cell, expected_large_killings, large_share_of_events, zeta_normaliser


@pytest.mark.parametrize(("exponent", "largest", "expected"), [(2.0, 3.0, 49.0 / 36.0), (1.0, 2.0, 1.5), (2.5, 1.0, 1.0)])
def test_normaliser_of_the_power_law(exponent, largest, expected):
    assert zeta_normaliser(exponent, largest) == pytest.approx(expected)


@pytest.mark.parametrize("exponent", [2.2, 2.5, 3.0])
def test_normaliser_is_a_difference_of_hurwitz_zetas(exponent):
    assert zeta_normaliser(exponent, 250.0) == pytest.approx(zeta(exponent, 1.0) - zeta(exponent, 251.0))


@pytest.mark.parametrize(("large", "expected"), [(1.0, 1.0), (2.0, 13.0 / 49.0), (3.0, 4.0 / 49.0), (4.0, 0.0)])
def test_share_of_events_that_kill_many(large, expected):
    """Tolls 1, 2, 3 with weights 36, 9 and 4 of 49."""
    assert large_share_of_events(2.0, 3.0, 49.0 / 36.0, large) == pytest.approx(expected)


@pytest.mark.parametrize(("exponent", "cap"), [(2.2, 60.0), (2.5, 250.0), (3.0, 500.0)])
def test_seven_or_more_die_in_the_tail_of_the_hurwitz_zeta(exponent, cap):
    whole = zeta(exponent, 1.0) - zeta(exponent, cap + 1.0)
    tail = (zeta(exponent, 7.0) - zeta(exponent, cap + 1.0)) / whole
    assert large_share_of_events(exponent, cap, whole, 7.0) == pytest.approx(tail)


@ways(up="death_toll_cap", down="death_toll_exponent large_killing")
def test_direction_of_many_dead(name, direction):
    domains = {
        "death_toll_exponent": st.floats(1.5, 3.5),
        "death_toll_cap": st.integers(7, 60).map(float),
        "large_killing": st.integers(2, 7).map(float),
    }

    def share(**inputs):
        exponent, cap = inputs["death_toll_exponent"], inputs["death_toll_cap"]
        return large_share_of_events(**inputs, toll_normaliser=sum(k**-exponent for k in range(1, int(cap) + 1)))

    moves(share, domains, name, direction)


GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
TOLLS = {"death_toll_exponent": 2.0, "death_toll_cap": 3.0, "toll_normaliser": 49.0 / 36.0}
"""Tolls of one, two and three with 36, 9 and 4 of 49."""
CELL = {"uniform": 0.5, "toll": 0.0, "victims": 0.0, "fatal_share": 0.35, "civilian_share_of_fatal_attacks": 0.3, **TOLLS}


@pytest.mark.parametrize(
    ("uniform", "attacks", "fatal"),
    [(0.64, 1.0, 0), (0.66, 1.0, 1), (0.42, 2.0, 0), (0.43, 2.0, 1), (0.88, 2.0, 2), (0.99, 0.0, 0)],
)
def test_a_third_of_the_attacks_kill(uniform, attacks, fatal):
    """With tolls of one at most: P(none of two) = 0.4225, P(up to one of two) = 0.8775."""
    killed = deaths_by_cell(**{**CELL, "uniform": uniform, "attacks": attacks, "death_toll_cap": 1.0, "toll_normaliser": 1.0})
    assert sum(killed) == fatal


@pytest.mark.parametrize(
    ("toll", "victims", "expected"),
    [
        (0.73, 0.29, (1.0, 0.0)),
        (0.74, 0.29, (2.0, 0.0)),
        (0.91, 0.31, (0.0, 2.0)),
        (0.92, 0.31, (0.0, 3.0)),
        (0.9999, 0.0, (3.0, 0.0)),
    ],
)
def test_a_fatal_attack_kills_whole_civilians_or_whole_forces(toll, victims, expected):
    assert deaths_by_cell(**{**CELL, "uniform": 0.9, "toll": toll, "victims": victims, "attacks": 1.0}) == expected


def test_each_attack_of_a_day_has_a_toll_and_victims_of_its_own():
    """Three fatal attacks: tolls by 0.5, 0.118 and 0.736, so 1, 1 and 2; victims by 0.2, 0.818 and 0.436: civilians once."""
    inputs = {**CELL, "uniform": 0.999, "toll": 0.5, "victims": 0.2, "attacks": 3.0, "fatal_share": 0.999}
    moved = [[(first + i * GOLDEN) % 1.0 for i in range(3)] for first in (0.5, 0.2)]
    assert moved == [pytest.approx([0.5, 0.118034, 0.736068]), pytest.approx([0.2, 0.818034, 0.436068])]
    assert deaths_by_cell(**inputs) == (1.0, 3.0)


@pytest.mark.parametrize("attacks", [1.0, 2.0, 5.0, 13.0])
def test_every_toll_of_a_day_has_the_distribution_of_the_first(attacks):
    """All attacks kill civilians, tolls of exponent 2.5 up to 250: mean and tail of a toll, from the probabilities."""
    tolls = np.arange(1, 251)
    weights = tolls**-2.5
    mean, tail = (tolls * weights).sum() / weights.sum(), weights[tolls >= 7].sum() / weights.sum()
    law = {"death_toll_exponent": 2.5, "death_toll_cap": 250.0, "toll_normaliser": float(weights.sum())}
    always = {**CELL, "attacks": attacks, "fatal_share": 1.0, "civilian_share_of_fatal_attacks": 1.0, **law}
    grid = (np.arange(40_000) + 0.5) / 40_000.0
    dead = np.zeros((1, grid.size))
    deaths_by_cell(**{**always, "toll": grid[None, :]}, out=(dead, np.zeros_like(dead)))
    np.testing.assert_array_equal(dead, np.round(dead))
    assert dead.mean() == pytest.approx(attacks * mean, rel=0.01)
    if attacks == 1.0:
        assert np.mean(dead >= 7) == pytest.approx(tail, abs=1e-4)
    last = dead[0] - _dead_of_the_first(attacks - 1.0, always, grid)
    assert np.mean(last >= 7) == pytest.approx(tail, abs=1e-4)
    assert np.mean(last == 1) == pytest.approx(1.0 / weights.sum(), abs=1e-4)


def _dead_of_the_first(attacks, always, grid):
    """Return the dead of a day with fewer attacks on the same uniforms: what is added is the toll of the last one."""
    dead = np.zeros((1, grid.size))
    deaths_by_cell(**{**always, "attacks": attacks, "toll": grid[None, :]}, out=(dead, np.zeros_like(dead)))
    return dead[0]


def test_civilians_and_forces_share_the_fatal_attacks_of_a_day():
    grid = (np.arange(40_000) + 0.5) / 40_000.0
    civilians, forces = np.zeros((1, grid.size)), np.zeros((1, grid.size))
    inputs = {
        **CELL,
        "attacks": 5.0,
        "fatal_share": 1.0,
        "victims": grid[None, :],
        "death_toll_cap": 1.0,
        "toll_normaliser": 1.0,
    }
    deaths_by_cell(**inputs, out=(civilians, forces))
    assert (civilians + forces == 5.0).all()
    assert civilians.mean() == pytest.approx(1.5, abs=1e-3)


def test_expected_large_killings_are_added_over_cells():
    total = np.zeros((1, 2))
    expected_large_killings(np.array([[2.0, 0.0], [3.0, 1.0]]), 0.4, 0.25, 0.1, out=total)
    assert total == pytest.approx(np.array([[0.05, 0.01]]))


@pytest.mark.parametrize("name", ["attacks", "fatal_share", "civilian_share_of_fatal_attacks", "large_share"])
def test_direction_of_large_killings(name):
    domains = dict.fromkeys(("attacks", "fatal_share", "civilian_share_of_fatal_attacks", "large_share"), SHARE)
    moves(expected_large_killings, domains, name, +1)
