"""The codes in states and records: status of members and mission, targets, announcements, stances.

This module has no rule, so an outcome can be named without the compiler.
"""

import math

PRESENT, DRAWING_DOWN, RELOCATED, OUT, AWAITED = 0, 1, 2, 3, 4
"""Status of a member; an awaited one has not arrived yet."""

OPEN, REDUCED, MOVED, CLOSED = 0, 1, 2, 3
"""Status of the mission; moved: to Erbil."""

DISPLACED_TARGETS = ("iraqi_state", "kurdistan", "contractors", "other_missions")
"""Where displaced attacks fall, in the order of the draws."""

NOTHING, DIPLOMATS, PARTIAL, FULL = 0, 1, 2, 3
"""Kinds of announcement."""

NEVER = math.inf
"""The day of what does not happen."""

ASKS_TO_LEAVE, NEUTRAL, ASKS_TO_STAY = -1.0, 0.0, 1.0
"""Stances toward the coalition."""
