"""Who claims the attacks: recent claims, and little-known groups."""

from sim.distributions import binomial
from sim.rule import rule


@rule
def claims_after(claims: float, attacks: float, claims_memory_days: float) -> float:
    """Return a faction's recent claims (attacks): claims (1 - 1/memory) + attacks."""
    return claims * (1.0 - 1.0 / claims_memory_days) + attacks


@rule
def claimed_by_facade(uniform: float, attacks: float, facade_share: float) -> float:
    """Return how many attacks a little-known group claims: Binomial(attacks, facade share)."""
    return binomial(uniform, attacks, facade_share)
