"""Statistics of a year counted by month, per world, and how observations are compared with them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from experiments.analysis.counts import DAYS_A_MONTH, fano_factor, ratio, top_share
from sim.rule import Array

type Counts = Mapping[str, Array]
"""By name: (months, worlds), or of the cells of the Islamic State (months, cells, worlds)."""
type YearStatistic = Callable[[Counts], Array]


def _total(name: str) -> YearStatistic:
    return lambda counts: counts[name].sum(axis=0).astype(float)


def _per_attack(name: str) -> YearStatistic:
    """Return the statistic that divides a count by the attacks on sites; 0 without attacks."""
    return lambda counts: ratio(_total(name)(counts), _total("attacks")(counts), where_none=0.0)


YEAR_STATISTICS: Mapping[str, YearStatistic] = {
    "attacks": _total("attacks"),
    "rocket_attacks": lambda counts: _total("attacks")(counts) - _total("convoy_attacks")(counts),
    "convoy_attacks": _total("convoy_attacks"),
    "dispersion": lambda counts: fano_factor(counts["attacks"].T, where_none=1.0),  # as if by chance, without attacks
    "rocket_dispersion": lambda counts: fano_factor((counts["attacks"] - counts["convoy_attacks"]).T, where_none=1.0),
    "convoy_dispersion": lambda counts: fano_factor(counts["convoy_attacks"].T, where_none=1.0),
    "convoys_share": _per_attack("convoy_attacks"),
    "fatal_events": _total("fatal_events"),
    "lethality": _per_attack("fatal_events"),
    "unanswered": _total("unanswered"),
    "other_strikes": _total("other_strikes"),
    "exits": _total("exits"),
    "exit_rate": lambda counts: _total("exits")(counts) / (counts["member_days"].sum(axis=0) / DAYS_A_MONTH),
    "islamic_state_attacks": lambda counts: counts["islamic_state_attacks"].sum(axis=(0, 1)).astype(float),
    "islamic_state_top_three": lambda counts: top_share(counts["islamic_state_attacks"].sum(axis=0).T, 3, where_none=0.0),
}
"""Statistics by name, of the patterns 1 and 2 (attacks), 3 (dispersion), 6 (fatal events: days and sites with a death of the
coalition or of civilians; lethality), 7 (coalition deaths not answered within ten days; strikes without such a death), 8
(exit rate per member-month at risk), 11 (exits for good), 12 and 13 (IS attacks; share of its top three governorates), 19."""
ADD_UP = (
    "attacks", "rocket_attacks", "convoy_attacks", "fatal_events", "unanswered", "other_strikes", "exits",
    "islamic_state_attacks",
)  # fmt: skip
"""Statistics that add up over the months."""


class ObservationScale(StrEnum):
    """The scale on which a statistic is compared with its observed value."""

    LOG = "log"
    """The logarithm of the statistic and a half, so that 0 has one."""
    PLAIN = "plain"

    def of(self, values: Array | float) -> Array:
        """Return values on the scale."""
        numbers = np.asarray(values, dtype=float)
        return np.log(numbers + 0.5) if self is ObservationScale.LOG else numbers


@dataclass(frozen=True, slots=True)
class Observation:
    """An observed statistic of some months, and its uncertainty.

    Attributes:
        name: unique. `patterns`: their numbers in the model's description.
        measure: a name of `YEAR_STATISTICS`.
        first, last: months of the year, from 0, both included.
        observation: standard deviation of the error of the report, on the scale.
        discrepancy: standard deviation of the discrepancy between a correct model and reality, on the scale.
        used: whether a calibration uses it; else it is only reported.
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
        return YEAR_STATISTICS[self.measure]({name: values[self.first : self.last + 1] for name, values in counts.items()})

    def log_likelihood(self, counts: Counts, tolerance: float = 1.0) -> Array:
        """Return the log of a normal density of the observed value in each world, up to a constant, (worlds,).

        The kernel of an approximate Bayesian computation is then the error of report and model itself, so that its
        posterior is exact under that error (Wilkinson 2013, doi:10.1515/sagmb-2013-0010). `tolerance` multiplies the
        standard deviation.
        """
        miss = self.scale.of(self.measured(counts)) - self.scale.of(self.value)
        return -(miss**2) / (2.0 * self.variance * tolerance**2)

    def so_far(self, counts: Counts, month: int, tolerance: float = 1.0) -> Array:
        """Return `log_likelihood`, (worlds,), and before the last month its share for the months up to `month`, from 0.

        A statistic that adds up is then compared with that share of the value. This guides a particle filter, whose last
        weights correct for it (Del Moral and Murray 2015, doi:10.1137/140978667).
        """
        if month >= self.last:
            return self.log_likelihood(counts, tolerance)
        part = max(month - self.first + 1, 0) / (self.last - self.first + 1)
        if part == 0.0:
            return np.zeros(counts["attacks"].shape[-1])
        value = self.value * part if self.measure in ADD_UP else self.value
        return part * replace(self, last=month, value=value).log_likelihood(counts, tolerance)


def observed(observations: Sequence[Observation]) -> Array:
    """Return observed values, each on its scale, (observations,)."""
    return np.array([float(seen.scale.of(seen.value)) for seen in observations])


def reports(observations: Sequence[Observation], counts: Counts, errors: Array) -> Array:
    """Return simulated reports, each on its scale, (worlds, observations), with errors of that shape in standard deviations."""
    true = np.column_stack([seen.scale.of(seen.measured(counts)) for seen in observations])
    return true + errors * np.sqrt([seen.variance for seen in observations])
