"""Somebody brokers a truce between the factions and the coalition."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.policies.policy import Direction, Effect, PolicyOfOneDay
from sim.rule import Array

if TYPE_CHECKING:
    from sim.model import IraqModel


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokeredTruce(PolicyOfOneDay):
    """Make truces likelier and longer; strength scales both log effects."""

    description = "A broker makes truces likelier and longer."
    alone = ("truce.effect_of_broker", "truce.effect_of_broker_on_end")
    effects = (
        Effect("truce_days", Direction.UP, "truces begin more easily and last longer"),
        Effect("attacks", Direction.DOWN, "a truce covers rockets, and convoys a little"),
        Effect("coalition_deaths", Direction.DOWN, "fewer attacks"),
    )

    def begin(self, model: "IraqModel", where: Array, strength: Array) -> None:
        """Begin to broker."""
        np.copyto(model.truce.brokered, strength, where=where)
