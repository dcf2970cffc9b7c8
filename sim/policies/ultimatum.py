"""The lead's ultimatum: leave unless the attacks stop."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from sim.arrays import Array
from sim.ledger.parameters import Domain
from sim.policies.policy import Direction, Effect, PolicyOfOneDay, check_setting

if TYPE_CHECKING:
    from sim.model import IraqModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Ultimatum(PolicyOfOneDay):
    """The lead threatens to leave; reviews execute the ultimatum, or it is extended once or lapses at its deadline.

    Attributes:
        deadline_days: None reads `lead_nation.ultimatum_deadline_days`.
        extension_days: days of the one possible extension of the deadline; 0: no extension. None reads
            `lead_nation.ultimatum_extension_days`.
    """

    deadline_days: float | None = None
    extension_days: float | None = None
    switch = True
    description = (
        "The lead nation threatens to leave unless the attacks stop, and reviews the threat every week until the deadline."
    )
    withdrawable = True
    reads = MappingProxyType(
        {
            "deadline_days": "lead_nation.ultimatum_deadline_days",
            "extension_days": "lead_nation.ultimatum_extension_days",
        }
    )
    alone = (
        "patron.ultimatum_caution",
        "lead_nation.ultimatum_deadline_days",
        "lead_nation.ultimatum_extension_days",
        "lead_nation.ultimatum_extension_probability",
        "lead_nation.ultimatum_execution_intercept",
        "lead_nation.ultimatum_effect_of_attacks",
        "lead_nation.ultimatum_effect_of_deaths",
        "lead_nation.ultimatum_effect_of_enforcement",
        "lead_nation.ultimatum_effect_of_lobbying",
        "lead_nation.ultimatum_effect_of_truce",
    )
    effects = (
        Effect("truce_days", Direction.UP, "a truce is likelier under an ultimatum"),
        Effect("attacks", Direction.DOWN, "the patron is more cautious; if the ultimatum is carried out, the targets leave"),
        Effect("ultimatum_executed", Direction.UP, "a review may carry the ultimatum out"),
        Effect("lead_troop_share", Direction.DOWN, "the troops leave if the ultimatum is carried out"),
        Effect("members_out", Direction.OPEN, "up if the ultimatum is carried out, down if fewer attacks let members stay"),
    )

    def __post_init__(self) -> None:
        check_setting("deadline_days", self.deadline_days, Domain.POSITIVE)
        check_setting("extension_days", self.extension_days, Domain.NON_NEGATIVE)

    def begin(self, model: "IraqModel", where: Array, strength: Array) -> None:
        """Issue the ultimatum."""
        lead = model.lead
        deadline = lead.deadline_days if self.deadline_days is None else self.deadline_days
        extension = lead.extension_days if self.extension_days is None else self.extension_days
        lead.issue_ultimatum(where & (strength > 0.0), deadline, extension)
