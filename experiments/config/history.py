"""The year before the start: its known facts, and the arm that simulates it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from experiments.config.arm import Arm, History, Start
from experiments.config.fields import Day, Number, Section, class_named, read
from experiments.config.mechanisms import neutralised
from experiments.errors import InputError, nearest
from sim.history.events import KINDS, read_forcings
from sim.history.forcings import Forcing
from sim.ledger.parameters import Parameter
from sim.phase import Phase
from sim.theatre.tables import DATA
from sim.theatre.theatre import Theatre

SHIPPED_HISTORY = DATA / "observed_series.csv"
"""Counts of the year before the start: the past for the baselines if a file has no past."""


@dataclass(frozen=True, slots=True)
class _Fixed(Section):
    parameter: str
    value: Number
    source: str = ""


@dataclass(frozen=True, slots=True)
class _History(Section):
    start: Day
    fixed: dict[str, _Fixed] | None
    events: dict[str, Any] | None


def read_history(plain: Mapping[str, Any], theatre: Theatre, parameters: Mapping[str, Parameter]) -> History:
    """Read the section `history`: the start of the year before, the parameters that are fixed in it, and its events."""
    given = read(_History, "history", plain["history"])
    if given.start >= theatre.start:
        raise InputError(f"history.start={given.start} is not before theatre.start={theatre.start}")
    fixed = {}
    for name, entry in (given.fixed or {}).items():
        if entry.parameter not in parameters:
            where = f"history.fixed.{name}.parameter={entry.parameter}"
            raise InputError(f"{where} is no parameter{nearest(entry.parameter, parameters)}")
        fixed[entry.parameter] = entry.value
    events, kinds = _own_kinds(given.events or {})
    return History(given.start, tuple(fixed.items()), read_forcings(_theatre_of(theatre, given.start), events, kinds))


def _own_kinds(events: Mapping[str, Any]) -> tuple[dict[str, object], dict[str, type[Forcing]]]:
    """Return the events with the name of their kind, and all kinds: a `_target_` names the analyst's own class."""
    named, kinds = dict[str, object](events), dict(KINDS)
    for name, entry in events.items():
        if isinstance(entry, Mapping) and "_target_" in entry:
            target = str(entry["_target_"])
            kinds[target] = class_named(f"history.events.{name}._target_", target, Forcing)
            named[name] = {**{key: value for key, value in entry.items() if key != "_target_"}, "kind": target}
    return named, kinds


def year_before(arm: Arm) -> Arm:
    """Return the arm that simulates the year before another arm, from its first day to the eve of day 0.

    All members are present with the troops of that time; no policy is in force. The lead's election, its inauguration and the
    early election are still ahead.
    """
    history = arm.history
    theatre = _theatre_of(arm.theatre, history.start)
    calendar = replace(arm.calendar, start=history.start, lead_election=None, inauguration=None, early_election=None)
    return replace(
        with_fixed(arm, dict(history.fixed)),
        theatre=theatre,
        calendar=calendar,
        days=(arm.theatre.start - history.start).days,
        policies=(),
        start=Start.GIVEN,
        posterior=None,
        forcings=history.forcings,
        phase=Phase.HISTORY,
    )


def _theatre_of(theatre: Theatre, start: date) -> Theatre:
    members = tuple(replace(member, present=True, troops=member.troops_before) for member in theatre.members)
    return replace(theatre, start=start, members=members)


def with_fixed(arm: Arm, values: Mapping[str, float], worlds_per_draw: int | None = None) -> Arm:
    """Return an arm with some parameters fixed, whatever their prior or design."""
    ledger = arm.ledger
    fixed = {name: neutralised(ledger.parameters[name], value) for name, value in values.items()}
    each = ledger.worlds_per_draw if worlds_per_draw is None else worlds_per_draw
    design = ledger.design.without(fixed) if ledger.design else None
    if design is not None and design.repeats:
        design = replace(design, worlds_per_row=each)
    parameters = {**ledger.parameters, **fixed}
    return replace(arm, ledger=replace(ledger, parameters=parameters, worlds_per_draw=each, design=design))
