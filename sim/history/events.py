"""The known events as a config lists them, read into forcings."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from sim.history.forcings import (
    AirPause,
    AnnouncedCut,
    BaseHandover,
    Caretaker,
    Forcing,
    ForcingError,
    MembersAway,
    NoOtherStrike,
    Protest,
    Stance,
    Strike,
    TrainingHalt,
    Vote,
)
from sim.theatre.theatre import Theatre

KINDS: Mapping[str, type[Forcing]] = {
    "strike": Strike,
    "no_other_strike": NoOtherStrike,
    "caretaker": Caretaker,
    "training_halt": TrainingHalt,
    "air_pause": AirPause,
    "members_away": MembersAway,
    "base_handover": BaseHandover,
    "announced_cut": AnnouncedCut,
    "stance": Stance,
    "vote": Vote,
    "protest": Protest,
}
"""All kinds of events, by the word that a config uses."""


def read_forcings(
    theatre: Theatre, events: Mapping[str, object], kinds: Mapping[str, type[Forcing]] = KINDS
) -> tuple[tuple[str, Forcing], ...]:
    """Make forcings from their entries, each with a `kind`, a `date`, a `source` and what the kind needs besides.

    Args:
        theatre: whose first day is day 0 of the events.
        events: entries by name.
        kinds: that an entry may name.

    Raises:
        ForcingError: an entry cannot be read.
    """
    return tuple((name, _forcing(theatre, f"history.events.{name}", entry, kinds)) for name, entry in events.items())


def _forcing(theatre: Theatre, where: str, entry: object, kinds: Mapping[str, type[Forcing]]) -> Forcing:
    if not isinstance(entry, Mapping):
        raise ForcingError(f"{where}={entry!r} is not a mapping with a kind, a date and a source")
    kind = kinds.get(str(entry.get("kind")))
    if kind is None:
        raise ForcingError(f"{where}.kind={entry.get('kind')!r} is none of {', '.join(kinds)}")
    wanted = {"day": "date"} | {field.name: field.name for field in fields(kind) if field.name != "day"}
    if missing := [name for name in (*wanted.values(), "source") if name not in entry]:
        raise ForcingError(f"{where} misses {', '.join(missing)}")
    if extra := sorted(set(entry) - {*wanted.values(), "kind", "source"}):
        raise ForcingError(f"{where}.{extra[0]} is no setting of {entry['kind']}: it has {', '.join(wanted.values())}, source")
    values: dict[str, Any] = {field: _field(theatre, f"{where}.{name}", name, entry[name]) for field, name in wanted.items()}
    if "until" in values and values["until"] <= values["day"]:
        raise ForcingError(f"{where}.until={entry['until']} is not after {entry['date']}")
    try:
        return kind(**values)
    except ForcingError as error:
        raise ForcingError(f"{where}.{error}") from None


def _field(theatre: Theatre, where: str, name: str, value: object) -> object:
    if name in ("date", "until"):
        try:
            return theatre.day(date.fromisoformat(str(value)))
        except ValueError:
            raise ForcingError(f"{where}={value!r} is not a date such as 2020-01-03") from None
    if name == "members":
        named = [str(member) for member in value] if isinstance(value, (list, tuple)) else []
        known = [member.name for member in theatre.members]
        if not named or (unknown := [member for member in named if member not in known]):
            raise ForcingError(f"{where}={value!r} is not a list of members: {', '.join(unknown if named else known)}")
        return tuple(named)
    if name == "site" and value not in [site.name for site in theatre.sites]:
        raise ForcingError(f"{where}={value!r} is none of {', '.join(site.name for site in theatre.sites)}")
    return value
