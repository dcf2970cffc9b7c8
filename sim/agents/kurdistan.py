"""The Kurdish region: the trust between Erbil and Baghdad, and their joint operations."""

from typing import TYPE_CHECKING

from sim.distributions import clip
from sim.kind import CARRIED, Kind
from sim.rule import rule
from sim.tape import same_every_day

if TYPE_CHECKING:
    from sim.model import IraqModel


@rule
def fire_on_region(from_nineveh: float, displaced_attacks: float, erbil_attacks_from_nineveh: float) -> float:
    """Return the attacks on the region that are fired from federal territory, for which Erbil blames Baghdad.

    These are the attacks on the Erbil base from Nineveh, and the same share of the displaced attacks on the region.
    """
    return from_nineveh + erbil_attacks_from_nineveh * displaced_attacks


@rule
def trust_after(
    trust: float, trust_at_start: float, trust_recovery_days: float, fire: float, trust_loss_per_attack: float
) -> float:
    """Return the trust between Baghdad and Erbil (0-1) a day later: trust += (trust_0 - trust)/tau - t_att fire.

    Fire from other territory costs no trust.
    """
    return clip(trust + (trust_at_start - trust) / trust_recovery_days - trust_loss_per_attack * fire, 0.0, 1.0)


class Kurdistan(Kind, agent="KurdistanRegion"):
    """The Kurdistan Region of Iraq.

    States:
        trust [0-1]: trust between Baghdad and Erbil; starts at trust_at_start.
        fire [attacks]: attacks on the region from federal territory today.
    """

    def __init__(self, model: "IraqModel") -> None:
        super().__init__(model, ["kurdistan_region"])
        own = model.parameters.kurdistan
        self.rule = own.inputs_of(trust_after)
        self.from_nineveh = model.parameters.sites.erbil_attacks_from_nineveh
        self.trust = self.state("trust", own.trust_at_start, at_day_0=CARRIED)
        self.fire = self.state("fire")

    @same_every_day
    def react(self) -> None:
        """Let fire on the region cost trust."""
        model = self.model
        fire_on_region(model.sites.from_nineveh, model.elsewhere.by_target["kurdistan"], self.from_nineveh, out=self.fire)
        trust_after(trust=self.trust, fire=self.fire, **self.rule, out=self.trust)
