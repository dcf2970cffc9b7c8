"""The recorded outcomes of a run: each with its unit, how its days add up, and whether more of it is worse."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

import numpy as np

from sim.agents.codes import CLOSED, DISPLACED_TARGETS, DRAWING_DOWN, OUT, PRESENT, RELOCATED
from sim.arrays import Array

if TYPE_CHECKING:
    from sim.model import IraqModel

DAYS_A_WEEK = 7
MONTH = 30
"""Days of the window of a last-month outcome."""


class Aggregation(StrEnum):
    """How a daily value becomes a recorded one."""

    FLOW = "flow"
    """Added up from the start."""
    LAST_MONTH = "last month"
    """Added up over the last 30 days."""
    LEVEL = "level"
    """As it stands at the end of the day."""
    RATIO = "ratio of sums"
    """The sum from the start, divided by the sum of another quantity; NaN where that other sum is 0."""
    FIRST_DAY = "first day"
    """The day on which something first happened; NaN where it did not."""


class Worse(IntEnum):
    """Which direction is worse for Iraq, the coalition or the region."""

    MORE = 1
    LESS = -1
    NEITHER = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """One recorded quantity.

    Attributes:
        read: returns today's value, (1 or rows, worlds).
        dimension: what the rows are (site, governorate, faction, member, neighbour, target); None for one value per world.
        rare: True if the outcome adds up the daily probability of a rare event. It is compared as a mean, with its Monte Carlo
            error.
        per: returns today's value of the denominator of a ratio.
        hazard: for an event, the outcome that adds up the event's daily probability and is reported beside the event.
    """

    name: str
    long_name: str
    unit: str
    aggregation: Aggregation
    worse: Worse
    read: Callable[["IraqModel"], Array]
    dimension: str | None = None
    rare: bool = False
    per: Callable[["IraqModel"], Array] | None = None
    hazard: str = ""

    @property
    def never(self) -> float | None:
        """Return the value of a day that never came, or of a ratio with denominator 0; None if every value is a number."""
        return np.nan if self.aggregation in (Aggregation.RATIO, Aggregation.FIRST_DAY) else None

    def parts(self, model: "IraqModel") -> tuple[Array, ...]:
        """Return today's values that are added up: one value, or numerator and denominator of a ratio."""
        return (self.read(model),) if self.per is None else (self.read(model), self.per(model))


FLOW, LAST_MONTH, LEVEL = Aggregation.FLOW, Aggregation.LAST_MONTH, Aggregation.LEVEL
RATIO, FIRST_DAY = Aggregation.RATIO, Aggregation.FIRST_DAY
MORE, LESS, NEITHER = Worse.MORE, Worse.LESS, Worse.NEITHER


OUTCOMES: tuple[Outcome, ...] = (
    # violence by the militias
    Outcome("attacks", "attacks on sites", "attacks", FLOW, MORE, lambda m: m.sites.attacks_in_all),
    Outcome("rocket_attacks", "rocket attacks on fixed sites", "attacks", FLOW, MORE, lambda m: m.militias.rockets.all_attacks),
    Outcome("convoy_attacks", "attacks on convoys", "attacks", FLOW, MORE, lambda m: m.militias.convoys.all_attacks),
    Outcome("displaced_attacks", "displaced attacks", "attacks", FLOW, MORE, lambda m: m.elsewhere.attacks),
    Outcome("propensity", "militias' propensity to attack", "attacks at full exposure", FLOW, MORE,
            lambda m: m.militias.propensity_in_all),
    Outcome("exposure", "exposure to both campaigns", "campaign-days at full presence", FLOW, NEITHER,
            lambda m: m.sum_of(*m.sites.exposure.values())),
    Outcome("attacks_per_exposure", "attacks on sites per exposure", "attacks per campaign-day at full presence", RATIO, MORE,
            lambda m: m.sites.attacks_in_all, per=lambda m: m.sum_of(*m.sites.exposure.values())),
    Outcome("rocket_attacks_per_exposure", "rocket attacks per exposure", "attacks per day at full presence", RATIO, MORE,
            lambda m: m.militias.rockets.all_attacks, per=lambda m: m.sites.exposure["rockets"]),
    Outcome("convoy_attacks_per_exposure", "attacks on convoys per exposure", "attacks per day at full presence", RATIO, MORE,
            lambda m: m.militias.convoys.all_attacks, per=lambda m: m.sites.exposure["convoys"]),
    Outcome("rate_cap_days", "faction-days on which the rate cap binds", "days", FLOW, NEITHER,
            lambda m: m.over(m.militias.capped)),
    Outcome("facade_claims", "attacks claimed by a facade", "attacks", FLOW, NEITHER,
            lambda m: m.over(m.militias.facade_claims)),
    Outcome("attacks_from_nineveh", "attacks on Erbil from Nineveh", "attacks", FLOW, MORE, lambda m: m.sites.from_nineveh),
    Outcome("truce_days", "days under a truce", "days", FLOW, LESS, lambda m: m.truce.in_force),
    Outcome("restraint", "patron's restraint", "index 0-1", LEVEL, LESS, lambda m: m.patron.restraint),
    # harm
    Outcome("coalition_deaths", "coalition deaths, the embassy included", "deaths", FLOW, MORE,
            lambda m: m.sum_of(m.sites.coalition_deaths_at_bases, m.embassy.deaths)),
    Outcome("contractor_deaths", "deaths of Iraqi contractors on convoys", "deaths", FLOW, MORE,
            lambda m: m.sites.contractor_deaths),
    Outcome("civilian_deaths", "Iraqi civilian deaths, all perpetrators", "deaths", FLOW, MORE, lambda m: m.civilian_deaths),
    Outcome("civilian_deaths_by_militias", "Iraqi civilian deaths by militias", "deaths", FLOW, MORE,
            lambda m: m.civilian_deaths_by_militias),
    Outcome("civilian_deaths_by_islamic_state", "Iraqi civilian deaths by IS", "deaths", FLOW, MORE,
            lambda m: m.islamic_state.civilian_deaths_in_all),
    Outcome("civilian_deaths_by_others", "Iraqi civilian deaths by all others than IS", "deaths", FLOW, MORE,
            lambda m: m.sum_of(m.civilian_deaths_by_militias, m.lead.civilian_deaths, m.enablers.civilian_deaths)),
    Outcome("civilian_deaths_by_strikes", "Iraqi civilian deaths by the lead's strikes", "deaths", FLOW, MORE,
            lambda m: m.lead.civilian_deaths),
    Outcome("civilian_deaths_by_air_operations", "Iraqi civilian deaths by coalition air operations", "deaths", FLOW, MORE,
            lambda m: m.enablers.civilian_deaths),
    Outcome("large_killings_by_militias", "expected militia attacks that kill seven or more civilians", "attacks", FLOW, MORE,
            lambda m: m.large_killings_by_militias, rare=True),
    Outcome("large_killings_by_islamic_state", "expected IS attacks that kill seven or more civilians", "attacks", FLOW, MORE,
            lambda m: m.islamic_state.large_killings, rare=True),
    Outcome("iraqi_force_deaths", "Iraqi force deaths, all perpetrators", "deaths", FLOW, MORE, lambda m: m.iraqi_force_deaths),
    Outcome("militia_deaths", "militia deaths by the lead's strikes", "deaths", FLOW, NEITHER, lambda m: m.lead.militia_deaths),
    Outcome("wounded", "wounded by militia attacks", "persons", FLOW, MORE,
            lambda m: m.sum_of(m.sites.wounded_in_all, m.elsewhere.wounded)),
    Outcome("strikes", "strikes by the lead nation", "strikes", FLOW, NEITHER, lambda m: m.lead.strikes),
    # the coalition
    Outcome("lead_troop_share", "lead nation's troops left", "share", LEVEL, NEITHER, lambda m: m.lead.troop_share),
    Outcome("lead_troops", "lead nation's troops", "persons", LEVEL, NEITHER,
            lambda m: m.lead.troop_share * m.lead.troops_at_start),
    Outcome("announced", "exit announced and in force", "weight 0-1", LEVEL, NEITHER, lambda m: m.lead.weight),
    Outcome("ultimatum_executed", "ultimatum executed", "0 or 1", LEVEL, NEITHER, lambda m: m.lead.executed),
    Outcome("announcement_withdrawn", "an announcement was withdrawn", "0 or 1", LEVEL, NEITHER, lambda m: m.lead.withdrawn),
    Outcome("members_present", "members with troops in the country", "members", LEVEL, LESS,
            lambda m: m.coalition.count(PRESENT) + m.coalition.count(DRAWING_DOWN)),
    Outcome("members_out", "members out for good", "members", LEVEL, MORE, lambda m: m.coalition.count(OUT)),
    Outcome("members_relocated", "members relocated", "members", LEVEL, MORE, lambda m: m.coalition.count(RELOCATED)),
    Outcome("members_leaving", "members' decisions for good", "decisions", FLOW, MORE, lambda m: m.over(m.coalition.decided)),
    Outcome("knock_on_exits", "exits for good caused by the knock-on", "decisions", FLOW, MORE,
            lambda m: m.over(m.coalition.knocked_on)),
    Outcome("knock_on_probability", "expected decisions caused by the knock-on", "decisions", FLOW, MORE,
            lambda m: m.over(m.coalition.knock_on_probability)),
    Outcome("members_troops_gone", "share of members' troops gone, relocated ones included", "share", LEVEL, MORE,
            lambda m: 1.0 - m.coalition.remaining),
    Outcome("coalition_troops_gone", "share of all coalition troops gone, the lead's included", "share", LEVEL, MORE,
            lambda m: m.coalition_troops_gone()),
    Outcome("nato_staff", "NATO mission's staff", "persons", LEVEL, LESS, lambda m: m.nato.staff),
    Outcome("enablers", "enablers left", "share", LEVEL, LESS, lambda m: m.enablers.together),
    # Baghdad
    Outcome("incident_hazard", "expected crowd incidents at the embassy", "incidents", FLOW, MORE,
            lambda m: m.embassy.incident_probability, rare=True),
    Outcome("breach_hazard", "expected breaches of the embassy", "breaches", FLOW, MORE,
            lambda m: m.embassy.breach_probability, rare=True),
    Outcome("lethal_breach_hazard", "expected lethal breaches of the embassy", "breaches", FLOW, MORE,
            lambda m: m.embassy.lethal_probability, rare=True),
    Outcome("incidents", "crowd incidents at the embassy", "incidents", FLOW, MORE, lambda m: m.embassy.incident,
            hazard="incident_hazard"),
    Outcome("breaches", "breaches of the embassy", "breaches", FLOW, MORE, lambda m: m.embassy.breach,
            hazard="breach_hazard"),
    Outcome("lethal_breaches", "lethal breaches of the embassy", "breaches", FLOW, MORE, lambda m: m.embassy.lethal,
            hazard="lethal_breach_hazard"),
    Outcome("closure_hazard", "expected closures of the mission for its security", "closures", FLOW, MORE,
            lambda m: m.embassy.closure_probability, rare=True),
    Outcome("security_closures", "closures of the mission for its security", "closures", FLOW, MORE,
            lambda m: m.embassy.security_closure, hazard="closure_hazard"),
    Outcome("mission_closed", "mission closed", "0 or 1", LEVEL, NEITHER, lambda m: (m.embassy.status == CLOSED).astype(float)),
    Outcome("mission_presence", "mission in place", "share", LEVEL, NEITHER, lambda m: m.embassy.mission_presence),
    Outcome("other_missions_gone", "share of other foreign missions gone from Baghdad", "share", LEVEL, MORE,
            lambda m: 1.0 - m.embassy.other_missions),
    Outcome("political_capital", "government's political capital", "index 0-1", LEVEL, LESS, lambda m: m.government.capital),
    Outcome("fall_hazard", "expected falls of the government", "falls", FLOW, MORE,
            lambda m: m.government.fall_hazard, rare=True),
    Outcome("government_falls", "falls of the government", "falls", FLOW, MORE, lambda m: m.government.fell,
            hazard="fall_hazard"),
    Outcome("arrests", "high-profile arrests", "arrests", FLOW, NEITHER,
            lambda m: m.sum_of(m.government.sustained_arrests, m.government.reversed_arrests)),
    Outcome("contested_presence", "days of contested presence", "days", FLOW, NEITHER, lambda m: m.patron.contested),
    Outcome("stance", "government's stance: -1 asks to leave, 1 to stay", "index", LEVEL, NEITHER,
            lambda m: m.government.stance),
    Outcome("green_zone_protection", "protection of the Green Zone", "index 0-1", LEVEL, LESS,
            lambda m: m.government.protection),
    Outcome("mobilisation", "mobilisation of the street", "index", LEVEL, MORE, lambda m: m.crowd.mobilisation),
    Outcome("kurdish_trust", "trust between Baghdad and Erbil", "index 0-1", LEVEL, LESS, lambda m: m.kurdistan.trust),
    # the Islamic State
    Outcome("islamic_state_attacks", "IS attacks", "attacks", FLOW, MORE, lambda m: m.islamic_state.attacks_in_all),
    Outcome("islamic_state_attacks_last_month", "IS attacks in the last 30 days", "attacks", LAST_MONTH, MORE,
            lambda m: m.islamic_state.attacks_in_all),
    Outcome("islamic_state_capability", "IS capability", "attacks/day", LEVEL, MORE,
            lambda m: m.islamic_state.capability_in_all),
    Outcome("force_quality", "quality of local forces", "relative to the start", LEVEL, LESS,
            lambda m: m.islamic_state.mean_quality),
    Outcome("resurgence_day", "first day of an IS resurgence", "day", FIRST_DAY, LESS,
            lambda m: m.islamic_state.resurgence_day),
    Outcome("severe_resurgence_day", "first day of a severe IS resurgence", "day", FIRST_DAY, LESS,
            lambda m: m.islamic_state.severe_resurgence_day),
    # by place and by actor
    Outcome("attacks_by_site", "attacks by site", "attacks", FLOW, MORE, lambda m: m.sites.attacks, "site"),
    Outcome("attacks_by_governorate", "militia attacks by governorate, displaced ones included", "attacks", LEVEL, MORE,
            lambda m: m.attacks_by_governorate(), "governorate"),
    Outcome("attacks_by_faction", "attacks on sites by faction", "attacks", FLOW, MORE,
            lambda m: m.militias.attacks, "faction"),
    Outcome("displaced_attacks_by_target", "displaced attacks by target", "attacks", FLOW, MORE,
            lambda m: m.stacked(list(m.elsewhere.by_target.values())), "target"),
    Outcome("islamic_state_attacks_by_governorate", "IS attacks by governorate", "attacks", FLOW, MORE,
            lambda m: m.islamic_state.attacks, "cell"),
    Outcome("troops_by_member", "troops by member", "persons", LEVEL, NEITHER, lambda m: m.coalition.troops, "member"),
    Outcome("exit_day_by_member", "day of the decision to leave for good, by member", "day", FIRST_DAY, NEITHER,
            lambda m: np.where(m.coalition.decided_on >= 0.0, m.coalition.decided_on, np.nan), "member"),
    Outcome("cross_border_attacks", "expected IS attacks across the border", "attacks", FLOW, MORE,
            lambda m: m.neighbours.islamic_state_attacks, "neighbour"),
    Outcome("border_closed", "border closed by the neighbour", "0 or 1", LEVEL, NEITHER, lambda m: m.neighbours.closed,
            "neighbour"),
)  # fmt: skip
"""All outcomes, in the order of tables."""

BY_NAME = {outcome.name: outcome for outcome in OUTCOMES}


def labels(model: "IraqModel") -> dict[str, list[str]]:
    """Return the names along each dimension."""
    return {
        "site": list(model.sites.names),
        "governorate": [governorate.name for governorate in model.theatre.governorates],
        "faction": list(model.militias.names),
        "target": list(DISPLACED_TARGETS),
        "cell": list(model.islamic_state.names),
        "member": list(model.coalition.names),
        "neighbour": list(model.neighbours.names),
    }


def analysable() -> list[str]:
    """Return the outcomes with one number in every world."""
    return [one.name for one in OUTCOMES if one.dimension is None and one.aggregation is not Aggregation.FIRST_DAY]
