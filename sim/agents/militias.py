"""The militia factions: their attacks in two campaigns, and their claims, grievance and capacity."""

from typing import TYPE_CHECKING

from sim.agents.campaign import (
    Campaign,
    attacks_on_site,
    campaign_pull,
    common_log_rate,
    displaced_attacks,
    excitation_after,
)
from sim.agents.claims import claimed_by_facade, claims_after
from sim.agents.codes import DISPLACED_TARGETS
from sim.agents.grievance import capacity_after, grievance_after, struck_faction
from sim.agents.situation import kept_a_day
from sim.arithmetic import divided, nothing, over_agents, plus, product
from sim.distributions import binomial
from sim.kind import CARRIED, Kind
from sim.rule import rule
from sim.tape import same_every_day

if TYPE_CHECKING:
    from sim.model import IraqModel


@rule
def share_out(
    attacks: float,
    first: float,
    second: float,
    third: float,
    displaced_targets_iraqi_state: float,
    displaced_targets_kurdistan: float,
    displaced_targets_contractors: float,
    displaced_targets_other_missions: float,
) -> tuple[float, float, float, float]:
    """Return the numbers of displaced attacks on each of four kinds of target: binomials, one after the other."""
    if attacks <= 0.0:
        return 0.0, 0.0, 0.0, 0.0
    on_1 = binomial(first, attacks, displaced_targets_iraqi_state)
    left, rest = attacks - on_1, displaced_targets_kurdistan + displaced_targets_contractors + displaced_targets_other_missions
    on_2 = binomial(second, left, displaced_targets_kurdistan / rest) if rest > 0.0 else 0.0
    left, rest = left - on_2, displaced_targets_contractors + displaced_targets_other_missions
    on_3 = binomial(third, left, displaced_targets_contractors / rest) if rest > 0.0 else 0.0
    return on_1, on_2, on_3, left - on_3


@rule
def at_cap(rockets: float, convoys: float, rate_cap: float) -> float:
    """Return 1 where the cap on a faction's rate (attacks/day) binds in a campaign, else 0."""
    return 1.0 if rockets >= rate_cap or convoys >= rate_cap else 0.0


class Militias(Kind, agent="MilitiaFaction"):
    """The militia factions.

    States:
        excitation_rockets [attacks/day]: memory of past attacks in the rocket campaign; starts at excitation_at_start.
        excitation_convoys [attacks/day]: memory of past attacks in the convoy campaign; starts at excitation_at_start.
        grievance [0-1]: grievance of the faction, which strikes raise.
        capacity [share]: capacity of the faction, relative to the start.
        claims [attacks]: memory of the faction's attacks on sites, which fades; starts at
            (level_at_start of rockets + of convoys) claims_memory_days.
        attacks [attacks]: attacks on sites today, in both campaigns.
        displaced [attacks]: attacks on other targets today.
        propensity [attacks/day]: expected attacks at full exposure, without the memory of past attacks.
        facade_claims [attacks]: today's attacks that a facade claimed.
        struck [0 or 1]: 1 if today's strike hit the faction.
        capped [0 or 1]: 1 if the rate cap binds today.
    """

    decisions = ("displaced rockets", "displaced convoys", "first", "second", "third", "facade")

    def __init__(self, model: "IraqModel") -> None:
        super().__init__(model, [name for name, _ in model.theatre.factions])
        own, variant = model.parameters.militias, model.parameters.variant
        patron = model.parameters.patron
        self.own_excitation, self.cross_excitation = own.self_excitation, own.cross_excitation
        self.excitation_kept = self.vector()
        kept_a_day(own.excitation_decay_days, out=self.excitation_kept)
        self.rockets = Campaign(
            self, own.rows("faction_share_rockets", self.names), own.mean_rocket_rate, patron.rocket_rate_at_start,
            patron.campaign_volatility,
        )  # fmt: skip
        self.convoys = Campaign(
            self, own.rows("faction_share_convoys", self.names), own.mean_convoy_rate, patron.convoy_rate_at_start,
            patron.campaign_volatility,
        )  # fmt: skip
        self.campaigns = {"rockets": self.rockets, "convoys": self.convoys}
        for name, campaign in self.campaigns.items():
            self.remembered(f"excitation_{name}", campaign.excitation, at_day_0=CARRIED)
        self.control = own.rows("patron_control", self.names)
        self.facade = own.rows("facade_share", self.names)
        self.blur = own.facade_blur
        self.compliance = model.truce.compliance_floor + (1.0 - model.truce.compliance_floor) * self.control
        self.displaced_share = (
            variant("displacement", "low") * own.displaced_share_low
            + variant("displacement", "high") * own.displaced_share_high
        )
        self.displaced_to = own.inputs_of(share_out)
        sign = variant("strikes", "deter") - variant("strikes", "provoke")
        self.common_rule = {
            **own.inputs_of(common_log_rate),
            "effect_of_deterrence": own.effect_of_deterrence * sign,
            "enforcement_at_rest": model.parameters.government.enforcement_at_rest,
        }
        self.pull_rule = own.inputs_of(campaign_pull, self.names)
        self.cap = own.rate_cap
        self.claims_memory = own.claims_memory_days
        self.grievance_rule = own.inputs_of(grievance_after)
        self.capacity_rule = own.inputs_of(capacity_after)
        sites = [site.name for site in model.theatre.sites]
        self.at_sites = self.dice([f"{faction} at {site}" for site in sites for faction in self.names], ["attack"])

        self.grievance = self.state("grievance", at_day_0=CARRIED)
        self.capacity = self.state("capacity", 1.0, at_day_0=CARRIED)
        self.claims = self.state(
            "claims", (self.rockets.level_at_start + self.convoys.level_at_start) * self.claims_memory, at_day_0=CARRIED
        )
        self.attacks = self.state("attacks")
        self.displaced = self.state("displaced")
        self.propensity = self.state("propensity")
        self.facade_claims = self.state("facade_claims")
        self.struck = self.state("struck")
        self.capped = self.state("capped")
        self.all_claims, self.claims_of_facades, self.facade_share_at_start = self.vector(), self.vector(), self.vector()
        self.count_claims()
        divided(self.claims_of_facades, self.all_claims, out=self.facade_share_at_start)
        self.claims_before = self.array()
        self.own_events, self.all_events = self.array(), self.vector()
        self.targets = [self.array() for _ in DISPLACED_TARGETS]
        self.common = self.vector()
        self.propensity_in_all = self.vector()

    def count_claims(self) -> None:
        """Add up the factions' recent claims, and those of their facades."""
        over_agents(self.claims, out=self.all_claims)
        product(self.claims, self.facade, out=self.claims_of_facades)

    @same_every_day
    def attack(self) -> None:
        """Let the factions attack: their pull first, then site by site, then elsewhere."""
        self._pull()
        model, truce = self.model, self.model.truce
        sites = model.sites
        for campaign in self.campaigns.values():
            nothing(out=campaign.attacks)
        uniforms = self.at_sites["attack"]
        for row, site in enumerate(model.theatre.sites):
            campaign = self.campaigns[site.campaign]
            here = sites.attacks_by_faction[row]
            attacks_on_site(
                uniforms[row * len(self.names) : (row + 1) * len(self.names)],
                campaign.pull,
                sites.attraction[row : row + 1],
                sites.presence[row : row + 1],
                truce.in_force,
                truce.rocket_rate if site.campaign == "rockets" else truce.convoy_rate,
                self.compliance,
                out=here,
            )
            plus(campaign.attacks, here, out=campaign.attacks)
        plus(self.rockets.attacks, self.convoys.attacks, out=self.attacks)
        claimed_by_facade(self.draws["facade"], self.attacks, self.facade, out=self.facade_claims)
        for name, campaign in self.campaigns.items():
            draws = self.draws[f"displaced {name}"]
            displaced_attacks(draws, campaign.pull, self.displaced_share, sites.exposure[name], out=campaign.displaced)
        plus(self.rockets.displaced, self.convoys.displaced, out=self.displaced)
        share_out(
            self.displaced, first=self.draws["first"], second=self.draws["second"], third=self.draws["third"],
            **self.displaced_to, out=tuple(self.targets),
        )  # fmt: skip

    def _pull(self) -> None:
        model = self.model
        common_log_rate(
            deterrence=model.lead.deterrence,
            enforcement=model.government.enforcement,
            lead=model.lead.troop_share,
            **self.common_rule,
            out=self.common,
        )
        intensities = {"rockets": model.patron.rockets, "convoys": model.patron.convoys}
        for name, campaign in self.campaigns.items():
            campaign_pull(
                share=campaign.share,
                base=campaign.base,
                intensity=intensities[name],
                common=self.common,
                grievance=self.grievance,
                restraint_above_neutral=model.patron.restraint_above_neutral,
                capacity=self.capacity,
                excitation=campaign.excitation,
                **self.pull_rule,
                out=(campaign.propensity, campaign.pull),
            )
        plus(self.rockets.propensity, self.convoys.propensity, out=self.propensity)
        over_agents(self.propensity, out=self.propensity_in_all)
        at_cap(self.rockets.pull, self.convoys.pull, self.cap, out=self.capped)

    @same_every_day
    def remember(self) -> None:
        """Take today's attacks, strikes, arrests and deaths into excitation, claims, grievance and capacity."""
        model = self.model
        for campaign in self.campaigns.values():
            over_agents(campaign.attacks, out=campaign.all_attacks)
            over_agents(campaign.displaced, out=campaign.all_displaced)
            plus(campaign.attacks, campaign.displaced, out=self.own_events)
            plus(campaign.all_attacks, campaign.all_displaced, out=self.all_events)
            excitation_after(
                campaign.excitation, campaign.share, self.own_events, self.all_events, self.own_excitation,
                self.cross_excitation, campaign.others, self.excitation_kept, out=campaign.excitation,
            )  # fmt: skip
        self._attribute()
        grievance_after(
            grievance=self.grievance,
            strike=model.lead.strikes,
            struck=self.struck,
            **self.grievance_rule,
            out=self.grievance,
        )
        capacity_after(
            capacity=self.capacity,
            sustained_arrest=model.government.sustained_arrests,
            **self.capacity_rule,
            out=self.capacity,
        )
        claims_after(self.claims, self.attacks, self.claims_memory, out=self.claims)

    def _attribute(self) -> None:
        """Find the faction that today's strike fell on, by the claims before today."""
        lead = self.model.lead
        before, claims = self.claims_before, self.claims
        for row in range(1, len(self.names)):
            plus(before[row - 1 : row], claims[row - 1 : row], out=before[row : row + 1])
        nothing(out=self.struck)
        struck_faction(lead.draws["struck"], before, self.claims, self.all_claims, where=lead.strikes, out=self.struck)
