"""The government cracks down on the militias."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.policy import Policy
from sim.rule import Array

if TYPE_CHECKING:
    from sim.model import IraqModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Crackdown(Policy):
    """Raise enforcement and make arrests; strength scales both."""

    description = "The government enforces and arrests; arrests are mostly reversed, at a price."

    def begin(self, model: "IraqModel", where: Array, strength: Array) -> None:
        """Crack down."""
        np.copyto(model.government.crackdown, strength, where=where)
