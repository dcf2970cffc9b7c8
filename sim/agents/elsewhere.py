"""The targets outside the coalition's sites, on which displaced attacks fall."""

from typing import TYPE_CHECKING

from sim.agents.codes import DISPLACED_TARGETS
from sim.agents.landing import LANDING_DRAWS, attacks_land
from sim.arithmetic import over_agents, plus
from sim.kind import SINCE_DAY_0, Kind
from sim.tape import same_every_day

if TYPE_CHECKING:
    from sim.model import IraqModel


class Elsewhere(Kind, agent=None):
    """Targets away from the sites: the Iraqi state, the Kurdish region, contractors and other missions.

    States:
        attacks [attacks]: today's displaced attacks.
        civilian_deaths [persons]: civilians killed by displaced attacks today.
        iraqi_deaths [persons]: Iraqi forces killed by displaced attacks today.
        wounded [persons]: people wounded by displaced attacks today.
        civilian_chance [probability]: probability that displaced attacks kill civilians today.
        attacks_so_far_iraqi_state [attacks]: displaced attacks on this target since day 0.
        attacks_so_far_kurdistan [attacks]: displaced attacks on this target since day 0.
        attacks_so_far_contractors [attacks]: displaced attacks on this target since day 0.
        attacks_so_far_other_missions [attacks]: displaced attacks on this target since day 0.
    """

    decisions = LANDING_DRAWS

    def __init__(self, model: "IraqModel") -> None:
        super().__init__(model, ["elsewhere"])
        self.landing_rule = {
            **model.landing.rule,
            "cover": self.vector(0.0),
            "coalition_exposure": self.vector(0.0),
            "iraqi_exposure": self.vector(1.0),
            "density": self.vector(1.0),
        }
        self.attacks = self.state("attacks")
        self.civilian_deaths = self.state("civilian_deaths")
        self.iraqi_deaths = self.state("iraqi_deaths")
        self.wounded = self.state("wounded")
        self.civilian_chance = self.state("civilian_chance")
        self.coalition_deaths = self.vector()
        self.by_target = {target: self.vector() for target in DISPLACED_TARGETS}
        self.attacks_so_far = {
            target: self.remembered(f"attacks_so_far_{target}", self.vector(), at_day_0=SINCE_DAY_0)
            for target in DISPLACED_TARGETS
        }

    @same_every_day
    def land(self) -> None:
        """Let today's displaced attacks land."""
        for by_faction, (name, target) in zip(self.model.militias.targets, self.by_target.items(), strict=True):
            over_agents(by_faction, out=target)
            plus(self.attacks_so_far[name], target, out=self.attacks_so_far[name])
        over_agents(self.model.militias.displaced, out=self.attacks)
        attacks_land(
            attacks=self.attacks,
            **self.landing_rule,
            **{name.replace(" ", "_"): self.draws[name] for name in LANDING_DRAWS},
            out=(self.coalition_deaths, self.civilian_deaths, self.iraqi_deaths, self.wounded, self.civilian_chance),
        )
