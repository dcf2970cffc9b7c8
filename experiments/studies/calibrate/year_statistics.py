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


def total(name: str) -> YearStatistic:
    """Return the statistic that adds up what was counted under a name, over the months."""
    return lambda counts: counts[name].sum(axis=0).astype(float)


def share_of_attacks(name: str) -> YearStatistic:
    """Return the statistic that sets what was counted under a name against the attacks on sites; 0 without attacks."""
    return lambda counts: ratio(total(name)(counts), total("attacks")(counts), where_none=0.0)


MEASURES: Mapping[str, YearStatistic] = {
    "attacks": total("attacks"),
    "dispersion": lambda counts: fano_factor(counts["attacks"].T, where_none=1.0),  # as if by chance, without attacks
    "convoys_share": share_of_attacks("convoy_attacks"),
    "fatal_events": total("fatal_events"),
    "lethality": share_of_attacks("fatal_events"),
    "unanswered": total("unanswered"),
    "other_strikes": total("other_strikes"),
    "exits": total("exits"),
    "exit_rate": lambda counts: total("exits")(counts) / (counts["member_days"].sum(axis=0) / DAYS_A_MONTH),
    "islamic_state_attacks": lambda counts: counts["islamic_state_attacks"].sum(axis=(0, 1)).astype(float),
    "islamic_state_top_three": lambda counts: top_share(counts["islamic_state_attacks"].sum(axis=0).T, 3, where_none=0.0),
}
"""Statistics by name, of the patterns 1 and 2 (attacks), 3 (dispersion), 6 (fatal events: days and sites with a death of the
coalition or of civilians; lethality), 7 (coalition deaths not answered within ten days; strikes without such a death), 8
(exit rate per member-month at risk), 11 (exits for good), 12 and 13 (IS attacks; share of its top three governorates), 19."""
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
