"""The event log of one world, day by day. An observer reads it from the model's states and changes nothing."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.agents.codes import (
    AWAITED,
    CLOSED,
    DIPLOMATS,
    DISPLACED_TARGETS,
    FULL,
    MOVED,
    OPEN,
    OUT,
    PARTIAL,
    PRESENT,
    REDUCED,
    RELOCATED,
)
from sim.arrays import Array
from sim.policies.policy import Lever
from sim.record.logged_event import LoggedEvent, LoggedKind
from sim.state import State, take

if TYPE_CHECKING:
    from sim.agents.elsewhere import Elsewhere
    from sim.agents.sites import Sites
    from sim.model import IraqModel


@dataclass(frozen=True, slots=True)
class Day:
    """The day that ended, in one world.

    Attributes:
        model: the model after the day. `before`: its state on the day before. `policies`: names of those in force, in order.
    """

    model: "IraqModel"
    before: State
    policies: tuple[str, ...]

    def event(self, actor: str, kind: LoggedKind, magnitude: object = 1.0, place: str = "", target: str = "") -> LoggedEvent:
        """Return an event of today; a magnitude in an array (1, 1) is taken out of it."""
        return LoggedEvent(self.model.day, actor, kind, place, target, _one(magnitude))

    def rises(self, state: str, now: Array) -> bool:
        """Tell whether a state of one agent was 0 yesterday and is not today."""
        return _one(self.before[state]) == 0.0 and _one(now) > 0.0

    def falls(self, state: str, now: Array) -> bool:
        """Tell whether a state of one agent was above 0 yesterday and is not today."""
        return _one(self.before[state]) > 0.0 and _one(now) <= 0.0

    @property
    def capital(self) -> str:
        """Return the governorate of the embassy."""
        return self.place_of("embassy")

    def place_of(self, site: str) -> str:
        """Return the governorate of a site; convoys have none."""
        places = {place.name: place.governorate for place in self.model.theatre.sites}
        return places[site] or "convoy routes"


class EventLog:
    """Writes down what happens in a model of one world, after each of its days.

    Attributes:
        events: the events until now, in the order of the days and, within a day, of its stages.
    """

    def __init__(self, model: "IraqModel", policies: tuple[str, ...] = ()) -> None:
        """Begin before the first day.

        Args:
            model: of one world.
            policies: names of its policies, in the order of the config.

        Raises:
            ValueError: the model carries more worlds than one.
        """
        if model.worlds.count != 1:
            raise ValueError(f"an event log is of one world, not of {model.worlds.count}")
        self.events: list[LoggedEvent] = []
        self._policies = policies
        self._before = take(model)

    def take(self, model: "IraqModel") -> None:
        """Read the day that ended."""
        day = Day(model, self._before, self._policies)
        for read in READERS:
            self.events.extend(read(day))
        self._before = take(model)


def _one(value: object) -> float:
    return float(np.asarray(value).reshape(-1)[0])


def _levers(day: Day) -> Iterator[LoggedEvent]:
    model = day.model
    levers = [lever for lever in model.levers.levers if isinstance(lever, Lever)]
    for name, lever in zip(day.policies, levers, strict=True):
        if _one(lever.start) == model.day and _one(lever.strength) > 0.0:
            yield day.event(name, LoggedKind.POLICY, lever.strength)
    for kind, date in (
        (LoggedKind.ELECTION, model.calendar.lead_election),
        (LoggedKind.INAUGURATION, model.calendar.inauguration),
    ):
        if date == model.day:
            yield day.event("lead_nation", kind)


_ANNOUNCED = {DIPLOMATS: LoggedKind.DIPLOMATS_LEAVE, PARTIAL: LoggedKind.PARTIAL_EXIT, FULL: LoggedKind.FULL_EXIT}


def _lead(day: Day) -> Iterator[LoggedEvent]:
    """What the lead nation says and does of its exit."""
    lead, today = day.model.lead, day.model.day
    if _one(lead.ultimatum) > 0.0 and _one(lead.issued_on) == today:
        yield day.event("lead_nation", LoggedKind.ULTIMATUM_ISSUED, lead.deadline - today)
    if day.rises("lead.extended", lead.extended):
        yield day.event("lead_nation", LoggedKind.ULTIMATUM_EXTENDED, lead.deadline - today)
    if day.rises("lead.executed", lead.executed):
        yield day.event("lead_nation", LoggedKind.ULTIMATUM_EXECUTED)
    elif day.falls("lead.ultimatum", lead.ultimatum):
        yield day.event("lead_nation", LoggedKind.ULTIMATUM_ENDED)
    if _one(lead.announced_on) == today:
        kind = _ANNOUNCED[int(_one(lead.announcement))]
        yield day.event("lead_nation", kind, 1.0 if kind is LoggedKind.DIPLOMATS_LEAVE else lead.share_to_go)
    if day.falls("lead.weight", lead.weight):
        yield day.event("lead_nation", LoggedKind.WITHDRAWN)
    if _one(day.before["lead.progress"]) < 1.0 <= _one(lead.progress):
        yield day.event("lead_nation", LoggedKind.EXIT_COMPLETE, lead.troop_share * lead.troops_at_start)


def _truce(day: Day) -> Iterator[LoggedEvent]:
    if day.rises("truce.in_force", day.model.truce.in_force):
        yield day.event("militias", LoggedKind.TRUCE_BEGINS)
    if day.falls("truce.in_force", day.model.truce.in_force):
        yield day.event("militias", LoggedKind.TRUCE_ENDS)


def _strikes(day: Day) -> Iterator[LoggedEvent]:
    lead, militias = day.model.lead, day.model.militias
    if _one(lead.strikes) <= 0.0:
        return
    target = _and(name for name, struck in zip(militias.names, militias.struck, strict=True) if _one(struck) > 0.0)
    yield day.event("lead_nation", LoggedKind.STRIKE, lead.strikes, target=target)
    for kind, deaths in (
        (LoggedKind.MILITIA_DEATHS, lead.militia_deaths),
        (LoggedKind.FORCE_DEATHS, lead.iraqi_deaths),
        (LoggedKind.CIVILIAN_DEATHS, lead.civilian_deaths),
    ):
        if _one(deaths) > 0.0:
            yield day.event("lead_nation", kind, deaths, target=target)


def _government(day: Day) -> Iterator[LoggedEvent]:
    """What the government decides by day; whether it falls comes in the evening."""
    government = day.model.government
    for kind, arrests in (
        (LoggedKind.ARREST, government.sustained_arrests),
        (LoggedKind.ARREST_REVERSED, government.reversed_arrests),
    ):
        if _one(arrests) > 0.0:
            yield day.event("iraqi_government", kind, arrests, day.capital)
    if _one(day.before["government.stance"]) != _one(government.stance):
        yield day.event("iraqi_government", LoggedKind.STANCE, government.stance, day.capital)


_MOVES = {
    (PRESENT, RELOCATED): LoggedKind.RELOCATES,
    (RELOCATED, PRESENT): LoggedKind.RETURNS,
    (AWAITED, PRESENT): LoggedKind.ARRIVES,
}


def _members(day: Day) -> Iterator[LoggedEvent]:
    """Decisions and moves of the members. The magnitude is the larger number of troops, of yesterday or of today."""
    coalition = day.model.coalition
    for row, name in enumerate(coalition.names):
        was, status = int(day.before["coalition.status"][row, 0]), int(coalition.status[row, 0])
        troops = max(float(day.before["coalition.troops"][row, 0]), float(coalition.troops[row, 0]))
        if coalition.decided[row, 0]:
            knocked_on = bool(coalition.knocked_on[row, 0])
            yield day.event(name, LoggedKind.KNOCKED_ON if knocked_on else LoggedKind.DECIDES_TO_LEAVE, troops)
        if status == OUT and was not in (OUT, AWAITED):
            yield day.event(name, LoggedKind.HAS_LEFT, troops)
        elif (was, status) in _MOVES:
            yield day.event(name, _MOVES[was, status], troops)


def _attacks(day: Day) -> Iterator[LoggedEvent]:
    """Attacks on the sites and the harm that they did, then the displaced ones."""
    model = day.model
    for row, site in enumerate(model.sites.names):
        by_faction = model.sites.attacks_by_faction[row]
        for faction, attacks in zip(model.militias.names, by_faction, strict=True):
            if _one(attacks) > 0.0:
                yield day.event(faction, LoggedKind.ATTACK, attacks, day.place_of(site), site)
        attackers = _and(name for name, n in zip(model.militias.names, by_faction, strict=True) if _one(n) > 0.0)
        yield from _harm(day, model.sites, row, attackers, day.place_of(site), site)
    targets = dict(zip(DISPLACED_TARGETS, model.militias.targets, strict=True))
    places = dict.fromkeys(targets, day.capital) | {"kurdistan": day.place_of("erbil_base")}
    for target, by_faction in targets.items():
        for faction, attacks in zip(model.militias.names, by_faction, strict=True):
            if _one(attacks) > 0.0:
                yield day.event(faction, LoggedKind.DISPLACED_ATTACK, attacks, places[target], target)
    hit = [target for target, by_faction in targets.items() if by_faction.any()]
    attackers = _and(name for row, name in enumerate(model.militias.names) if model.militias.displaced[row, 0] > 0.0)
    yield from _harm(day, model.elsewhere, 0, attackers, _and(dict.fromkeys(places[target] for target in hit)), _and(hit))
    for faction, claims in zip(model.militias.names, model.militias.facade_claims, strict=True):
        if _one(claims) > 0.0:
            yield day.event(faction, LoggedKind.FACADE_CLAIM, claims)


def _harm(day: Day, where: "Sites | Elsewhere", row: int, attackers: str, place: str, target: str) -> Iterator[LoggedEvent]:
    for kind, name in (
        (LoggedKind.COALITION_DEATHS, "coalition_deaths"),
        (LoggedKind.CIVILIAN_DEATHS, "civilian_deaths"),
        (LoggedKind.FORCE_DEATHS, "iraqi_deaths"),
        (LoggedKind.WOUNDED, "wounded"),
    ):
        persons = getattr(where, name)[row]
        if _one(persons) > 0.0:
            yield day.event(attackers, kind, persons, place, target)


def _islamic_state(day: Day) -> Iterator[LoggedEvent]:
    cells = day.model.islamic_state
    for row, governorate in enumerate(cells.names):
        for kind, counted in (
            (LoggedKind.IS_ATTACK, cells.attacks),
            (LoggedKind.CIVILIAN_DEATHS, cells.civilian_deaths),
            (LoggedKind.FORCE_DEATHS, cells.iraqi_deaths),
        ):
            if counted[row, 0] > 0.0:
                yield day.event("islamic_state", kind, counted[row], governorate)
    for kind, first in (
        (LoggedKind.RESURGENCE, cells.resurgence_day),
        (LoggedKind.SEVERE_RESURGENCE, cells.severe_resurgence_day),
    ):
        if _one(first) == day.model.day:
            yield day.event("islamic_state", kind, cells.capability_in_all / cells.rate_at_start)


def _air_operations(day: Day) -> Iterator[LoggedEvent]:
    deaths = day.model.enablers.civilian_deaths
    if _one(deaths) > 0.0:
        yield day.event("coalition air operations", LoggedKind.CIVILIAN_DEATHS, deaths)


_MISSION = {
    OPEN: LoggedKind.MISSION_OPEN,
    REDUCED: LoggedKind.MISSION_REDUCED,
    MOVED: LoggedKind.MISSION_MOVED,
    CLOSED: LoggedKind.MISSION_CLOSED,
}


def _embassy(day: Day) -> Iterator[LoggedEvent]:
    embassy = day.model.embassy
    for kind, happened in (
        (LoggedKind.INCIDENT, embassy.incident),
        (LoggedKind.BREACH, embassy.breach),
        (LoggedKind.LETHAL_BREACH, embassy.lethal),
    ):
        if _one(happened) > 0.0:
            yield day.event("crowd", kind, 1.0, day.capital, "embassy")
    if (dead := _one(embassy.deaths)) > 0.0:
        yield day.event("crowd", LoggedKind.COALITION_DEATHS, dead, day.capital, "embassy")
    if _one(day.before["embassy.status"]) != _one(embassy.status):
        yield day.event("lead_nation", _MISSION[int(_one(embassy.status))], 1.0, day.capital, "embassy")


def _politics(day: Day) -> Iterator[LoggedEvent]:
    government = day.model.government
    friendly = government.patron_friendly
    if _one(government.fell) > 0.0:
        yield day.event("iraqi_government", LoggedKind.FALL, 1.0, day.capital)
    if day.rises("government.election_held", government.election_held):
        yield day.event("iraqi_government", LoggedKind.EARLY_ELECTION, 1.0, day.capital)
        yield day.event("iraqi_government", LoggedKind.CABINET, friendly, day.capital)
    elif day.falls("government.caretaker_days", government.caretaker_days):
        yield day.event("iraqi_government", LoggedKind.CABINET, friendly, day.capital)


def _and(names: Iterable[str]) -> str:
    return " and ".join(names)


READERS: tuple[Callable[[Day], Iterator[LoggedEvent]], ...] = (
    _levers, _lead, _truce, _strikes, _government, _members, _air_operations, _attacks, _islamic_state, _embassy, _politics,
)  # fmt: skip
"""What is read of a day, in the order of its stages."""
