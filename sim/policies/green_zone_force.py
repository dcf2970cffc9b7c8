"""A special force that protects the Green Zone."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.arrays import Array
from sim.ledger.parameters import Domain
from sim.policies.policy import Direction, Effect, PolicyOfOneDay, check_setting

if TYPE_CHECKING:
    from sim.model import IraqModel


@dataclass(frozen=True, slots=True, kw_only=True)
class GreenZoneForce(PolicyOfOneDay):
    """The government forms a force for the Green Zone; strength scales the protection that the force reaches.

    Attributes:
        enforcement: how far the force also enforces the law against the militias, 0-1; 0: the force only protects.
    """

    enforcement: float = 1.0
    description = (
        "A special force protects the Green Zone, which turns rockets to other sites. It also enforces the law, which lowers"
        " all attacks; with enforcement=0 it only protects."
    )
    alone = ("government.green_zone_protection_with_force", "government.enforcement_of_force")
    effects = (
        Effect("green_zone_protection", Direction.UP, "the force is there"),
        Effect("incident_hazard", Direction.DOWN, "a crowd finds the way barred"),
        Effect("breach_hazard", Direction.DOWN, "a crowd finds the way barred"),
        Effect("attacks", Direction.DOWN, "enforcement lowers them, and some of the violence turns away from the embassy"),
    )

    def __post_init__(self) -> None:
        check_setting("enforcement", self.enforcement, Domain.SHARE)

    def begin(self, model: "IraqModel", where: Array, strength: Array) -> None:
        """Form the force."""
        np.copyto(model.government.force, strength, where=where)
        np.copyto(model.government.enforcing_force, strength * self.enforcement, where=where)
