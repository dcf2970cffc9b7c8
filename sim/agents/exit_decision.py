"""Whether and when a member of the coalition leaves: the hazard of its exit, and what others' exits add to it."""

import math

from sim.agents.situation import log_ratio
from sim.distributions import clip, happens_within_a_day, helper
from sim.rule import rule

PRESENT, DRAWING_DOWN, RELOCATED, OUT, AWAITED = 0, 1, 2, 3, 4
"""Status of a member; an awaited one has not arrived yet."""

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
    common: float, dependence_ceiling: float, loss: float, effect_of_lead: float, recent_share: float, effect_of_peers: float
) -> float:
    """Return a bound (1/day) on every member's exit hazard today, its own calendar and its framework nation apart.

    A uniform above it, times the factor of the member's calendar, decides against leaving without a look at the member's
    own hazard: 1 - exp(-h) < h.
    """
    return math.exp(common + max(0.0, effect_of_lead) * dependence_ceiling * loss + max(0.0, effect_of_peers) * recent_share)


@rule
def calendar_factor(
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
) -> float:
    """Return what a member's own calendar multiplies its exit hazard by.

    exp(b_mand [0 < days to mandate <= w] + b_elec [0 < days to election <= w'] + b_lead [leader changed within w'' days]
    - mean), the mean being that of `mean_log_effect`.
    """
    log_factor = -mean_effect
    if 0.0 < days_to_mandate <= mandate_window:
        log_factor += mandate_effect
    if 0.0 < days_to_election <= election_window:
        log_factor += election_effect
    if leader_changed > 0.0 and 0.0 <= -days_to_election <= turnover_window:
        log_factor += turnover_effect
    return math.exp(log_factor)


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


@helper
def share_of_others(recent_weight: float, total_weight: float, own_weight: float) -> float:
    """Return the weighted share of the other members that decided for good of late; 0 where there is no other."""
    others = total_weight - own_weight
    return recent_weight / others if others > 0.0 else 0.0


@helper
def hazard_and_knock_on(
    common: float,
    calendar: float,
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
) -> tuple[float, float]:
    """Return a member's exit hazard (1/day), and what exits of others add to its logarithm.

    h = calendar exp(common + knock-on - b_nato s [serves in the NATO mission])
    """
    framework_leaving = has_framework > 0.0 and framework_status in (DRAWING_DOWN, OUT)
    knock_on = knock_on_log_hazard(
        threshold_form, dependence, loss, effect_of_lead, share_of_others(recent_weight, total_weight, own_weight),
        effect_of_peers, effect_of_framework if framework_leaving else 0.0,
    )  # fmt: skip
    return calendar * math.exp(common + knock_on - nato_frame * serves_in_nato_mission), knock_on


@rule
def exit_hazard(
    common: float,
    calendar: float,
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
) -> float:
    """Return a member's exit hazard today (1/day), whatever its status; reviews of the threshold form come on top."""
    hazard, _ = hazard_and_knock_on(
        common, calendar, serves_in_nato_mission, nato_frame, threshold_form, dependence, loss, effect_of_lead,
        recent_weight, total_weight, own_weight, effect_of_peers, has_framework, framework_status, effect_of_framework,
    )  # fmt: skip
    return hazard


@rule
def may_change(
    status: int,
    ordered: int,
    bound: float,
    calendar: float,
    has_framework: float,
    framework_status: int,
    threshold_form: float,
    review_phase: float,
    review_offset: float,
    in_nato: float,
    alliance_decides: float,
    alliance_uniform: float,
    uniform: float,
    course: float,
    return_hazard: float,
) -> tuple[int, int]:
    """Return whether a member may decide anything today, and whether its troops may move (0 or 1).

    It decides nothing, without a look at its own hazard, when its uniform is above the bound on its hazard, its framework
    nation is not leaving, it has no review today and no order, and it does not return. Who decided for good
    decides no more; the troops move until they are out.
    """
    # & and |, not "and" and "or": a processor guesses wrongly at every second of these branches
    free = (status == PRESENT) | (status == RELOCATED)
    framework_leaving = (has_framework > 0.0) & ((framework_status == DRAWING_DOWN) | (framework_status == OUT))
    reviews = (threshold_form > 0.0) & (review_phase == review_offset)
    returns = (status == RELOCATED) & (course < return_hazard)
    dice = alliance_uniform if (alliance_decides > 0.0) & (in_nato > 0.0) else uniform
    decides = free & ((dice < bound * calendar) | (ordered > 0) | framework_leaving | reviews | returns)
    return int(decides), int(decides | (status == DRAWING_DOWN))


@rule
def decision(
    status: int,
    ordered: int,
    common: float,
    calendar: float,
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

    Leaves when U < 1 - exp(-h), h = calendar exp(common + knock-on - b_nato s [serves in the NATO mission]); or, in the
    threshold form, on its monthly review when x + w_L L dependence exceeds its threshold (Granovetter 1978,
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
    reviews = threshold_form > 0.0 and review_phase == review_offset
    hazard, knock_on = hazard_and_knock_on(
        common, calendar, serves_in_nato_mission, nato_frame, threshold_form, dependence, loss, effect_of_lead,
        recent_weight, total_weight, own_weight, effect_of_peers, has_framework, framework_status, effect_of_framework,
    )  # fmt: skip
    leaves = dice < happens_within_a_day(hazard)
    share_of_knock_on = max(0.0, -math.expm1(-knock_on)) if leaves else 0.0
    if reviews:
        peers_gone = share_of_others(recent_weight, total_weight, own_weight)
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
