"""The remnants of the Islamic State, one cell per governorate: growth, suppression and attacks."""

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.agents.force_quality import force_quality_after
from sim.agents.situation import kept_a_day
from sim.agents.tolls import deaths_by_cell, expected_large_killings
from sim.arithmetic import divided, over_agents, product, same
from sim.arrays import Array, Value
from sim.distributions import poisson
from sim.kind import CARRIED, SINCE_DAY_0, Kind
from sim.rule import rule
from sim.tape import same_every_day

if TYPE_CHECKING:
    from sim.model import IraqModel
    from sim.theatre.theatre import Theatre

_DAYS_A_YEAR, _MONTHS_A_YEAR = 365.0, 12.0


@rule
def attacks_a_day(attacks_per_month: float) -> float:
    """Return a monthly rate per day: 12 I/365."""
    return _MONTHS_A_YEAR * attacks_per_month / _DAYS_A_YEAR


@rule
def season_of(season_amplitude: float, season_peak: float, day_of_year: float) -> float:
    """Return the seasonal factor 1 + A cos(2 pi (day of year - peak)/365).

    Source: the spring surge of 2020, 1.3-1.4 times the mean of its year, and none in 2019.
    """
    return 1.0 + season_amplitude * math.cos(2.0 * math.pi * (day_of_year - season_peak) / _DAYS_A_YEAR)


@rule
def weight_of_neighbour(border: float, governorate_share: float, neighbours: float) -> float:
    """Return the weight of a neighbour's capability: [border] / (its share x number of neighbours with a share)."""
    return border / (governorate_share * neighbours) if governorate_share > 0.0 and neighbours > 0.0 else 0.0


@rule
def capability_after(
    capability: float,
    governorate_share: float,
    rate_at_start: float,
    growth_rate: float,
    presence_driven_recruitment: float,
    lead: float,
    saturation_at_start: float,
    exogenous_trend: float,
    suppression: float,
    enabler_dependence: float,
    enablers: float,
    presence: float,
    local_share_of_enablers: float,
    quality: float,
    joint_operations_share: float,
    disputed_weight: float,
    trust: float,
    trust_at_start: float,
    neighbours: float,
    diffusion_rate: float,
    cross_border_inflow: float,
    closed_borders: float,
    inflow_stopped_by_closed_border: float,
    partner_support_dependence: float,
    growth_volatility: float,
    floor: float,
    normal: float,
) -> float:
    """Return a governorate's IS capability (attacks/day) a day later.

    I += I [ r (1 - b_pres (1 - lead)) (1 - I/K) + g - s0 F ((1 - psi) + psi En_g) (1 - b_joint dis_g (1 - trust/trust_0)) ]
    + kappa (share mean over neighbours of I_h/share_h - I)
    + m (1 + b_sy (1 - lead)) (1 - c closed_g) share i0 + sigma I z,
    En_g = (1 - l) En + l presence at the base that supports the governorate, closed_g the share of its borders that neighbours
    have closed, K = share i0/k0, s0 = r (1 - k0) + m, so that the status quo is stationary; at least floor share i0.

    Source: logistic growth fitted to civilian deaths after the exit of 2011; form is judgement. Without b_pres (recruitment due
      to foreign presence), every exit would raise IS in every world: the sign would be assumed.
    """
    if governorate_share <= 0.0:
        return 0.0
    start = governorate_share * rate_at_start
    gone = 1.0 - lead
    growth = growth_rate * (1.0 - presence_driven_recruitment * gone) * (1.0 - saturation_at_start * capability / start)
    support = (1.0 - local_share_of_enablers) * enablers + local_share_of_enablers * presence
    together = 1.0 - joint_operations_share * disputed_weight * (1.0 - trust / trust_at_start)
    suppressed = suppression * quality * ((1.0 - enabler_dependence) + enabler_dependence * support) * together
    change = capability * (growth + exogenous_trend - suppressed)
    change += (
        diffusion_rate * (governorate_share * neighbours - capability)
        + cross_border_inflow
        * (1.0 + partner_support_dependence * gone)
        * (1.0 - inflow_stopped_by_closed_border * closed_borders)
        * start
    )
    return max(floor * start, capability + change + growth_volatility * capability * normal)


@rule
def cell_attacks(
    uniform: float, capability: float, season: float, self_excitation: float, excitation: float, kept: float
) -> tuple[float, float]:
    """Return today's IS attacks in a governorate, and the excitation (attacks/day) after them.

    N ~ Poisson(I season (1 - alpha) + E);  E <- E q + alpha N (1 - q), q = exp(-1/tau) kept
    """
    attacks = poisson(uniform, capability * season * (1.0 - self_excitation) + excitation)
    return attacks, excitation * kept + self_excitation * attacks * (1.0 - kept)


@rule
def first_day(first: float, days: float, resurgence_days: float, day: float) -> float:
    """Return the first day on which a level had been exceeded for the required days; NaN if there is no such day."""
    return day if math.isnan(first) and days >= resurgence_days else first


@rule
def days_above_level(days: float, level: float, reference: float, multiple: float) -> float:
    """Return the number of consecutive days with a level above a multiple of its reference."""
    return days + 1.0 if level > multiple * reference else 0.0


class IslamicState(Kind, agent="IslamicStateCell"):
    """All cells of the Islamic State (IS), one per governorate.

    States:
        capability [attacks/day]: expected attacks without the season; starts at share i0.
        quality [1 at the start]: quality of the local forces that fight the cell.
        excitation [attacks/day]: memory of past attacks; starts at self_excitation capability season(day 0).
        attacks [attacks]: attacks of the cell today.
        civilian_deaths [persons]: civilians killed by the cell today.
        iraqi_deaths [persons]: Iraqi forces killed by the cell today.
        large_killings [attacks]: expected number of today's attacks that kill many civilians.
        days_above_resurgence [days]: consecutive days with the capability of all cells above the resurgence level.
        days_above_severe [days]: consecutive days with the capability of all cells above the level of a severe resurgence.
        resurgence_day [day]: day of the resurgence (its last required day).
        severe_resurgence_day [day]: day of the severe resurgence (its last required day).
    """

    decisions = ("growth", "attacks", "fatal", "toll", "victims")
    normals = ("growth",)

    def __init__(self, model: "IraqModel") -> None:
        own, variant = model.parameters.islamic_state, model.parameters.variant
        super().__init__(model, list(own.by_name("governorate_share")))
        situation, government = model.parameters.situation, model.parameters.government
        shares = own.rows("governorate_share", self.names)
        whole = self.vector()
        over_agents(shares, out=whole)
        self.share = shares / whole
        self.rate_at_start = self.vector()
        attacks_a_day(own.attacks_per_month_at_start, out=self.rate_at_start)
        limited, factors = variant("islamic_state_depends_on", "itself"), own.by_name("self_limited_factors")
        kurdistan = model.parameters.kurdistan
        self.growth_rule = {
            **own.inputs_of(capability_after, self.names),
            **model.parameters.neighbours.inputs_of(capability_after),
            **kurdistan.inputs_of(capability_after),
            "disputed_weight": kurdistan.rows("disputed_weight", self.names, default=0.0),
        }
        self.quality_rule = {
            **own.inputs_of(force_quality_after),
            **government.inputs_of(force_quality_after),
            **situation.inputs_of(force_quality_after),
        }
        for inputs, name in (
            (self.growth_rule, "enabler_dependence"),
            (self.quality_rule, "force_quality_loss_without_advisers"),
            (self.growth_rule, "saturation_at_start"),
            (self.growth_rule, "presence_driven_recruitment"),
        ):
            inputs[name] = inputs[name] * (1.0 + limited * (factors[name] - 1.0))
        saturation, inflow = self.growth_rule["saturation_at_start"], own.cross_border_inflow
        self.growth_rule |= {
            "governorate_share": self.share,
            "rate_at_start": self.rate_at_start,
            "suppression": own.growth_rate * (1.0 - saturation) + inflow,
        }
        self.own_excitation, self.excitation_kept = own.self_excitation, self.vector()
        kept_a_day(own.excitation_decay_days, out=self.excitation_kept)
        self.amplitude, self.peak = own.season_amplitude, own.season_peak
        self.fatality = (own.fatal_share, own.civilian_share_of_fatal_attacks)
        self.supported_from = self._bases(model.theatre)
        self.levels = (situation.resurgence_level, situation.severe_resurgence_level)
        self.resurgence_days = situation.resurgence_days
        self.borders = [borders.reshape(-1, 1) for borders in model.theatre.adjacency(list(self.names))]
        self.neighbour_weights = self._weights_of_neighbours()

        self.season = self.vector(1.0)
        self._set_season(float(model.calendar.day_of_year(0)))
        self.presence, self.closed_borders = self.array(1.0), self.array()
        self.capability = self.state("capability", self.share * self.rate_at_start, at_day_0=CARRIED)
        self.quality = self.state("quality", 1.0, at_day_0=CARRIED)
        self.excitation = self.state("excitation", self.own_excitation * self.capability * self.season, at_day_0=CARRIED)
        self.attacks = self.state("attacks")
        self.civilian_deaths = self.state("civilian_deaths")
        self.iraqi_deaths = self.state("iraqi_deaths")
        self.large_killings = self.remembered("large_killings", self.vector())
        self.neighbours = self.array()
        self.capability_in_all = self.vector(self.rate_at_start)
        self.attacks_in_all, self.deseasonalised, self.ratio_to_start = self.vector(), self.vector(), self.vector()
        self.civilian_deaths_in_all, self.iraqi_deaths_in_all = self.vector(), self.vector()
        self.mean_quality = self.vector(1.0)
        self.days_above = tuple(
            self.remembered(f"days_above_{level}", self.vector(), at_day_0=SINCE_DAY_0) for level in ("resurgence", "severe")
        )
        self.resurgence_day = self.remembered("resurgence_day", self.vector(np.nan), never=np.nan, at_day_0=SINCE_DAY_0)
        self.severe_resurgence_day = self.remembered(
            "severe_resurgence_day", self.vector(np.nan), never=np.nan, at_day_0=SINCE_DAY_0
        )

    def _set_season(self, day_of_year: Value) -> None:
        season_of(self.amplitude, self.peak, day_of_year, out=self.season)

    @same_every_day
    def fight(self) -> None:
        """Let capability grow or shrink, and the cells attack."""
        model = self.model
        self._set_season(model.today.day_of_year)
        for row, site in self.supported_from.items():
            same(model.sites.presence[site : site + 1], out=self.presence[row : row + 1])
        for row, weights in model.neighbours.borders_of.items():
            product(model.neighbours.closed, weights, out=self.closed_borders[row : row + 1])
        force_quality_after(
            quality=self.quality,
            advice=model.enablers.advice,
            recent_arrests=model.government.recent_arrests,
            presence=self.presence,
            **self.quality_rule,
            out=self.quality,
        )
        for row, (borders, weights) in enumerate(zip(self.borders, self.neighbour_weights, strict=True)):
            product(self.capability, weights, where=borders, out=self.neighbours[row : row + 1])
        capability_after(
            capability=self.capability,
            lead=model.lead.troop_share,
            enablers=model.enablers.together,
            presence=self.presence,
            quality=self.quality,
            trust=model.kurdistan.trust,
            closed_borders=self.closed_borders,
            neighbours=self.neighbours,
            normal=self.draws["growth"],
            **self.growth_rule,
            out=self.capability,
        )
        cell_attacks(
            self.draws["attacks"], self.capability, self.season, self.own_excitation, self.excitation,
            self.excitation_kept, out=(self.attacks, self.excitation),
        )  # fmt: skip
        deaths_by_cell(
            self.draws["fatal"], self.draws["toll"], self.draws["victims"], self.attacks, *self.fatality,
            *model.landing.tolls, out=(self.civilian_deaths, self.iraqi_deaths),
        )  # fmt: skip
        expected_large_killings(self.attacks, *self.fatality, model.landing.large_share, out=self.large_killings)
        for part, whole in (
            (self.capability, self.capability_in_all),
            (self.attacks, self.attacks_in_all),
            (self.civilian_deaths, self.civilian_deaths_in_all),
            (self.iraqi_deaths, self.iraqi_deaths_in_all),
        ):
            over_agents(part, out=whole)
        product(self.quality, self.share, out=self.mean_quality)
        divided(self.attacks_in_all, self.season, out=self.deseasonalised)
        divided(self.deseasonalised, self.rate_at_start, out=self.ratio_to_start)
        self._watch_resurgence()

    def _bases(self, theatre: "Theatre") -> dict[int, int]:
        """Return the row of the site that each cell's governorate is supported from, by the row of the cell."""
        sites = [site.name for site in theatre.sites]
        bases = {governorate.name: governorate.supported_from for governorate in theatre.governorates}
        return {row: sites.index(bases[cell]) for row, cell in enumerate(self.names) if bases.get(cell)}

    def _weights_of_neighbours(self) -> list[Array]:
        """Return for each cell the weights that make the mean of its neighbours, each relative to its share."""
        has_share, weights = (self.share > 0.0).astype(np.float64), []
        for borders in self.borders:
            number, weight = self.vector(), self.array()
            product(has_share, borders, out=number)
            weight_of_neighbour(borders, self.share, number, out=weight)
            weights.append(weight)
        return weights

    def _watch_resurgence(self) -> None:
        firsts = (self.resurgence_day, self.severe_resurgence_day)
        for days, multiple, first in zip(self.days_above, self.levels, firsts, strict=True):
            days_above_level(days, self.capability_in_all, self.rate_at_start, multiple, out=days)
            first_day(first, days, self.resurgence_days, self.model.today.day, out=first)
