"""The year before the start, simulated: October 2019 to September 2020, to be held against what was counted then."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np

from experiments.mechanisms import neutralised
from experiments.setup import Setup
from sim.agents.campaign import excitation_at_start, level_at_start
from sim.agents.patron import correlated
from sim.model import IraqModel
from sim.rule import Array
from sim.worlds import start_uniforms, to_normal

FIRST_DAY = date(2019, 10, 1)
PEAK_FROM = date(2020, 8, 1)
"""From this day on the campaigns run as on the day of the start."""


def with_fixed(setup: Setup, values: Mapping[str, float], worlds_per_draw: int | None = None) -> Setup:
    """Return an arm with some parameters fixed, whatever their prior and what a design says of them."""
    ledger = setup.ledger
    fixed = {name: neutralised(ledger.parameters[name], value) for name, value in values.items()}
    each = ledger.worlds_per_draw if worlds_per_draw is None else worlds_per_draw
    design = ledger.design.without(fixed) if ledger.design else None
    parameters = {**ledger.parameters, **fixed}
    return replace(setup, ledger=replace(ledger, parameters=parameters, worlds_per_draw=each, design=design))


def year_before(stay: Setup) -> Setup:
    """Return the arm of the year before: all members there, no truce, no election or inauguration of the lead to come.

    Args:
        stay: the arm in which nothing happens from the start on; its first day is the last of the year before.
    """
    theatre = replace(stay.theatre, start=FIRST_DAY, members=tuple(replace(m, present=True) for m in stay.theatre.members))
    calendar = replace(stay.calendar, start=FIRST_DAY, lead_election=None, inauguration=None, early_election=None)
    days = (stay.theatre.start - FIRST_DAY).days + 1
    return replace(with_fixed(stay, {"truce.onset_hazard": 0.0}), theatre=theatre, calendar=calendar, days=days)


def begin_anywhere(model: IraqModel) -> None:
    """Draw the log intensities of the two campaigns from their long-run distribution, N(0, sigma) with their correlation."""
    patron = model.patron
    first, second = (
        start_uniforms(model.seed_of_worlds, ["patron"], f"{campaign} a year before", model.worlds)
        for campaign in ("rockets", "convoys")
    )
    to_normal(first)
    to_normal(second)
    shock = np.empty_like(second)
    correlated(first, second, patron.correlation, out=shock)
    set_campaigns(model, patron.volatility * first, patron.volatility * shock)


def set_campaigns(model: IraqModel, rockets: Array, convoys: Array) -> None:
    """Let the campaigns run at these log intensities, (1, worlds), with the memories that go with them.

    Excitation, claims and the perceived rate of attacks become what they are on average at these intensities.
    """
    militias = model.militias
    own, cross = militias.own_excitation, militias.cross_excitation
    model.patron.rockets[...], model.patron.convoys[...] = rockets, convoys
    model.situation.attack_rate[...] = 0.0
    militias.claims[...] = 0.0
    for campaign, intensity in ((militias.rockets, rockets), (militias.convoys, convoys)):
        rate = campaign.base * np.exp(intensity) / (1.0 - own - cross)
        level = militias.array()
        level_at_start(campaign.share, rate, own, cross, campaign.others, out=level)
        excitation_at_start(level, rate, own, cross, campaign.others, out=campaign.excitation)
        model.situation.attack_rate += rate
        militias.claims += level * militias.claims_memory


def hold_at_the_peak(model: IraqModel) -> None:
    """Hold the campaigns at the log intensities of the start once the peak begins."""
    if model.theatre.day(PEAK_FROM) != model.day + 1:
        return
    patron, militias = model.patron, model.militias
    patron.rockets[...] = militias.rockets.intensity_at_start
    patron.convoys[...] = militias.convoys.intensity_at_start
    patron.persistence = np.full_like(patron.rockets, np.inf)
    patron.volatility = np.zeros_like(patron.rockets)
