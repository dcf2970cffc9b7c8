"""The lead nation's strikes on the militias: when a strike answers an attack, and its victims."""

from sim.distributions import geometric, happens_within_a_day, poisson
from sim.rule import rule


@rule
def retaliation(
    window: float,
    deaths_yesterday: float,
    retaliation_window_days: float,
    retaliation_probability: float,
    unprovoked_strike_hazard: float,
    attack_rate: float,
    reference_attack_rate: float,
    mission_closed: float,
    strike_multiplier_mission_closed: float,
    lead: float,
    clarity: float,
    closure_threshold: float,
    strike_share_after_exit: float,
    restraint: float,
    ordered: float,
    strike: float,
    militia_toll: float,
    iraqi_toll: float,
    civilian_toll: float,
    militia_deaths_per_strike: float,
    iraqi_force_deaths_per_strike: float,
    civilian_deaths_per_strike: float,
) -> tuple[float, float, float, float, float, float]:
    """Decide whether the lead strikes the militias today, and how many people the strike kills.

    A coalition death yesterday opens a window of w days in which the daily probability is 1 - (1 - p)^(1/w), so that p
    is the probability of an answer within the window; a strike closes the window. Outside a window, the hazard is h0
    rate/reference k^[mission closed by decision]. The probability is multiplied by the clarity of attribution, by 1 - restraint
    and, when the troops are nearly gone, by the factor for strikes from outside. An ordered strike (1) happens whatever the
    lead decides; no strike happens where it is forbidden (-1). Killed: militia fighters geometric, Iraqi forces and civilians
    Poisson.

    Source: both fatal attacks of December 2019 and March 2020 were answered within two days; none of about 75 others.

    Returns:
        strike (0 or 1), days left of the window, militia, Iraqi force and civilian deaths; and whether the lead itself
        decided to strike (0 or 1).
    """
    if deaths_yesterday > 0.0:
        window = retaliation_window_days
    if window > 0.0:
        chance = 1.0 - (1.0 - retaliation_probability) ** (1.0 / retaliation_window_days)
    else:
        hazard = unprovoked_strike_hazard * attack_rate / reference_attack_rate
        chance = happens_within_a_day(hazard * strike_multiplier_mission_closed if mission_closed > 0.0 else hazard)
    if lead < closure_threshold:
        chance *= strike_share_after_exit
    decides = strike < chance * clarity * (1.0 - restraint)
    left, decided = (0.0, 1.0) if decides else (max(window - 1.0, 0.0), 0.0)
    if ordered < 0.0 or (ordered == 0.0 and not decides):
        return 0.0, left, 0.0, 0.0, 0.0, decided
    militia = geometric(militia_toll, militia_deaths_per_strike)
    return (
        1.0,
        left,
        militia,
        poisson(iraqi_toll, iraqi_force_deaths_per_strike),
        poisson(civilian_toll, civilian_deaths_per_strike),
        decided,
    )


@rule
def clarity_of_attribution(facade_claims: float, claims: float, facade_blur: float, facade_share_at_start: float) -> float:
    """Return the clarity of attribution, relative to the start: (1 - blur f)/(1 - blur f_0), f the facades' share of claims.

    The probability of an answer was observed with the facades of 2019-20, so it holds at their share of that time.
    """
    share = facade_claims / claims if claims > 0.0 else facade_share_at_start
    return (1.0 - facade_blur * share) / (1.0 - facade_blur * facade_share_at_start) if facade_blur < 1.0 else 1.0


@rule
def deterrence_memory(deterrence: float, strike: float) -> float:
    """Return the memory of strikes after today: at most 1, or else strikes, grievance and attacks would grow without limit."""
    return min(1.0, deterrence + strike)
