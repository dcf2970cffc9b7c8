"""The government cracks down on the militias."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.policies.policy import Direction, Effect, PolicyOfOneDay
from sim.rule import Array

if TYPE_CHECKING:
    from sim.model import IraqModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Crackdown(PolicyOfOneDay):
    """Raise enforcement and make arrests; strength scales both."""

    description = "The government enforces and arrests; arrests are mostly reversed, at a price."
    alone = ("government.enforcement_of_crackdown", "government.force_quality_loss_when_divided")
    effects = (
        Effect("arrests", Direction.UP, "arrests are what it is"),
        Effect("attacks", Direction.DOWN, "enforcement and arrests; against it stand reversed arrests, which breed grievance"),
        Effect("political_capital", Direction.DOWN, "reversed arrests cost it: by construction"),
        Effect("fall_hazard", Direction.UP, "capital lost: by construction"),
        Effect("force_quality", Direction.DOWN, "forces at odds with the militias are divided: by construction"),
        Effect("islamic_state_attacks", Direction.UP, "divided forces: by construction"),
    )

    def begin(self, model: "IraqModel", where: Array, strength: Array) -> None:
        """Crack down."""
        np.copyto(model.government.crackdown, strength, where=where)
