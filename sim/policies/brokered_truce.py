"""Somebody brokers a truce between the factions and the coalition."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.policy import Policy
from sim.rule import Array

if TYPE_CHECKING:
    from sim.model import IraqModel


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokeredTruce(Policy):
    """Make truces likelier and longer; strength scales both log effects."""

    description = "A broker makes truces likelier and longer."

    def begin(self, model: "IraqModel", where: Array, strength: Array) -> None:
        """Begin to broker."""
        np.copyto(model.truce.brokered, strength, where=where)
