"""The neighbours: Islamic State attacks across the border, and borders closed in response."""

from typing import TYPE_CHECKING

from sim.arithmetic import divided, product
from sim.arrays import Array
from sim.distributions import happens_within_a_day
from sim.kind import CARRIED, Kind
from sim.rule import rule
from sim.tape import same_every_day

if TYPE_CHECKING:
    from sim.model import IraqModel


@rule
def cross_border_attacks(
    cross_border_attack_rate: float,
    border_activity: float,
    partner_forces: float,
    partner_support_dependence: float,
    lead: float,
) -> float:
    """Return the expected IS attacks per day across a border: lambda I_b/I_b0 [1 + b_sy (1 - lead)].

    The last factor applies only if partner forces depend on supply through Iraq. There are no attacks if no governorate has
    this border.
    """
    return cross_border_attack_rate * border_activity * (1.0 + partner_forces * partner_support_dependence * (1.0 - lead))


@rule
def border_after(closed: float, attacks: float, border_closing_per_attack: float, closing: float) -> float:
    """Return whether a neighbour's border is closed (0 or 1) after today.

    It closes with hazard c x attacks per day across the border.
    A closed border stays closed: Jordan's crossing was shut for two years (background knowledge).
    """
    return 1.0 if closed > 0.0 or closing < happens_within_a_day(border_closing_per_attack * attacks) else 0.0


class Neighbours(Kind, agent="Neighbour"):
    """The areas beyond the border.

    States:
        islamic_state_attacks [attacks]: expected IS attacks across the border today.
        closed [0 or 1]: 1 if the neighbour has closed its border.
    """

    decisions = ("closing",)

    def __init__(self, model: "IraqModel") -> None:
        areas = model.theatre.neighbours
        super().__init__(model, [area.name for area in areas])
        own, cells = model.parameters.neighbours, model.islamic_state
        self.rule = {
            **own.inputs_of(cross_border_attacks),
            "partner_forces": self.column([float(area.partner_forces) for area in areas]),
        }
        self.border_rule = own.inputs_of(border_after)
        self.reads = [cells.column([name in area.reads for name in cells.names]) for area in areas]
        self.borders_of = {
            row: self._weights([name in area.reads for area in areas])
            for row, name in enumerate(cells.names)
            if any(name in area.reads for area in areas)
        }
        self.activity_at_start = [self.vector() for _ in areas]
        for governorates, at_start in zip(self.reads, self.activity_at_start, strict=True):
            product(cells.share * cells.rate_at_start, governorates, out=at_start)
        self.activity = self.array()
        self.islamic_state_attacks = self.state("islamic_state_attacks")
        self.closed = self.state("closed", at_day_0=CARRIED)

    def _weights(self, reads: list[bool]) -> Array:
        """Return the weight of each neighbour in a cell's borders, equal among those that border on it, (neighbours, 1)."""
        return self.column([float(own) / sum(reads) for own in reads])

    @same_every_day
    def feel(self) -> None:
        """Let the border feel today's activity, and the neighbours close it or not."""
        model, cells = self.model, self.model.islamic_state
        for row, (governorates, at_start) in enumerate(zip(self.reads, self.activity_at_start, strict=True)):
            if governorates.any():
                activity = self.activity[row : row + 1]
                product(cells.capability, governorates, out=activity)
                divided(activity, at_start, out=activity)
        cross_border_attacks(
            border_activity=self.activity, lead=model.lead.troop_share, **self.rule, out=self.islamic_state_attacks
        )
        border_after(
            closed=self.closed, attacks=self.islamic_state_attacks, closing=self.draws["closing"],
            **self.border_rule, out=self.closed,
        )  # fmt: skip
