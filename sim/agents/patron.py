"""The militias' patron: how far it holds them back, and how strongly their two campaigns run."""

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.distributions import clip, sigmoid
from sim.kind import Kind, WorldAgent
from sim.rule import rule

if TYPE_CHECKING:
    from sim.model import IraqModel


@rule
def restraint_after(
    restraint: float,
    adjustment_rate: float,
    credibility: float,
    gain_of_credibility: float,
    effect_of_exit: float,
    pre_election: float,
    election_caution: float,
    ultimatum: float,
    ultimatum_caution: float,
    deterrence: float,
    reaction_level: float,
    strike_reaction: float,
) -> float:
    """Return the patron's restraint (0-1) a day later.

    R* = sigma(g_Q s b_sig Q + r_elec [before the election] + r_ult [ultimatum] - r_D [deterrence > level]);
    R += K (R* - R). s = +1 the patron eases a credible exit, -1 it claims it (switch patron_on_exit).

    Source: Fetzer et al. 2021 (calm while troops leave) against Iraq in June 2011 (claiming the exit); judgement.
    """
    logit = gain_of_credibility * effect_of_exit * credibility
    logit += election_caution * pre_election + ultimatum_caution * ultimatum
    if deterrence > reaction_level:
        logit -= strike_reaction
    return clip(restraint + adjustment_rate * (sigmoid(logit) - restraint), 0.0, 1.0)


@rule
def campaign_intensity(intensity: float, persistence_days: float, volatility: float, normal: float) -> float:
    """Return the log intensity of a campaign a day later: an Ornstein-Uhlenbeck step.

    X += -X/tau + sigma sqrt(2/tau) z; stationary standard deviation sigma.
    """
    return intensity - intensity / persistence_days + volatility * math.sqrt(2.0 / persistence_days) * normal


@rule
def correlated(first: float, second: float, correlation: float) -> float:
    """Return a standard normal with this correlation to the first, made from two independent ones."""
    return correlation * first + math.sqrt(1.0 - correlation * correlation) * second


class Patron(WorldAgent):
    """The militias' patron, Iran."""


class Patrons(Kind):
    """The patron.

    States:
        restraint: 0-1. `rockets`, `convoys`: log intensity of the two campaigns, 0 on average.
    """

    agent_class = Patron
    decisions = ("rockets", "convoys")
    normals = ("rockets", "convoys")

    def __init__(self, model: "IraqModel") -> None:
        super().__init__(model, ["patron"])
        own, form = model.parameters.patron, model.parameters.form
        sign = form("patron_on_exit", "eases") - form("patron_on_exit", "claims")
        self.rule = {
            "adjustment_rate": own.restraint_adjustment_rate,
            "gain_of_credibility": own.credibility_gain,
            "effect_of_exit": sign * own.effect_of_credible_exit,
            "election_caution": own.pre_election_caution,
            "ultimatum_caution": own.ultimatum_caution,
            "reaction_level": model.parameters.situation.strike_reaction_level,
            "strike_reaction": own.strike_reaction,
        }
        self.persistence = own.campaign_persistence_days
        self.volatility = own.campaign_volatility
        self.correlation = own.campaign_correlation
        self.neutral_restraint = own.neutral_restraint
        self.restraint = self.state("restraint", own.restraint_at_start)
        self.rockets = self.state("rockets", model.militias.rockets.intensity_at_start)
        self.convoys = self.state("convoys", model.militias.convoys.intensity_at_start)

    def steer(self) -> None:
        """Adjust restraint, and let the campaigns wax and wane."""
        lead = self.model.lead
        restraint_after(
            restraint=self.restraint,
            credibility=lead.credibility,
            pre_election=float(self.model.calendar.before_lead_election(self.model.day)),
            ultimatum=lead.ultimatum,
            deterrence=lead.deterrence,
            **self.rule,
            out=self.restraint,
        )
        rockets, convoys = self.draws["rockets"], self.draws["convoys"]
        shock = np.empty_like(convoys)
        correlated(rockets, convoys, self.correlation, out=shock)
        campaign_intensity(self.rockets, self.persistence, self.volatility, rockets, out=self.rockets)
        campaign_intensity(self.convoys, self.persistence, self.volatility, shock, out=self.convoys)
