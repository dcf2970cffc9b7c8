"""A share of the lead's troops leaves, the embassy stays."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.agents.lead_nation import NEVER, PARTIAL
from sim.parameters import Domain
from sim.policy import Policy, check_setting
from sim.rule import Array

if TYPE_CHECKING:
    from sim.model import IraqModel


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialCut(Policy):
    """The lead announces that a share of its troops leaves.

    Attributes:
        share: of the troops to go at strength 1; None reads `lead_nation.partial_cut_share`.
    """

    share: float | None = None
    description = "A share of the lead nation's troops leaves; the embassy stays open."

    def __post_init__(self) -> None:
        check_setting("share", self.share, Domain.SHARE)

    def begin(self, model: "IraqModel", where: Array, strength: Array) -> None:
        """Announce the cut."""
        share = strength * (model.lead.own.partial_cut_share if self.share is None else self.share)
        model.lead.announce(where, PARTIAL, share, share, model.lead.exit_duration, NEVER)
