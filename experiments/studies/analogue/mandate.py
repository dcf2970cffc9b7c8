"""How the ends of a coalition's mandate are read: their days, their prior, the exits that a source puts down to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import numpy as np

from experiments.config.fields import check_keys, whole
from experiments.errors import InputError, nearest
from sim.ledger.priors import Prior, PriorError
from sim.rule import Array
from sim.theatre.past_coalition import PastCoalition, triggers_of
from sim.theatre.theatre import Theatre

_KEYS = {"ends", "days_before", "effect", "triggers", "agreements"}
_MOST_DAYS = 3653
_LISTS = ("ends", "triggers", "agreements")


@dataclass(frozen=True, slots=True)
class EndsOfMandate:
    """How the ends of a mandate are read.

    Attributes:
        ends: dates. `days_before`: an exit decided so many days before one may be its work.
        effect: prior of what these days add to the log hazard.
        triggers: of the exits that the source puts down to the mandate's end; `agreements`: to the end of what replaced it.
    """

    ends: tuple[date, ...]
    days_before: int
    effect: Prior
    triggers: tuple[str, ...]
    agreements: tuple[str, ...]

    def near(self, theatre: Theatre, days: int) -> Array:
        """Return the days on which an exit may be the work of an end, (days,) of bool."""
        today, near = np.arange(days), np.zeros(days, dtype=bool)
        for end in self.ends:
            left = theatre.day(end) - today
            near |= (left >= 0) & (left < self.days_before)
        return near


def read_mandate(given: object, past: PastCoalition) -> EndsOfMandate | None:
    """Read `theatre.mandate`; None where none is given.

    Raises:
        InputError: something cannot be used; one line.
    """
    if given is None:
        return None
    check_keys("theatre.mandate", given, _KEYS)
    entries = cast(Mapping[str, Any], given)
    if missing := sorted(_KEYS - set(entries)):
        raise InputError(f"theatre.mandate misses {', '.join(missing)}")
    lists = {key: _list(key, entries[key]) for key in _LISTS}
    if not lists["ends"]:
        raise InputError("theatre.mandate.ends is empty; without an end, leave theatre.mandate=null")
    known = triggers_of(past.stays)
    for key in ("triggers", "agreements"):
        for trigger in lists[key]:
            if trigger not in known:
                hint = nearest(trigger, known) or f"; it has {', '.join(known) or 'none'}"
                raise InputError(f"theatre.mandate.{key}: {trigger!r} is no trigger of the table{hint}")
    return EndsOfMandate(
        ends=tuple(needed_date(f"theatre.mandate.ends[{number}]", end) for number, end in enumerate(lists["ends"])),
        days_before=whole("theatre.mandate.days_before", entries["days_before"], 1, _MOST_DAYS),
        effect=_effect(entries["effect"]),
        triggers=tuple(lists["triggers"]),
        agreements=tuple(lists["agreements"]),
    )


def _list(key: str, given: object) -> list[str]:
    if given is None:
        return []
    if not isinstance(given, list):
        raise InputError(f"theatre.mandate.{key}={given!r} is not a list such as [{given}]")
    return [str(entry) for entry in given]


def _effect(given: object) -> Prior:
    try:
        prior = Prior.read(given)
        prior.check(0.5)  # a centre that this one does not want, as is said below
    except PriorError as error:
        raise InputError(f"theatre.mandate.effect={given}: {error}") from None
    if prior.wants_value:
        raise InputError(f"theatre.mandate.effect={given}: a prior around a value has none here; try [uniform, 0, 5]")
    return prior


def date_of(name: str, value: object) -> date | None:
    """Return a date, None where there is none."""
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise InputError(f"{name}={value!r} is not a date such as 2008-11-17") from None


def needed_date(name: str, value: object) -> date:
    """Return a date that there must be."""
    found = date_of(name, value)
    if found is None:
        raise InputError(f"{name} is empty; it needs a date such as 2008-11-17")
    return found
