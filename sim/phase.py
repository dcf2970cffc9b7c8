"""The phases of a world, each with dice of its own."""

from enum import IntEnum


class Phase(IntEnum):
    """Which of a world's dice: each phase has its own, so that no draw of one decides about another."""

    START = 0
    """Drawn once: parameters, and what a world is like."""
    DAYS = 1
    """From day 0 on."""
    HISTORY = 2
    """The days before day 0."""
