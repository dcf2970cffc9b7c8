"""Air power and surveillance from outside the country."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.policy import Policy
from sim.rule import Array

if TYPE_CHECKING:
    from sim.model import IraqModel


@dataclass(frozen=True, slots=True, kw_only=True)
class OverTheHorizon(Policy):
    """Raise support from outside from its level without a policy to full at strength 1."""

    description = "Air power and surveillance from outside; alone, while the coalition is there, it adds nothing."

    def begin(self, model: "IraqModel", where: Array, strength: Array) -> None:
        """Set the support."""
        level = model.enablers.over_the_horizon
        np.copyto(level, level + strength * (1.0 - level), where=where)
