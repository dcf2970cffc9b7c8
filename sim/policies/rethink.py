"""The lead changes its mind and withdraws its announcement."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.arrays import Array
from sim.policies.policy import Direction, Effect, PolicyOfOneDay

if TYPE_CHECKING:
    from sim.model import IraqModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Rethink(PolicyOfOneDay):
    """Withdraw the announcement and the ultimatum; members that are drawing down continue to leave."""

    switch = True
    description = "The announcement in force, or the ultimatum, is withdrawn on the start day."
    withdraws = True
    effects = (
        Effect("announcement_withdrawn", Direction.UP, "the announcement is withdrawn", beside="full_pullout"),
        Effect("lead_troop_share", Direction.UP, "the troops still there stay", beside="full_pullout"),
        Effect("mission_presence", Direction.UP, "an embassy that is not yet closed stays open", beside="full_pullout"),
        Effect(
            "members_out",
            Direction.DOWN,
            "members that have not decided to leave no longer expect the lead's exit",
            beside="full_pullout",
        ),
        Effect("displaced_attacks", Direction.DOWN, "more targets are left", beside="full_pullout"),
        Effect("attacks", Direction.UP, "more targets are left", beside="full_pullout"),
    )

    def begin(self, model: "IraqModel", where: Array, strength: Array) -> None:
        """Withdraw."""
        where = where & (strength > 0.0)
        model.lead.withdraw(where)
        np.copyto(model.lead.ultimatum, 0.0, where=where)
