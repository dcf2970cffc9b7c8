"""The two campaigns of the militias, of rockets on fixed sites and of bombs on convoys: their rates and their memory."""

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.arithmetic import over_agents
from sim.arrays import Array
from sim.distributions import poisson
from sim.rule import rule

if TYPE_CHECKING:
    from sim.agents.militias import Militias


@rule
def base_rate(mean_rate: float, branching_ratio: float, campaign_volatility: float) -> float:
    """Return the rate of unprovoked attacks (1/day) that gives a campaign this long-run mean.

    mu = mean (1 - alpha) exp(-sigma^2/2). The mean is the parameter and the base rate is derived from it, because base rate and
    branching ratio trade off exactly.
    """
    return mean_rate * (1.0 - branching_ratio) * math.exp(-campaign_volatility * campaign_volatility / 2.0)


@rule
def intensity_at_start(rate_at_start: float, branching_ratio: float, base: float) -> float:
    """Return the log intensity X0 = ln(rate (1 - alpha)/mu) with which a campaign starts at its observed rate."""
    return math.log(rate_at_start * (1.0 - branching_ratio) / base)


@rule
def level_at_start(share: float, rate: float, self_excitation: float, cross_excitation: float, others: float) -> float:
    """Return a faction's expected attacks per day at the start.

    l_m = (w_m (1 - alpha) l + alpha_c l/(J-1)) / (1 - alpha_s + alpha_c/(J-1)); none for a faction without a share.
    """
    if share <= 0.0:
        return 0.0
    spread = cross_excitation / others if others > 0.0 else 0.0
    alpha = self_excitation + cross_excitation
    return (share * (1.0 - alpha) * rate + spread * rate) / (1.0 - self_excitation + spread)


@rule
def excitation_at_start(level: float, rate: float, self_excitation: float, cross_excitation: float, others: float) -> float:
    """Return the excitation (attacks/day) that keeps a faction at its level: alpha_s l_m + alpha_c/(J-1) (l - l_m)."""
    if level <= 0.0:
        return 0.0
    spread = cross_excitation / others if others > 0.0 else 0.0
    return self_excitation * level + spread * (rate - level)


@rule
def common_log_rate(
    deterrence: float,
    effect_of_deterrence: float,
    enforcement: float,
    enforcement_at_rest: float,
    effect_of_enforcement: float,
    lead: float,
    closure_threshold: float,
    effect_of_closure: float,
) -> float:
    """Return the common part of all factions' log attack rates.

    -s2 b_D D - b_e (e - e_0) + b_post [lead < closed level]
    s2 = +1 strikes deter, -1 provoke (switch strikes).

    Source: Mir and Moore 2019 against Lyall (strikes), Fetzer et al. 2021 (closure).
    """
    log_rate = -effect_of_deterrence * deterrence - effect_of_enforcement * (enforcement - enforcement_at_rest)
    if lead < closure_threshold:
        log_rate += effect_of_closure
    return log_rate


@rule
def campaign_pull(
    share: float,
    base: float,
    intensity: float,
    common: float,
    grievance: float,
    effect_of_grievance: float,
    patron_control: float,
    restraint_above_neutral: float,
    effect_of_restraint: float,
    capacity: float,
    excitation: float,
    rate_cap: float,
) -> tuple[float, float]:
    """Return a faction's propensity to attack in a campaign and its pull (attacks/day at full exposure).

    propensity = w mu K exp(X + common + b_G G - b_R rho (R - neutral));  pull = min(propensity + E, cap)
    """
    if share <= 0.0:
        return 0.0, 0.0
    log_rate = intensity + common + effect_of_grievance * grievance
    log_rate -= effect_of_restraint * patron_control * restraint_above_neutral
    propensity = share * base * capacity * math.exp(log_rate)
    return propensity, min(propensity + excitation, rate_cap)


@rule
def attacks_on_site(
    uniform: float, pull: float, attraction: float, presence: float, truce: float, rate_in_truce: float, compliance: float
) -> float:
    """Return a faction's attacks on a site today: Poisson(pull v presence (1 - truce (1 - m) compliance))."""
    return poisson(uniform, pull * attraction * presence * (1.0 - truce * (1.0 - rate_in_truce) * compliance))


@rule
def displaced_attacks(uniform: float, pull: float, displaced_share: float, exposure: float) -> float:
    """Return a faction's attacks on other targets, where sites are not exposed: Poisson(d pull max(0, 1 - exposure)).

    A truce with the coalition does not cover them.
    """
    return poisson(uniform, displaced_share * pull * max(0.0, 1.0 - exposure))


@rule
def excitation_after(
    excitation: float,
    share: float,
    own_attacks: float,
    all_attacks: float,
    self_excitation: float,
    cross_excitation: float,
    others: float,
    kept: float,
) -> float:
    """Return a faction's excitation (attacks/day) a day later.

    E <- E q + (alpha_s n_m + alpha_c/(J-1) (n - n_m)) (1 - q), q = exp(-1/tau) kept. The factor (1 - q) makes
    alpha_s + alpha_c the branching ratio. Displaced attacks count.

    Source: Lewis et al. 2012, doi:10.1057/sj.2011.21 (Hawkes process on Iraqi districts).
    """
    if share <= 0.0:
        return 0.0
    spread = cross_excitation / others if others > 0.0 else 0.0
    return excitation * kept + (self_excitation * own_attacks + spread * (all_attacks - own_attacks)) * (1.0 - kept)


class Campaign:
    """One of the two campaigns: its factions' shares, rates, memory and today's attacks, (factions, worlds)."""

    def __init__(self, militias: "Militias", share: Array, mean_rate: Array, rate_at_start: Array, volatility: Array) -> None:
        own, cross = militias.own_excitation, militias.cross_excitation
        self.share = share
        self.others = militias.vector(-1.0)
        over_agents((share > 0.0).astype(np.float64), out=(active := militias.vector()))
        self.others += active
        self.base = militias.vector()
        base_rate(mean_rate, own + cross, volatility, out=self.base)
        self.intensity_at_start = militias.vector()
        intensity_at_start(rate_at_start, own + cross, self.base, out=self.intensity_at_start)
        self.level_at_start = militias.array()
        level_at_start(share, rate_at_start, own, cross, self.others, out=self.level_at_start)
        self.excitation = militias.array()
        excitation_at_start(self.level_at_start, rate_at_start, own, cross, self.others, out=self.excitation)
        self.propensity = militias.array()
        self.pull = militias.array()
        self.attacks = militias.array()
        self.displaced = militias.array()
        self.all_attacks = militias.vector()
        self.all_displaced = militias.vector()
