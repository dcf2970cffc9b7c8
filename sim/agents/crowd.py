"""The crowd: how mobilised the street is against the embassy."""

from typing import TYPE_CHECKING

from sim.kind import Kind, WorldAgent
from sim.rule import rule

if TYPE_CHECKING:
    from sim.model import IraqModel


@rule
def mobilisation_after(
    mobilisation: float,
    decay_days: float,
    strike: float,
    per_strike: float,
    civilians_killed: float,
    per_civilian_event: float,
    arrests: float,
    per_arrest: float,
    symbolic_date: float,
    anniversary: float,
    noise: float,
    normal: float,
) -> float:
    """Return mobilisation (0 or more) after today.

    M = M (1 - 1/tau) + j_strike strike + j_civ [militias killed civilians] + j_arr arrest + dated jumps + max(0, s z)

    Source: strike of 29 December 2019, storming of 31 December (j_strike, tau).
    """
    event = per_civilian_event if civilians_killed > 0.0 else 0.0
    jumps = strike * per_strike + event + arrests * per_arrest + symbolic_date + anniversary
    return mobilisation * (1.0 - 1.0 / decay_days) + jumps + max(0.0, noise * normal)


class Crowd(WorldAgent):
    """The street in Baghdad."""


class Crowds(Kind):
    """The crowd.

    States:
        mobilisation: 0 or more, 0.5 at rest.
    """

    agent_class = Crowd
    decisions = ("noise",)
    normals = ("noise",)

    def __init__(self, model: "IraqModel") -> None:
        super().__init__(model, ["crowd"])
        own = model.parameters.crowd
        self.rule = {
            "decay_days": own.mobilisation_decay_days,
            "per_strike": own.mobilisation_per_strike,
            "per_civilian_event": own.mobilisation_per_civilian_event,
            "per_arrest": own.mobilisation_per_arrest,
            "noise": own.mobilisation_noise,
        }
        self.symbolic_date_jump, self.anniversary_jump = own.symbolic_date_jump, own.anniversary_jump
        self.mobilisation = self.state("mobilisation", own.mobilisation_at_start)

    def mobilise(self) -> None:
        """Let the day's events move the street."""
        model, calendar = self.model, self.model.calendar
        mobilisation_after(
            mobilisation=self.mobilisation,
            strike=model.lead.strikes,
            civilians_killed=model.civilian_deaths_by_militias,
            arrests=model.government.sustained_arrests + model.government.reversed_arrests,
            symbolic_date=self.symbolic_date_jump * calendar.is_symbolic_date(model.day),
            anniversary=self.anniversary_jump * calendar.is_anniversary(model.day),
            normal=self.draws["noise"],
            **self.rule,
            out=self.mobilisation,
        )
