"""The crowd: its mobilisation against the embassy."""

from typing import TYPE_CHECKING

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
    mobilisation_noise: float,
    normal: float,
) -> float:
    """Return mobilisation (0 or more) after today.

    M = M (1 - 1/tau) + j_strike strike + j_civ [militias killed civilians] + max(0, s z)

    Source: strike of 29 December 2019, storming of 31 December (j_strike, tau).
    """
    event = mobilisation_per_civilian_event if civilians_killed > 0.0 else 0.0
    jumps = strike * mobilisation_per_strike + event
    return mobilisation * (1.0 - 1.0 / mobilisation_decay_days) + jumps + max(0.0, mobilisation_noise * normal)


class Crowd(Kind):
    """The street in Baghdad.

    States:
        mobilisation [0 or more]: mobilisation of the crowd against the embassy; starts at mobilisation_at_start.
    """

    decisions = ("noise",)
    normals = ("noise",)

    def __init__(self, model: "IraqModel") -> None:
        super().__init__(model, ["crowd"])
        own = model.parameters.crowd
        self.rule = own.inputs_of(mobilisation_after)
        self.mobilisation = self.state("mobilisation", own.mobilisation_at_start, at_day_0=CARRIED)

    @same_every_day
    def mobilise(self) -> None:
        """Let the day's events change the mobilisation."""
        model = self.model
        mobilisation_after(
            mobilisation=self.mobilisation,
            strike=model.lead.strikes,
            civilians_killed=model.civilian_deaths_by_militias,
            normal=self.draws["noise"],
            **self.rule,
            out=self.mobilisation,
        )
