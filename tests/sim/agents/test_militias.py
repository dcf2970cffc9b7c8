"""The militias: the targets on which displaced attacks fall."""

import numpy as np
import pytest
from asking import SHARE, quickly
from hypothesis import given
from hypothesis import strategies as st

from sim.agents.militias import share_out

TARGETS = (0.4, 0.2, 0.3, 0.1)


@pytest.mark.parametrize(
    ("uniforms", "expected"),
    [
        ((0.61, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0)),
        ((0.59, 0.67, 0.0), (0.0, 1.0, 0.0, 0.0)),
        ((0.59, 0.66, 0.26), (0.0, 0.0, 1.0, 0.0)),
        ((0.59, 0.66, 0.24), (0.0, 0.0, 0.0, 1.0)),
    ],
)
def test_a_displaced_attack_falls_on_one_target_by_its_share(uniforms, expected):
    assert share_out(1.0, *uniforms, *TARGETS) == expected


@pytest.mark.parametrize("target", range(4))
def test_displaced_attacks_all_fall_on_the_only_target(target):
    shares = [float(other == target) for other in range(4)]
    assert share_out(7.0, 0.5, 0.5, 0.5, *shares) == tuple(7.0 * share for share in shares)


@quickly
@given(attacks=st.integers(0, 12), uniforms=st.tuples(*[st.floats(0.0, 0.999)] * 3), weights=st.tuples(*[SHARE] * 4))
def test_no_displaced_attack_is_lost(attacks, uniforms, weights):
    whole = sum(weights) or 1.0
    on_targets = share_out(float(attacks), *uniforms, *(weight / whole for weight in weights))
    assert sum(on_targets) == attacks
    assert min(on_targets) >= 0.0


def test_targets_get_their_shares_on_average():
    grid = (np.arange(25) + 0.5) / 25.0
    draws = [share_out(3.0, first, second, third, *TARGETS) for first in grid for second in grid for third in grid]
    assert np.mean(draws, axis=0) / 3.0 == pytest.approx(TARGETS, abs=0.015)
