"""The effects of strikes and arrests on the factions: which faction a strike hits, and the factions' grievance and capacity."""

from sim.distributions import clip
from sim.rule import rule


@rule
def struck_faction(target: float, claims_before: float, claims: float, all_claims: float) -> float:
    """Return whether the strike falls on this faction (0 or 1), drawn by its share of claims."""
    return 1.0 if claims_before <= target * all_claims < claims_before + claims else 0.0


@rule
def grievance_after(
    grievance: float,
    grievance_memory_days: float,
    strike: float,
    grievance_all_per_strike: float,
    struck: float,
    grievance_struck: float,
) -> float:
    """Return a faction's grievance (0-1) after today's strike: G <- G (1 - 1/tau) + g_all strike + g_own [struck].

    Source: retaliation breeds retaliation on both sides (Haushofer et al. 2010, doi:10.1073/pnas.1012115107).
    """
    harm = strike * grievance_all_per_strike + struck * grievance_struck
    return clip(grievance - grievance / grievance_memory_days + harm, 0.0, 1.0)


@rule
def capacity_after(
    capacity: float, capacity_recovery_days: float, sustained_arrest: float, capacity_loss_per_arrest: float
) -> float:
    """Return the factions' capacity (0-1): sustained arrests lower capacity, and time restores it."""
    recovered = capacity + (1.0 - capacity) / capacity_recovery_days
    return clip(recovered - sustained_arrest * capacity_loss_per_arrest, 0.0, 1.0)
