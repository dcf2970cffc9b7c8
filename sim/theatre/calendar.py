"""Dated events known on the first day: elections, the inauguration, anniversaries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np


class EventKind(StrEnum):
    """What a dated event does."""

    LEAD_ELECTION = "lead_election"
    INAUGURATION = "inauguration"
    EARLY_ELECTION = "early_election"
    MEMBER_MANDATES = "member_mandates"
    MEMBER_ELECTIONS = "member_elections"


class CalendarError(ValueError):
    """An event that cannot be read: says which and what is allowed."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The events of a run, as days of the model; None or empty where an event was removed.

    Attributes:
        start: date of day 0.
        lead_election: day of the lead nation's election: there is caution before it.
        inauguration: day on which a successor may withdraw an unfinished pullout.
        early_election: day for which an early Iraqi election is called.
        mandates, elections: whether the members' own dates count.
    """

    start: date
    lead_election: int | None = None
    inauguration: int | None = None
    early_election: int | None = None
    mandates: bool = False
    elections: bool = False

    def before_lead_election(self, day: int) -> bool:
        """Tell whether the lead nation's election is still to come."""
        return self.lead_election is not None and day < self.lead_election

    def day_of_year(self, day: int) -> int:
        """Return the day of the year, 1-366."""
        return (self.start + timedelta(days=day)).timetuple().tm_yday


class Today:
    """The day as rules read it: arrays (1, 1), the same in all worlds.

    Attributes:
        day: of the model.
        day_of_year: 1-366.
        before_lead_election: 1 while the lead nation's election is still to come, else 0.
        early_election: 1 on its day, else 0.
    """

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.day, self.day_of_year = np.zeros((2, 1, 1))
        self.before_lead_election, self.early_election = np.zeros((2, 1, 1))

    def become(self, day: int) -> None:
        """Let it be another day."""
        calendar = self.calendar
        self.day[...] = day
        self.day_of_year[...] = calendar.day_of_year(day)
        self.before_lead_election[...] = calendar.before_lead_election(day)
        self.early_election[...] = day == calendar.early_election


def read_calendar(start: date, events: Mapping[str, Mapping[str, object]]) -> Calendar:
    """Make a calendar from its entries, each with a `kind` and a `date`.

    Raises:
        CalendarError: an entry has an unknown kind or a date that cannot be read.
    """
    days: dict[EventKind, int] = {}
    flags: set[EventKind] = set()
    for name, entry in events.items():
        if not isinstance(entry, Mapping):
            raise CalendarError(f"calendar.{name}={entry!r} is not a mapping with a kind and a date")
        try:
            kind = EventKind(str(entry.get("kind")))
        except ValueError:
            kinds = ", ".join(member.value for member in EventKind)
            raise CalendarError(f"calendar.{name}.kind={entry.get('kind')!r} is none of {kinds}") from None
        if kind in (EventKind.MEMBER_MANDATES, EventKind.MEMBER_ELECTIONS):
            flags.add(kind)
        elif kind in days:
            raise CalendarError(f"calendar.{name}: there is a {kind} already")
        else:
            days[kind] = (_dated(name, entry.get("date")) - start).days
    return Calendar(
        start=start,
        lead_election=days.get(EventKind.LEAD_ELECTION),
        inauguration=days.get(EventKind.INAUGURATION),
        early_election=days.get(EventKind.EARLY_ELECTION),
        mandates=EventKind.MEMBER_MANDATES in flags,
        elections=EventKind.MEMBER_ELECTIONS in flags,
    )


def _dated(name: str, value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise CalendarError(f"calendar.{name}.date={value!r} is not a date such as 2021-01-20") from None
