"""A past coalition: its members, their days of arrival and exit, and the day of the lead's announcement."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sim.theatre.tables import DataError, Row, read_rows
from sim.theatre.theatre import HOSTS, Member

COLUMNS = ("member", "role", "troops", "arrival", "decided", "exit", "framework_nation")
"""What a table must have; label, trigger, hosted_by, nato_member, mandate_renewal and election_due may be left out."""
_LEAD, _MEMBER = "lead", "member"


@dataclass(frozen=True, slots=True)
class Stay:
    """The stay of one member, as observed.

    Attributes:
        member: as the model knows it, with its day of arrival.
        arrival: date. `exit`: date on which it was gone; None where it never left.
        decided: date of its decision or announcement, None where it is not known.
        trigger: what the source says made it leave; may be empty.
    """

    member: Member
    arrival: date
    exit: date | None
    decided: date | None
    trigger: str


@dataclass(frozen=True, slots=True)
class PastCoalition:
    """A coalition and its lead, as observed.

    Attributes:
        lead: its name.
        announced: date on which the lead announced that it would leave. `gone`: date on which it had left.
        stays: of the members, in the order of the table.
    """

    lead: str
    announced: date
    gone: date
    stays: tuple[Stay, ...]

    @property
    def members(self) -> tuple[Member, ...]:
        """Return the members as the model knows them."""
        return tuple(stay.member for stay in self.stays)

    @property
    def first_day(self) -> date:
        """Return the day on which the first member arrived."""
        return min(stay.arrival for stay in self.stays)

    @property
    def last_exit(self) -> date:
        """Return the day on which the last member of those that left was gone."""
        return max(stay.exit for stay in self.stays if stay.exit)


def read_past_coalition(file: str, announced: date | None = None) -> PastCoalition:
    """Read a table of a past coalition: one row per member, and one of role `lead` with its days of announcement and exit.

    Args:
        file: a bare name is a table of `sim/data/`, a path is an analyst's own.
        announced: another reading of the day of the lead's announcement than the table's.

    Raises:
        DataError: a column or a date is missing or cannot be right; names the row.
    """
    rows = read_rows({"members": file}, "members")
    if missing := [column for column in COLUMNS if column not in rows[0].cells]:
        raise DataError(
            f"{file} has no column {missing[0]!r}; it has {', '.join(rows[0].cells)}, and needs {', '.join(COLUMNS)}: one row"
            " of role lead, whose `decided` is the day of its announcement and whose `exit` the day when it was gone"
        )
    roles = [row.choice("role", _LEAD, _MEMBER) for row in rows]
    leads = [row for row, role in zip(rows, roles, strict=True) if role == _LEAD]
    if len(leads) != 1:
        raise DataError(f"{file} has {len(leads)} rows of role lead; it needs one, with the days of announcement and exit")
    stays = tuple(_stay(row) for row, role in zip(rows, roles, strict=True) if role == _MEMBER)
    coalition = PastCoalition(
        lead=leads[0].text("member"),
        announced=announced or _needed(leads[0], "decided"),
        gone=_needed(leads[0], "exit"),
        stays=stays,
    )
    _check(file, coalition)
    return coalition


def _stay(row: Row) -> Stay:
    given: Mapping[str, str] = row.cells
    name = _key(row.text("member"))
    arrival, left, decided = _needed(row, "arrival"), row.date("exit"), row.date("decided")
    for early, late, what in ((arrival, left, "exit"), (arrival, decided, "decided"), (decided, left, "exit")):
        if early and late and late < early:
            raise DataError(f"{row.file}, line {row.line}: {what}={late} of {name} lies before {early}")
    troops = row.number("troops")
    member = Member(
        name=name,
        label=row.text("label", "") or row.text("member") if "label" in given else row.text("member"),
        present=True,
        troops=troops,
        troops_before=troops,
        hosted_by=row.choice("hosted_by", *HOSTS) if given.get("hosted_by") else "lead",
        hosted_at="",
        in_nato_mission=False,
        in_nato=row.flag("nato_member") if "nato_member" in given else False,
        framework_nation=_key(row.text("framework_nation", "")),
        mandate_renewal=row.date("mandate_renewal") if "mandate_renewal" in given else None,
        election=row.date("election_due") if "election_due" in given else None,
        arrival=arrival,
    )
    return Stay(member, arrival, left, decided, row.text("trigger", "") if "trigger" in given else "")


def _check(file: str, coalition: PastCoalition) -> None:
    """Check that rows and dates agree with each other."""
    names = [stay.member.name for stay in coalition.stays]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise DataError(f"{file}: {', '.join(twice)} stands in it twice")
    for stay in coalition.stays:
        if stay.member.framework_nation and stay.member.framework_nation not in names:
            raise DataError(f"{file}: the framework nation {stay.member.framework_nation!r} of {stay.member.name} is no member")
    if coalition.gone <= coalition.announced:
        raise DataError(f"{file}: the lead {coalition.lead} was gone on {coalition.gone}, not after {coalition.announced}")
    if not any(stay.exit for stay in coalition.stays):
        raise DataError(f"{file}: no member has an exit, so there is nothing to score")
    there = [stay for stay in coalition.stays if stay.arrival < coalition.announced and not _left_by(stay, coalition.announced)]
    if not there:
        raise DataError(f"{file}: no member was there on {coalition.announced}, when the lead announced its exit")


def _left_by(stay: Stay, day: date) -> bool:
    return stay.exit is not None and stay.exit <= day


def _needed(row: Row, column: str) -> date:
    found = row.date(column)
    if found is None:
        raise DataError(f"{row.file}, line {row.line}: {column} of {row.text('member')} is empty; it needs a date")
    return found


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def triggers_of(stays: Sequence[Stay]) -> list[str]:
    """Return the triggers that the table names, each once."""
    return list(dict.fromkeys(stay.trigger for stay in stays if stay.trigger))
