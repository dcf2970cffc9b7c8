"""The mission closes, the troops stay."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from sim.agents.codes import DIPLOMATS
from sim.arrays import Array
from sim.ledger.parameters import Domain
from sim.policies.policy import Direction, Effect, PolicyOfOneDay, check_setting

if TYPE_CHECKING:
    from sim.model import IraqModel


@dataclass(frozen=True, slots=True, kw_only=True)
class DiplomatsOut(PolicyOfOneDay):
    """The lead announces that its mission closes; strength scales the weight of this announcement for other actors.

    Attributes:
        days_to_close: None reads `lead_nation.diplomats_exit_days`.
    """

    days_to_close: float | None = None
    description = "The lead nation closes its mission; the troops stay."
    withdrawable = True
    caveat = "closing only the mission looks nearly free in this model, which leaves out most of the costs of closing it"
    reads = MappingProxyType({"days_to_close": "lead_nation.diplomats_exit_days"})
    alone = ("lead_nation.diplomats_only_share", "lead_nation.diplomats_exit_days")
    effects = (
        Effect("mission_presence", Direction.DOWN, "the mission closes"),
        Effect("lead_troop_share", Direction.UNMOVED, "the troops stay"),
        Effect("attacks", Direction.DOWN, "the embassy is no longer a target"),
        Effect("displaced_attacks", Direction.UP, "attackers turn to targets that remain"),
        Effect("incident_hazard", Direction.DOWN, "no crowd comes to an embassy that is closed"),
        Effect(
            "strikes",
            Direction.OPEN,
            "fewer attacks call for an answer, but strikes without provocation are likelier when no diplomats are at risk",
        ),
    )

    def __post_init__(self) -> None:
        check_setting("days_to_close", self.days_to_close, Domain.POSITIVE)

    def begin(self, model: "IraqModel", where: Array, strength: Array) -> None:
        """Announce the closing."""
        lead = model.lead
        days = lead.diplomats_exit_days if self.days_to_close is None else np.full_like(strength, self.days_to_close)
        lead.announce(where, DIPLOMATS, 0.0, strength * lead.own.diplomats_only_share, days, np.ceil(days))
