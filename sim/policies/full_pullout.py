"""The lead announces that it leaves with its embassy, and leaves."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.arrays import Array
from sim.ledger.parameters import Domain
from sim.policies.policy import Direction, Effect, PolicyOfOneDay, check_setting

if TYPE_CHECKING:
    from sim.model import IraqModel


@dataclass(frozen=True, slots=True, kw_only=True)
class FullPullout(PolicyOfOneDay):
    """The lead announces a full pullout.

    Strength is the share of the troops that leaves (1: all but the residual).

    Attributes:
        stretch: multiplies the duration of the exit.
    """

    stretch: float = 1.0
    description = "The lead nation announces a full pullout and leaves; the embassy closes on the way."
    withdrawable = True
    effects = (
        Effect("lead_troop_share", Direction.DOWN, "the troops leave, except for a residual force"),
        Effect("mission_presence", Direction.DOWN, "the embassy closes on the way"),
        Effect("members_out", Direction.UP, "the exit makes other members leave (knock-on)"),
        Effect("nato_staff", Direction.DOWN, "the mission shrinks once the lead has left"),
        Effect("enablers", Direction.DOWN, "air power, surveillance and advice leave with the troops"),
        Effect("attacks", Direction.DOWN, "fewer targets"),
        Effect("displaced_attacks", Direction.UP, "attackers turn to targets that remain"),
        Effect("coalition_deaths", Direction.DOWN, "fewer targets"),
        Effect("incident_hazard", Direction.DOWN, "no crowd comes to an embassy that is closed"),
        Effect("propensity", Direction.OPEN, "the patron eases the exit or claims it (switch patron_on_exit)"),
        Effect(
            "islamic_state_attacks_last_month",
            Direction.OPEN,
            "less suppression, less recruitment: which weighs more is open (switch islamic_state_depends_on)",
        ),
        Effect("civilian_deaths", Direction.OPEN, "fewer attacks on sites, more elsewhere; the change in IS attacks is open"),
        Effect("fall_hazard", Direction.OPEN, "the announcement helps or hurts (switch announcement); fewer strikes"),
    )

    def __post_init__(self) -> None:
        if self.stretch is None:
            raise ValueError("stretch=null is not a number")
        check_setting("stretch", self.stretch, Domain.POSITIVE)

    def begin(self, model: "IraqModel", where: Array, strength: Array) -> None:
        """Announce the pullout."""
        model.lead.announce_full_pullout(where, strength, self.stretch)
