"""The decision of a member to leave: whether, when, and for which cause."""

import math

import pytest
from asking import FLAG, LN2, LN3, SHARE, chance, moves, quickly, ways
from hypothesis import given
from hypothesis import strategies as st

from sim.agents.codes import DRAWING_DOWN, OUT, PRESENT, RELOCATED
from sim.agents.departure import departure, exit_duration
from sim.agents.exit_decision import decision, exit_hazard, highest_hazard, may_change
from sim.agents.member_calendar import calendar_factor

MEMBER = {
    "status": PRESENT, "ordered": 0, "common": math.log(0.01), "calendar": 1.0, "serves_in_nato_mission": 0.0, "effect_of_nato_frame": LN2,
    "reliance_on_lead": 0.5, "loss": 0.0, "effect_of_lead_exit": 2.0 * LN2, "host_closed_today": 0.0,
    "effect_of_host_closing": math.log(6.0), "recent_weight": 0.0,
    "total_weight": 50.0, "own_weight": 10.0, "effect_of_peer_exits": 4.0 * LN3, "has_framework": 0.0,
    "framework_status": DRAWING_DOWN, "effect_of_framework_nation_exit": math.log(5.0), "in_nato": 0.0,
    "alliance_decides": 0.0, "alliance_uniform": 0.999, "uniform": 0.0, "course": 0.999, "relocation_share": 0.6,
    "return_hazard": 0.004, "no_return_during_pullout": 0.0, "no_return_today": 0.0,
}  # fmt: skip


def hazard_of(change, uniform="uniform"):
    member = {**MEMBER, **change}
    return -math.log1p(-chance(lambda u: decision(**{**member, uniform: u})[0] != member["status"]))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 0.01),
        ({"calendar": 0.5}, 0.005),
        ({"calendar": 3.0}, 0.03),
        ({"serves_in_nato_mission": 1.0}, 0.005),
        ({"loss": 1.0}, 0.02),
        ({"loss": 1.0, "reliance_on_lead": 1.0}, 0.04),
        ({"loss": 1.0, "reliance_on_lead": 0.0}, 0.01),
        ({"host_closed_today": 1.0}, 0.06),
        ({"host_closed_today": 1.0, "reliance_on_lead": 0.0}, 0.06),
        ({"host_closed_today": 0.5, "effect_of_host_closing": -2.0 * LN2}, 0.005),
        ({"recent_weight": 10.0}, 0.03),
        ({"recent_weight": 10.0, "total_weight": 10.0}, 0.01),
        ({"has_framework": 1.0}, 0.05),
        ({"has_framework": 1.0, "framework_status": OUT}, 0.05),
        ({"has_framework": 1.0, "framework_status": PRESENT}, 0.01),
        ({"has_framework": 1.0, "framework_status": RELOCATED}, 0.01),
        ({"loss": 1.0, "recent_weight": 10.0, "has_framework": 1.0}, 0.3),
        ({"loss": 1.0, "recent_weight": 10.0, "has_framework": 1.0, "host_closed_today": 1.0}, 1.8),
        ({"status": RELOCATED, "loss": 1.0}, 0.02),
    ],
)
def test_exit_hazard_of_a_member(change, expected):
    """What the dice say of the decision, and the rule of the hazard alone, say the same."""
    assert hazard_of(change) == pytest.approx(expected, rel=1e-9)
    assert exit_hazard(*({**MEMBER, **change}[name] for name in exit_hazard.names)) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("in_nato", "decides", "uniform"),
    [(1.0, 1.0, "alliance_uniform"), (0.0, 1.0, "uniform"), (1.0, 0.0, "uniform")],
)
def test_alliance_shares_one_uniform_when_it_decides_as_one(in_nato, decides, uniform):
    others = {"alliance_uniform", "uniform"} - {uniform}
    change = {"in_nato": in_nato, "alliance_decides": decides, **dict.fromkeys(others, 0.999)}
    assert hazard_of(change, uniform) == pytest.approx(0.01)


@pytest.mark.parametrize("status", [DRAWING_DOWN, OUT])
def test_who_has_decided_for_good_decides_no_more(status):
    assert decision(**{**MEMBER, "status": status, "ordered": 1, "has_framework": 1.0}) == (status, 0, 0, 0.0)


@pytest.mark.parametrize(("status", "after"), [(PRESENT, DRAWING_DOWN), (RELOCATED, OUT)])
def test_ordered_member_leaves_for_good_of_its_own(status, after):
    assert decision(**{**MEMBER, "status": status, "ordered": 1, "uniform": 0.999, "loss": 1.0}) == (after, 1, 0, 0.0)


@pytest.mark.parametrize(
    ("status", "course", "expected"),
    [
        (PRESENT, 0.0, (RELOCATED, 0, 0)), (PRESENT, 0.149, (RELOCATED, 0, 0)), (PRESENT, 0.151, (DRAWING_DOWN, 1, 0)),
        (PRESENT, 0.249, (DRAWING_DOWN, 1, 0)), (PRESENT, 0.251, (DRAWING_DOWN, 1, 1)), (PRESENT, 0.999, (DRAWING_DOWN, 1, 1)),
        (RELOCATED, 0.0, (RELOCATED, 0, 0)), (RELOCATED, 0.151, (OUT, 1, 0)), (RELOCATED, 0.251, (OUT, 1, 1)),
    ],
)  # fmt: skip
def test_course_of_an_exit_that_is_the_knock_ons_by_three_quarters(status, course, expected):
    """A knock-on of ln 4: own by 1/4, of which 3/5 are relocations."""
    change = {"status": status, "loss": 1.0, "effect_of_lead_exit": 4.0 * LN2, "course": course}
    assert decision(**{**MEMBER, **change}) == pytest.approx((*expected, 0.75))


def test_a_closed_base_counts_as_the_knock_on():
    """A knock-on of ln 2 of the base and ln 2 of the announcement: the member's own exit by 1/4, as above."""
    closed = {"loss": 1.0, "host_closed_today": 1.0, "effect_of_host_closing": LN2}
    assert [decision(**{**MEMBER, **closed, "course": course})[:3] for course in (0.149, 0.151, 0.251)] == [
        (RELOCATED, 0, 0),
        (DRAWING_DOWN, 1, 0),
        (DRAWING_DOWN, 1, 1),
    ]
    assert decision(**{**MEMBER, **closed})[3] == pytest.approx(0.75)


@pytest.mark.parametrize(("course", "after"), [(0.59, (RELOCATED, 0, 0, 0.0)), (0.61, (DRAWING_DOWN, 1, 0, 0.0))])
def test_knock_on_that_holds_back_causes_no_exit(course, after):
    assert decision(**{**MEMBER, "loss": 1.0, "effect_of_lead_exit": -1.0, "course": course}) == after


@pytest.mark.parametrize(
    ("change", "after"),
    [
        ({"course": 0.0039}, PRESENT),
        ({"course": 0.0041}, RELOCATED),
        ({"course": 0.0, "no_return_during_pullout": 1.0}, PRESENT),
        ({"course": 0.0, "no_return_during_pullout": 1.0, "no_return_today": 1.0}, RELOCATED),
        ({"course": 0.0, "no_return_during_pullout": 1.0, "host_closed_today": 1.0}, RELOCATED),
        ({"course": 0.0, "no_return_during_pullout": 1.0, "host_closed_today": 0.9}, PRESENT),
        ({"course": 0.0, "host_closed_today": 1.0}, PRESENT),
        ({"course": 0.999, "return_hazard": 1e9}, PRESENT),
        ({"course": 0.0, "status": PRESENT}, PRESENT),
    ],
)
def test_relocated_member_returns_at_its_hazard_unless_the_lead_leaves_or_its_base_has_closed(change, after):
    assert decision(**{**MEMBER, "status": RELOCATED, "uniform": 0.999, **change}) == (after, 0, 0, 0.0)


SITUATIONS = st.fixed_dictionaries(
    {
        "status": st.sampled_from([PRESENT, RELOCATED]), "common": st.floats(-8.5, -2.0),
        "calendar": st.floats(0.2, 30.0),
        "serves_in_nato_mission": FLAG, "effect_of_nato_frame": SHARE, "reliance_on_lead": SHARE,
        "loss": SHARE, "hosted_by": st.sampled_from(["lead", "nato", "own"]), "lead": SHARE, "level": SHARE, "highest_level": SHARE,
        "nato_left": st.floats(0.0, 2.0), "effect_of_host_closing": st.floats(-1.0, 5.0), "effect_of_lead_exit": st.floats(-1.0, 7.0), "recent_weight": st.floats(0.0, 40.0),
        "effect_of_peer_exits": st.floats(-2.5, 5.0), "has_framework": FLAG, "framework_status": st.sampled_from([0, 1, 2, 3]),
        "uniform": st.floats(0.0, 0.2),
        "course": SHARE,
    }
)  # fmt: skip


def member_and_bound(situation):
    """Return the member of a situation, its base closed or not, and a bound that does not look at where it lives."""
    member = {**MEMBER, **situation}
    hosted_by, lead, level, highest, left = (
        member.pop(name) for name in ("hosted_by", "lead", "level", "highest_level", "nato_left")
    )
    closed = {"lead": float(lead < level), "nato": max(0.0, 1.0 - left), "own": 0.0}
    member["host_closed_today"] = closed[hosted_by]
    bound = highest_hazard(
        member["common"], member["loss"], member["effect_of_lead_exit"], lead, max(level, highest), left,
        member["effect_of_host_closing"], member["recent_weight"] / 40.0, member["effect_of_peer_exits"],
    )  # fmt: skip
    return member, bound


LOOKED_AT = (
    "status", "ordered", "calendar", "has_framework", "framework_status", "in_nato", "alliance_decides", "alliance_uniform", "uniform", "course", "return_hazard",
)  # fmt: skip


@quickly
@given(situation=SITUATIONS)
def test_nothing_happens_to_a_member_that_is_not_looked_at(situation):
    member, bound = member_and_bound(situation)
    if not may_change(bound=bound, **{name: member[name] for name in LOOKED_AT})[0]:
        assert decision(**member) == (member["status"], 0, 0, 0.0)


@pytest.mark.parametrize(
    ("change", "looked_at"),
    [
        ({}, 0),
        ({"uniform": 0.09}, 1),
        ({"ordered": 1}, 1),
        ({"status": RELOCATED}, 0),
        ({"status": RELOCATED, "course": 0.003}, 1),
        ({"status": RELOCATED, "uniform": 0.09}, 1),
        ({"course": 0.003}, 0),
        ({"status": OUT, "uniform": 0.0, "ordered": 1}, 0),
        ({"has_framework": 1.0}, 1),
        ({"has_framework": 1.0, "framework_status": RELOCATED}, 0),
        ({"calendar": 6.0}, 1),
        ({"in_nato": 1.0, "alliance_decides": 1.0, "alliance_uniform": 0.09}, 1),
        ({"in_nato": 1.0, "alliance_decides": 1.0, "uniform": 0.09}, 0),
    ],
)
def test_who_is_looked_at(change, looked_at):
    member = {**MEMBER, "uniform": 0.5, **change}
    assert may_change(bound=0.1, **{name: member[name] for name in LOOKED_AT}) == (looked_at, looked_at)


def test_troops_move_after_the_decision():
    member = {**MEMBER, "status": DRAWING_DOWN, "uniform": 0.0, "ordered": 1}
    assert may_change(bound=0.1, **{name: member[name] for name in LOOKED_AT}) == (0, 1)


@quickly
@given(situation=SITUATIONS)
def test_bound_is_above_the_hazard_without_a_framework_nation(situation):
    member, bound = member_and_bound({**situation, "has_framework": 0.0, "course": 0.999})
    assert decision(**{**member, "uniform": min(bound * member["calendar"], 1.0)})[0] == member["status"]


MEMBER_DOMAINS = {
    "common": st.floats(-9.0, -2.0), "calendar": st.floats(0.2, 30.0), "serves_in_nato_mission": FLAG, "effect_of_nato_frame": SHARE, "reliance_on_lead": SHARE,
    "host_closed_today": SHARE, "effect_of_host_closing": st.floats(0.0, 3.0), "loss": SHARE, "effect_of_lead_exit": st.floats(1.0, 3.5), "recent_weight": st.floats(0.0, 40.0),
    "effect_of_peer_exits": st.floats(0.0, 2.5), "has_framework": FLAG, "effect_of_framework_nation_exit": st.floats(2.0, 6.0),
}  # fmt: skip


@ways(
    up="common calendar reliance_on_lead host_closed_today effect_of_host_closing loss effect_of_lead_exit "
    "recent_weight effect_of_peer_exits has_framework effect_of_framework_nation_exit",
    down="serves_in_nato_mission effect_of_nato_frame",
)
def test_direction_of_the_exit_hazard(name, direction):
    def leaving(**inputs):
        return chance(lambda u: decision(**{**MEMBER, **inputs, "uniform": u})[0] != PRESENT)

    moves(leaving, MEMBER_DOMAINS, name, direction)


@pytest.mark.parametrize("name", ["loss", "host_closed_today", "recent_weight", "effect_of_framework_nation_exit"])
def test_direction_of_the_share_of_the_knock_on(name):
    moves(lambda **inputs: decision(**{**MEMBER, **inputs})[3], {**MEMBER_DOMAINS, "has_framework": st.just(1.0)}, name, +1)


CALENDAR_DOMAINS = {
    "mean_effect": st.floats(0.0, 1.0), "days_to_mandate": st.floats(0.0, 365.0), "mandate_window_days": st.floats(0.0, 200.0),
    "effect_of_mandate_renewal": st.floats(0.0, 2.0), "days_to_election": st.floats(-300.0, 300.0), "election_window_days": st.floats(0.0, 600.0),
    "effect_of_election": st.floats(0.0, 1.5),
}  # fmt: skip


@ways(up="mandate_window_days effect_of_mandate_renewal election_window_days effect_of_election", down="mean_effect")
def test_direction_of_the_calendars_factor(name, direction):
    moves(calendar_factor, CALENDAR_DOMAINS, name, direction)


@pytest.mark.parametrize(
    ("status", "decided", "decided_on", "day", "expected"),
    [
        (PRESENT, 0, -1e9, 10.0, (PRESENT, 500.0, -1e9)),
        (DRAWING_DOWN, 1, -1e9, 10.0, (DRAWING_DOWN, 500.0, 10.0)),
        (DRAWING_DOWN, 0, 10.0, 20.0, (DRAWING_DOWN, 375.0, 10.0)),
        (DRAWING_DOWN, 0, 10.0, 49.0, (DRAWING_DOWN, 12.5, 10.0)),
        (DRAWING_DOWN, 0, 10.0, 50.0, (OUT, 0.0, 10.0)),
        (DRAWING_DOWN, 0, 10.0, 90.0, (OUT, 0.0, 10.0)),
        (RELOCATED, 0, -1e9, 10.0, (RELOCATED, 0.0, -1e9)),
        (OUT, 1, -1e9, 10.0, (OUT, 0.0, 10.0)),
        (OUT, 0, 5.0, 10.0, (OUT, 0.0, 5.0)),
    ],
)
def test_departure_of_500_over_40_days(status, decided, decided_on, day, expected):
    assert departure(status, decided, decided_on, day, 40.0, 500.0) == pytest.approx(expected)


@ways(up="duration decided_on troops_at_start", down="day")
def test_direction_of_troops_leaving(name, direction):
    domains = {
        "decided_on": st.floats(0.0, 100.0), "day": st.floats(100.0, 200.0), "duration": st.floats(20.0, 150.0),
        "troops_at_start": st.floats(0.0, 700.0),
    }  # fmt: skip
    moves(lambda **inputs: departure(DRAWING_DOWN, 0, **inputs)[1], domains, name, direction)


@pytest.mark.parametrize(
    ("spread", "normal", "expected"), [(0.4, 0.0, 40.0), (LN2, 1.0, 80.0), (LN2, -1.0, 20.0), (LN2, 2.0, 160.0)],
)  # fmt: skip
def test_departure_takes_its_median_stretched_by_the_spread(spread, normal, expected):
    assert exit_duration(40.0, spread, normal) == pytest.approx(expected)
