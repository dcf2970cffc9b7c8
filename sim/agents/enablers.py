"""The enablers on which the fight against the Islamic State depends: surveillance, air power, advice."""

from typing import TYPE_CHECKING

from sim.distributions import clip, poisson
from sim.kind import BY_POLICY, Kind
from sim.rule import rule
from sim.tape import same_every_day

if TYPE_CHECKING:
    from sim.model import IraqModel

_DAYS_A_YEAR, _MONTHS_A_YEAR = 365.0, 12.0


@rule
def enablers_of(
    lead: float,
    members: float,
    nato_staff: float,
    staff_at_start: float,
    advice_of_full_nato_mission: float,
    nato_advice: float,
    over_the_horizon: float,
    suspended_air: float,
    suspended_advice: float,
    mission: float,
    advice_through_mission: float,
    surveillance_effect: float,
    air_effect: float,
    lead_share_of_enablers_surveillance: float,
    lead_share_of_enablers_air: float,
    lead_share_of_enablers_advice: float,
    enabler_weights_surveillance: float,
    enabler_weights_air: float,
    enabler_weights_advice: float,
) -> tuple[float, float, float, float]:
    """Return surveillance, air power, advice and their weighted sum, each relative to the start (0-1).

    surveillance = max(l lead + (1 - l) members, o_isr OTH), air likewise with o_air; advice =
    clip(l lead + (1 - l) members + en_n (NATO - NATO at start)/scale, 0, 1). OTH: strength of over-the-horizon support.
    Air and advice are multiplied by 1 - their suspended share. Advice is also multiplied by 1 - a (1 - mission); a is the
    part of advice that runs through the mission, 0 where the mission is hollow (switch mission_is).

    Source: shares and weights are judgement; France kept air operations from Jordan and Qatar in 2020.
    """
    surveillance = max(
        lead_share_of_enablers_surveillance * lead + (1.0 - lead_share_of_enablers_surveillance) * members,
        surveillance_effect * over_the_horizon,
    )
    air = max(lead_share_of_enablers_air * lead + (1.0 - lead_share_of_enablers_air) * members, air_effect * over_the_horizon)
    nato = nato_advice * (nato_staff - staff_at_start) / advice_of_full_nato_mission
    advice = clip(lead_share_of_enablers_advice * lead + (1.0 - lead_share_of_enablers_advice) * members + nato, 0.0, 1.0)
    air, advice = air * (1.0 - suspended_air), advice * (1.0 - suspended_advice)
    advice *= 1.0 - advice_through_mission * (1.0 - mission)
    together = enabler_weights_surveillance * surveillance + enabler_weights_air * air + enabler_weights_advice * advice
    return surveillance, air, advice, together


@rule
def civilian_deaths_of_air_operations(uniform: float, civilian_deaths_of_air_operations: float, air: float) -> float:
    """Return the civilians that coalition air operations kill today: Poisson(12 x/365 air)."""
    return poisson(uniform, _MONTHS_A_YEAR * civilian_deaths_of_air_operations / _DAYS_A_YEAR * air)


class Enablers(Kind, agent=None):
    """The coalition's support of Iraqi forces: surveillance, air power and advice, relative to day 0.

    States:
        surveillance [share]: surveillance, relative to day 0.
        air [share]: air power, relative to day 0.
        advice [share]: advice, relative to day 0.
        together [share]: weighted sum of surveillance, air power and advice.
        over_the_horizon [0-1]: support from outside; starts at over_the_horizon.strength_without_policy.
        suspended_air [share]: share of air support that is suspended.
        suspended_advice [share]: share of advice that is suspended.
        civilian_deaths [persons]: civilians killed by air operations today.
    """

    decisions = ("civilians",)

    def __init__(self, model: "IraqModel") -> None:
        super().__init__(model, ["air operations"])
        drawn = model.parameters
        horizon, own = drawn.over_the_horizon, drawn.islamic_state
        self.rule = {
            **own.inputs_of(enablers_of),
            **drawn.nato_mission.inputs_of(enablers_of),
            **drawn.situation.inputs_of(enablers_of),
            **horizon.inputs_of(enablers_of),
        }
        self.rule["advice_through_mission"] = own.advice_through_mission * drawn.variant("mission_is", "useful")
        self.deaths_a_month = own.civilian_deaths_of_air_operations
        self.surveillance = self.state("surveillance", 1.0)
        self.air = self.state("air", 1.0)
        self.advice = self.state("advice", 1.0)
        self.together = self.state("together", 1.0)
        self.over_the_horizon = self.state("over_the_horizon", horizon.strength_without_policy, at_day_0=BY_POLICY)
        self.suspended_air = self.state("suspended_air", at_day_0="nothing is halted on day 0")
        self.suspended_advice = self.state("suspended_advice", at_day_0="nothing is halted on day 0")
        self.civilian_deaths = self.state("civilian_deaths")

    @same_every_day
    def support(self) -> None:
        """Set the support, and count the civilians killed by air operations."""
        model = self.model
        enablers_of(
            lead=model.lead.troop_share,
            members=model.coalition.remaining,
            mission=model.embassy.mission_presence,
            nato_staff=model.nato.staff,
            over_the_horizon=self.over_the_horizon,
            suspended_air=self.suspended_air,
            suspended_advice=self.suspended_advice,
            **self.rule,
            out=(self.surveillance, self.air, self.advice, self.together),
        )
        civilian_deaths_of_air_operations(self.draws["civilians"], self.deaths_a_month, self.air, out=self.civilian_deaths)
