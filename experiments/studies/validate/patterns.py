"""The patterns that the model must reproduce, and the check of signs: one statistic per target, by its key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import xarray as xr

from experiments.studies.validate import patterns_attacks as attacks
from experiments.studies.validate import patterns_exits as exits
from experiments.studies.validate import patterns_iraq as iraq
from experiments.studies.validate import signs
from experiments.studies.validate.measured import Measured


@dataclass(frozen=True, slots=True)
class Ensembles:
    """The ensembles of the patterns; all have the same worlds.

    Attributes:
        stay, us_pullout, without_knock_on: by week. `mid_member_exit`: totals.
        days_of_stay: attacks, deaths by site and strikes by day. `year_before`: October 2019 to September 2020 by day.
        memory_alone, with_feedback: attacks by day without campaigns, and the branching ratio of each world.
        announced_on, left_on: days on which the lead announces its exit and the mid-size member decides.
        leaver, dependants: names of that member and of those that depend on it.
    """

    stay: xr.Dataset
    us_pullout: xr.Dataset
    without_knock_on: xr.Dataset
    mid_member_exit: xr.Dataset
    days_of_stay: xr.Dataset
    year_before: xr.Dataset
    memory_alone: xr.Dataset
    with_feedback: xr.Dataset
    announced_on: float
    left_on: float
    leaver: str
    dependants: tuple[str, ...]

    @property
    def others(self) -> list[str]:
        """Return the members that do not depend on the one that leaves."""
        names = [str(name) for name in self.mid_member_exit["member"].values]
        return [name for name in names if name != self.leaver and name not in self.dependants]


type PatternStatistic = Callable[[Ensembles], Measured]

PATTERN_STATISTICS: Mapping[str, PatternStatistic] = {
    "moderate_period": lambda e: attacks.attacks_in(e.year_before, attacks.MODERATE),
    "rockets_at_the_peak": lambda e: attacks.attacks_in(e.year_before, attacks.PEAK, "rocket_attacks"),
    "convoys_at_the_peak": lambda e: attacks.attacks_in(e.year_before, attacks.PEAK, "convoy_attacks"),
    "dispersion_of_rockets": lambda e: attacks.dispersion(e.year_before, "rocket_attacks"),
    "dispersion_of_convoys": lambda e: attacks.dispersion(e.year_before, "convoy_attacks"),
    "burstiness": lambda e: attacks.burstiness(e.memory_alone),
    "burstiness_with_feedback": lambda e: attacks.burstiness(e.with_feedback),
    "death_tolls": lambda e: attacks.death_tolls(e.days_of_stay),
    "lethality": lambda e: attacks.lethality(e.days_of_stay),
    "answers": lambda e: attacks.answers(e.days_of_stay),
    "other_strikes": lambda e: attacks.other_strikes(e.days_of_stay),
    "baseline_exits": lambda e: exits.baseline_exits(e.stay),
    "lead_driven_exits": lambda e: exits.lead_driven_exits(e.us_pullout, e.announced_on, "cascade"),
    "lead_driven_exits_free_standing": lambda e: exits.lead_driven_exits(e.us_pullout, e.announced_on, "free_standing"),
    "lead_driven_exits_compensating": lambda e: exits.lead_driven_exits(e.us_pullout, e.announced_on, "compensating"),
    "lead_driven_exits_all_forms": lambda e: exits.lead_driven_exits(e.us_pullout, e.announced_on),
    "dependants_leaving": lambda e: exits.dependants_leaving(e.mid_member_exit, e.dependants, e.left_on),
    "others_leaving": lambda e: exits.others_leaving(e.mid_member_exit, e.others, e.left_on),
    "permanent_exits": lambda e: exits.permanent_exits(e.year_before),
    "islamic_state_level": lambda e: iraq.islamic_state_level(e.stay),
    "islamic_state_swings": lambda e: iraq.islamic_state_swings(e.stay),
    "islamic_state_geography": lambda e: iraq.top_three_share(e.stay),
    "resurgence_year_1": lambda e: iraq.resurgence(e.us_pullout, 1),
    "resurgence_year_2": lambda e: iraq.resurgence(e.us_pullout, 2),
    "resurgence_year_3": lambda e: iraq.resurgence(e.us_pullout, 3),
    "no_early_doubling": lambda e: iraq.no_early_doubling(e.us_pullout),
    "crowd_incidents": lambda e: iraq.crowd_incidents(e.stay),
    "cabinet_falls": lambda e: iraq.happens_within_a_year(e.stay, "government_falls"),
    "cabinet_falls_by_hazard": lambda e: iraq.by_hazard(e.stay, "fall_hazard"),
    "victims_of_islamic_state": lambda e: iraq.victims_of_islamic_state(e.stay),
    "security_closures": lambda e: iraq.happens_within_a_year(e.stay, "security_closures"),
    "security_closures_by_hazard": lambda e: iraq.by_hazard(e.stay, "closure_hazard"),
    "convoys_moderate": lambda e: attacks.convoys_share(e.year_before, attacks.MODERATE),
    "convoys_peak": lambda e: attacks.convoys_share(e.year_before, attacks.PEAK),
    "islamic_state_higher": lambda e: signs.islamic_state_higher(e.us_pullout, e.stay),
    "islamic_state_higher_enablers": lambda e: signs.islamic_state_higher(e.us_pullout, e.stay, "enablers"),
    "islamic_state_higher_itself": lambda e: signs.islamic_state_higher(e.us_pullout, e.stay, "itself"),
    "propensity_lower": lambda e: signs.propensity_lower(e.us_pullout, e.stay, e.announced_on),
    "propensity_lower_eases": lambda e: signs.propensity_lower(e.us_pullout, e.stay, e.announced_on, "eases"),
    "propensity_lower_claims": lambda e: signs.propensity_lower(e.us_pullout, e.stay, e.announced_on, "claims"),
    "knock_on_positive": lambda e: signs.knock_on_positive(e.us_pullout, e.without_knock_on),
    "knock_on_positive_month_12": lambda e: signs.knock_on_positive(e.us_pullout, e.without_knock_on, day=365),
    "knock_on_positive_cascade": lambda e: signs.knock_on_positive(e.us_pullout, e.without_knock_on, "cascade"),
    "knock_on_positive_free_standing": lambda e: signs.knock_on_positive(e.us_pullout, e.without_knock_on, "free_standing"),
    "knock_on_positive_compensating": lambda e: signs.knock_on_positive(e.us_pullout, e.without_knock_on, "compensating"),
}
"""The statistic of each target, by its key."""
