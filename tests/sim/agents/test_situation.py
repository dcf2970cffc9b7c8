"""Rolling rates, fading counts and sums over agents."""

import math

import numpy as np
import pytest
from asking import moves, ways
from hypothesis import strategies as st

from sim.agents.situation import decaying_count, kept_a_day, log_ratio, rolling_rate
from sim.arithmetic import over_agents

RATE = st.floats(0.0, 5.0)
EVENTS = st.floats(0.0, 30.0)
MEMORY = st.floats(1.0, 400.0)


@pytest.mark.parametrize(
    ("rate", "expected"),
    [(0.322, math.log(2.0)), (0.161, 0.0), (0.0805, -math.log(2.0)), (0.001, -5.081404), (0.0, -5.081404)],
)
def test_log_ratio_takes_rates_as_at_least_the_floor(rate, expected):
    assert log_ratio(rate, 0.161, 0.001) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("rate", "events", "expected"), [(0.28, 0.0, 0.26), (0.14, 7.14, 0.64), (0.7, 0.7, 0.7)])
def test_rolling_rate_closes_a_fourteenth_of_the_gap(rate, events, expected):
    assert rolling_rate(rate, events, 14.0) == pytest.approx(expected)


@ways(up="rate events")
def test_direction_of_rolling_rate(name, direction):
    moves(rolling_rate, {"rate": RATE, "events": EVENTS, "memory_days": MEMORY}, name, direction)


def test_rolling_rate_reaches_a_steady_rate():
    rate = 0.67
    for _ in range(200):
        rate = rolling_rate(rate, 0.1, 14.0)
    assert rate == pytest.approx(0.1, abs=1e-5)


@pytest.mark.parametrize(("count", "events", "expected"), [(6.0, 2.0, 7.9), (6.0, 0.0, 5.9), (0.0, 7.0, 7.0)])
def test_count_fades_by_a_sixtieth_before_the_day_is_added(count, events, expected):
    assert decaying_count(count, events, 60.0) == pytest.approx(expected)


@ways(up="count events memory_days")
def test_direction_of_count(name, direction):
    moves(decaying_count, {"count": RATE, "events": EVENTS, "memory_days": MEMORY}, name, direction)


@pytest.mark.parametrize(("memory_days", "expected"), [(1.0 / math.log(2.0), 0.5), (10.0, 0.904837), (1.0, 0.367879)])
def test_share_kept_a_day(memory_days, expected):
    assert kept_a_day(memory_days) == pytest.approx(expected, abs=1e-6)


def test_longer_memory_keeps_more():
    moves(kept_a_day, {"excitation_decay_days": MEMORY}, "excitation_decay_days", +1)


def test_sum_over_agents_is_taken_world_by_world():
    values = np.array([[1.0, 20.0, 0.5], [2.0, 0.0, 0.25]])
    total = np.full((1, 3), 99.0)
    over_agents(values, out=total)
    assert total.tolist() == [[3.0, 20.0, 0.75]]
