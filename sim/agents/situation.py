"""The perceptions of all actors: recent rates of attacks by the militias and by the Islamic State."""

import math
from typing import TYPE_CHECKING

from sim.distributions import helper
from sim.kind import CARRIED, Kind
from sim.rule import rule
from sim.tape import same_every_day

if TYPE_CHECKING:
    from sim.model import IraqModel


@helper
def log_ratio(rate: float, reference: float, floor: float) -> float:
    """Return ln(rate/reference), with the rate at least the floor (all 1/day)."""
    return math.log(max(rate, floor) / reference)


@rule
def rolling_rate(rate: float, events: float, memory_days: float) -> float:
    """Return the exponentially weighted mean of daily events (1/day).

    rate += (events - rate) / memory
    """
    return rate + (events - rate) / memory_days


@rule
def decaying_count(count: float, events: float, memory_days: float) -> float:
    """Return a count of recent events that fades: count (1 - 1/memory) + events."""
    return count * (1.0 - 1.0 / memory_days) + events


@rule
def kept_a_day(excitation_decay_days: float) -> float:
    """Return the share of a memory that remains after a day: exp(-1/memory)."""
    return math.exp(-1.0 / excitation_decay_days)


class Situation(Kind, agent=None):
    """The rates that all actors perceive: exponentially weighted means of the events until last evening.

    States:
        attack_rate [attacks/day]: attacks on the five sites; starts at patron.rocket_rate_at_start +
            patron.convoy_rate_at_start.
        islamic_state_rate [attacks/day]: IS attacks in all governorates, adjusted for season; starts at i0.
    """

    def __init__(self, model: "IraqModel") -> None:
        super().__init__(model, ["situation"])
        parameters = model.parameters.situation
        patron = model.parameters.patron
        self.rate_memory = parameters.rate_memory_days
        self.threat_memory = parameters.islamic_state_memory_days
        self.attack_rate = self.state(
            "attack_rate", patron.rocket_rate_at_start + patron.convoy_rate_at_start, at_day_0=CARRIED
        )
        self.islamic_state_rate = self.state("islamic_state_rate", model.islamic_state.rate_at_start, at_day_0=CARRIED)

    @same_every_day
    def remember(self) -> None:
        """Add today's attacks to the rolling rates that tomorrow's decisions use."""
        model = self.model
        rolling_rate(self.attack_rate, model.sites.attacks_in_all, self.rate_memory, out=self.attack_rate)
        rolling_rate(
            self.islamic_state_rate, model.islamic_state.deseasonalised, self.threat_memory, out=self.islamic_state_rate
        )
