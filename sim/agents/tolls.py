"""Death tolls with a heavy tail, and the tolls of attacks by the Islamic State."""

from sim.distributions import binomial, truncated_zeta
from sim.rule import rule, total

_GOLDEN = 0.6180339887498949


@rule
def zeta_normaliser(death_toll_exponent: float, death_toll_cap: float) -> float:
    """Return the sum of k^-exponent over k = 1 ... largest."""
    value, k = 0.0, death_toll_cap
    while k >= 1.0:
        value += k**-death_toll_exponent
        k -= 1.0
    return value


@rule
def large_share_of_events(
    death_toll_exponent: float, death_toll_cap: float, toll_normaliser: float, large_killing: float
) -> float:
    """Return the probability that a fatal event kills `large_killing` or more: the tail of the truncated zeta."""
    value, k = 0.0, death_toll_cap
    while k >= large_killing:
        value += k**-death_toll_exponent
        k -= 1.0
    return value / toll_normaliser


@rule
def deaths_by_cell(
    uniform: float,
    toll: float,
    victims: float,
    attacks: float,
    fatal_share: float,
    civilian_share_of_fatal_attacks: float,
    death_toll_exponent: float,
    death_toll_cap: float,
    toll_normaliser: float,
) -> tuple[float, float]:
    """Return civilians and Iraqi forces killed by today's attacks in a governorate (persons).

    Binomial(N, f) of the attacks are fatal. Each fatal one kills a zeta-distributed number, truncated at the cap, of civilians
    (with probability c) or of Iraqi forces. The uniforms of a day's further fatal attacks are those of the first, shifted by
    multiples of the golden ratio. Each shifted number is also uniform, so every toll has the right distribution.

    Source: Clauset et al. 2007, doi:10.1177/0022002706296157; Bohorquez et al. 2009, doi:10.1038/nature08631 (tolls).
    """
    fatal = binomial(uniform, attacks, fatal_share)
    civilians = forces = 0.0
    while fatal > 0.0:
        dead = truncated_zeta(toll, death_toll_exponent, death_toll_cap, toll_normaliser)
        if victims < civilian_share_of_fatal_attacks:
            civilians += dead
        else:
            forces += dead
        toll, victims, fatal = (toll + _GOLDEN) % 1.0, (victims + _GOLDEN) % 1.0, fatal - 1.0
    return civilians, forces


@total
def expected_large_killings(
    attacks: float, fatal_share: float, civilian_share_of_fatal_attacks: float, large_share: float
) -> float:
    """Add the expected number of attacks that kill `large_killing` or more civilians: N f c P(toll)."""
    return attacks * fatal_share * civilian_share_of_fatal_attacks * large_share
