"""A member's own calendar: the effects of its mandates and elections on its exit hazard."""

import math
from typing import TYPE_CHECKING

from sim.arrays import Array
from sim.rule import rule

if TYPE_CHECKING:
    from sim.agents.coalition import Coalition

_NO_DATE = 1.0e9
_DAYS_A_YEAR = 365
_DAYS_A_TERM = 1461.0
_UNKNOWN = -1.0


@rule
def mean_log_effect(
    has_mandate: float,
    mandate_window_days: float,
    effect_of_mandate_renewal: float,
    has_election: float,
    election_window_days: float,
    effect_of_election: float,
) -> float:
    """Return the log of the mean factor of mandates and elections on a member's hazard.

    [mandate] ln(1 + w/365 (e^b - 1)) + [election] ln(1 + w/1461 (e^b - 1))
    It is subtracted, so that h0 stays the mean over all conditions, as it was estimated.
    """
    mean = 0.0
    if has_mandate > 0.0:
        mean += math.log(1.0 + mandate_window_days / _DAYS_A_YEAR * math.expm1(effect_of_mandate_renewal))
    if has_election > 0.0:
        mean += math.log(1.0 + election_window_days / _DAYS_A_TERM * math.expm1(effect_of_election))
    return mean


@rule
def calendar_factor(
    mean_effect: float,
    days_to_mandate: float,
    mandate_window_days: float,
    effect_of_mandate_renewal: float,
    days_to_election: float,
    election_window_days: float,
    effect_of_election: float,
) -> float:
    """Return the factor of a member's own calendar on its exit hazard.

    exp(b_mand [0 < days to mandate <= w] + b_elec [0 < days to election <= w'] - mean), with the mean of `mean_log_effect`.
    """
    log_factor = -mean_effect
    if 0.0 < days_to_mandate <= mandate_window_days:
        log_factor += effect_of_mandate_renewal
    if 0.0 < days_to_election <= election_window_days:
        log_factor += effect_of_election
    return math.exp(log_factor)


@rule
def days_to_dates(mandate_day: float, election_day: float, day: float) -> tuple[float, float]:
    """Return the days to a member's next yearly mandate renewal, and to its election (negative if it is past)."""
    to_mandate = (mandate_day - day) % _DAYS_A_YEAR if mandate_day < _NO_DATE else _NO_DATE
    return to_mandate, election_day - day


@rule
def phase_of(
    days_to_mandate: float,
    days_to_election: float,
    phase: float,
    shortest_mandate_window: float,
    longest_mandate_window: float,
    shortest_election_window: float,
    longest_election_window: float,
) -> tuple[float, float]:
    """Return a number for the windows that a member is in, and 1 if its factor may change, else 0.

    The windows differ by world, between the shortest and the longest. If worlds differ today, the number is `_UNKNOWN`.
    """
    shortest = longest = 0.0  # a bit per window
    if days_to_mandate >= 1.0:
        shortest += 1.0 if days_to_mandate <= shortest_mandate_window else 0.0
        longest += 1.0 if days_to_mandate <= longest_mandate_window else 0.0
    if days_to_election >= 1.0:
        shortest += 2.0 if days_to_election <= shortest_election_window else 0.0
        longest += 2.0 if days_to_election <= longest_election_window else 0.0
    if shortest != longest:
        return _UNKNOWN, 1.0
    return shortest, 1.0 if shortest != phase else 0.0


class MemberCalendar:
    """The members' mandates and elections; none if the calendar has neither.

    Attributes:
        factor: that multiplies each member's exit hazard today, (members, worlds).
    """

    def __init__(self, members: "Coalition") -> None:
        model, own = members.model, members.model.parameters.coalition
        tables, theatre = model.theatre.members, model.theatre
        mandates = [m.mandate_renewal if model.calendar.mandates else None for m in tables]
        elections = [m.election if model.calendar.elections else None for m in tables]
        self.mandate_day = members.column([float(theatre.day(date)) if date else _NO_DATE for date in mandates])
        self.election_day = members.column([float(theatre.day(date)) if date else _NO_DATE for date in elections])
        mean_effect = members.array()
        mean_log_effect(
            has_mandate=(self.mandate_day < _NO_DATE).astype(float),
            has_election=(self.election_day < _NO_DATE).astype(float),
            **own.inputs_of(mean_log_effect),
            out=mean_effect,
        )
        self.rule = own.inputs_of(calendar_factor) | {"mean_effect": mean_effect}
        self.factor = members.array()
        windows = [self.rule[name] for name in ("mandate_window_days", "election_window_days")]
        self._windows = [float(end) for window in windows for end in (window.min(), window.max())]
        self._to_mandate, self._to_election = members.column([0.0] * len(tables)), members.column([0.0] * len(tables))
        self._phase, self._changed = members.column([_UNKNOWN] * len(tables)), members.column([0.0] * len(tables))

    def follow(self, day: Array) -> None:
        """Renew the factor of the members for whom a window has opened or closed since yesterday.

        Args:
            day: of the model, (1, 1).
        """
        days_to_dates(self.mandate_day, self.election_day, day, out=(self._to_mandate, self._to_election))
        phase_of(self._to_mandate, self._to_election, self._phase, *self._windows, out=(self._phase, self._changed))
        calendar_factor(
            days_to_mandate=self._to_mandate,
            days_to_election=self._to_election,
            **self.rule,
            where=self._changed,
            out=self.factor,
        )
