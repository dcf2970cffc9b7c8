"""The NATO mission grows where the host asks for it."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from sim.arrays import Array
from sim.ledger.parameters import Domain
from sim.policies.policy import Direction, Effect, PolicyOfOneDay, check_setting

if TYPE_CHECKING:
    from sim.model import IraqModel


@dataclass(frozen=True, slots=True, kw_only=True)
class NATOBackfill(PolicyOfOneDay):
    """Let the NATO mission grow toward its ceiling; strength scales the target of this growth.

    Attributes:
        ceiling: persons; None reads `nato_mission.ceiling`.
    """

    ceiling: float | None = None
    description = "The NATO mission grows while Iraq asks it to. Without a pullout it changes almost nothing."
    reads = MappingProxyType({"ceiling": "nato_mission.ceiling"})
    effects = (
        Effect("nato_staff", Direction.UP, "the mission grows while Iraq asks it to"),
        Effect("nato_staff", Direction.UP, "the mission does not shrink when the lead leaves", beside="full_pullout"),
        Effect("enablers", Direction.UP, "its advice replaces that of the lead", beside="full_pullout"),
        Effect("members_out", Direction.DOWN, "members that serve in the mission have a reason to stay", beside="full_pullout"),
        Effect("islamic_state_attacks_last_month", Direction.DOWN, "advice keeps local forces up", beside="full_pullout"),
    )

    def __post_init__(self) -> None:
        check_setting("ceiling", self.ceiling, Domain.POSITIVE)

    def begin(self, model: "IraqModel", where: Array, strength: Array) -> None:
        """Begin to grow."""
        np.copyto(model.nato.backfill, strength, where=where)
        if self.ceiling is not None:
            np.copyto(model.nato.ceiling, self.ceiling, where=where)
