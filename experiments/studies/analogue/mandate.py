"""How the ends of a coalition's mandate are read: their days, their prior, the exits that a source puts down to them."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from experiments.config.fields import Check, Day, Section, listed, read, whole
from experiments.errors import InputError, nearest
from sim.ledger.priors import Prior, PriorError
from sim.rule import Array
from sim.theatre.past_coalition import PastCoalition, triggers_of
from sim.theatre.theatre import Theatre


def _effect(given: object) -> Prior:
    try:
        prior = Prior.read(given)
        prior.check(0.5)  # a centre that this one does not want, as is said below
    except PriorError as error:
        raise ValueError(f"is no prior: {error}") from None
    if prior.wants_value:
        raise ValueError("is a prior around a value, and there is none here; try [uniform, 0, 5]")
    return prior


type _Triggers = Annotated[tuple[str, ...], listed("[mandate]", null=(), or_empty=True)]


@dataclass(frozen=True, slots=True)
class EndsOfMandate(Section):
    """How the ends of a mandate are read.

    Attributes:
        ends: dates. `days_before`: an exit decided so many days before one may be its work.
        effect: prior of what these days add to the log hazard.
        triggers: of the exits that the source puts down to the mandate's end; `agreements`: to the end of what replaced it.
    """

    ends: Annotated[tuple[Day, ...], listed("[2008-12-31]")]
    days_before: Annotated[int, whole(1, 3653)]
    effect: Annotated[Prior, Check(_effect)]
    triggers: _Triggers
    agreements: _Triggers

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
    mandate = read(EndsOfMandate, "theatre.mandate", given)
    known = triggers_of(past.stays)
    for key, triggers in (("triggers", mandate.triggers), ("agreements", mandate.agreements)):
        for trigger in triggers:
            if trigger not in known:
                hint = nearest(trigger, known) or f"; it has {', '.join(known) or 'none'}"
                raise InputError(f"theatre.mandate.{key}: {trigger!r} is no trigger of the table{hint}")
    return mandate
