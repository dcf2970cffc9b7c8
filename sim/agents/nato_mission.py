"""The NATO mission: it grows where the host asks for it, and withers when the lead has gone."""

from typing import TYPE_CHECKING

import numpy as np

from sim.arithmetic import above
from sim.dice import start_uniforms
from sim.kind import BY_POLICY, CARRIED, Kind
from sim.rule import rule
from sim.tape import same_every_day

if TYPE_CHECKING:
    from sim.model import IraqModel


@rule
def mission_staff(
    staff: float,
    staff_at_start: float,
    ceiling: float,
    backfill: float,
    host_asks_to_stay: float,
    lead: float,
    share_feasible_without_lead: float,
    stepping_up: float,
    growth_rate: float,
    lead_gone_level: float,
    withering_days: float,
) -> float:
    """Return the mission's staff (persons) a day later.

    target = start + max(0, ceiling - start) (backfill [host asks to stay] max(lead, feasible) + u (1 - lead));
    staff += rate (target - staff). u is how far others replace the lead. If u is 0 and there is no backfill, the mission
    withers over `withering_days` when the lead has gone, since it depends on the lead for protection and transport.

    Source: NATO agreed in February 2020 to take over some training; sizes and rates are judgement.
    """
    room = max(0.0, ceiling - staff_at_start)
    target = staff_at_start + room * backfill * host_asks_to_stay * max(lead, share_feasible_without_lead)
    target += room * stepping_up * (1.0 - lead)
    if backfill == 0.0 and stepping_up == 0.0 and lead < lead_gone_level:
        return staff - staff / withering_days
    return staff + growth_rate * (target - staff)


class NATOMission(Kind, name="nato"):
    """The NATO mission, and the alliance behind it.

    States:
        staff [persons]: staff of the mission in the country; starts at staff_at_start.
        backfill [share]: strength of the policy nato_backfill.
        ceiling [persons]: largest size of the mission; starts at the parameter of that name.
        decides_as_one [0 or 1]: 1 if NATO members take one collective decision; drawn before day 0.
    """

    decisions = ("leave",)

    def __init__(self, model: "IraqModel") -> None:
        super().__init__(model, ["nato_mission"])
        own, coalition = model.parameters.nato_mission, model.parameters.coalition
        self.staff_at_start = own.staff_at_start
        self.rule = own.inputs_of(mission_staff) | {"lead_gone_level": coalition.lead_gone_level}
        del self.rule["ceiling"]  # a state: a policy may set another
        one_decision = start_uniforms(model.seed_of_worlds, self.names, "collective decision", model.worlds)
        self.host_asks_to_stay = self.vector()
        self.staff = self.state("staff", own.staff_at_start, at_day_0=CARRIED)
        self.backfill = self.state("backfill", at_day_0=BY_POLICY)
        self.ceiling = self.state("ceiling", own.ceiling, at_day_0=BY_POLICY)
        self.decides_as_one = self.state(
            "decides_as_one",
            (one_decision < coalition.collective_decision_probability).astype(np.float64),
            at_day_0="a trait of the world, drawn once by its own dice",
        )

    @same_every_day
    def adjust(self) -> None:
        """Let the mission grow or wither."""
        above(self.model.government.stance, 0.0, out=self.host_asks_to_stay)
        mission_staff(
            staff=self.staff,
            ceiling=self.ceiling,
            backfill=self.backfill,
            host_asks_to_stay=self.host_asks_to_stay,
            lead=self.model.lead.troop_share,
            stepping_up=self.model.coalition.stepping_up,
            **self.rule,
            out=self.staff,
        )
