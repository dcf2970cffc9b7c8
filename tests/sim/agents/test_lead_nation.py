"""The lead nation's memory of strikes."""

import pytest
from asking import SHARE, moves
from hypothesis import strategies as st

from sim.agents.lead_nation import halved_over


@pytest.mark.parametrize(("level", "half_life", "expected"), [(0.8, 1.0, 0.4), (1.0, 2.0, 0.70710678), (0.0, 28.0, 0.0)])
def test_level_halves_over_its_half_life(level, half_life, expected):
    assert halved_over(level, half_life) == pytest.approx(expected)


def test_level_halves_in_28_days():
    level = 0.6
    for _ in range(28):
        level = halved_over(level, 28.0)
    assert level == pytest.approx(0.3)


@pytest.mark.parametrize("name", ["level", "deterrence_half_life_days"])
def test_direction_of_fading(name):
    moves(halved_over, {"level": SHARE, "deterrence_half_life_days": st.floats(14.0, 60.0)}, name, +1)
