"""The neighbours: what crosses the border from Iraq, in three components that are never added up."""

from typing import TYPE_CHECKING

from sim.arithmetic import divided, product, times
from sim.kind import Kind
from sim.rule import rule
from sim.tape import same_every_day

if TYPE_CHECKING:
    from sim.model import IraqModel


@rule
def cross_border_attacks(
    cross_border_attack_rate: float,
    border_activity: float,
    elasticity_to_border_activity: float,
    partner_forces: float,
    partner_support_dependence: float,
    lead: float,
) -> float:
    """Return the expected IS attacks a day across a border: lambda (I_b/I_b0)^gamma [1 + b_sy (1 - lead)].

    The last factor only where partner forces depend on supply through Iraq; none where no governorate borders.
    """
    if border_activity <= 0.0:
        return 0.0
    return (
        cross_border_attack_rate
        * border_activity**elasticity_to_border_activity
        * (1.0 + partner_forces * partner_support_dependence * (1.0 - lead))
    )


@rule
def shock_of(level: float, reference: float) -> float:
    """Return how far IS capability in Iraq stands above its start: max(0, I/i0 - 1)."""
    return max(0.0, level / reference - 1.0)


class Neighbours(Kind, agent="Neighbour"):
    """The areas beyond the border.

    States:
        islamic_state_attacks [attacks]: expected across the border today.
        militia_attacks [attacks]: expected across the border today, the same for each neighbour.
        shock [share]: excess of IS capability in Iraq over its start, the same for each neighbour.
    """

    def __init__(self, model: "IraqModel") -> None:
        areas = model.theatre.neighbours
        super().__init__(model, [area.name for area in areas])
        own, cells = model.parameters.neighbours, model.islamic_state
        self.rule = {
            **own.inputs_of(cross_border_attacks),
            "partner_forces": self.column([float(area.partner_forces) for area in areas]),
        }
        self.crossing_share = own.militia_crossing_share
        self.reads = [cells.column([name in area.reads for name in cells.names]) for area in areas]
        self.activity_at_start = [self.vector() for _ in areas]
        for governorates, at_start in zip(self.reads, self.activity_at_start, strict=True):
            product(cells.share * cells.rate_at_start, governorates, out=at_start)
        self.activity = self.array()
        self.islamic_state_attacks = self.state("islamic_state_attacks")
        self.militia_attacks = self.state("militia_attacks")
        self.shock = self.state("shock")

    @same_every_day
    def feel(self) -> None:
        """Let the border feel today's activity."""
        model = self.model
        cells = model.islamic_state
        for row, (governorates, at_start) in enumerate(zip(self.reads, self.activity_at_start, strict=True)):
            if governorates.any():
                activity = self.activity[row : row + 1]
                product(cells.capability, governorates, out=activity)
                divided(activity, at_start, out=activity)
        cross_border_attacks(
            border_activity=self.activity, lead=model.lead.troop_share, **self.rule, out=self.islamic_state_attacks
        )
        times(self.crossing_share, model.elsewhere.attacks, out=self.militia_attacks)
        shock_of(cells.capability_in_all, cells.rate_at_start, out=self.shock)
