"""The Kurdish region: its forces' effort, and the trust between Erbil and Baghdad."""

from typing import TYPE_CHECKING

from sim.arithmetic import plus
from sim.distributions import clip
from sim.kind import CARRIED, Kind
from sim.rule import rule
from sim.tape import same_every_day

if TYPE_CHECKING:
    from sim.model import IraqModel


@rule
def trust_after(
    trust: float, trust_at_start: float, trust_recovery_days: float, attacks: float, trust_loss_per_attack: float
) -> float:
    """Return the trust between Baghdad and Erbil (0-1) a day later.

    trust += (trust_0 - trust)/tau - t_att attacks; attacks on Erbil and displaced ones on the Kurdish region.
    """
    return clip(trust + (trust_at_start - trust) / trust_recovery_days - trust_loss_per_attack * attacks, 0.0, 1.0)


class Kurdistan(Kind, agent="KurdistanRegion"):
    """The Kurdistan Region of Iraq.

    States:
        effort [0-1]: of the Peshmerga; starts at peshmerga_effort.
        trust [0-1]: between Baghdad and Erbil; starts at trust_at_start.
        attacks [attacks]: on the region today.
    """

    def __init__(self, model: "IraqModel") -> None:
        super().__init__(model, ["kurdistan_region"])
        own = model.parameters.kurdistan
        self.rule = own.inputs_of(trust_after)
        self.neutral_trust = own.neutral_trust
        self.effort = self.state("effort", own.peshmerga_effort, at_day_0=CARRIED)
        self.trust = self.state("trust", own.trust_at_start, at_day_0=CARRIED)
        self.attacks = self.state("attacks")

    @same_every_day
    def react(self) -> None:
        """Let attacks on the region cost trust."""
        sites = self.model.sites
        plus(sites.attacks_on(sites.erbil), self.model.elsewhere.by_target["kurdistan"], out=self.attacks)
        trust_after(trust=self.trust, attacks=self.attacks, **self.rule, out=self.trust)
