"""What strikes, arrests and dead civilians do to a faction: whom a strike hits, grievance, capacity."""

from sim.distributions import clip
from sim.rule import rule


@rule
def struck_faction(
    target: float, claims_before: float, claims: float, all_claims: float, attribution: float,
    blur: float, facade: float,
) -> tuple[float, float]:  # fmt: skip
    """Return whether the strike falls on this faction, drawn by its share of claims, and whether it was the wrong one.

    Wrong with probability blur times the facade share: facades hide whose attack it was.
    """
    place = target * all_claims
    if not claims_before <= place < claims_before + claims:
        return 0.0, 0.0
    return 1.0, 1.0 if attribution < blur * facade else 0.0


@rule
def grievance_after(
    grievance: float,
    memory_days: float,
    strike: float,
    per_strike: float,
    struck: float,
    when_struck: float,
    wrong: float,
    when_wrong: float,
    reversed_arrest: float,
    per_reversed_arrest: float,
) -> float:
    """Return a faction's grievance (0-1) after today's strikes and arrests.

    Source: retaliation breeds retaliation on both sides (Haushofer et al. 2010, doi:10.1073/pnas.1012115107).
    """
    harm = strike * per_strike + struck * when_struck + wrong * when_wrong + reversed_arrest * per_reversed_arrest
    return clip(grievance - grievance / memory_days + harm, 0.0, 1.0)


@rule
def capacity_after(
    capacity: float,
    recovery_days: float,
    floor: float,
    sustained_arrest: float,
    loss_per_arrest: float,
    civilian_deaths: float,
    deaths_counted: float,
    loss_per_death: float,
    blur: float,
    facade: float,
) -> float:
    """Return a faction's capacity (floor to 1): arrests and blame for dead civilians lower it, time restores it.

    Source: civilians who blame a side help it less (Condra and Shapiro 2012, doi:10.1111/j.1540-5907.2011.00542.x).
    """
    blame = min(civilian_deaths, deaths_counted) * loss_per_death * (1.0 - blur * facade)
    recovered = capacity + (1.0 - capacity) / recovery_days
    return clip(recovered - sustained_arrest * loss_per_arrest - blame, floor, 1.0)
