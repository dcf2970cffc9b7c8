"""How a member leaves: the duration of its departure, and its remaining troops."""

import math

from sim.agents.codes import DRAWING_DOWN, OUT, PRESENT
from sim.rule import rule


@rule
def departure(
    status: int, decided: int, decided_on: float, day: float, duration: float, troops_at_start: float
) -> tuple[int, float, float]:
    """Return a member's status, troops (persons) and day of decision after today's movements.

    After a decision for good, the troops leave in a straight line over `duration` days; a relocated contingent is away.
    """
    if decided > 0:
        decided_on = day
    if status == PRESENT:
        return status, troops_at_start, decided_on
    if status == DRAWING_DOWN and day - decided_on < duration:
        return status, troops_at_start * (1.0 - (day - decided_on) / duration), decided_on
    return (OUT if status == DRAWING_DOWN else status), 0.0, decided_on


@rule
def exit_duration(exit_duration_days: float, exit_duration_spread: float, normal: float) -> float:
    """Return the days from decision to complete exit: median exp(spread z)."""
    return exit_duration_days * math.exp(exit_duration_spread * normal)
