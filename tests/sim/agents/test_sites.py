"""Presence and cover of the sites, and how attacks are shared out among the sites."""

import numpy as np
import pytest
from asking import LN2, SHARE, moves, quickly, ways
from hypothesis import given
from hypothesis import strategies as st

from sim.agents.sites import attraction_of, exposure_of, from_origin, presence_at

BASE = {
    "lead_share_of_presence": 0.6, "lead": 1.0, "closing_levels": 0.4, "members_share_of_presence": 0.3, "members": 1.0, "mission_share_of_presence": 0.1,
    "mission": 1.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 1.0),
        ({"lead": 0.5}, 0.7),
        ({"lead": 0.4}, 0.64),
        ({"lead": 0.39}, 0.4),
        ({"members": 0.5}, 0.85),
        ({"mission": 0.3}, 0.93),
        ({"lead": 0.0, "members": 0.5, "mission": 0.0}, 0.15),
    ],
)
def test_presence_of_lead_members_and_mission(change, expected):
    assert presence_at(**{**BASE, **change}) == pytest.approx(expected)


@ways(up="lead members mission", down="closing_levels")
def test_direction_of_presence(name, direction):
    moves(presence_at, dict.fromkeys(BASE, SHARE), name, direction)


PROTECTED = {
    "embassy": 0.4, "others": 0.6, "protection_gained": 0.5, "effect_of_protection_on_targeting": 2.0 * LN2, "displaced_share": 0.3,
}  # fmt: skip


@pytest.mark.parametrize(
    ("attractiveness", "is_embassy", "is_other_fixed", "change", "expected"),
    [
        (0.4, 1.0, 0.0, {}, 0.2),
        (0.4, 1.0, 0.0, {"protection_gained": 0.0}, 0.4),
        (0.4, 1.0, 0.0, {"protection_gained": -0.2}, 0.4),
        (0.45, 0.0, 1.0, {}, 0.495),
        (0.15, 0.0, 1.0, {}, 0.165),
        (0.15, 0.0, 1.0, {"protection_gained": -0.2}, 0.15),
        (0.15, 0.0, 1.0, {"displaced_share": 0.0}, 0.15),
        (0.45, 0.0, 1.0, {"displaced_share": 1.0}, 0.6),
        (1.0, 0.0, 0.0, {}, 1.0),
        (0.0, 0.0, 1.0, {"embassy": 1.0, "others": 0.0}, 0.0),
    ],
)
def test_protection_moves_rockets_from_the_embassy_to_other_sites(attractiveness, is_embassy, is_other_fixed, change, expected):
    assert attraction_of(attractiveness, is_embassy, is_other_fixed, **{**PROTECTED, **change}) == pytest.approx(expected)


@quickly
@given(gained=st.floats(-0.5, 0.8), displaced_share=st.floats(0.0, 0.8), effect=st.floats(0.0, 1.2))
def test_other_sites_gain_their_share_of_what_the_embassy_loses(gained, displaced_share, effect):
    embassy = attraction_of(0.4, 1.0, 0.0, 0.4, 0.6, gained, effect, displaced_share)
    others = [attraction_of(v, 0.0, 1.0, 0.4, 0.6, gained, effect, displaced_share) for v in (0.3, 0.2, 0.1)]
    assert sum(others) - 0.6 == pytest.approx(displaced_share * (0.4 - embassy))
    assert others[0] / others[2] == pytest.approx(3.0)


def test_exposure_adds_what_is_present_of_a_campaign():
    attractiveness, presence = np.array([[0.5], [0.3], [1.0]]), np.array([[1.0, 0.5], [0.0, 1.0], [1.0, 1.0]])
    total = np.zeros((1, 2))
    exposure_of(attractiveness, presence, np.array([[1.0], [1.0], [0.0]]), out=total)
    assert total == pytest.approx(np.array([[0.5, 0.55]]))


@pytest.mark.parametrize(
    ("uniform", "attacks", "share", "expected"),
    [(0.29, 1.0, 0.7, 0.0), (0.31, 1.0, 0.7, 1.0), (0.08, 2.0, 0.7, 0.0), (0.10, 2.0, 0.7, 1.0), (0.52, 2.0, 0.7, 2.0)],
)
def test_attacks_on_erbil_come_from_nineveh_by_its_share(uniform, attacks, share, expected):
    assert from_origin(uniform, attacks, share) == expected
