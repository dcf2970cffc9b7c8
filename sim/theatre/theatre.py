"""The theatre: the actors, sites and governorates of the first day, read from the tables in `sim/data/`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from sim.arrays import Array
from sim.theatre.tables import DataError, Row, read_rows

HOSTS = ("lead", "nato", "own")


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the coalition.

    Attributes:
        name: its key; `label` is what figures print.
        present: False if the member had left before the start.
        troops: persons in the country at the start. `troops_before`: in the year before, as in January 2020.
        hosted_by: whose base it lives at: "lead", "nato" (the NATO mission) or "own".
        hosted_at: the site where it lives, if that is a base of the lead; empty: at none of the sites.
        in_nato_mission: it serves in the NATO mission (alone or besides the coalition's).
        framework_nation: the member on whose contingent it depends, or empty.
        mandate_renewal: date of the national mandate's next renewal, recurring every year.
        election: date of the next national election as known at the start.
        arrival: date of its arrival; None where it was there at the start.
    """

    name: str
    label: str
    present: bool
    troops: float
    troops_before: float
    hosted_by: str
    hosted_at: str
    in_nato_mission: bool
    in_nato: bool
    framework_nation: str
    mandate_renewal: date | None
    election: date | None
    arrival: date | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A site that attacks are aimed at, with the governorate that it lies in (empty: along the convoy routes)."""

    name: str
    label: str
    governorate: str
    campaign: str


@dataclass(frozen=True, slots=True)
class Governorate:
    """A governorate with its population (persons, 2020), and the site of the coalition that it is supported from, or empty."""

    name: str
    label: str
    population: float
    convoy_route: bool
    supported_from: str


@dataclass(frozen=True, slots=True)
class NeighbourArea:
    """An area beyond the border, with the governorates whose IS activity it feels."""

    name: str
    label: str
    reads: tuple[str, ...]
    partner_forces: bool


@dataclass(frozen=True, slots=True)
class Theatre:
    """All tables of one theatre. Rows keep the order of the files."""

    start: date
    members: tuple[Member, ...]
    factions: tuple[tuple[str, str], ...]
    sites: tuple[Place, ...]
    governorates: tuple[Governorate, ...]
    borders: frozenset[tuple[str, str]]
    neighbours: tuple[NeighbourArea, ...]

    def day(self, when: date) -> int:
        """Return the day of the model on a date; the start is day 0."""
        return (when - self.start).days

    def adjacency(self, names: list[str]) -> Array:
        """Return 1 where two of the named governorates share a border, (names, names)."""
        pairs = [[float((a, b) in self.borders or (b, a) in self.borders) for b in names] for a in names]
        return np.array(pairs, dtype=np.float64).reshape(len(names), len(names))


def read_theatre(start: date, tables: Mapping[str, str]) -> Theatre:
    """Read the tables of a theatre.

    Args:
        start: the date of day 0.
        tables: file by role; a bare name is one of `sim/data/`, a path is an analyst's own.

    Raises:
        DataError: a table is missing, lacks a column, or has a cell that cannot be read; or tables disagree.
    """
    theatre = Theatre(
        start=start,
        members=tuple(_member(row) for row in read_rows(tables, "members")),
        factions=tuple((row.name("faction"), row.text("label")) for row in read_rows(tables, "factions")),
        sites=tuple(
            Place(
                row.name("site"), row.text("label"), row.text("governorate", ""), row.choice("campaign", "rockets", "convoys")
            )
            for row in read_rows(tables, "sites")
        ),
        governorates=tuple(
            Governorate(
                row.name("governorate"),
                row.text("label"),
                row.number("population"),
                row.flag("convoy_route"),
                row.text("supported_from", ""),
            )
            for row in read_rows(tables, "governorates")
        ),
        borders=_borders(read_rows(tables, "borders")),
        neighbours=tuple(
            NeighbourArea(
                row.name("neighbour"), row.text("label"), tuple(row.text("reads", "").split()), row.flag("partner_forces")
            )
            for row in read_rows(tables, "neighbours")
        ),
    )
    _check(theatre, tables)
    return theatre


def _borders(rows: list[Row]) -> frozenset[tuple[str, str]]:
    borders: dict[frozenset[str], tuple[str, str]] = {}
    for row in rows:
        pair = row.text("governorate_a"), row.text("governorate_b")
        if pair[0] == pair[1]:
            raise DataError(f"{row.file}, line {row.line}: {pair[0]} cannot border on itself")
        if borders.setdefault(frozenset(pair), pair) is not pair:
            raise DataError(f"{row.file}, line {row.line}: the border of {' and '.join(pair)} stands in it twice")
    return frozenset(borders.values())


def _member(row: Row) -> Member:
    mission = row.choice("mission", "oir", "nmi", "both")
    return Member(
        name=row.name("member"),
        label=row.text("label"),
        present=row.choice("status_at_start", "present", "out") == "present",
        troops=row.number("troops"),
        troops_before=row.number("troops_january_2020" if "troops_january_2020" in row.cells else "troops"),
        hosted_by=row.choice("hosted_by", *HOSTS),
        hosted_at=row.text("hosted_at", ""),
        in_nato_mission=mission in ("nmi", "both"),
        in_nato=row.flag("nato_member"),
        framework_nation=row.text("framework_nation", ""),
        mandate_renewal=row.date("mandate_renewal"),
        election=row.date("election_due"),
    )


def _check(theatre: Theatre, tables: Mapping[str, str]) -> None:
    """Check that the tables agree with each other."""
    members = [member.name for member in theatre.members]
    governorates = [governorate.name for governorate in theatre.governorates]
    lists = {"members": members, "governorates": governorates, "factions": [name for name, _ in theatre.factions]}
    lists["sites"] = [site.name for site in theatre.sites]
    lists["neighbours"] = [neighbour.name for neighbour in theatre.neighbours]
    for role, names in lists.items():
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise DataError(f"{tables[role]}: {', '.join(twice)} stands in it twice")
    for member in theatre.members:
        if member.framework_nation and member.framework_nation not in members:
            raise DataError(
                f"{tables['members']}: the framework nation {member.framework_nation!r} of {member.name} is no member"
            )
        if member.hosted_at and (member.hosted_by != "lead" or member.hosted_at not in lists["sites"]):
            raise DataError(
                f"{tables['members']}: {member.name} is hosted at {member.hosted_at!r}; hosted_at must be one of"
                f" {', '.join(lists['sites'])}, and hosted_by must be lead"
            )
    for governorate in theatre.governorates:
        if governorate.supported_from and governorate.supported_from not in lists["sites"]:
            raise DataError(
                f"{tables['governorates']}: {governorate.name} is supported from {governorate.supported_from!r}; that is none"
                f" of the sites {', '.join(lists['sites'])}"
            )
    named = [(tables["sites"], site.governorate) for site in theatre.sites if site.governorate]
    named += [(tables["borders"], name) for pair in theatre.borders for name in pair]
    named += [(tables["neighbours"], name) for neighbour in theatre.neighbours for name in neighbour.reads]
    for table, name in sorted(named):
        if name not in governorates:
            raise DataError(f"{table}: {name!r} is none of the governorates in {tables['governorates']}")
