"""The lead moves its mission from Baghdad to Erbil."""

from typing import TYPE_CHECKING

import numpy as np

from sim.agents.codes import MOVED, OPEN, REDUCED
from sim.arrays import Array
from sim.policies.policy import Direction, Effect, PolicyOfOneDay

if TYPE_CHECKING:
    from sim.model import IraqModel


class MoveToErbil(PolicyOfOneDay):
    """The lead moves its mission to Erbil; the troops stay.

    Strength is 0 or 1.
    """

    switch = True
    description = (
        "The lead moves its mission to Erbil, out of reach of the crowd and of rockets on the Green Zone; its troops stay."
    )
    effects = (
        Effect("mission_presence", Direction.DOWN, "a smaller mission, far from the government"),
        Effect("incident_hazard", Direction.DOWN, "no crowd comes to an embassy that has moved"),
        Effect("other_missions_gone", Direction.UP, "others follow"),
        Effect("political_capital", Direction.OPEN, "fewer attacks on the Green Zone raise it; missions that leave lower it"),
    )
    caveat = (
        "When the mission leaves the Green Zone, fewer rockets are fired at the Green Zone; no cost of security in Erbil is"
        " modelled."
    )

    def begin(self, model: "IraqModel", where: Array, strength: Array) -> None:
        """Move the mission in the worlds where it is still in Baghdad."""
        status = model.embassy.status
        np.copyto(status, MOVED, where=where & (strength > 0.0) & ((status == OPEN) | (status == REDUCED)))
