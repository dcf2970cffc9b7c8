"""The embassy: whether the mission is open, and incidents with the crowd."""

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.agents.codes import CLOSED, MOVED, OPEN, REDUCED
from sim.distributions import clip, happens_within_a_day, sigmoid
from sim.kind import Kind
from sim.rule import rule
from sim.tape import same_every_day

if TYPE_CHECKING:
    from sim.model import IraqModel

_OPEN_THEN = "the embassy was open on day 0"


@rule
def crowd_risk(
    status: int,
    mobilisation: float,
    mobilisation_cap: float,
    protection_gained: float,
    restraint_above_neutral: float,
    lead: float,
    thin_guard_levels_starts: float,
    thin_guard_levels_full: float,
    incident_intercept: float,
    effect_of_mobilisation: float,
    effect_of_protection: float,
    effect_of_restraint: float,
    effect_of_thin_guard: float,
    breach_probability: float,
    breach_protection: float,
    lethal_breach_probability: float,
    deaths_in_lethal_breach: float,
    incident: float,
    breach: float,
    lethal: float,
) -> tuple[float, float, float, float, float, float, float]:
    """Return today's probabilities of a crowd incident, a breach and a lethal breach, whether each happened, and the dead.

    p1 = sigma(-eta + b_crowd min(M, cap) - b_GZ 2 (Z - Z0) - b_ER (R - neutral) + eta_thin thin),
    p2 = min(1, p_br exp(-b_BZ 2 (Z - Z0))), p3 = p_ben; Z - Z0: protection gained; thin ramps from 0 to 1 as the lead's
    troops fall (a step would make a partial cut worst by construction). All are 0 while the mission is not in Baghdad. The
    probabilities are accumulated, because they estimate rare events with less noise.

    Source: Baghdad, 31 December 2019 (outer reception breached); Benghazi 2012; RAND 2021 on embassy protection.
    """
    if status in (MOVED, CLOSED):
        return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    thin = clip((thin_guard_levels_starts - lead) / (thin_guard_levels_starts - thin_guard_levels_full), 0.0, 1.0)
    gained = 2.0 * protection_gained
    logit = -incident_intercept + effect_of_mobilisation * min(mobilisation, mobilisation_cap) - effect_of_protection * gained
    logit += effect_of_thin_guard * thin - effect_of_restraint * restraint_above_neutral
    p1 = sigmoid(logit)
    p2 = min(1.0, breach_probability * math.exp(-breach_protection * gained))
    p3 = lethal_breach_probability
    happened = 1.0 if incident < p1 else 0.0
    breached = happened if breach < p2 else 0.0
    killed = breached if lethal < p3 else 0.0
    return p1, p1 * p2, p1 * p2 * p3, happened, breached, killed, killed * deaths_in_lethal_breach


@rule
def mission_after(
    status: int,
    closes_today: float,
    closing_announced: float,
    breach: float,
    breach_probability_today: float,
    closure_after_breach: float,
    security_closure_hazard: float,
    attack_rate: float,
    reference_attack_rate: float,
    attack_rate_floor: float,
    moved_share_of_closures: float,
    after_breach: float,
    closure: float,
    moved: float,
) -> tuple[int, float, float]:
    """Return the mission's status after today, 1 where it closed for security, and the probability of such a closure.

    The mission closes on the announced day. From the announcement on it is reduced; it is open again if the announcement is
    withdrawn. A security closure has the hazard h rate/reference (1/day), and a probability after a breach; a share of these
    closures is a move to Erbil. A closed mission does not reopen. The probability is recorded before the breach is drawn.

    Source: the consulates in Kirkuk (2012) and Basra (2018) closed after fire; the embassy never closed.
    """
    if status == CLOSED:
        return status, 0.0, 0.0
    if closes_today > 0.0:
        return CLOSED, 0.0, 0.0
    if status == MOVED:
        return status, 0.0, 0.0
    under_fire = happens_within_a_day(security_closure_hazard * max(attack_rate, attack_rate_floor) / reference_attack_rate)
    probability = 1.0 - (1.0 - under_fire) * (1.0 - breach_probability_today * closure_after_breach)
    if closure < under_fire or (breach > 0.0 and after_breach < closure_after_breach):
        return (MOVED if moved < moved_share_of_closures else CLOSED), 1.0, probability
    return (REDUCED if closing_announced > 0.0 else OPEN), 0.0, probability


@rule
def closing_of(mission_closes_on: float, day: float, status: int, closed_by_decision: float) -> tuple[float, float, float]:
    """Return as 0 or 1 whether a closing is announced, whether it is due, and whether the lead closed the mission."""
    due = mission_closes_on <= day
    return (
        1.0 if math.isfinite(mission_closes_on) else 0.0,
        1.0 if due else 0.0,
        1.0 if due and status != CLOSED else closed_by_decision,
    )


@rule
def mission_presence(status: int, mission_presence_reduced: float, mission_presence_moved: float) -> float:
    """Return how much of the mission is in place (0-1): open 1, reduced, moved to Erbil, closed 0."""
    if status == OPEN:
        return 1.0
    if status == REDUCED:
        return mission_presence_reduced
    return mission_presence_moved if status == MOVED else 0.0


@rule
def other_missions_after(others: float, mission: float, other_missions_hazard: float) -> float:
    """Return the share of the other foreign missions in Baghdad that are still there, a day later.

    others <- others exp(-h (1 - mission in place)): each mission has a hazard of following the lead's mission, and none comes
    back.
    """
    return others * math.exp(-other_missions_hazard * (1.0 - mission))


class Embassy(Kind):
    """The lead nation's embassy in Baghdad.

    States:
        status [code]: 0 open, 1 reduced, 2 moved to Erbil, 3 closed.
        mission_presence [share]: share of the mission that is in place.
        other_missions [share]: expected share of the other foreign missions that are still in Baghdad.
        closed_by_decision [0 or 1]: 1 if the lead closed the mission by decision.
        incident_probability [probability]: probability of a crowd incident today.
        breach_probability [probability]: probability of an incident and a breach today.
        lethal_probability [probability]: probability of an incident and a lethal breach today.
        incident [0 or 1]: 1 if a crowd incident happened today.
        breach [0 or 1]: 1 if a breach happened today.
        lethal [0 or 1]: 1 if a lethal breach happened today.
        deaths [persons]: staff of the mission killed today.
        security_closure [0 or 1]: 1 if the mission closed for security today.
        closure_probability [probability]: probability of a security closure today.
    """

    decisions = ("incident", "breach", "lethal", "closure", "after breach", "moved")

    def __init__(self, model: "IraqModel") -> None:
        super().__init__(model, ["mission"])  # the site of the attacks is called embassy
        own, situation = model.parameters.embassy, model.parameters.situation
        self.risk_rule = own.inputs_of(crowd_risk) | model.parameters.crowd.inputs_of(crowd_risk)
        self.closing_rule = own.inputs_of(mission_after) | situation.inputs_of(mission_after)
        self.presence_rule = situation.inputs_of(mission_presence)
        self.status = self.state("status", OPEN, np.int8, at_day_0=_OPEN_THEN)
        self.mission_presence = self.state("mission_presence", 1.0, at_day_0=_OPEN_THEN)
        self.other_missions_hazard = own.other_missions_hazard
        self.other_missions = self.state("other_missions", 1.0, at_day_0="the foreign missions were there on day 0")
        self.closed_by_decision = self.state("closed_by_decision", at_day_0=_OPEN_THEN)
        self.incident_probability = self.state("incident_probability")
        self.breach_probability = self.state("breach_probability")
        self.lethal_probability = self.state("lethal_probability")
        self.incident = self.state("incident")
        self.breach = self.state("breach")
        self.lethal = self.state("lethal")
        self.deaths = self.state("deaths")
        self.security_closure = self.state("security_closure")
        self.closure_probability = self.state("closure_probability")
        self.closing_announced, self.closes_today = self.vector(), self.vector()

    @same_every_day
    def endure(self) -> None:
        """Draw whether the crowd comes, and whether the mission stays."""
        model, draws = self.model, self.draws
        crowd_risk(
            status=self.status,
            mobilisation=model.crowd.mobilisation,
            protection_gained=model.sites.protection_gained,
            restraint_above_neutral=model.patron.restraint_above_neutral,
            lead=model.lead.troop_share,
            incident=draws["incident"],
            breach=draws["breach"],
            lethal=draws["lethal"],
            **self.risk_rule,
            out=(
                self.incident_probability, self.breach_probability, self.lethal_probability,
                self.incident, self.breach, self.lethal, self.deaths,
            ),
        )  # fmt: skip
        closing_of(
            model.lead.mission_closes_on, model.today.day, self.status, self.closed_by_decision,
            out=(self.closing_announced, self.closes_today, self.closed_by_decision),
        )  # fmt: skip
        mission_after(
            status=self.status,
            closes_today=self.closes_today,
            closing_announced=self.closing_announced,
            breach=self.breach,
            breach_probability_today=self.breach_probability,
            attack_rate=model.situation.attack_rate,
            after_breach=draws["after breach"],
            closure=draws["closure"],
            moved=draws["moved"],
            **self.closing_rule,
            out=(self.status, self.security_closure, self.closure_probability),
        )
        mission_presence(self.status, **self.presence_rule, out=self.mission_presence)
        other_missions_after(self.other_missions, self.mission_presence, self.other_missions_hazard, out=self.other_missions)
