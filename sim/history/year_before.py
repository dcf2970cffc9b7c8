"""The year before the start: how it begins, and what of its end the scenarios start from."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from sim.agents.campaign import excitation_at_start, level_at_start
from sim.agents.islamic_state import attacks_a_day
from sim.agents.patron import correlated
from sim.rule import Array
from sim.state import State, take
from sim.worlds import start_uniforms, to_normal

if TYPE_CHECKING:
    from sim.model import IraqModel

RENEWED: Mapping[str, tuple[str, ...]] = {
    "a value of the day, set before anybody reads it": (
        "lead.credibility", "lead.loss", "lead.ordered_strike", "lead.decided_strike", "lead.strikes",
        "lead.militia_deaths", "lead.iraqi_deaths", "lead.civilian_deaths", "militias.attacks", "militias.displaced",
        "militias.propensity", "militias.facade_claims", "militias.struck", "militias.capped",
        "government.sustained_arrests", "government.reversed_arrests",
        "government.fell", "government.fall_hazard", "coalition.decided", "coalition.knocked_on",
        "coalition.knock_on_probability", "sites.presence", "sites.attraction", "sites.attacks", "sites.coalition_deaths",
        "sites.civilian_deaths", "sites.iraqi_deaths", "sites.wounded", "elsewhere.attacks", "elsewhere.civilian_deaths",
        "elsewhere.iraqi_deaths", "elsewhere.wounded", "enablers.surveillance", "enablers.air", "enablers.advice",
        "enablers.together", "enablers.civilian_deaths", "kurdistan.attacks", "embassy.incident_probability",
        "embassy.breach_probability", "embassy.lethal_probability", "embassy.closure_probability",
        "embassy.incident", "embassy.breach", "embassy.lethal",
        "embassy.security_closure", "islamic_state.attacks", "islamic_state.civilian_deaths", "islamic_state.iraqi_deaths",
        "neighbours.islamic_state_attacks", "neighbours.militia_attacks", "neighbours.shock",
    ),
    "counted from day 0": (
        "government.election_held", "sites.attacks_so_far", "elsewhere.attacks_so_far_iraqi_state",
        "elsewhere.attacks_so_far_kurdistan", "elsewhere.attacks_so_far_contractors",
        "elsewhere.attacks_so_far_other_missions", "islamic_state.days_above_resurgence", "islamic_state.days_above_severe",
        "islamic_state.resurgence_day", "islamic_state.severe_resurgence_day",
    ),
    "set by policies, which begin with the scenario": (
        "lead.withdrawn", "lead.ultimatum", "lead.issued_on", "lead.deadline", "lead.extension", "lead.extended",
        "lead.executed", "lead.restraint", "truce.brokered", "government.force", "government.crackdown", "coalition.ordered",
        "coalition.knock_on_lead", "coalition.knock_on_peers", "coalition.knock_on_framework", "nato.backfill",
        "nato.ceiling", "enablers.over_the_horizon",
    ),
    "who was in the country on day 0, with how many troops, is known: the table of members has it": (
        "coalition.status", "coalition.troops", "coalition.remaining", "coalition.decided_on",
    ),
    "no exit is announced on day 0: the cut of September 2020 is complete, and shares refer to what it left": (
        "lead.announcement", "lead.announced_on", "lead.share_to_go", "lead.weight", "lead.share_then", "lead.duration",
        "lead.progress", "lead.mission_closes_on",
    ),
    "1 on day 0 by definition: shares refer to the troops of that day": (
        "lead.troop_share",
    ),
    "the government asked the coalition to stay on day 0": (
        "government.stance",
    ),
    "a trait of the world, drawn once by its own dice": (
        "nato.decides_as_one",
    ),
    "bases beyond those of day 0 are handed over": (
        "sites.beyond",
    ),
    "nothing is halted on day 0": (
        "enablers.suspended_air", "enablers.suspended_advice",
    ),
    "the embassy was open on day 0": (
        "embassy.status", "embassy.mission_presence", "embassy.closed_by_decision",
    ),
}  # fmt: skip
"""What a scenario starts anew, by the reason why; the rest of the memory goes on."""

CARRIED = (
    "islamic_state.capability", "islamic_state.quality", "islamic_state.excitation",
    "situation.attack_rate", "situation.islamic_state_rate",
    "truce.in_force",
    "lead.window", "lead.deterrence", "lead.recent_deaths", "lead.recent_strikes",
    "militias.excitation_rockets", "militias.excitation_convoys",
    "militias.grievance", "militias.capacity", "militias.claims",
    "patron.restraint", "patron.rockets", "patron.convoys",
    "government.capital", "government.enforcement", "government.protection", "government.caretaker_days",
    "government.patron_friendly", "government.recent_arrests",
    "nato.staff",
    "sites.cover", "sites.coalition_deaths_in_all",
    "kurdistan.effort", "kurdistan.trust",
    "crowd.mobilisation",
)  # fmt: skip
"""What goes on: levels and memories, none of them a day, so that day 0 may be another day than that on which they arose."""


def carried_state(model: "IraqModel") -> State:
    """Return what a scenario starts from, after the last day before it."""
    state = take(model)
    return {name: state[name] for name in CARRIED}


def begin(model: "IraqModel") -> None:
    """Put a model that stands before its first day into the year before.

    Government and Islamic State have their level of that day; the two campaigns run at log intensities from their
    long-run distribution, N(0, sigma) with their correlation.
    """
    own, cells = model.parameters.year_before, model.islamic_state
    np.copyto(model.government.capital, own.political_capital)
    rate = model.situation.islamic_state_rate
    attacks_a_day(own.islamic_state_attacks_per_month, out=rate)
    for state in (cells.capability, cells.excitation):
        state *= rate / cells.rate_at_start
    patron = model.patron
    first = start_uniforms(model.seed_of_worlds, ["patron"], "rockets a year before", model.worlds)
    second = start_uniforms(model.seed_of_worlds, ["patron"], "convoys a year before", model.worlds)
    to_normal(first)
    to_normal(second)
    shock = np.empty_like(second)
    correlated(first, second, patron.correlation, out=shock)
    set_campaigns(model, patron.volatility * first, patron.volatility * shock)


def set_campaigns(model: "IraqModel", rockets: Array, convoys: Array) -> None:
    """Let the campaigns run at these log intensities, (1, worlds), with the memories that go with them.

    Excitation, claims and the perceived rate of attacks become what they are on average at these intensities.
    """
    militias = model.militias
    own, cross = militias.own_excitation, militias.cross_excitation
    np.copyto(model.patron.rockets, rockets)
    np.copyto(model.patron.convoys, convoys)
    model.situation.attack_rate.fill(0.0)
    militias.claims.fill(0.0)
    for campaign, intensity in ((militias.rockets, rockets), (militias.convoys, convoys)):
        rate = campaign.base * np.exp(intensity) / (1.0 - own - cross)
        level = militias.array()
        level_at_start(campaign.share, rate, own, cross, campaign.others, out=level)
        excitation_at_start(level, rate, own, cross, campaign.others, out=campaign.excitation)
        model.situation.attack_rate += rate
        militias.claims += level * militias.claims_memory
