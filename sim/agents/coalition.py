"""The members of the coalition: whether and when each leaves, and what makes it leave."""

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.agents.lead_nation import FULL
from sim.agents.situation import log_ratio, over_agents
from sim.draws import clip, happens_within_a_day, helper
from sim.kind import Kind, WorldAgent
from sim.rule import Array, rule, total
from sim.worlds import start_uniforms, to_normal

if TYPE_CHECKING:
    from sim.model import IraqModel

PRESENT, DRAWING_DOWN, RELOCATED, OUT = 0, 1, 2, 3
"""Status of a member."""

_NEVER_DECIDED = -1.0e9
_NO_DATE = 1.0e9
_DAYS_A_YEAR = 365
_DAYS_A_TERM = 1461.0


@rule
def mean_log_effect(
    has_mandate: float,
    mandate_window: float,
    mandate_effect: float,
    has_election: float,
    election_window: float,
    election_effect: float,
    turnover_probability: float,
    turnover_window: float,
    turnover_effect: float,
) -> float:
    """Return the log of the mean factor that mandates and elections put on a member's hazard.

    [mandate] ln(1 + w/365 (e^b - 1)) + [election] ln(1 + w/1461 (e^b - 1) + p w'/1461 (e^b' - 1))
    It is subtracted, so that h0 stays the all-conditions mean that it was estimated as.
    """
    mean = 0.0
    if has_mandate > 0.0:
        mean += math.log(1.0 + mandate_window / _DAYS_A_YEAR * math.expm1(mandate_effect))
    if has_election > 0.0:
        before = election_window / _DAYS_A_TERM * math.expm1(election_effect)
        after = turnover_probability * turnover_window / _DAYS_A_TERM * math.expm1(turnover_effect)
        mean += math.log(1.0 + before + after)
    return mean


@rule
def common_log_hazard(
    base_hazard: float,
    recent_deaths: float,
    deaths_counted: float,
    effect_of_deaths: float,
    attack_rate: float,
    reference_rate: float,
    rate_floor: float,
    effect_of_attacks: float,
    host_asks_to_leave: float,
    effect_of_host: float,
    islamic_state_rate: float,
    islamic_state_at_start: float,
    effect_of_threat: float,
) -> float:
    """Return the part of the log exit hazard (1/day) that all members share.

    ln h0 + b_C min(deaths, 3) + b_rate max(0, ln(rate/reference)) + b_host [host asks to leave]
    - b_thr clip(ln(IS rate / IS rate at start), -1, 1)

    Source: Tago 2009 (base hazard), Mello 2020 and Kreps 2010 (deaths), judgement (the rest).
    """
    threat = clip(log_ratio(islamic_state_rate, islamic_state_at_start, rate_floor), -1.0, 1.0)
    return (
        math.log(base_hazard)
        + effect_of_deaths * min(recent_deaths, deaths_counted)
        + effect_of_attacks * max(0.0, log_ratio(attack_rate, reference_rate, rate_floor))
        + effect_of_host * host_asks_to_leave
        - effect_of_threat * threat
    )


@rule
def highest_hazard(
    common: float, ceiling: float, dependence_ceiling: float, loss: float, effect_of_lead: float, recent_share: float,
    effect_of_peers: float,
) -> float:  # fmt: skip
    """Return a bound (1/day) on every member's exit hazard today, its framework nation apart.

    A uniform above it decides against leaving without anybody's own hazard: 1 - exp(-h) < h.
    """
    knock_on = max(0.0, effect_of_lead) * dependence_ceiling * loss + max(0.0, effect_of_peers) * recent_share
    return math.exp(common + ceiling + knock_on)


@helper
def domestic_log_hazard(
    days_to_mandate: float,
    mandate_window: float,
    mandate_effect: float,
    days_to_election: float,
    election_window: float,
    election_effect: float,
    leader_changed: float,
    turnover_window: float,
    turnover_effect: float,
) -> float:
    """Return what a member's own calendar adds to its log hazard: mandate, election, a new leader."""
    log_hazard = 0.0
    if 0.0 < days_to_mandate <= mandate_window:
        log_hazard += mandate_effect
    if 0.0 < days_to_election <= election_window:
        log_hazard += election_effect
    if leader_changed > 0.0 and 0.0 <= -days_to_election <= turnover_window:
        log_hazard += turnover_effect
    return log_hazard


@helper
def knock_on_log_hazard(
    form_is_threshold: float,
    dependence: float,
    loss: float,
    effect_of_lead: float,
    peers_gone: float,
    effect_of_peers: float,
    effect_of_framework: float,
) -> float:
    """Return what exits of others add to a member's log hazard.

    b_L dependence L + b_P x + b_net [framework nation leaving]; x: weighted share of the other members that decided
    for good of late, by the root of their troops. The first two terms are replaced in the threshold form.
    """
    log_hazard = effect_of_framework
    if form_is_threshold == 0.0:
        log_hazard += effect_of_lead * dependence * loss + effect_of_peers * peers_gone
    return log_hazard


@rule
def decision(
    status: int,
    ordered: int,
    bound: float,
    common: float,
    mean_effect: float,
    days_to_mandate: float,
    mandate_window: float,
    mandate_effect: float,
    days_to_election: float,
    election_window: float,
    election_effect: float,
    leader_changed: float,
    turnover_window: float,
    turnover_effect: float,
    serves_in_nato_mission: float,
    nato_frame: float,
    threshold_form: float,
    dependence: float,
    loss: float,
    effect_of_lead: float,
    recent_weight: float,
    total_weight: float,
    own_weight: float,
    effect_of_peers: float,
    has_framework: float,
    framework_status: int,
    effect_of_framework: float,
    review_phase: float,
    review_offset: float,
    threshold: float,
    threshold_weight_of_lead: float,
    threshold_weight_of_peers: float,
    in_nato: float,
    alliance_decides: float,
    alliance_uniform: float,
    uniform: float,
    course: float,
    relocation_share: float,
    return_hazard: float,
    stays_away: float,
) -> tuple[int, int, int, float]:
    """Decide whether a member leaves today, why, and whether for good.

    Leaves when U < 1 - exp(-h), ln h = common - mean + domestic + knock-on - b_nato s [serves in the NATO mission];
    or, in the threshold form, on its monthly review when x + w_L L dependence exceeds its threshold (Granovetter 1978,
    doi:10.1086/226707). NATO members share one uniform in worlds where the alliance decides as one (Kreps 2010).
    The cause is the knock-on with probability 1 - h(without knock-on)/h. An exit of its own is a relocation with
    a probability: the member leaves at once, goes on deciding, and returns at a daily hazard.

    Returns:
        the new status; and as 0 or 1: decided for good, for good because of the knock-on; and the probability that a
        decision taken today was the knock-on's.
    """
    if status in (DRAWING_DOWN, OUT):
        return status, 0, 0, 0.0
    if ordered > 0:
        return (OUT if status == RELOCATED else DRAWING_DOWN), 1, 0, 0.0
    dice = alliance_uniform if alliance_decides > 0.0 and in_nato > 0.0 else uniform
    framework_leaving = has_framework > 0.0 and (framework_status in (DRAWING_DOWN, OUT))
    reviews = threshold_form > 0.0 and review_phase == review_offset
    if status == PRESENT and dice >= bound and not framework_leaving and not reviews:
        return status, 0, 0, 0.0
    others = total_weight - own_weight
    peers_gone = recent_weight / others if others > 0.0 else 0.0
    knock_on = knock_on_log_hazard(
        threshold_form, dependence, loss, effect_of_lead, peers_gone, effect_of_peers,
        effect_of_framework if framework_leaving else 0.0,
    )  # fmt: skip
    domestic = domestic_log_hazard(
        days_to_mandate, mandate_window, mandate_effect, days_to_election, election_window, election_effect,
        leader_changed, turnover_window, turnover_effect,
    )  # fmt: skip
    log_hazard = common - mean_effect + domestic + knock_on - nato_frame * serves_in_nato_mission
    leaves = dice < happens_within_a_day(math.exp(log_hazard))
    share_of_knock_on = max(0.0, -math.expm1(-knock_on)) if leaves else 0.0
    if reviews:
        push = threshold_weight_of_peers * peers_gone + threshold_weight_of_lead * loss * dependence
        if push > threshold:
            leaves = True
            share_of_knock_on = 1.0
    if leaves:
        own = 1.0 - share_of_knock_on
        if course >= own * relocation_share:
            caused = 1 if course >= own else 0
            return (OUT if status == RELOCATED else DRAWING_DOWN), 1, caused, share_of_knock_on
        return RELOCATED, 0, 0, share_of_knock_on
    if status == RELOCATED and stays_away == 0.0 and course < return_hazard:
        return PRESENT, 0, 0, 0.0
    return status, 0, 0, 0.0


@rule
def departure(
    status: int, decided: int, decided_on: float, day: float, duration: float, troops_at_start: float
) -> tuple[int, float, float]:
    """Return a member's status, troops (persons) and day of decision after today's movements.

    Once decided for good the troops leave in a straight line over `duration` days; a relocated contingent is away.
    """
    if decided > 0:
        decided_on = day
    if status == PRESENT:
        return status, troops_at_start, decided_on
    if status == DRAWING_DOWN and day - decided_on < duration:
        return status, troops_at_start * (1.0 - (day - decided_on) / duration), decided_on
    return (OUT if status == DRAWING_DOWN else status), 0.0, decided_on


@rule
def exit_duration(median_days: float, spread: float, normal: float) -> float:
    """Return the days from decision to complete exit: median exp(spread z)."""
    return median_days * math.exp(spread * normal)


@total
def weight_of_recent_decisions(decided_on: float, weight: float, day: float, memory_days: float) -> float:
    """Add the weights (root of troops) of the members that decided for good of late."""
    return weight if day - decided_on <= memory_days else 0.0


@total
def count_of(status: int, wanted: int, starter: float) -> float:
    """Count the members of a status among those that were there at the start."""
    return starter if status == wanted else 0.0


class CoalitionMember(WorldAgent):
    """A member of the coalition other than the lead nation."""


class Coalition(Kind):
    """All members of the coalition.

    States:
        status: PRESENT, DRAWING_DOWN, RELOCATED or OUT. `troops`: persons in the country.
        decided_on: day of the decision for good, far in the past where there is none.
        decided, knocked_on: today's decisions for good, and those caused by the knock-on (0 or 1).
        knock_on_probability: that a decision taken today was the knock-on's.
    Shared by all members, (1, worlds): `remaining` share of troops, `knock_on_lead`, `knock_on_peers` and
    `knock_on_framework` (the dials of the policy, 1 as estimated).
    """

    agent_class = CoalitionMember
    decisions = ("leave", "course")

    def __init__(self, model: "IraqModel") -> None:
        members = model.theatre.members
        super().__init__(model, [member.name for member in members])
        own, switches = model.parameters.coalition, model.parameters.form
        self.starter = self.column([float(member.present) for member in members])
        self.troops_at_start = self.column([member.troops if member.present else 0.0 for member in members])
        self.all_troops = float(self.troops_at_start.sum())
        self.peer_weight = np.sqrt(self.troops_at_start)
        self.total_peer_weight = float(self.peer_weight.sum())
        self._dates_of(model)
        self._framework = np.array(
            [self.names.index(m.framework_nation) if m.framework_nation else row for row, m in enumerate(members)]
        )
        self.has_framework = self.column([float(bool(member.framework_nation)) for member in members])

        free, compensating = switches("knock_on_form", "free_standing"), switches("knock_on_form", "compensating")
        cascade = switches("knock_on_form", "cascade")
        self.compensating = compensating
        self.effect_of_lead = own.effect_of_lead_exit * (
            cascade + free * own.free_standing_lead_factor + compensating * own.compensating_lead_factor
        )
        self.effect_of_peers = own.effect_of_peer_exits * (cascade + compensating * own.compensating_peer_factor)
        self.effect_of_framework = own.effect_of_framework_nation_exit
        calendar_rule = {
            "mandate_window": own.mandate_window_days,
            "mandate_effect": own.effect_of_mandate_renewal,
            "election_window": own.election_window_days,
            "election_effect": own.effect_of_election,
            "turnover_window": own.leader_effect_days,
            "turnover_effect": own.effect_of_leader_turnover,
        }
        mean_effect = self.array()
        mean_log_effect(
            has_mandate=(self.mandate_day < _NO_DATE).astype(float),
            has_election=(self.election_day < _NO_DATE).astype(float),
            turnover_probability=own.leader_change_probability,
            **calendar_rule,
            out=mean_effect,
        )
        turnover = start_uniforms(model.seed_of_worlds, self.names, "turnover", model.worlds)
        normals = start_uniforms(model.seed_of_worlds, self.names, "departure", model.worlds)
        to_normal(normals)
        self.exit_days = self.array()
        exit_duration(own.exit_duration_days, own.exit_duration_spread, normals, out=self.exit_days)
        self.stays_during_pullout = own.no_return_during_pullout
        self.decision_rule = {
            **calendar_rule,
            "mean_effect": mean_effect,
            "leader_changed": (turnover < own.leader_change_probability).astype(float),
            "serves_in_nato_mission": self.column([float(member.in_nato_mission) for member in members]),
            "threshold_form": cascade * switches("exit_rule", "threshold"),
            "dependence": own.rows("dependence_on_lead", self.names),
            "threshold": own.rows("exit_threshold", self.names),
            "in_nato": self.column([float(member.in_nato) for member in members]),
            "relocation_share": own.relocation_share,
            "return_hazard": own.return_hazard,
        }
        self.effect_of_nato_frame = own.effect_of_nato_frame
        self.threshold_weight_of_lead = own.threshold_weight_of_lead
        self.review_interval = own.review_interval_days
        self.review_offset = own.review_spacing_days * np.arange(len(members)).reshape(-1, 1) % self.review_interval
        self.peer_memory = own.peer_memory_days
        situation = model.parameters.situation
        self.hazard_rule = {
            "base_hazard": own.exit_hazard,
            "deaths_counted": situation.deaths_counted_at_most,
            "effect_of_deaths": own.effect_of_coalition_deaths,
            "reference_rate": situation.reference_attack_rate,
            "rate_floor": situation.attack_rate_floor,
            "effect_of_attacks": own.effect_of_attack_rate,
            "effect_of_host": own.effect_of_host_request,
            "effect_of_threat": own.effect_of_is_threat,
        }

        self.status = self.state("status", np.where(self.starter > 0.0, PRESENT, OUT), np.int8)
        self.troops = self.state("troops", self.troops_at_start)
        self.decided_on = self.state("decided_on", _NEVER_DECIDED)
        self.decided = self.state("decided", 0, np.int8)
        self.knocked_on = self.state("knocked_on", 0, np.int8)
        self.knock_on_probability = self.state("knock_on_probability")
        self.ordered = self.state("ordered", 0, np.int8)
        self.knock_on_lead = self.vector(1.0)
        self.knock_on_peers = self.vector(1.0)
        self.knock_on_framework = self.vector(1.0)
        self.remaining = self.vector(1.0)
        self.common = self.vector()
        self.recent = self.vector()
        self.bound = self.vector()
        self.framework_status = self.array(PRESENT, np.int8)
        self._set_ceilings(calendar_rule, mean_effect)

    def _dates_of(self, model: "IraqModel") -> None:
        """Take the members' mandates and elections as days of the model; without the calendar's leave there are none."""
        calendar, theatre = model.calendar, model.theatre
        mandates = [m.mandate_renewal if calendar.mandates else None for m in theatre.members]
        elections = [m.election if calendar.elections else None for m in theatre.members]
        self.mandate_day = self.column([float(theatre.day(date)) if date else _NO_DATE for date in mandates])
        self.election_day = self.column([float(theatre.day(date)) if date else _NO_DATE for date in elections])

    def _set_ceilings(self, calendar_rule: dict[str, Array], mean_effect: Array) -> None:
        """Bound what members' own calendars and dependence can add to the hazard that they share."""
        self.ceiling = self.vector()
        np.max(-mean_effect, axis=0, keepdims=True, out=self.ceiling)
        for effect in ("mandate_effect", "election_effect", "turnover_effect"):
            self.ceiling += np.maximum(calendar_rule[effect], 0.0)
        self.dependence_ceiling = np.max(self.decision_rule["dependence"], axis=0, keepdims=True)
        self.least_of_others = max(self.total_peer_weight - float(self.peer_weight.max()), 1.0)

    def order_exit(self, member: str, where: Array) -> None:
        """Let a named member leave for good today in some worlds, (1, worlds)."""
        self.ordered[self.names.index(member)] |= where[0]

    def decide(self) -> None:
        """Let each member decide; peers, framework nations and the members' share are yesterday's."""
        model, day = self.model, self.model.day
        common_log_hazard(
            recent_deaths=model.lead.recent_deaths,
            attack_rate=model.situation.attack_rate,
            host_asks_to_leave=(model.government.stance < 0.0).astype(float),
            islamic_state_rate=model.situation.islamic_state_rate,
            islamic_state_at_start=model.islamic_state.rate_at_start,
            **self.hazard_rule,
            out=self.common,
        )
        weight_of_recent_decisions(self.decided_on, self.peer_weight, day, self.peer_memory, out=self.recent)
        effect_of_lead, effect_of_peers = self.effect_of_lead * self.knock_on_lead, self.effect_of_peers * self.knock_on_peers
        highest_hazard(
            self.common, self.ceiling, self.dependence_ceiling, model.lead.loss, effect_of_lead,
            self.recent / self.least_of_others, effect_of_peers, out=self.bound,
        )  # fmt: skip
        np.take(self.status, self._framework, axis=0, out=self.framework_status)
        days_to_mandate = np.where(self.mandate_day < _NO_DATE, (self.mandate_day - day) % _DAYS_A_YEAR, _NO_DATE)
        decision(
            status=self.status,
            ordered=self.ordered,
            bound=self.bound,
            common=self.common,
            days_to_mandate=days_to_mandate,
            days_to_election=self.election_day - day,
            nato_frame=self.effect_of_nato_frame * model.nato.backfill,
            loss=model.lead.loss,
            effect_of_lead=effect_of_lead,
            recent_weight=self.recent,
            total_weight=self.total_peer_weight,
            own_weight=self.peer_weight,
            effect_of_peers=effect_of_peers,
            has_framework=self.has_framework,
            framework_status=self.framework_status,
            effect_of_framework=self.effect_of_framework * self.knock_on_framework,
            review_phase=day % self.review_interval,
            review_offset=self.review_offset,
            threshold_weight_of_lead=self.threshold_weight_of_lead * self.knock_on_lead,
            threshold_weight_of_peers=self.knock_on_peers,
            alliance_decides=model.nato.decides_as_one * (model.lead.weight > 0.0),
            alliance_uniform=model.nato.draws["leave"],
            uniform=self.draws["leave"],
            course=self.draws["course"],
            stays_away=self.stays_during_pullout * (model.lead.announcement == FULL),
            **self.decision_rule,
            out=(self.status, self.decided, self.knocked_on, self.knock_on_probability),
        )
        self.ordered.fill(0)
        departure(
            self.status, self.decided, self.decided_on, day, self.exit_days, self.troops_at_start,
            out=(self.status, self.troops, self.decided_on),
        )  # fmt: skip
        over_agents(self.troops, out=self.remaining)
        self.remaining /= self.all_troops

    def count(self, status: int) -> Array:
        """Count the members of a status, (1, worlds); those that had left before the start do not count."""
        number = self.vector()
        count_of(self.status, status, self.starter, out=number)
        return number
