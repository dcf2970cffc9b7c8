"""A dial on the knock-on: how far exits cause exits, as the minister fears."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.arrays import Array
from sim.ledger.parameters import Domain
from sim.policies.policy import Direction, Effect, PolicyOfOneDay

if TYPE_CHECKING:
    from sim.model import IraqModel

SCOPES = ("all", "peers", "framework")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnockOnExits(PolicyOfOneDay):
    """Multiply the effects of the lead's and of others' exits on members' exits.

    Strength 0 is no knock-on, 1 is the estimate (no change), and 2 is twice the estimate, as feared.

    Attributes:
        scope: all; peers (effects of peers and framework nations); framework (only the effect of framework nations).

    Raises:
        ValueError: the scope is none of these.
    """

    scope: str = "all"
    strength_domain: ClassVar[Domain] = Domain.NON_NEGATIVE
    neutral_strength = 1.0
    description = "Sets how strongly exits cause further exits: 0 not at all, 1 as estimated, 2 twice as strongly."
    effects = (
        Effect("members_out", Direction.UP, "at a strength above 1; below 1 fewer leave"),
        Effect("members_out", Direction.UP, "at a strength above 1; below 1 fewer leave", beside="full_pullout"),
        Effect("members_troops_gone", Direction.UP, "at a strength above 1; below 1 fewer leave", beside="full_pullout"),
    )
    example = MappingProxyType({"strength": 2})

    def __post_init__(self) -> None:
        if self.scope not in SCOPES:
            raise ValueError(f"scope={self.scope!r} is none of {', '.join(SCOPES)}")

    def begin(self, model: "IraqModel", where: Array, strength: Array) -> None:
        """Set the dials."""
        coalition = model.coalition
        dials = [coalition.knock_on_framework]
        if self.scope in ("all", "peers"):
            dials.append(coalition.knock_on_peers)
        if self.scope == "all":
            dials.append(coalition.knock_on_lead)
        for dial in dials:
            np.copyto(dial, strength, where=where)
