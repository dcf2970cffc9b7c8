"""What is measured on a year counted by month, world by world: the statistics of the patterns that calibration uses."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from experiments.analysis.counts import DAYS_A_MONTH, fano_factor, ratio, top_share
from sim.rule import Array

type Counts = Mapping[str, Array]
"""By name: (months, worlds), of the cells of the Islamic State (months, cells, worlds)."""
type YearStatistic = Callable[[Counts], Array]


def attacks(counts: Counts) -> Array:
    """Patterns 1 and 2: attacks on the coalition's sites."""
    return counts["attacks"].sum(axis=0).astype(float)


def dispersion(counts: Counts) -> Array:
    """Pattern 3: Fano factor of the monthly attacks; 1, as if by chance, without attacks."""
    return fano_factor(counts["attacks"].T, where_none=1.0)


def convoys_share(counts: Counts) -> Array:
    """Pattern 19: convoys' share of the attacks; 0 without attacks."""
    return ratio(counts["convoy_attacks"].sum(axis=0), attacks(counts), where_none=0.0)


def fatal_events(counts: Counts) -> Array:
    """Pattern 6: days and sites with a death of the coalition or of civilians by an attack on a site."""
    return counts["fatal_events"].sum(axis=0).astype(float)


def lethality(counts: Counts) -> Array:
    """Pattern 6: fatal events per attack; 0 without attacks."""
    return ratio(fatal_events(counts), attacks(counts), where_none=0.0)


def unanswered(counts: Counts) -> Array:
    """Pattern 7: coalition deaths that the lead did not decide to answer within ten days."""
    return counts["unanswered"].sum(axis=0).astype(float)


def other_strikes(counts: Counts) -> Array:
    """Pattern 7: strikes that the lead decided on without a coalition death in the ten days before."""
    return counts["other_strikes"].sum(axis=0).astype(float)


def exits(counts: Counts) -> Array:
    """Pattern 11: decisions of members to leave for good."""
    return counts["exits"].sum(axis=0).astype(float)


def exit_rate(counts: Counts) -> Array:
    """Pattern 8: decisions for good per member-month at risk of one."""
    return exits(counts) / (counts["member_days"].sum(axis=0) / DAYS_A_MONTH)


def islamic_state_attacks(counts: Counts) -> Array:
    """Pattern 12: IS attacks in all governorates."""
    return counts["islamic_state_attacks"].sum(axis=(0, 1)).astype(float)


def top_three(counts: Counts) -> Array:
    """Pattern 13: share of the IS attacks that fall in the three governorates with most of them."""
    return top_share(counts["islamic_state_attacks"].sum(axis=0).T, 3, where_none=0.0)


MEASURES: Mapping[str, YearStatistic] = {
    "attacks": attacks,
    "dispersion": dispersion,
    "convoys_share": convoys_share,
    "fatal_events": fatal_events,
    "lethality": lethality,
    "unanswered": unanswered,
    "other_strikes": other_strikes,
    "exits": exits,
    "exit_rate": exit_rate,
    "islamic_state_attacks": islamic_state_attacks,
    "islamic_state_top_three": top_three,
}
ADD_UP = ("attacks", "fatal_events", "unanswered", "other_strikes", "exits", "islamic_state_attacks")
"""Measures of which a part of the months has a part."""


class ObservationScale(StrEnum):
    """On which scale a statistic is compared with what was observed."""

    LOG = "log"
    """Of the statistic and a half, so that 0 has a logarithm."""
    PLAIN = "plain"

    def of(self, values: Array | float) -> Array:
        """Return values on the scale."""
        return (
            np.log(np.asarray(values, dtype=float) + 0.5) if self is ObservationScale.LOG else np.asarray(values, dtype=float)
        )


@dataclass(frozen=True, slots=True)
class Observation:
    """What was observed of a statistic in some months, and how well it is known.

    Attributes:
        name: unique. `patterns`: of the model's description that it stands for.
        measure: of `MEASURES`.
        first, last: months of the year that it counts, from 0, both included.
        value: as observed.
        observation: standard deviation of the error of the report, on the scale.
        discrepancy: of what the model leaves out even where it is right, on the scale.
        used: whether a calibration uses it; else it is reported.
    """

    name: str
    patterns: tuple[int, ...]
    measure: str
    scale: ObservationScale
    first: int
    last: int
    value: float
    observation: float
    discrepancy: float
    source: str
    used: bool = True

    @property
    def variance(self) -> float:
        """Return the variance of report and discrepancy together, on the scale."""
        return self.observation**2 + self.discrepancy**2

    def measured(self, counts: Counts) -> Array:
        """Return the statistic of each world, (worlds,)."""
        return MEASURES[self.measure]({name: values[self.first : self.last + 1] for name, values in counts.items()})

    def log_likelihood(self, counts: Counts, tolerance: float = 1.0) -> Array:
        """Return how well each world agrees with what was observed, (worlds,): a normal density up to a constant.

        The kernel of an approximate Bayesian computation is then the error of report and model itself, so that its
        posterior is exact under that error (Wilkinson 2013, doi:10.1515/sagmb-2013-0010).

        Args:
            counts: of the year, complete up to the last month of the observation.
            tolerance: multiplies the standard deviation.
        """
        miss = self.scale.of(self.measured(counts)) - self.scale.of(self.value)
        return -(miss**2) / (2.0 * self.variance * tolerance**2)

    def so_far(self, counts: Counts, month: int, tolerance: float = 1.0) -> Array:
        """Return how well each world is on the way to what was observed, (worlds,): from the last month on `log_likelihood`.

        Before, a part of the months counts for as much of the whole, against as much of what adds up: it steers a particle
        filter, whose last weights take it back (Del Moral and Murray 2015, doi:10.1137/140978667).

        Args:
            counts: of the year, complete up to the month.
            month: from 0.
            tolerance: multiplies the standard deviation.
        """
        if month >= self.last:
            return self.log_likelihood(counts, tolerance)
        part = max(month - self.first + 1, 0) / (self.last - self.first + 1)
        if part == 0.0:
            return np.zeros(counts["attacks"].shape[-1])
        value = self.value * part if self.measure in ADD_UP else self.value
        return part * replace(self, last=month, value=value).log_likelihood(counts, tolerance)


def observed(observations: Sequence[Observation]) -> Array:
    """Return what was observed, each on its scale, (observations,)."""
    return np.array([float(seen.scale.of(seen.value)) for seen in observations])


def reports(observations: Sequence[Observation], counts: Counts, errors: Array) -> Array:
    """Return what would be reported of worlds, each observation on its scale, (worlds, observations).

    Args:
        observations: what is observed, and how well.
        counts: of the year, complete up to the last month of each observation.
        errors: (worlds, observations) of reports and model, in standard deviations.
    """
    true = np.column_stack([seen.scale.of(seen.measured(counts)) for seen in observations])
    return true + errors * np.sqrt([seen.variance for seen in observations])
