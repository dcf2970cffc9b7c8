"""The lead strikes less."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.policies.policy import Direction, Effect, PolicyOfOneDay
from sim.rule import Array

if TYPE_CHECKING:
    from sim.model import IraqModel


@dataclass(frozen=True, slots=True, kw_only=True)
class RetaliationRestraint(PolicyOfOneDay):
    """Multiply the probability of every strike by 1 - strength."""

    description = "The lead nation answers fewer attacks with strikes."
    effects = (
        Effect("strikes", Direction.DOWN, "strikes are what it holds back"),
        Effect("militia_deaths", Direction.DOWN, "fewer strikes"),
        Effect("civilian_deaths_by_strikes", Direction.DOWN, "fewer strikes"),
        Effect("incident_hazard", Direction.DOWN, "fewer strikes to mobilise the street"),
        Effect("political_capital", Direction.UP, "fewer strikes to answer for"),
        Effect("attacks", Direction.OPEN, "strikes deter or provoke (switch strikes)"),
    )

    def begin(self, model: "IraqModel", where: Array, strength: Array) -> None:
        """Hold back."""
        np.copyto(model.lead.restraint, strength, where=where)
