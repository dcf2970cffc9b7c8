"""The Iraqi government's political capital: its losses and gains, and the fall of the government."""

import math

from sim.distributions import clip, happens_within_a_day
from sim.rule import rule


@rule
def capital_after(
    capital: float,
    normal_capital: float,
    capital_reversion_rate: float,
    capital_of_missions: float,
    mission: float,
    other_missions: float,
    civilian_deaths: float,
    cost_of_civilian_death: float,
    embassy_attacks: float,
    fire_on_region: float,
    cost_of_embassy_attack: float,
    strike: float,
    cost_of_strike: float,
    breach: float,
    cost_of_breach: float,
    islamic_state_ratio: float,
    cost_of_is_attacks: float,
    announced_today: float,
    effect_of_announcement: float,
    sustained_arrest: float,
    credit_of_sustained_arrest: float,
    reversed_arrest: float,
    backlash_of_reversed_arrest: float,
) -> float:
    """Return political capital (0-1) at the end of the day.

    C += k (C_normal - c_mis (1 - missions) - C) - c_civ civilian deaths by militias
    - c_emb (attacks on the embassy + fire on the Kurdish region from federal territory) - c_str strike - c_br breach
    - c_is (IS attacks/(season i0) - 1) + s6 c_ann weight [announcement day] + c_arr [sustained arrest]
    - backlash [reversed arrest]
    s6 = -1 the announcement hurts, +1 helps (switch announcement); missions: mean of the remaining shares of the lead's mission
    and of the others; c_mis is 0 where the mission is hollow (switch mission_is).
    """
    missions = (mission + other_missions) / 2.0
    return clip(
        capital
        + capital_reversion_rate * (normal_capital - capital_of_missions * (1.0 - missions) - capital)
        - cost_of_civilian_death * civilian_deaths
        - cost_of_embassy_attack * (embassy_attacks + fire_on_region)
        - cost_of_strike * strike
        - cost_of_breach * breach
        - cost_of_is_attacks * (islamic_state_ratio - 1.0)
        + effect_of_announcement * announced_today
        + credit_of_sustained_arrest * sustained_arrest
        - backlash_of_reversed_arrest * reversed_arrest,
        0.0,
        1.0,
    )


@rule
def fall_of_cabinet(
    capital: float, caretaker_days_left: float, patron_friendly: float, fall_hazard: float, effect_of_lost_capital: float,
    normal_capital: float, capital_after_fall: float, caretaker_days: float, patron_friendly_cabinet: float,
    fall: float, cabinet: float,
) -> tuple[float, float, float, float, float]:  # fmt: skip
    """Decide whether the government falls: hazard h_F exp(b (C_normal - C)) (1/day), 0 under a caretaker.

    Source: one forced resignation (November 2019) in about seven government-years 2014-21.

    Returns:
        capital, caretaker days left, patron-friendly cabinet (0 or 1), fell today (0 or 1), and today's hazard (1/day).
    """
    if caretaker_days_left > 0.0:
        return capital, caretaker_days_left - 1.0, patron_friendly, 0.0, 0.0
    rate = fall_hazard * math.exp(effect_of_lost_capital * (normal_capital - capital))
    if fall >= happens_within_a_day(rate):
        return capital, 0.0, patron_friendly, 0.0, rate
    return capital_after_fall, caretaker_days, (1.0 if cabinet < patron_friendly_cabinet else 0.0), 1.0, rate
