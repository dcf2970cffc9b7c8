"""Dates in place of days: the start of a policy, the day of a member, a bound of a prior, a horizon.

Day 0 is the start of the theatre. A horizon counts days, so that a run until a date includes that date.
"""

import calendar
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, cast

from experiments.analysis.dates import months_after, shown
from experiments.errors import InputError

LONGEST_RUN_DAYS = 3653
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_LIKE_A_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}|[0-9]{1,2}\s*[A-Za-z]{3,9}\s*[0-9]{4}")
_SPAN = re.compile(r"(\d+)\s*(mo|months?|y|years?)")
_MONTHS_A_YEAR = 12


def in_days(policies: Mapping[str, Any], start: date) -> dict[str, Any]:
    """Return the settings of policies with days in place of dates; days count from the start of the theatre."""
    return {
        name: {
            setting: _policy_setting(f"policies.{name}.{setting}", setting, value, start) for setting, value in given.items()
        }
        if isinstance(given, Mapping)
        else given
        for name, given in policies.items()
    }


def horizon(given: object, start: date) -> object:
    """Return `ensemble.days` as a number of days: given as one, as months or years, or as the last date of the run."""
    if not isinstance(given, str):
        return given
    if matched := _SPAN.fullmatch(given.strip()):
        months = int(matched[1]) * (_MONTHS_A_YEAR if matched[2].startswith("y") else 1)
        if not 0 < months <= LONGEST_RUN_DAYS // 30:
            raise InputError(f"ensemble.days={given}: a run has 1 to {LONGEST_RUN_DAYS // 30} months")
        return (months_after(start, months) - start).days
    if not is_date(given):
        raise InputError(
            f"ensemble.days={given!r} is no horizon: write days (730), months (18mo), years (2y) or the last date (2022-03-31)"
        )
    days = _read("ensemble.days", given, start) + 1
    if days > LONGEST_RUN_DAYS:
        raise InputError(f"ensemble.days={given} is too far: the last date is {start + timedelta(days=LONGEST_RUN_DAYS - 1)}")
    return days


def dated_calendar(events: object, start: date) -> object:
    """Return calendar entries with dates in place of days."""
    if not isinstance(events, Mapping):
        return events
    return {
        name: {**entry, "date": _date_of(f"calendar.{name}.date", entry["date"], start)}
        if isinstance(entry, Mapping) and isinstance(entry.get("date"), int | float)
        else entry
        for name, entry in events.items()
    }


def is_date(value: object) -> bool:
    """Tell whether a value is written like a date, such as 2020-11-01, even if the calendar has no such date."""
    return isinstance(value, str) and _DATE.fullmatch(value.strip()) is not None


def _policy_setting(where: str, setting: str, value: object, start: date) -> object:
    if setting == "start":
        return _dial(where, value, start)
    if isinstance(value, Mapping):  # a day for each of some members
        return {key: _day(f"{where}.{key}", entry, start) for key, entry in value.items()}
    if isinstance(value, str) and (is_date(value) or _LIKE_A_DATE.fullmatch(value)):
        raise InputError(f"{where}={value} is a date, but {setting} does not take a date; only the start may be a date")
    return value


def _dial(where: str, value: object, start: date) -> object:
    """Return a start as a number, or its prior with numbers."""
    if isinstance(value, list):
        family, *numbers = value or [""]
        for place, number in enumerate(numbers):
            if is_date(number) and place == 0 and family in ("normal", "beta", "dirichlet"):
                raise InputError(f"{where}: the first number of a {family} prior is its width, not a date such as {number}")
        return [family, *(_day(where, number, start) for number in numbers)]
    if isinstance(value, Mapping):
        return {key: _dial(where, entry, start) if key in ("prior", "value") else entry for key, entry in value.items()}
    return _day(where, value, start)


def _day(where: str, value: object, start: date) -> object:
    if not isinstance(value, str):
        return value
    if not is_date(value):
        raise InputError(f"{where}={value!r} is neither a day, such as 14, nor a date, such as {start + timedelta(days=14)}")
    return _read(where, value, start)


def _read(where: str, value: str, start: date) -> int:
    year, month, day = map(int, value.strip().split("-"))
    try:
        found = date(year, month, day)
    except ValueError:
        last = f": {calendar.month_name[month]} {year} has {calendar.monthrange(year, month)[1]} days" if 0 < month < 13 else ""
        raise InputError(f"{where}={value} is no date of the calendar{last}") from None
    if found < start:
        raise InputError(f"{where}={value} lies before {start}, the start of the run and its day 0")
    return (found - start).days


def _date_of(where: str, value: float, start: date) -> str:
    if isinstance(value, bool) or not float(value).is_integer() or not -366 <= value <= LONGEST_RUN_DAYS:
        raise InputError(
            f"{where}={value} is neither a whole day, such as 34, nor a date, such as {start + timedelta(days=34)}"
        )
    return (start + timedelta(days=int(value))).isoformat()


def day_and_date(day: float, start: date) -> str:
    """Return a day with its date: "14 (14 October 2020)"."""
    return f"{day:g} ({shown(start, day)})"


def with_dates(settings: Mapping[str, Any], start: date) -> dict[str, Any]:
    """Return the settings of a policy in words, with the date of its start."""
    found = dict(settings)
    if isinstance(found.get("start"), int | float):
        found["start"] = day_and_date(cast(float, found["start"]), start)
    return found
