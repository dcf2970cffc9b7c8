"""The lead nation's ultimatum: when it is executed, is extended or lapses."""

from sim.agents.situation import log_ratio
from sim.distributions import sigmoid
from sim.rule import rule


@rule
def review_of_ultimatum(
    days_since_issue: float,
    days_to_deadline: float,
    extended: float,
    ultimatum_review_days: float,
    ultimatum_extension_days: float,
    ultimatum_extension_probability: float,
    truce: float,
    attack_rate: float,
    peak_attack_rate: float,
    attack_rate_floor: float,
    recent_deaths: float,
    deaths_counted_at_most: float,
    enforcement_gained: float,
    host_asks_to_stay: float,
    members_remaining: float,
    ultimatum_execution_intercept: float,
    ultimatum_effect_of_attacks: float,
    ultimatum_effect_of_deaths: float,
    ultimatum_effect_of_truce: float,
    ultimatum_effect_of_enforcement: float,
    ultimatum_effect_of_lobbying: float,
    execute: float,
    extend: float,
) -> tuple[float, float, float]:
    """Review an ultimatum in force: decide whether it is executed, is extended or lapses.

    Every `ultimatum_review_days` after its issue, the ultimatum is executed with probability
    sigma(u0 + u1 ln(rate/peak) + u2 min(deaths, 3) - u3 [truce] - u4 (enforcement and protection gained)
    - u5 ([host asks to stay] + members' remaining share)/2).
    At the deadline it is extended once with a given probability, unless a truce holds or the extension has 0 days; otherwise it
    lapses.

    Source: judgement; compellent threats succeed in 20-60 % of cases (Sechser 2011, doi:10.1177/0738894211413066).

    Returns:
        executed (0 or 1), lapsed (0 or 1), days added to the deadline.
    """
    if days_since_issue > 0.0 and days_since_issue % ultimatum_review_days == 0.0:
        lobbying = (host_asks_to_stay + members_remaining) / 2.0
        logit = (
            ultimatum_execution_intercept
            + ultimatum_effect_of_attacks * log_ratio(attack_rate, peak_attack_rate, attack_rate_floor)
            + ultimatum_effect_of_deaths * min(recent_deaths, deaths_counted_at_most)
            - ultimatum_effect_of_truce * truce
            - ultimatum_effect_of_enforcement * enforcement_gained
            - ultimatum_effect_of_lobbying * lobbying
        )
        if execute < sigmoid(logit):
            return 1.0, 0.0, 0.0
    if days_to_deadline > 0.0:
        return 0.0, 0.0, 0.0
    if ultimatum_extension_days > 0.0 and extended == 0.0 and truce == 0.0 and extend < ultimatum_extension_probability:
        return 0.0, 0.0, ultimatum_extension_days
    return 0.0, 1.0, 0.0
