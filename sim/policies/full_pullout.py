"""The lead announces that it leaves, embassy and all, and leaves."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.parameters import Domain
from sim.policy import Policy, check_setting
from sim.rule import Array

if TYPE_CHECKING:
    from sim.model import IraqModel


@dataclass(frozen=True, slots=True, kw_only=True)
class FullPullout(Policy):
    """The lead announces a full pullout.

    Strength is the share of the troops to go (1: all but the residual).

    Attributes:
        stretch: multiplies the duration of the exit.
    """

    stretch: float = 1.0
    description = "The lead nation announces a full pullout and leaves; the embassy closes on the way."

    def __post_init__(self) -> None:
        if self.stretch is None:
            raise ValueError("stretch=null is not a number")
        check_setting("stretch", self.stretch, Domain.POSITIVE)

    def begin(self, model: "IraqModel", where: Array, strength: Array) -> None:
        """Announce the pullout."""
        model.lead.announce_full_pullout(where, strength, self.stretch)
