"""The phases of a world, each with dice of its own."""

from enum import IntEnum


class Phase(IntEnum):
    """The phase of a random number: each phase has its own numbers, so that draws of different phases are independent."""

    START = 0
    """Drawn once: parameters, and what a world is like."""
    DAYS = 1
    """From day 0 on."""
    HISTORY = 2
    """The days before day 0."""
