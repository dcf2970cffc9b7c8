"""Whether and when a member of the coalition leaves: its exit hazard, and the part that comes from exits of others."""

import math

from sim.agents.codes import DRAWING_DOWN, OUT, PRESENT, RELOCATED
from sim.agents.situation import log_ratio
from sim.distributions import clip, happens_within_a_day, helper
from sim.rule import rule


@rule
def common_log_hazard(
    exit_hazard: float,
    recent_deaths: float,
    deaths_counted_at_most: float,
    effect_of_coalition_deaths: float,
    attack_rate: float,
    reference_attack_rate: float,
    attack_rate_floor: float,
    effect_of_attack_rate: float,
    host_asks_to_leave: float,
    effect_of_host_request: float,
    islamic_state_rate: float,
    islamic_state_at_start: float,
    effect_of_is_threat: float,
) -> float:
    """Return the part of the log exit hazard (1/day) that all members share.

    ln h0 + b_C min(deaths, 3) + b_rate max(0, ln(rate/reference)) + b_host [host asks to leave]
    - b_thr clip(ln(IS rate / IS rate at start), -1, 1)

    Source: Tago 2009 (base hazard), Mello 2020 and Kreps 2010 (deaths), judgement (the rest).
    """
    threat = clip(log_ratio(islamic_state_rate, islamic_state_at_start, attack_rate_floor), -1.0, 1.0)
    return (
        math.log(exit_hazard)
        + effect_of_coalition_deaths * min(recent_deaths, deaths_counted_at_most)
        + effect_of_attack_rate * max(0.0, log_ratio(attack_rate, reference_attack_rate, attack_rate_floor))
        + effect_of_host_request * host_asks_to_leave
        - effect_of_is_threat * threat
    )


@rule
def host_closed(lead: float, closing_levels: float, hosted_by_lead: float, hosted_by_nato: float, nato_left: float) -> float:
    """Return how far the place where a member lives has closed (0-1).

    For a member at a base of the lead: 1 after the lead has closed its part of that base. For a member with the NATO mission:
    the share of the mission that is gone. For a member at its own base: 0.
    """
    if hosted_by_lead > 0.0:
        return 1.0 if lead < closing_levels else 0.0
    return hosted_by_nato * max(0.0, 1.0 - nato_left)


@rule
def highest_hazard(
    common: float,
    loss: float,
    effect_of_lead_exit: float,
    lead: float,
    first_closing_level: float,
    nato_left: float,
    effect_of_host_closing: float,
    recent_share: float,
    effect_of_peer_exits: float,
) -> float:
    """Return an upper bound (1/day) of every member's exit hazard today, without its calendar and its framework nation.

    A member with a uniform above the bound times its calendar factor does not leave, since 1 - exp(-h) < h. So its own hazard
    need not be computed.
    """
    closed = 1.0 if lead < first_closing_level else max(0.0, 1.0 - nato_left)
    return math.exp(
        common
        + max(0.0, effect_of_lead_exit) * loss
        + max(0.0, effect_of_host_closing) * closed
        + max(0.0, effect_of_peer_exits) * recent_share
    )


@helper
def share_of_others(recent_weight: float, total_weight: float, own_weight: float) -> float:
    """Return the weighted share of the other members that recently decided to leave for good; 0 if there is no other."""
    others = total_weight - own_weight
    return recent_weight / others if others > 0.0 else 0.0


@helper
def hazard_and_knock_on(
    common: float,
    calendar: float,
    serves_in_nato_mission: float,
    effect_of_nato_frame: float,
    reliance_on_lead: float,
    loss: float,
    effect_of_lead_exit: float,
    host_closed_today: float,
    effect_of_host_closing: float,
    recent_weight: float,
    total_weight: float,
    own_weight: float,
    effect_of_peer_exits: float,
    has_framework: float,
    framework_status: int,
    effect_of_framework_nation_exit: float,
) -> tuple[float, float]:
    """Return a member's exit hazard (1/day), and the knock-on: what exits of others add to the log of this hazard.

    h = calendar exp(common + knock-on - b_nato s [serves in the NATO mission]);
    knock-on = b_L reliance L + b_host closed + b_P x + b_net [framework nation leaving]; x: share of the other members that
    recently decided to leave for good, weighted by the root of their troops.
    """
    knock_on = effect_of_lead_exit * reliance_on_lead * loss + effect_of_host_closing * host_closed_today
    knock_on += effect_of_peer_exits * share_of_others(recent_weight, total_weight, own_weight)
    if has_framework > 0.0 and framework_status in (DRAWING_DOWN, OUT):
        knock_on += effect_of_framework_nation_exit
    return calendar * math.exp(common + knock_on - effect_of_nato_frame * serves_in_nato_mission), knock_on


@rule
def exit_hazard(
    common: float,
    calendar: float,
    serves_in_nato_mission: float,
    effect_of_nato_frame: float,
    reliance_on_lead: float,
    loss: float,
    effect_of_lead_exit: float,
    host_closed_today: float,
    effect_of_host_closing: float,
    recent_weight: float,
    total_weight: float,
    own_weight: float,
    effect_of_peer_exits: float,
    has_framework: float,
    framework_status: int,
    effect_of_framework_nation_exit: float,
) -> float:
    """Return a member's exit hazard today (1/day), whatever its status."""
    hazard, _ = hazard_and_knock_on(
        common,
        calendar,
        serves_in_nato_mission,
        effect_of_nato_frame,
        reliance_on_lead,
        loss,
        effect_of_lead_exit,
        host_closed_today,
        effect_of_host_closing,
        recent_weight,
        total_weight,
        own_weight,
        effect_of_peer_exits,
        has_framework,
        framework_status,
        effect_of_framework_nation_exit,
    )
    return hazard


@rule
def may_change(
    status: int,
    ordered: int,
    bound: float,
    calendar: float,
    has_framework: float,
    framework_status: int,
    in_nato: float,
    alliance_decides: float,
    alliance_uniform: float,
    uniform: float,
    course: float,
    return_hazard: float,
) -> tuple[int, int]:
    """Return whether a member may make a decision today, and whether its troops may move (0 or 1).

    A member makes no decision if its uniform is above the bound of its hazard, its framework nation is not leaving, it has no
    order today, and it does not return. Its hazard is then not computed. A member that has decided to leave for good makes no
    further decision; its troops move until they are out.
    """
    # & and |, not "and" and "or": a processor guesses wrongly at every second of these branches
    free = (status == PRESENT) | (status == RELOCATED)
    framework_leaving = (has_framework > 0.0) & ((framework_status == DRAWING_DOWN) | (framework_status == OUT))
    returns = (status == RELOCATED) & (course < return_hazard)
    dice = alliance_uniform if (alliance_decides > 0.0) & (in_nato > 0.0) else uniform
    decides = free & ((dice < bound * calendar) | (ordered > 0) | framework_leaving | returns)
    return int(decides), int(decides | (status == DRAWING_DOWN))


@rule
def decision(
    status: int,
    ordered: int,
    common: float,
    calendar: float,
    serves_in_nato_mission: float,
    effect_of_nato_frame: float,
    reliance_on_lead: float,
    loss: float,
    effect_of_lead_exit: float,
    host_closed_today: float,
    effect_of_host_closing: float,
    recent_weight: float,
    total_weight: float,
    own_weight: float,
    effect_of_peer_exits: float,
    has_framework: float,
    framework_status: int,
    effect_of_framework_nation_exit: float,
    in_nato: float,
    alliance_decides: float,
    alliance_uniform: float,
    uniform: float,
    course: float,
    relocation_share: float,
    return_hazard: float,
    no_return_during_pullout: float,
    no_return_today: float,
) -> tuple[int, int, int, float]:
    """Decide whether a member leaves today, why, and whether for good.

    A member leaves if U < 1 - exp(-h), h = calendar exp(common + knock-on - b_nato s [serves in the NATO mission]). NATO
    members share one uniform in worlds where the alliance decides as one (Kreps 2010). The cause is the knock-on with
    probability 1 - h(without knock-on)/h. Any other exit is a relocation with a given probability: the member leaves at once,
    continues to decide, and returns with a daily probability, unless the lead is leaving or its place has closed.

    Returns:
        the new status; as 0 or 1, whether the member decided to leave for good, and whether the knock-on caused it; and the
        probability that the knock-on caused today's decision.
    """
    if status in (DRAWING_DOWN, OUT):
        return status, 0, 0, 0.0
    if ordered > 0:
        return (OUT if status == RELOCATED else DRAWING_DOWN), 1, 0, 0.0
    dice = alliance_uniform if alliance_decides > 0.0 and in_nato > 0.0 else uniform
    hazard, knock_on = hazard_and_knock_on(
        common,
        calendar,
        serves_in_nato_mission,
        effect_of_nato_frame,
        reliance_on_lead,
        loss,
        effect_of_lead_exit,
        host_closed_today,
        effect_of_host_closing,
        recent_weight,
        total_weight,
        own_weight,
        effect_of_peer_exits,
        has_framework,
        framework_status,
        effect_of_framework_nation_exit,
    )
    if dice < happens_within_a_day(hazard):
        share_of_knock_on = max(0.0, -math.expm1(-knock_on))
        own = 1.0 - share_of_knock_on
        if course >= own * relocation_share:
            caused = 1 if course >= own else 0
            return (OUT if status == RELOCATED else DRAWING_DOWN), 1, caused, share_of_knock_on
        return RELOCATED, 0, 0, share_of_knock_on
    stuck = no_return_during_pullout > 0.0 and host_closed_today >= 1.0
    if status == RELOCATED and no_return_today == 0.0 and not stuck and course < return_hazard:
        return PRESENT, 0, 0, 0.0
    return status, 0, 0, 0.0
