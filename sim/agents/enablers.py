"""The enablers that the fight against the Islamic State leans on: surveillance, air power, advice."""

from typing import TYPE_CHECKING

from sim.distributions import clip, poisson
from sim.kind import Kind
from sim.rule import rule

if TYPE_CHECKING:
    from sim.model import IraqModel

_DAYS_A_YEAR, _MONTHS_A_YEAR = 365.0, 12.0


@rule
def enablers_of(
    lead: float,
    members: float,
    nato_staff: float,
    nato_staff_at_start: float,
    full_nato_staff: float,
    nato_advice: float,
    over_the_horizon: float,
    suspended_air: float,
    suspended_advice: float,
    surveillance_from_afar: float,
    air_from_afar: float,
    lead_surveillance: float,
    lead_air: float,
    lead_advice: float,
    weight_surveillance: float,
    weight_air: float,
    weight_advice: float,
) -> tuple[float, float, float, float]:
    """Return surveillance, air power, advice and their weighted sum, each relative to the start (0-1).

    surveillance = max(l lead + (1 - l) members, o_isr OTH), air likewise with o_air; advice =
    clip(l lead + (1 - l) members + en_n (NATO - NATO at start)/scale, 0, 1). OTH: strength of over-the-horizon support.
    Air and advice times 1 - the share of them that is suspended.

    Source: shares and weights are judgement; France kept air operations from Jordan and Qatar in 2020.
    """
    surveillance = max(
        lead_surveillance * lead + (1.0 - lead_surveillance) * members, surveillance_from_afar * over_the_horizon
    )
    air = max(lead_air * lead + (1.0 - lead_air) * members, air_from_afar * over_the_horizon)
    nato = nato_advice * (nato_staff - nato_staff_at_start) / full_nato_staff
    advice = clip(lead_advice * lead + (1.0 - lead_advice) * members + nato, 0.0, 1.0)
    air, advice = air * (1.0 - suspended_air), advice * (1.0 - suspended_advice)
    together = weight_surveillance * surveillance + weight_air * air + weight_advice * advice
    return surveillance, air, advice, together


@rule
def civilian_deaths_of_air_operations(uniform: float, deaths_a_month: float, air: float) -> float:
    """Return the civilians that coalition air operations kill today: Poisson(12 x/365 air)."""
    return poisson(uniform, _MONTHS_A_YEAR * deaths_a_month / _DAYS_A_YEAR * air)


class Enablers(Kind):
    """Surveillance, air power and advice, 0-1 relative to the start.

    States:
        surveillance, air, advice, together. `over_the_horizon`: support from outside, 0-1.
        suspended_air, suspended_advice: share of it that is halted, 0 from the start on.
        civilian_deaths: of air operations today.
    """

    decisions = ("civilians",)

    def __init__(self, model: "IraqModel") -> None:
        super().__init__(model, ["air operations"])
        drawn = model.parameters
        horizon, own = drawn.over_the_horizon, drawn.islamic_state
        lead, weights = own.by_name("lead_share_of_enablers"), own.by_name("enabler_weights")
        self.rule = {
            "nato_staff_at_start": drawn.nato_mission.staff_at_start,
            "full_nato_staff": drawn.situation.advice_of_full_nato_mission,
            "nato_advice": own.nato_advice,
            "surveillance_from_afar": horizon.surveillance_effect,
            "air_from_afar": horizon.air_effect,
            **{f"lead_{name}": lead[name] for name in ("surveillance", "air", "advice")},
            **{f"weight_{name}": weights[name] for name in ("surveillance", "air", "advice")},
        }
        self.deaths_a_month = own.civilian_deaths_of_air_operations
        self.surveillance = self.state("surveillance", 1.0)
        self.air = self.state("air", 1.0)
        self.advice = self.state("advice", 1.0)
        self.together = self.state("together", 1.0)
        self.over_the_horizon = self.state("over_the_horizon", horizon.strength_without_policy)
        self.suspended_air = self.state("suspended_air")
        self.suspended_advice = self.state("suspended_advice")
        self.civilian_deaths = self.state("civilian_deaths")

    def support(self) -> None:
        """Set what support there is, and count whom air operations kill."""
        model = self.model
        enablers_of(
            lead=model.lead.troop_share,
            members=model.coalition.remaining,
            nato_staff=model.nato.staff,
            over_the_horizon=self.over_the_horizon,
            suspended_air=self.suspended_air,
            suspended_advice=self.suspended_advice,
            **self.rule,
            out=(self.surveillance, self.air, self.advice, self.together),
        )
        civilian_deaths_of_air_operations(self.draws["civilians"], self.deaths_a_month, self.air, out=self.civilian_deaths)
