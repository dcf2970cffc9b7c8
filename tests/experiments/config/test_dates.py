"""A date may stand for a day and gives the same arm; a text that is not a valid date gives one line of error."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from composing import ABSENT, composed, read
from conftest import Answer

from experiments.analysis.dates import last_date, shown
from experiments.errors import InputError

PULLOUT = "policies.full_pullout.start"


@pytest.mark.parametrize(
    ("dated", "in_days"),
    [
        (f"{PULLOUT}=2020-11-01", f"{PULLOUT}=32"),
        (f"{PULLOUT}=2020-9-30", f"{PULLOUT}=0"),
        (f"{PULLOUT}=[uniform,2020-11-01,2021-02-01]", f"{PULLOUT}=[uniform,32,124]"),
        (f"{PULLOUT}=[normal,10,2020-11-01,2021-02-01]", f"{PULLOUT}=[normal,10,32,124]"),
        (f"{PULLOUT}={{value:2020-12-01,prior:[uniform,32,2021-02-01]}}", f"{PULLOUT}={{value:62,prior:[uniform,32,124]}}"),
        ("+policies.member_exits.exits={denmark:2020-11-01}", "+policies.member_exits.exits={denmark:32}"),
        ("calendar.inauguration.date=112", "calendar.inauguration.date=2021-01-20"),
        ("ensemble.days=18mo", "ensemble.days=546"),
        ("ensemble.days=2y", "ensemble.days=730"),
        ("ensemble.days=2022-03-31", "ensemble.days=548"),
        ("until=2022-03-31", "ensemble.days=548"),
    ],
)
def test_a_date_is_the_same_arm_as_its_day(dated: str, in_days: str) -> None:
    assert composed("us_pullout", dated).key == composed("us_pullout", in_days).key
    assert composed("us_pullout", dated).key != composed("us_pullout").key or in_days.endswith(("730", "2021-01-20"))


def test_a_number_alone_is_days_and_not_months() -> None:
    assert composed("us_pullout", "ensemble.days=18").days == 18


def test_days_count_from_the_start_of_the_theatre() -> None:
    later = {"theatre.start": "2020-10-30", "ensemble.uncertainty": "prior", PULLOUT: "2020-11-01"}
    ((_, policy),) = [pair for pair in read("us_pullout", later).policies if pair[0] == "full_pullout"]
    assert policy.start.value == 2


def test_a_run_until_a_date_includes_it() -> None:
    arm = composed("us_pullout", "until=2021-01-31", "ensemble.worlds=1")
    assert last_date(arm.theatre.start, arm.days) == date(2021, 1, 31)
    assert shown(arm.theatre.start, arm.days - 1) == "31 January 2021"


@pytest.mark.parametrize(
    ("override", "said"),
    [
        (f"{PULLOUT}=2020-02-31", "2020-02-31 is no date of the calendar: February 2020 has 29 days"),
        (f"{PULLOUT}=2020-13-01", "2020-13-01 is no date of the calendar"),
        (f"{PULLOUT}=2020-09-29", "2020-09-29 lies before 2020-09-30, the start of the run"),
        (f"{PULLOUT}=2024-09-01", r"start=1432 \(1 September 2024\) is beyond the horizon: .* 729 \(29 September 2022\)"),
        (f"{PULLOUT}=01.11.2020", "'01.11.2020' is neither a day, such as 14, nor a date, such as 2020-10-14"),
        (f"{PULLOUT}=november", "'november' is neither a day"),
        (f"{PULLOUT}=[normal,2020-11-01,0,60]", "the first number of a normal prior is its width"),
        (f"{PULLOUT}=[uniform,2020-11-01,2020-11-31]", "2020-11-31 is no date"),
        ("policies.full_pullout.stretch=2020-11-01", "stretch does not take a date"),
        ("policies.ultimatum.deadline_days=2020-11-01", "deadline_days does not take a date"),
        ("+policies.member_exits.exits={denmark:2020-02-30}", r"exits.denmark=2020-02-30 is no date"),
        ("ensemble.days=1.5y", "is no horizon: write days"),
        ("ensemble.days=0mo", "a run has 1 to"),
        ("ensemble.days=2040-01-01", "is too far: the last date is 2030-09-30"),
        ("ensemble.days=2020-02-30", "2020-02-30 is no date"),
        ("until=30", "until takes a date"),
        ("calendar.inauguration.date=112.5", "is neither a whole day"),
        ("calendar.inauguration.date=2021-02-30", "is not a date"),
    ],
)
def test_what_is_no_date_is_one_line(override: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        composed("us_pullout", override)


def test_a_scenario_may_hold_dates_without_quotes(knockon: Callable[..., Answer]) -> None:
    folder = Path("my_conf/scenario")
    folder.mkdir(parents=True)
    text = "# @package _global_\npolicies:\n  full_pullout: {start: 2020-11-01}\nensemble: {days: 18mo}\n"
    (folder / "leave_in_november.yaml").write_text(text, encoding="utf-8")
    answer = knockon("check", "--config-dir", "my_conf", "-m", "scenario=leave_in_november", f"{PULLOUT}=2020-11-01,14")
    assert answer.code == 0
    assert "start=2020-11-01" in answer.out
    assert "full_pullout (day 32 = 1 November 2020, strength 1)" in answer.out
    assert "full_pullout (day 14 = 14 October 2020, strength 1)" in answer.out


def test_a_config_without_a_start_of_the_theatre_is_refused_as_before() -> None:
    with pytest.raises(InputError, match="theatre misses start"):
        read("stay", {"theatre.start": ABSENT})
