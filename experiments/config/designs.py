"""Arms whose worlds take the numbers that a design varies from its rows, and all others from somewhere else."""

from collections.abc import Mapping
from enum import StrEnum

from experiments.config.arm import Arm
from experiments.config.ledger import drawn_numbers, with_design
from experiments.errors import InputError
from sim.ledger.design import Design
from sim.ledger.parameters import Uncertainty


class Rest(StrEnum):
    """The treatment of the numbers that a design does not vary."""

    DRAWN = "drawn"
    """Drawn from their priors in every world: noise, like chance."""
    FIXED = "fixed"
    """At their values, switches at their first variant."""


def designed(arms: Mapping[str, Arm], design: Design, rest: Rest = Rest.DRAWN) -> dict[str, Arm]:
    """Return the arms with a design, each without the policies' numbers that it does not have.

    Raises:
        InputError: an arm has none of the design's numbers.
    """
    uncertainty = Uncertainty.PRIOR if rest is Rest.DRAWN else Uncertainty.NONE
    found = {}
    for label, arm in arms.items():
        own = drawn_numbers(arm)
        rows = design.without([name for name in design.names if name.startswith("policies.") and name not in own])
        if rows is None:
            raise InputError(f"{label} has none of the numbers that the design varies: add a parameter, or leave it out")
        found[label] = with_design(arm, rows, uncertainty, worlds_per_draw=1)
    return found
