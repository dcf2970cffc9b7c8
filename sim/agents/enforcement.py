"""The government's measures against the militias: enforcement, protection of the Green Zone, arrests."""

from sim.distributions import clip, happens_within_a_day
from sim.rule import rule


@rule
def enforcement_of(
    enforcement_at_rest: float, crackdown: float, enforcement_of_crackdown: float, enforcing_force: float,
    enforcement_of_force: float, truce: float, brokered: float, caretaker_days_left: float, capital: float,
    normal_capital: float,
) -> float:  # fmt: skip
    """Return enforcement against the militias, 0-1.

    e = (e_0 + e_crack crackdown + e_force enforcing force) [no caretaker] (1 - brokered [truce]) C/C_normal: while a brokered
    truce holds, the law is not enforced against the factions that keep the truce.
    """
    if caretaker_days_left > 0.0:
        return 0.0
    whole = enforcement_at_rest + enforcement_of_crackdown * crackdown + enforcement_of_force * enforcing_force
    return clip(whole * (1.0 - brokered * truce) * capital / normal_capital, 0.0, 1.0)


@rule
def protection_after(
    protection: float,
    green_zone_protection_at_start: float,
    green_zone_protection_with_force: float,
    force: float,
    green_zone_force_days_to_stand_up: float,
) -> float:
    """Return the Green Zone's protection (0-1) a day later.

    Z += (target - Z)/tau;  target = Z0 + force max(0, Z_inf - Z0)
    """
    target = green_zone_protection_at_start + force * max(
        0.0, green_zone_protection_with_force - green_zone_protection_at_start
    )
    change = (target - protection) / green_zone_force_days_to_stand_up
    return clip(protection + change, 0.0, 1.0)


@rule
def arrests_today(
    crackdown: float, arrest_rate: float, arrest_reversal_probability: float, arrest: float, reversal: float
) -> tuple[float, float]:
    """Return whether a high-profile arrest is made and sustained, and whether one is made and reversed (0 or 1).

    Source: the raid of June 2020, reversed within days; rate is judgement.
    """
    if arrest >= happens_within_a_day(arrest_rate * crackdown):
        return 0.0, 0.0
    return (0.0, 1.0) if reversal < arrest_reversal_probability else (1.0, 0.0)
