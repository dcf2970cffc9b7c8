"""A share of the lead's troops leaves, the embassy stays."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from sim.agents.codes import NEVER, PARTIAL
from sim.arrays import Array
from sim.ledger.parameters import Domain
from sim.policies.policy import Direction, Effect, PolicyOfOneDay, check_setting

if TYPE_CHECKING:
    from sim.model import IraqModel


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialCut(PolicyOfOneDay):
    """The lead announces that a share of its troops leaves.

    Attributes:
        share: share of the troops that leaves at strength 1; None reads `lead_nation.partial_cut_share`.
    """

    share: float | None = None
    description = "A share of the lead nation's troops leaves; the embassy stays open."
    withdrawable = True
    reads = MappingProxyType({"share": "lead_nation.partial_cut_share"})
    alone = ("lead_nation.partial_cut_share",)
    effects = (
        Effect("lead_troop_share", Direction.DOWN, "a share of the troops leaves"),
        Effect("members_out", Direction.OPEN, "up if members do not tolerate the cut, down if fewer attacks let them stay"),
        Effect("enablers", Direction.DOWN, "air power, surveillance and advice are cut with the troops"),
        Effect("attacks", Direction.DOWN, "bases close as troops leave"),
        Effect("displaced_attacks", Direction.UP, "attackers turn to targets that remain"),
        Effect("incident_hazard", Direction.UP, "the embassy stays open with fewer guards"),
        Effect(
            "islamic_state_attacks_last_month",
            Direction.OPEN,
            "less suppression, less recruitment: which weighs more is open (switch islamic_state_depends_on)",
        ),
    )

    def __post_init__(self) -> None:
        check_setting("share", self.share, Domain.SHARE)

    def begin(self, model: "IraqModel", where: Array, strength: Array) -> None:
        """Announce the cut."""
        share = strength * (model.lead.own.partial_cut_share if self.share is None else self.share)
        model.lead.announce(where, PARTIAL, share, share, model.lead.exit_duration, NEVER)
