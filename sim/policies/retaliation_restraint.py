"""The lead strikes less."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.policy import Policy
from sim.rule import Array

if TYPE_CHECKING:
    from sim.model import IraqModel


@dataclass(frozen=True, slots=True, kw_only=True)
class RetaliationRestraint(Policy):
    """Multiply the probability of every strike by 1 - strength."""

    description = "The lead nation answers fewer attacks with strikes."

    def begin(self, model: "IraqModel", where: Array, strength: Array) -> None:
        """Hold back."""
        np.copyto(model.lead.restraint, strength, where=where)
