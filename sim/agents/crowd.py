"""The crowd: how mobilised the street is against the embassy."""

from typing import TYPE_CHECKING

from sim.arithmetic import plus, times
from sim.kind import CARRIED, Kind
from sim.rule import rule
from sim.tape import same_every_day

if TYPE_CHECKING:
    from sim.model import IraqModel


@rule
def mobilisation_after(
    mobilisation: float,
    mobilisation_decay_days: float,
    strike: float,
    mobilisation_per_strike: float,
    civilians_killed: float,
    mobilisation_per_civilian_event: float,
    arrests: float,
    mobilisation_per_arrest: float,
    symbolic_date_jump: float,
    anniversary_jump: float,
    mobilisation_noise: float,
    normal: float,
) -> float:
    """Return mobilisation (0 or more) after today.

    M = M (1 - 1/tau) + j_strike strike + j_civ [militias killed civilians] + j_arr arrest + dated jumps + max(0, s z)

    Source: strike of 29 December 2019, storming of 31 December (j_strike, tau).
    """
    event = mobilisation_per_civilian_event if civilians_killed > 0.0 else 0.0
    jumps = strike * mobilisation_per_strike + event + arrests * mobilisation_per_arrest + symbolic_date_jump + anniversary_jump
    return mobilisation * (1.0 - 1.0 / mobilisation_decay_days) + jumps + max(0.0, mobilisation_noise * normal)


class Crowd(Kind):
    """The street in Baghdad.

    States:
        mobilisation [0 or more]: against the embassy; starts at mobilisation_at_start.
    """

    decisions = ("noise",)
    normals = ("noise",)

    def __init__(self, model: "IraqModel") -> None:
        super().__init__(model, ["crowd"])
        own = model.parameters.crowd
        self.rule = own.inputs_of(mobilisation_after)
        self.jumps = {name: self.rule.pop(name) for name in ("symbolic_date_jump", "anniversary_jump")}
        self.arrests, self.symbolic_date_jump, self.anniversary_jump = self.vector(), self.vector(), self.vector()
        self.mobilisation = self.state("mobilisation", own.mobilisation_at_start, at_day_0=CARRIED)

    @same_every_day
    def mobilise(self) -> None:
        """Let the day's events move the street."""
        model, today = self.model, self.model.today
        plus(model.government.sustained_arrests, model.government.reversed_arrests, out=self.arrests)
        times(self.jumps["symbolic_date_jump"], today.symbolic_date, out=self.symbolic_date_jump)
        times(self.jumps["anniversary_jump"], today.anniversary, out=self.anniversary_jump)
        mobilisation_after(
            mobilisation=self.mobilisation,
            strike=model.lead.strikes,
            civilians_killed=model.civilian_deaths_by_militias,
            arrests=self.arrests,
            symbolic_date_jump=self.symbolic_date_jump,
            anniversary_jump=self.anniversary_jump,
            normal=self.draws["noise"],
            **self.rule,
            out=self.mobilisation,
        )
