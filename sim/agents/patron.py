"""The militias' patron: its restraint of the militias, and the intensity of their two campaigns."""

import math
from typing import TYPE_CHECKING

from sim.arithmetic import minus
from sim.distributions import clip, sigmoid
from sim.kind import CARRIED, Kind
from sim.rule import rule
from sim.tape import same_every_day

if TYPE_CHECKING:
    from sim.model import IraqModel


@rule
def restraint_after(
    restraint: float,
    restraint_adjustment_rate: float,
    credibility: float,
    effect_of_credible_exit: float,
    pre_election: float,
    pre_election_caution: float,
    ultimatum: float,
    ultimatum_caution: float,
    deterrence: float,
    strike_reaction_level: float,
    strike_reaction: float,
) -> float:
    """Return the patron's restraint (0-1) a day later.

    R* = sigma(s b_sig Q + r_elec [before the election] + r_ult [ultimatum] - r_D [deterrence > level]);
    R += K (R* - R). s = +1 the patron eases a credible exit, -1 it claims it (switch patron_on_exit).

    Source: Fetzer et al. 2021 (calm while troops leave) against Iraq in June 2011 (claiming the exit); judgement.
    """
    logit = effect_of_credible_exit * credibility
    logit += pre_election_caution * pre_election + ultimatum_caution * ultimatum
    if deterrence > strike_reaction_level:
        logit -= strike_reaction
    return clip(restraint + restraint_adjustment_rate * (sigmoid(logit) - restraint), 0.0, 1.0)


@rule
def contested_presence(vote_stands: float, stance: float, credibility: float) -> float:
    """Return how contested the coalition's presence is (0-1): [a vote to expel stands] [the host asks to stay] (1 - Q).

    While the vote stands but the government asks the coalition to stay, no political way to an exit is open, and the factions
    use force. A credible exit opens the political way again.

    Source: a proposal. Of the dated steps compared on the monthly counts of October 2019 to September 2020, those of 7 May
    and 11 June fit best (see CALIBRATION.md). The host's consent is one of several possible causes.
    """
    return 1.0 - credibility if vote_stands > 0.0 and stance > 0.0 else 0.0


@rule
def campaign_intensity(
    intensity: float,
    contested: float,
    effect_of_contested_presence: float,
    campaign_persistence_days: float,
    campaign_volatility: float,
    normal: float,
) -> float:
    """Return tomorrow's log intensity of a campaign: an Ornstein-Uhlenbeck step.

    X += -(X - b contested)/tau + sigma sqrt(2/tau) z; stationary standard deviation sigma around b contested.
    """
    return (
        intensity
        - (intensity - effect_of_contested_presence * contested) / campaign_persistence_days
        + campaign_volatility * math.sqrt(2.0 / campaign_persistence_days) * normal
    )


@rule
def correlated(first: float, second: float, campaign_correlation: float) -> float:
    """Return a standard normal with this correlation to the first, made from two independent ones."""
    return campaign_correlation * first + math.sqrt(1.0 - campaign_correlation * campaign_correlation) * second


class Patron(Kind):
    """The militias' patron, Iran.

    States:
        restraint [0-1]: how far the patron restrains the factions; starts at restraint_at_start.
        contested [0-1]: how far the coalition's presence is contested.
        rockets [log-rate]: intensity of the rocket campaign, 0 on average where presence is uncontested; starts at
            intensity_at_start.
        convoys [log-rate]: the same of the convoy campaign.
    """

    decisions = ("rockets", "convoys")
    normals = ("rockets", "convoys")

    def __init__(self, model: "IraqModel") -> None:
        super().__init__(model, ["patron"])
        own, variant = model.parameters.patron, model.parameters.variant
        sign = variant("patron_on_exit", "eases") - variant("patron_on_exit", "claims")
        self.rule = {
            **own.inputs_of(restraint_after),
            **model.parameters.situation.inputs_of(restraint_after),
            "effect_of_credible_exit": sign * own.effect_of_credible_exit,
        }
        self.effect_on_rockets = own.effect_of_contested_presence_on_rockets
        self.effect_on_convoys = own.effect_of_contested_presence_on_convoys
        self.persistence = own.campaign_persistence_days
        self.volatility = own.campaign_volatility
        self.correlation = own.campaign_correlation
        self.restraint_at_start = own.restraint_at_start
        self.restraint = self.state("restraint", own.restraint_at_start, at_day_0=CARRIED)
        self.contested = self.state("contested")
        self.rockets = self.state("rockets", model.militias.rockets.intensity_at_start, at_day_0=CARRIED)
        self.convoys = self.state("convoys", model.militias.convoys.intensity_at_start, at_day_0=CARRIED)
        self.restraint_above_neutral = self.vector()
        self.shock_to_convoys = self.vector()

    @same_every_day
    def steer(self) -> None:
        """Adjust restraint and the intensity of the campaigns."""
        lead, government = self.model.lead, self.model.government
        restraint_after(
            restraint=self.restraint,
            credibility=lead.credibility,
            pre_election=self.model.today.before_lead_election,
            ultimatum=lead.ultimatum,
            deterrence=lead.deterrence,
            **self.rule,
            out=self.restraint,
        )
        minus(self.restraint, self.restraint_at_start, out=self.restraint_above_neutral)
        rockets, shock = self.draws["rockets"], self.shock_to_convoys
        correlated(rockets, self.draws["convoys"], self.correlation, out=shock)
        contested_presence(government.vote_stands, government.stance, lead.credibility, out=self.contested)
        for campaign, normal, effect in (
            (self.rockets, rockets, self.effect_on_rockets),
            (self.convoys, shock, self.effect_on_convoys),
        ):
            campaign_intensity(campaign, self.contested, effect, self.persistence, self.volatility, normal, out=campaign)
