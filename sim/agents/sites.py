"""The attacked sites: their presence, their air defence cover, and their share of a campaign."""

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.agents.landing import LANDING_DRAWS, attacks_land
from sim.arithmetic import minus, over_agents, plus, product, times
from sim.arrays import Array
from sim.distributions import binomial
from sim.kind import SINCE_DAY_0, Kind
from sim.rule import rule, total
from sim.tape import same_every_day

if TYPE_CHECKING:
    from sim.model import IraqModel

_EMBASSY = "embassy"
_ERBIL = "erbil_base"


@rule
def presence_at(
    lead_share_of_presence: float,
    lead: float,
    closing_levels: float,
    members_share_of_presence: float,
    members: float,
    mission_share_of_presence: float,
    mission: float,
) -> float:
    """Return a site's presence relative to the start (0-1): a lead [not closed] + b members + c mission.

    The lead closes its part of a site when the lead's troop share is below the closing level; members stay until they leave.
    """
    own = lead_share_of_presence * lead if lead >= closing_levels else 0.0
    return own + members_share_of_presence * members + mission_share_of_presence * mission


@rule
def attraction_of(
    attractiveness: float, is_embassy: float, is_other_fixed: float, embassy: float, others: float,
    protection_gained: float, effect_of_protection_on_targeting: float, displaced_share: float,
) -> float:  # fmt: skip
    """Return a site's share of the rocket campaign at today's protection of the embassy.

    v_embassy exp(-b max(0, Z - Z0)); the other fixed sites gain d times the loss of the embassy, in proportion to their shares.
    Convoys are a separate campaign with share 1.
    """
    kept = math.exp(-effect_of_protection_on_targeting * max(0.0, protection_gained))
    if is_embassy > 0.0:
        return attractiveness * kept
    if is_other_fixed > 0.0 and others > 0.0:
        return attractiveness * (1.0 + displaced_share * embassy * (1.0 - kept) / others)
    return attractiveness


@total
def exposure_of(attractiveness: float, presence: float, in_campaign: float) -> float:
    """Add v presence over the sites of a campaign: the share of the campaign that has a target."""
    return attractiveness * presence * in_campaign


@rule
def from_origin(uniform: float, attacks: float, erbil_attacks_from_nineveh: float) -> float:
    """Return how many of the attacks come from the first of two governorates: Binomial(attacks, share)."""
    return binomial(uniform, attacks, erbil_attacks_from_nineveh)


class Sites(Kind, agent="Site"):
    """The five sites.

    States:
        presence [share]: presence of the coalition, relative to day 0.
        beyond [share]: presence at bases that were handed over before day 0.
        cover [0-1]: air defence cover, in proportion to the lead's troops.
        attraction [share]: share of the campaign's attacks; starts at attractiveness (convoys: 1).
        attacks [attacks]: attacks on the site today.
        coalition_deaths [persons]: coalition deaths today; on convoys: contractors, who are host nationals.
        civilian_deaths [persons]: civilians killed today.
        iraqi_deaths [persons]: Iraqi forces killed today.
        wounded [persons]: people wounded today.
        civilian_chance [probability]: probability that today's attacks kill civilians.
        attacks_so_far [attacks]: attacks on the site since day 0.
    """

    decisions = (*LANDING_DRAWS, "origin")

    def __init__(self, model: "IraqModel") -> None:
        sites = model.theatre.sites
        super().__init__(model, [site.name for site in sites])
        own, militias = model.parameters.sites, model.parameters.militias
        fixed = [site.campaign == "rockets" for site in sites]
        own.rows("attractiveness", [name for name, is_fixed in zip(self.names, fixed, strict=True) if is_fixed])
        self.attractiveness = own.rows("attractiveness", self.names, default=1.0)  # convoys have their campaign alone
        self.is_embassy = self.column([float(name == _EMBASSY) for name in self.names])
        self.is_other_fixed = self.column([float(f and n != _EMBASSY) for f, n in zip(fixed, self.names, strict=True)])
        self.in_campaign = {
            campaign: self.column([float(site.campaign == campaign) for site in sites]) for campaign in ("rockets", "convoys")
        }
        self.embassy_share, self.others_share = self.vector(), self.vector()
        over_agents(self.attractiveness * self.is_embassy, out=self.embassy_share)
        over_agents(self.attractiveness * self.is_other_fixed, out=self.others_share)
        self.effect_of_protection = militias.effect_of_protection_on_targeting
        self.lead_part = own.rows("lead_share_of_presence", self.names)
        self.members_part = own.rows("members_share_of_presence", self.names)
        self.mission_part = own.rows("mission_share_of_presence", self.names)
        self.closing_level = own.rows("closing_levels", self.names, default=0.0)
        convoy_rows = [not is_fixed for is_fixed in fixed]
        self.closing_level[convoy_rows] = militias.closure_threshold
        self.cover_at_start = own.rows("cover_at_start", self.names)
        exposure = own.rows("coalition_exposure", self.names)
        self.landing_rule = {
            **model.landing.rule,
            "coalition_exposure": exposure,
            "iraqi_exposure": exposure,
            "density": own.rows("urban_density", self.names) / own.density_scale,
        }
        self.is_convoy = self.column([float(not is_fixed) for is_fixed in fixed])
        self.is_base = 1.0 - self.is_convoy
        self.weight_of_deaths = 1.0 - self.is_convoy * (1.0 - own.weight_of_host_nationals)
        self.from_nineveh_share = own.erbil_attacks_from_nineveh
        self.erbil = self.names.index(_ERBIL) if _ERBIL in self.names else None
        self.embassy = self.names.index(_EMBASSY)

        self.presence = self.state("presence", 1.0)
        self.beyond = self.state("beyond", at_day_0="bases beyond those of day 0 are handed over")
        self.cover = self.state("cover")
        self.attraction = self.state("attraction", self.attractiveness)
        self.attacks = self.state("attacks")
        self.coalition_deaths = self.state("coalition_deaths")
        self.civilian_deaths = self.state("civilian_deaths")
        self.iraqi_deaths = self.state("iraqi_deaths")
        self.wounded = self.state("wounded")
        self.civilian_chance = self.state("civilian_chance")
        self.from_nineveh = self.vector()
        self.attacks_by_faction = np.zeros((len(self.names), len(model.theatre.factions), model.worlds.count))
        self.exposure = {campaign: self.vector() for campaign in self.in_campaign}
        self.none, self.protection_gained = self.vector(), self.vector()
        self.attacks_in_all = self.vector()
        self.coalition_deaths_at_bases, self.contractor_deaths = self.vector(), self.vector()
        self.deaths_that_count = self.vector()
        self.civilian_deaths_in_all = self.vector()
        self.iraqi_deaths_in_all = self.vector()
        self.wounded_in_all = self.vector()
        self.attacks_so_far = self.remembered("attacks_so_far", self.array(), at_day_0=SINCE_DAY_0)

    @same_every_day
    def deploy(self) -> None:
        """Set presence, cover and attraction of the sites."""
        model = self.model
        lead = model.lead.troop_share
        presence_at(
            self.lead_part, lead, self.closing_level, self.members_part, model.coalition.remaining,
            self.mission_part, model.embassy.mission_presence, out=self.presence,
        )  # fmt: skip
        plus(self.presence, self.beyond, out=self.presence)
        times(self.cover_at_start, lead, out=self.cover)
        minus(model.government.protection, model.government.protection_at_start, out=self.protection_gained)
        attraction_of(
            self.attractiveness, self.is_embassy, self.is_other_fixed, self.embassy_share, self.others_share,
            self.protection_gained, self.effect_of_protection,
            model.militias.displaced_share, out=self.attraction,
        )  # fmt: skip
        for campaign, exposure in self.exposure.items():
            exposure_of(self.attractiveness, self.presence, self.in_campaign[campaign], out=exposure)

    @same_every_day
    def land(self) -> None:
        """Let today's attacks land."""
        for row, by_faction in enumerate(self.attacks_by_faction):
            over_agents(by_faction, out=self.attacks[row : row + 1])
        attacks_land(
            attacks=self.attacks,
            cover=self.cover,
            **self.landing_rule,
            **{name.replace(" ", "_"): self.draws[name] for name in LANDING_DRAWS},
            out=(self.coalition_deaths, self.civilian_deaths, self.iraqi_deaths, self.wounded, self.civilian_chance),
        )
        for part, whole in (
            (self.attacks, self.attacks_in_all),
            (self.civilian_deaths, self.civilian_deaths_in_all),
            (self.iraqi_deaths, self.iraqi_deaths_in_all),
            (self.wounded, self.wounded_in_all),
        ):
            over_agents(part, out=whole)
        product(self.coalition_deaths, self.is_convoy, out=self.contractor_deaths)
        product(self.coalition_deaths, self.is_base, out=self.coalition_deaths_at_bases)
        product(self.coalition_deaths, self.weight_of_deaths, out=self.deaths_that_count)
        plus(self.attacks_so_far, self.attacks, out=self.attacks_so_far)
        if self.erbil is not None:
            row = slice(self.erbil, self.erbil + 1)
            from_origin(self.draws["origin"][row], self.attacks[row], self.from_nineveh_share, out=self.from_nineveh)

    def attacks_on(self, site: int | None) -> Array:
        """Return today's attacks on one site, (1, worlds); none where the theatre has no such site."""
        return self.attacks[site : site + 1] if site is not None else self.none
