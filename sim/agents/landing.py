"""How attacks land: interception, victims, deaths and wounded."""

from typing import TYPE_CHECKING

import numpy as np

from sim.agents.tolls import large_share_of_events, zeta_normaliser
from sim.distributions import geometric, truncated_zeta
from sim.rule import rule

if TYPE_CHECKING:
    from sim.model import IraqModel


@rule
def attacks_land(
    attacks: float,
    interception_probability: float,
    cover: float,
    fatal_hit_on_coalition: float,
    coalition_exposure: float,
    fatal_hit_on_civilians: float,
    density: float,
    fatal_hit_on_iraqi_forces: float,
    iraqi_exposure: float,
    death_toll_exponent: float,
    death_toll_cap: float,
    toll_normaliser: float,
    wounded_per_death: float,
    hits_coalition: float,
    hits_civilians: float,
    hits_iraqi_forces: float,
    coalition_toll: float,
    civilian_toll: float,
    iraqi_toll: float,
    wounded: float,
) -> tuple[float, float, float, float, float]:
    """Return the deaths of one day's attacks on one site, the wounded, and the chance that civilians died.

    p = interception cover. S attacks are fatal to the coalition with probability 1 - (1 - f exposure (1 - p))^S, to civilians
    with 1 - (1 - f density)^S, to Iraqi forces with 1 - (1 - f exposure)^S. Interception does not save civilians, since misses
    and debris fall outside.
    Deaths of a fatal day: zeta truncated at the cap (Clauset et al. 2007, doi:10.1177/0022002706296157; Bohorquez et
    al. 2009, doi:10.1038/nature08631).
    Wounded: geometric around wounded_per_death times the deaths.

    Returns:
        coalition, civilian and Iraqi force deaths, wounded (persons), and the probability of a civilian death.
    """
    if attacks <= 0.0:
        return 0.0, 0.0, 0.0, 0.0, 0.0
    stopped = interception_probability * cover
    coalition = civilians = iraqi = 0.0
    if hits_coalition < 1.0 - (1.0 - fatal_hit_on_coalition * coalition_exposure * (1.0 - stopped)) ** attacks:
        coalition = truncated_zeta(coalition_toll, death_toll_exponent, death_toll_cap, toll_normaliser)
    chance = 1.0 - (1.0 - min(1.0, fatal_hit_on_civilians * density)) ** attacks
    if hits_civilians < chance:
        civilians = truncated_zeta(civilian_toll, death_toll_exponent, death_toll_cap, toll_normaliser)
    if hits_iraqi_forces < 1.0 - (1.0 - fatal_hit_on_iraqi_forces * iraqi_exposure) ** attacks:
        iraqi = truncated_zeta(iraqi_toll, death_toll_exponent, death_toll_cap, toll_normaliser)
    hurt = geometric(wounded, wounded_per_death * (coalition + civilians + iraqi))
    return coalition, civilians, iraqi, hurt, chance


class Landing:
    """The constants of landing attacks, the same at sites and elsewhere.

    Attributes:
        rule: inputs of `attacks_land`. `tolls`: exponent, cap and normaliser of death tolls.
        large_share: probability that a fatal event is a large killing, (1, worlds).
    """

    def __init__(self, model: "IraqModel") -> None:
        sites = model.parameters.sites
        normaliser = np.empty((1, model.worlds.count))
        zeta_normaliser(sites.death_toll_exponent, sites.death_toll_cap, out=normaliser)
        self.rule = sites.inputs_of(attacks_land) | {"toll_normaliser": normaliser}
        self.tolls = (sites.death_toll_exponent, sites.death_toll_cap, normaliser)
        self.large_share = np.empty_like(normaliser)
        large_share_of_events(*self.tolls, model.parameters.situation.large_killing, out=self.large_share)


LANDING_DRAWS = (
    "hits coalition", "hits civilians", "hits iraqi forces", "coalition toll", "civilian toll", "iraqi toll",
    "wounded",
)  # fmt: skip
