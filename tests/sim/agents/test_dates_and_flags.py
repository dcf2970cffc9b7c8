"""Rules that compare days, or turn a state into yes or no, on values computed by hand."""

import math

import pytest

from sim.agents.coalition import arrival, decides_as_one, no_return_today
from sim.agents.codes import AWAITED, CLOSED, DRAWING_DOWN, FULL, NOTHING, OPEN, OUT, PARTIAL, PRESENT
from sim.agents.embassy import closing_of
from sim.agents.government import early_election, weight_of_announcement
from sim.agents.islamic_state import first_day
from sim.agents.member_calendar import days_to_dates, phase_of
from sim.agents.militias import at_cap
from sim.arithmetic import above, divided, equal, minus, nothing, plus, same, times

NEVER = math.inf
FAR = 1.0e9
WINDOWS = {
    "shortest_mandate_window": 30.0, "longest_mandate_window": 60.0, "shortest_election_window": 90.0,
    "longest_election_window": 90.0,
}  # fmt: skip


def test_plain_arithmetic() -> None:
    assert (plus(1.5, 2.0), minus(1.5, 2.0), times(1.5, 2.0), divided(1.5, 2.0)) == (3.5, -0.5, 3.0, 0.75)
    assert (above(2.0, 1.0), above(1.0, 1.0), equal(1.0, 1.0), equal(1.0, 2.0)) == (1.0, 0.0, 1.0, 0.0)
    assert (same(7.0), nothing()) == (7.0, 0.0)


@pytest.mark.parametrize(
    ("status", "expected"), [(AWAITED, (PRESENT, 90.0)), (DRAWING_DOWN, (DRAWING_DOWN, 40.0)), (OUT, (OUT, 40.0))]
)
def test_only_who_is_awaited_arrives(status: int, expected: tuple[int, float]) -> None:
    assert arrival(status, 40.0, 90.0) == expected


def test_the_alliance_decides_as_one_only_about_an_announced_exit() -> None:
    assert [decides_as_one(one, weight) for one in (0.0, 1.0) for weight in (0.0, 0.4)] == [0.0, 0.0, 0.0, 1.0]


def test_nobody_returns_during_a_full_pullout_where_that_holds() -> None:
    assert [no_return_today(1.0, announcement) for announcement in (NOTHING, PARTIAL, FULL)] == [0.0, 0.0, 1.0]
    assert no_return_today(0.0, FULL) == 0.0


@pytest.mark.parametrize(
    ("closes_on", "status", "closed", "expected"),
    [
        (NEVER, OPEN, 0.0, (0.0, 0.0, 0.0)),
        (12.0, OPEN, 0.0, (1.0, 0.0, 0.0)),
        (10.0, OPEN, 0.0, (1.0, 1.0, 1.0)),
        (9.0, CLOSED, 0.0, (1.0, 1.0, 0.0)),
        (NEVER, CLOSED, 1.0, (0.0, 0.0, 1.0)),
    ],
)
def test_a_closing_is_the_leads_where_the_mission_was_still_there(closes_on, status, closed, expected) -> None:
    assert closing_of(closes_on, 10.0, status, closed) == expected


def test_an_announcement_weighs_on_its_own_day() -> None:
    assert [weight_of_announcement(0.7, announced_on, 12.0) for announced_on in (NEVER, 11.0, 12.0)] == [0.0, 0.0, 0.7]


@pytest.mark.parametrize(
    ("held", "cabinet", "expected"),
    [(0.59, 0.2, (0.8, 0.0, 1.0, 1.0)), (0.59, 0.4, (0.8, 0.0, 0.0, 1.0)), (0.6, 0.2, (0.3, 20.0, 1.0, 0.0))],
)
def test_an_election_ends_the_caretaker_and_elects_a_cabinet(held: float, cabinet: float, expected: tuple[float, ...]) -> None:
    probabilities = {"early_election_probability": 0.6, "capital_after_fall": 0.8, "patron_friendly_cabinet": 0.3}
    assert early_election(0.3, 20.0, 1.0, 0.0, held, cabinet, **probabilities) == expected


def test_the_first_day_is_kept() -> None:
    assert math.isnan(first_day(math.nan, 29.0, 30.0, 100.0))
    assert first_day(math.nan, 30.0, 30.0, 100.0) == 100.0
    assert first_day(100.0, 31.0, 30.0, 101.0) == 100.0


def test_the_cap_binds_in_either_campaign() -> None:
    assert [at_cap(rockets, convoys, 2.0) for rockets, convoys in ((1.9, 1.9), (2.0, 0.0), (0.0, 3.0))] == [0.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("mandate", "election", "expected"), [(40.0, 25.0, (30.0, 15.0)), (4.0, 4.0, (359.0, -6.0)), (FAR, FAR, (FAR, FAR - 10.0))]
)
def test_mandates_come_again_every_year_and_elections_pass(
    mandate: float, election: float, expected: tuple[float, float]
) -> None:
    assert days_to_dates(mandate, election, 10.0) == expected


@pytest.mark.parametrize(
    ("to_mandate", "to_election", "before", "expected"),
    [
        (200.0, 200.0, -1.0, (0.0, 1.0)),  # nothing known of yesterday
        (200.0, 200.0, 0.0, (0.0, 0.0)),
        (30.0, 200.0, 0.0, (1.0, 1.0)),
        (30.0, 90.0, 3.0, (3.0, 0.0)),
        (40.0, 90.0, 3.0, (-1.0, 1.0)),  # in the window of some worlds, not of others
        (40.0, 90.0, -1.0, (-1.0, 1.0)),
        (70.0, 90.0, -1.0, (2.0, 1.0)),
        (0.0, 0.0, 3.0, (0.0, 1.0)),
        (0.0, -120.0, 0.0, (0.0, 0.0)),
    ],
)
def test_a_members_factor_is_renewed_when_a_window_opens_or_closes(to_mandate, to_election, before, expected) -> None:
    assert phase_of(to_mandate, to_election, before, **WINDOWS) == expected
