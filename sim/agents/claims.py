"""Who claims the attacks: recent claims, competition between factions, little-known groups."""

from sim.distributions import binomial
from sim.rule import rule, total


@rule
def claims_after(claims: float, attacks: float, claims_memory_days: float) -> float:
    """Return a faction's recent claims (attacks): claims (1 - 1/memory) + attacks."""
    return claims * (1.0 - 1.0 / claims_memory_days) + attacks


@total
def squares(value: float) -> float:
    """Add the squares of a value over agents."""
    return value * value


@rule
def competition_of(claims: float, squared_claims: float, equal: float) -> float:
    """Return 1 - sum of squared shares of recent claims; equal shares without any claim."""
    return 1.0 - squared_claims / (claims * claims) if claims > 0.0 else equal


@rule
def claimed_by_facade(uniform: float, attacks: float, facade_share: float) -> float:
    """Return how many attacks a little-known group claims: Binomial(attacks, facade share)."""
    return binomial(uniform, attacks, facade_share)
