"""Counts of a year by month.

Every day falls into its month, and after each death the following days are searched for a strike that answers it.
"""

from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from experiments.studies.calibrate.year_statistics import ANSWER_DAYS, MonthlyCounts

START = date(2019, 10, 30)


def day(number: int, killed: list[float], decided: list[float], attacks: list[float] | None = None) -> Any:
    zeros = np.zeros((1, len(killed)))
    deaths = np.array([killed])
    return SimpleNamespace(
        day=number,
        sites=SimpleNamespace(
            attacks_in_all=np.array([attacks or [0.0] * len(killed)]),
            deaths_that_count=deaths,
            coalition_deaths=deaths,
            civilian_deaths=zeros,
        ),
        militias=SimpleNamespace(convoys=SimpleNamespace(all_attacks=zeros)),
        coalition=SimpleNamespace(decided=np.ones((3, len(killed)), dtype=np.int8), decided_on=np.array([[-1] * len(killed), [4] * len(killed)])),
        lead=SimpleNamespace(decided_strike=np.array([decided])),
        islamic_state=SimpleNamespace(attacks=np.array([[1.0] * len(killed), [2.0] * len(killed)])),
    )  # fmt: skip


def test_days_fall_into_their_months() -> None:
    counter = MonthlyCounts(START, 35)
    assert counter.months == [date(2019, 10, 1), date(2019, 11, 1), date(2019, 12, 1)]
    assert counter.ends == [2, 32, 35]
    for number in range(35):
        counter.take(day(number, [0.0], [0.0], attacks=[float(number)]))
    np.testing.assert_array_equal(counter.counts["attacks"][:, 0], [1, sum(range(2, 32)), 32 + 33 + 34])
    np.testing.assert_array_equal(counter.counts["exits"][:, 0], [6, 90, 9])
    np.testing.assert_array_equal(counter.counts["member_days"][:, 0], [2, 30, 3])
    np.testing.assert_array_equal(counter.counts["islamic_state_attacks"][:, :, 0], [[2, 4], [30, 60], [3, 6]])


@pytest.mark.parametrize(
    ("answered_after", "unanswered", "other"),
    [(1, 0, 0), (ANSWER_DAYS, 0, 0), (ANSWER_DAYS + 1, 1, 1), (None, 1, 0)],
)
def test_a_death_is_answered_within_ten_days_or_not(answered_after: int | None, unanswered: int, other: int) -> None:
    counter = MonthlyCounts(date(2019, 10, 1), 30)
    for number in range(30):
        killed = 2.0 if number == 5 else 0.0
        counter.take(day(number, [killed], [float(answered_after is not None and number == 5 + answered_after)]))
    assert counter.counts["fatal_events"].sum() == 1
    assert counter.counts["unanswered"].sum() == unanswered
    assert counter.counts["other_strikes"].sum() == other


def test_another_death_gives_the_answer_more_time() -> None:
    counter = MonthlyCounts(date(2019, 10, 1), 30)
    for number in range(30):
        counter.take(day(number, [float(number in (5, 12))], [float(number == 21)]))
    assert counter.counts["unanswered"].sum() == 0
    assert counter.counts["other_strikes"].sum() == 0


def test_selected_worlds_keep_their_counts_and_their_waiting() -> None:
    counter = MonthlyCounts(date(2019, 10, 1), 30)
    for number in range(10):
        counter.take(day(number, [0.0, float(number == 9)], [0.0, 0.0], attacks=[1.0, 2.0]))
    counter.select(np.array([1, 1, 0]))
    np.testing.assert_array_equal(counter.counts["attacks"][0], [20, 20, 10])
    for number in range(10, 30):
        counter.take(day(number, [0.0] * 3, [float(number == 12), 0.0, 0.0]))
    np.testing.assert_array_equal(counter.counts["unanswered"][0], [0, 1, 0])
