"""What strikes, arrests and dead civilians do to a faction: whom a strike hits, grievance, capacity."""

from sim.distributions import clip
from sim.rule import rule


@rule
def struck_faction(
    target: float, claims_before: float, claims: float, all_claims: float, attribution: float,
    facade_blur: float, facade_share: float,
) -> tuple[float, float]:  # fmt: skip
    """Return whether the strike falls on this faction, drawn by its share of claims, and whether it was the wrong one.

    Wrong with probability blur times the facade share: facades hide whose attack it was.
    """
    place = target * all_claims
    if not claims_before <= place < claims_before + claims:
        return 0.0, 0.0
    return 1.0, 1.0 if attribution < facade_blur * facade_share else 0.0


@rule
def grievance_after(
    grievance: float,
    grievance_memory_days: float,
    strike: float,
    grievance_all_per_strike: float,
    struck: float,
    grievance_struck: float,
    wrong: float,
    grievance_wrong_target: float,
    reversed_arrest: float,
    grievance_per_reversed_arrest: float,
) -> float:
    """Return a faction's grievance (0-1) after today's strikes and arrests.

    Source: retaliation breeds retaliation on both sides (Haushofer et al. 2010, doi:10.1073/pnas.1012115107).
    """
    harm = (
        strike * grievance_all_per_strike
        + struck * grievance_struck
        + wrong * grievance_wrong_target
        + reversed_arrest * grievance_per_reversed_arrest
    )
    return clip(grievance - grievance / grievance_memory_days + harm, 0.0, 1.0)


@rule
def capacity_after(
    capacity: float,
    capacity_recovery_days: float,
    capacity_floor: float,
    sustained_arrest: float,
    capacity_loss_per_arrest: float,
    civilian_deaths: float,
    civilian_deaths_counted_at_most: float,
    capacity_loss_per_civilian_death: float,
    facade_blur: float,
    facade_share: float,
) -> float:
    """Return a faction's capacity (floor to 1): arrests and blame for dead civilians lower it, time restores it.

    Source: civilians who blame a side help it less (Condra and Shapiro 2012, doi:10.1111/j.1540-5907.2011.00542.x).
    """
    blame = (
        min(civilian_deaths, civilian_deaths_counted_at_most)
        * capacity_loss_per_civilian_death
        * (1.0 - facade_blur * facade_share)
    )
    recovered = capacity + (1.0 - capacity) / capacity_recovery_days
    return clip(recovered - sustained_arrest * capacity_loss_per_arrest - blame, capacity_floor, 1.0)
