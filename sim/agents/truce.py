"""The truce: most factions pause their attacks; one regime per world."""

import math
from typing import TYPE_CHECKING

from sim.distributions import happens_within_a_day
from sim.kind import BY_POLICY, CARRIED, Kind
from sim.rule import rule
from sim.tape import same_every_day

if TYPE_CHECKING:
    from sim.model import IraqModel


@rule
def truce_tomorrow(
    in_force: float,
    onset_hazard: float,
    ultimatum: float,
    effect_of_ultimatum: float,
    restraint_above_neutral: float,
    effect_of_restraint: float,
    brokered: float,
    effect_of_broker: float,
    mean_length_days: float,
    onset: float,
    end: float,
) -> float:
    """Return whether a truce is in force today (0 or 1), given yesterday's.

    Onset hazard h_T exp(b_TU [ultimatum] + b_TR (R - neutral) + b_brok brokered); end hazard 1 / mean length.
    All 1/day.

    Source: judgement; compellent threats succeed in 20-60 % of cases (Sechser 2011, doi:10.1177/0738894211413066).
    """
    if in_force > 0.0:
        return 0.0 if end < happens_within_a_day(1.0 / mean_length_days) else 1.0
    log_factor = effect_of_ultimatum * ultimatum
    log_factor += effect_of_restraint * restraint_above_neutral + effect_of_broker * brokered
    return 1.0 if onset < happens_within_a_day(onset_hazard * math.exp(log_factor)) else 0.0


class Truce(Kind, agent=None):
    """The truce between the factions and the coalition.

    States:
        in_force [0 or 1]: 1 while a truce holds.
        brokered [share]: strength of the policy brokered_truce.
    """

    decisions = ("onset", "end")

    def __init__(self, model: "IraqModel") -> None:
        super().__init__(model, ["truce"])
        own = model.parameters.truce
        self.rule = own.inputs_of(truce_tomorrow)
        self.rocket_rate = own.rocket_rate_in_truce
        self.convoy_rate = own.convoy_rate_in_truce
        self.compliance_floor = own.compliance_floor
        self.in_force = self.state("in_force", at_day_0=CARRIED)
        self.brokered = self.state("brokered", at_day_0=BY_POLICY)

    @same_every_day
    def settle(self) -> None:
        """Begin or end a truce."""
        model = self.model
        truce_tomorrow(
            in_force=self.in_force,
            ultimatum=model.lead.ultimatum,
            restraint_above_neutral=model.patron.restraint_above_neutral,
            brokered=self.brokered,
            onset=self.draws["onset"],
            end=self.draws["end"],
            **self.rule,
            out=self.in_force,
        )
