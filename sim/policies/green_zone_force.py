"""A special force that protects the Green Zone."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.policies.policy import Direction, Effect, PolicyOfOneDay
from sim.rule import Array

if TYPE_CHECKING:
    from sim.model import IraqModel


@dataclass(frozen=True, slots=True, kw_only=True)
class GreenZoneForce(PolicyOfOneDay):
    """The government stands up a force for the Green Zone; strength scales the protection it aims at."""

    description = "A special force raises the Green Zone's protection and enforcement, and moves attacks elsewhere."
    alone = ("government.green_zone_protection_with_force", "government.enforcement_of_force")
    effects = (
        Effect("green_zone_protection", Direction.UP, "the force is there"),
        Effect("incident_hazard", Direction.DOWN, "a crowd finds the way barred"),
        Effect("breach_hazard", Direction.DOWN, "a crowd finds the way barred"),
        Effect("attacks", Direction.DOWN, "enforcement, and some of the violence turns away from the embassy"),
    )

    def begin(self, model: "IraqModel", where: Array, strength: Array) -> None:
        """Stand up the force."""
        np.copyto(model.government.force, strength, where=where)
