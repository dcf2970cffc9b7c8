"""The year before the start: how it begins, and which of its final states the scenarios start from."""

from typing import TYPE_CHECKING

import numpy as np

from sim.agents.campaign import excitation_at_start, level_at_start
from sim.agents.islamic_state import attacks_a_day
from sim.agents.patron import correlated
from sim.arrays import Array
from sim.dice import start_normals
from sim.kind import CARRIED
from sim.state import State, take

if TYPE_CHECKING:
    from sim.model import IraqModel


def at_day_0(model: "IraqModel") -> dict[str, str]:
    """Return for every array of the memory whether it continues from the year before, or why a scenario starts it anew."""
    return {f"{name}.{state}": why for name, kind in model.kinds().items() for state, why in kind.at_day_0.items()}


def carried(model: "IraqModel") -> list[str]:
    """Return the arrays that go on from the year before."""
    return [name for name, why in at_day_0(model).items() if why == CARRIED]


def carried_state(model: "IraqModel") -> State:
    """Return the state from which a scenario starts, after the last day before it."""
    state = take(model)
    return {name: state[name] for name in carried(model)}


def begin(model: "IraqModel") -> None:
    """Put a model before its first day into the state at the start of the year before.

    Government and Islamic State have their level of that day; parliament has not voted to expel the coalition; the two
    campaigns run at log intensities from their long-run distribution, N(0, sigma) with their correlation.
    """
    own, cells = model.parameters.year_before, model.islamic_state
    np.copyto(model.government.capital, own.political_capital)
    model.government.vote_stands.fill(0.0)
    rate = model.situation.islamic_state_rate
    attacks_a_day(own.islamic_state_attacks_per_month, out=rate)
    for state in (cells.capability, cells.excitation):
        state *= rate / cells.rate_at_start
    patron = model.patron
    first = start_normals(model.seed_of_worlds, ["patron"], "rockets a year before", model.worlds)
    second = start_normals(model.seed_of_worlds, ["patron"], "convoys a year before", model.worlds)
    shock = np.empty_like(second)
    correlated(first, second, patron.correlation, out=shock)
    set_campaigns(model, patron.volatility * first, patron.volatility * shock)


def set_campaigns(model: "IraqModel", rockets: Array, convoys: Array) -> None:
    """Let the campaigns run at these log intensities, (1, worlds), with the memories that go with them.

    Excitation, claims and the perceived rate of attacks get their mean values at these intensities.
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
