"""Air power and surveillance from outside the country."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.arrays import Array
from sim.policies.policy import Direction, Effect, PolicyOfOneDay

if TYPE_CHECKING:
    from sim.model import IraqModel


@dataclass(frozen=True, slots=True, kw_only=True)
class OverTheHorizon(PolicyOfOneDay):
    """Raise support from outside: strength 0 is its level without the policy, strength 1 is full support."""

    description = "Air power and surveillance from outside Iraq. While the coalition is in the country, they add nothing."
    effects = (
        Effect("enablers", Direction.UNMOVED, "the coalition has better air power and surveillance of its own"),
        Effect("enablers", Direction.UP, "some air power and surveillance are left", beside="full_pullout"),
        Effect("islamic_state_attacks_last_month", Direction.DOWN, "suppression depends on enablers", beside="full_pullout"),
        Effect("civilian_deaths_by_air_operations", Direction.UP, "air operations go on", beside="full_pullout"),
    )

    def begin(self, model: "IraqModel", where: Array, strength: Array) -> None:
        """Set the support."""
        level = model.enablers.over_the_horizon
        np.copyto(level, level + strength * (1.0 - level), where=where)
