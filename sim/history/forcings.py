"""Known events as conditions on the days before the start. Each kind of event has its own effect.

A forcing acts in the same way in all worlds and uses no random numbers; the rules decide the consequences.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.agents.codes import ASKS_TO_LEAVE, ASKS_TO_STAY, NEUTRAL, NEVER, PARTIAL

if TYPE_CHECKING:
    from sim.model import IraqModel

_STANCES = {"stay": ASKS_TO_STAY, "neutral": NEUTRAL, "leave": ASKS_TO_LEAVE}


class ForcingError(ValueError):
    """An event that cannot be used: says which, what was given and what is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forcing(ABC):
    """A known event.

    Attributes:
        day: day of the model on which the event happens or begins.
    """

    day: int
    meaning: ClassVar[str] = ""

    @abstractmethod
    def act(self, model: "IraqModel") -> None:
        """Carry out the event's effect of today, if there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForcingOfOneDay(Forcing):
    """A known event of one day."""

    def act(self, model: "IraqModel") -> None:
        """Happen on the day."""
        if model.day == self.day:
            self.happen(model)

    @abstractmethod
    def happen(self, model: "IraqModel") -> None:
        """Carry out the effect of the event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell(Forcing):
    """A known event with a duration.

    Attributes:
        until: the day on which it is over.
    """

    until: int

    def act(self, model: "IraqModel") -> None:
        """Begin on the first day, end on the last."""
        if model.day == self.day:
            self.happen(model)
        elif model.day == self.until:
            self.end(model)

    @abstractmethod
    def happen(self, model: "IraqModel") -> None:
        """Carry out the effect of the event's beginning."""

    @abstractmethod
    def end(self, model: "IraqModel") -> None:
        """Undo that effect at the end of the event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike(ForcingOfOneDay):
    """A strike on the militias by the lead nation."""

    meaning = "a strike happens: deaths, deterrence, grievance, capital and the street follow from the rules"

    def happen(self, model: "IraqModel") -> None:
        """Order the strike."""
        model.lead.ordered_strike.fill(1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoOtherStrike(Forcing):
    """A time without strikes, except those that are separate events.

    Attributes:
        until: the day on which it is over.
    """

    until: int
    meaning = "strikes that the lead would decide on are noted and do not happen"

    def act(self, model: "IraqModel") -> None:
        """Forbid strikes that are not ordered."""
        if self.day <= model.day < self.until:
            np.copyto(model.lead.ordered_strike, -1.0, where=model.lead.ordered_strike == 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caretaker(Spell):
    """A cabinet falls; a caretaker rules until the next one takes office."""

    meaning = "the government falls on the first day, and a new cabinet ends the caretaker's time"

    def happen(self, model: "IraqModel") -> None:
        """Let the cabinet fall."""
        model.government.change(caretaker_days=float(self.until - self.day))

    def end(self, model: "IraqModel") -> None:
        """Let the new cabinet take office."""
        model.government.change(caretaker_days=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingHalt(Spell):
    """Training of Iraqi forces is halted."""

    meaning = "a share of the advice to Iraqi forces, year_before.advice_suspended, is halted"

    def happen(self, model: "IraqModel") -> None:
        """Halt the training."""
        np.copyto(model.enablers.suspended_advice, model.parameters.year_before.advice_suspended)

    def end(self, model: "IraqModel") -> None:
        """Resume the training."""
        model.enablers.suspended_advice.fill(0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AirPause(Spell):
    """Air operations against the Islamic State are paused."""

    meaning = "a share of the air support, year_before.air_suspended, is halted"

    def happen(self, model: "IraqModel") -> None:
        """Pause the operations."""
        np.copyto(model.enablers.suspended_air, model.parameters.year_before.air_suspended)

    def end(self, model: "IraqModel") -> None:
        """Resume the operations."""
        model.enablers.suspended_air.fill(0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class MembersAway(Spell):
    """Members of the coalition move their troops out of the country for a while."""

    members: tuple[str, ...]
    meaning = "the named members that are there are relocated, and come back at the end unless they left for good"

    def happen(self, model: "IraqModel") -> None:
        """Let the members move away."""
        model.coalition.move_away(self.members)

    def end(self, model: "IraqModel") -> None:
        """Let the members come back."""
        model.coalition.come_back(self.members)


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseHandover(Forcing):
    """A base that is not among those of day 0 is handed over to Iraqi forces."""

    site: str
    meaning = "until that day the site that represents the base has more presence, by year_before.presence_of_a_base"

    def act(self, model: "IraqModel") -> None:
        """Add the base's presence on the first day, and take it away on the day of the handover."""
        if model.day in (0, self.day):
            row = model.sites.names.index(self.site)
            base = model.parameters.year_before.presence_of_a_base[0]
            model.sites.beyond[row] += base if model.day < self.day else -base


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncedCut(Spell):
    """The lead nation announces a cut of its troops to the level of day 0."""

    meaning = "a partial cut is announced; the troops above the level of day 0 have no other effect"

    def happen(self, model: "IraqModel") -> None:
        """Announce the cut with share 0: shares refer to the troops of day 0, and none of those leave."""
        troops_then = model.parameters.year_before.lead_troops
        weight = 1.0 - model.lead.troops_at_start / troops_then
        model.lead.announce(np.full(weight.shape, True), PARTIAL, 0.0, weight, float(self.until - self.day), NEVER)

    def end(self, model: "IraqModel") -> None:
        """Complete the cut: no announcement is in force any more."""
        model.lead.forget_announcement(np.full(model.lead.weight.shape, True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stance(ForcingOfOneDay):
    """The government states its stance toward the coalition."""

    stance: str
    meaning = "the government's stance, until it reconsiders it"

    def __post_init__(self) -> None:
        if self.stance not in _STANCES:
            raise ForcingError(f"stance={self.stance!r} is none of {', '.join(_STANCES)}")

    def happen(self, model: "IraqModel") -> None:
        """Take the stance."""
        model.government.stance.fill(_STANCES[self.stance])


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote(ForcingOfOneDay):
    """Parliament votes to expel foreign troops."""

    meaning = (
        "a vote to expel foreign troops stands from that day on: the coalition's presence is contested where the government"
        " asks the coalition to stay"
    )

    def happen(self, model: "IraqModel") -> None:
        """Let the vote stand."""
        model.government.vote_stands.fill(1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Protest(ForcingOfOneDay):
    """A wave of protests begins."""

    meaning = "mobilisation jumps by year_before.mobilisation_of_protests"

    def happen(self, model: "IraqModel") -> None:
        """Mobilise the street."""
        model.crowd.mobilisation += model.parameters.year_before.mobilisation_of_protests
