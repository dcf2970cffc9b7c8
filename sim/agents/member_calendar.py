"""A member's own calendar: what its mandates, elections and changes of leader do to the hazard of its exit."""

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.rule import rule
from sim.worlds import start_uniforms

if TYPE_CHECKING:
    from sim.agents.coalition import Coalition

_NO_DATE = 1.0e9
_DAYS_A_YEAR = 365
_DAYS_A_TERM = 1461.0
_WINDOWS = ("mandate_window_days", "election_window_days", "leader_effect_days")


@rule
def mean_log_effect(
    has_mandate: float,
    mandate_window_days: float,
    effect_of_mandate_renewal: float,
    has_election: float,
    election_window_days: float,
    effect_of_election: float,
    leader_change_probability: float,
    leader_effect_days: float,
    effect_of_leader_turnover: float,
) -> float:
    """Return the log of the mean factor that mandates and elections put on a member's hazard.

    [mandate] ln(1 + w/365 (e^b - 1)) + [election] ln(1 + w/1461 (e^b - 1) + p w'/1461 (e^b' - 1))
    It is subtracted, so that h0 stays the all-conditions mean that it was estimated as.
    """
    mean = 0.0
    if has_mandate > 0.0:
        mean += math.log(1.0 + mandate_window_days / _DAYS_A_YEAR * math.expm1(effect_of_mandate_renewal))
    if has_election > 0.0:
        before = election_window_days / _DAYS_A_TERM * math.expm1(effect_of_election)
        after = leader_change_probability * leader_effect_days / _DAYS_A_TERM * math.expm1(effect_of_leader_turnover)
        mean += math.log(1.0 + before + after)
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
    leader_changed: float,
    leader_effect_days: float,
    effect_of_leader_turnover: float,
) -> float:
    """Return what a member's own calendar multiplies its exit hazard by.

    exp(b_mand [0 < days to mandate <= w] + b_elec [0 < days to election <= w'] + b_lead [leader changed within w'' days]
    - mean), the mean being that of `mean_log_effect`.
    """
    log_factor = -mean_effect
    if 0.0 < days_to_mandate <= mandate_window_days:
        log_factor += effect_of_mandate_renewal
    if 0.0 < days_to_election <= election_window_days:
        log_factor += effect_of_election
    if leader_changed > 0.0 and 0.0 <= -days_to_election <= leader_effect_days:
        log_factor += effect_of_leader_turnover
    return math.exp(log_factor)


class MemberCalendar:
    """The members' mandates and elections; without the calendar's leave there are none.

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
        turnover = start_uniforms(model.seed_of_worlds, members.names, "turnover", model.worlds)
        self.rule = own.inputs_of(calendar_factor) | {
            "mean_effect": mean_effect,
            "leader_changed": (turnover < own.leader_change_probability).astype(float),
        }
        self.factor = members.array()
        self._windows = [(float(self.rule[name].min()), float(self.rule[name].max())) for name in _WINDOWS]
        self._phases = np.full((len(_WINDOWS), 2, len(tables), 1), -1)  # none of them known yet

    def follow(self, day: int) -> None:
        """Renew the factor of the members whose mandate or election says something else than yesterday."""
        to_mandate = np.where(self.mandate_day < _NO_DATE, (self.mandate_day - day) % _DAYS_A_YEAR, _NO_DATE)
        to_election = self.election_day - day
        counted = ((to_mandate, 1.0), (to_election, 1.0), (-to_election, 0.0))
        phases = [
            [(begins <= days) & (days <= longest) for longest in window]
            for window, (days, begins) in zip(self._windows, counted, strict=True)
        ]
        today = np.array(phases)  # (windows, the shortest and the longest of the worlds, members, 1)
        changed = (today[:, 0] != today[:, 1]).any(axis=0) | (today != self._phases).any(axis=(0, 1))
        self._phases = today
        if changed.any():
            calendar_factor(
                days_to_mandate=to_mandate, days_to_election=to_election, **self.rule, where=changed, out=self.factor
            )
