"""The year before, counted by month as in reports; its statistics per world, and their comparison with observations."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

import numpy as np
import xarray as xr

from experiments.analysis.counts import DAYS_A_MONTH, fano_factor, ratio, top_share
from experiments.config.arm import Arm
from experiments.config.history import year_before
from experiments.engine.block import build_model
from sim.arrays import Array
from sim.model import IraqModel
from sim.state import check_finite
from sim.worlds import Worlds

ANSWER_DAYS = 10
"""Days within which a strike counts as the answer to a fatal attack."""


class MonthlyCounts:
    """Counts a year by calendar month as it runs; it reads the model and never draws.

    Attributes:
        months: first day of each month. `ends`: day of the model after each month's last.
        counts: by name, (months, worlds) or (months, cells, worlds).
    """

    def __init__(self, start: date, days: int) -> None:
        dates = [start + timedelta(days=day) for day in range(days)]
        self.months = sorted({day.replace(day=1) for day in dates})
        self._month = [self.months.index(day.replace(day=1)) for day in dates]
        self.ends = [self._month.index(month + 1) for month in range(len(self.months) - 1)] + [days]
        self.counts: dict[str, Array] = {}
        self._days_to_answer = np.zeros(1)

    def take(self, model: IraqModel) -> None:
        """Count the day that has ended."""
        month, sites, coalition = self._month[model.day], model.sites, model.coalition
        killed, decided = sites.deaths_that_count[0] > 0.0, model.lead.decided_strike[0] > 0.0
        waits = self._days_to_answer > 0.0
        today = {
            "attacks": sites.attacks_in_all[0],
            "convoy_attacks": model.militias.convoys.all_attacks[0],
            "exits": coalition.decided.sum(axis=0),
            "member_days": (coalition.decided_on < 0).sum(axis=0),
            "islamic_state_attacks": model.islamic_state.attacks,
            "fatal_events": ((sites.coalition_deaths > 0.0) | (sites.civilian_deaths > 0.0)).sum(axis=0),
            "unanswered": ~decided & ~killed & (self._days_to_answer == 1.0),
            "other_strikes": decided & ~waits,
        }
        left = np.where(decided, 0.0, np.maximum(self._days_to_answer - 1.0, 0.0))
        self._days_to_answer = np.where(killed, float(ANSWER_DAYS), left)
        for name, values in today.items():
            if name not in self.counts:
                self.counts[name] = np.zeros((len(self.months), *values.shape), dtype=np.int16)
            self.counts[name][month] += values.astype(np.int16)

    def select(self, chosen: Array) -> None:
        """Continue with some of the worlds; a world may occur more than once."""
        self.counts = {name: values[..., chosen] for name, values in self.counts.items()}
        self._days_to_answer = self._days_to_answer[chosen]


def count_year_before(arm: Arm, worlds: Worlds) -> xr.Dataset:
    """Run the year before to the end of day 0, which the reports include; return counts by `world`, `month` (and `cell`)."""
    before = year_before(arm)
    days = before.days + 1
    counter = MonthlyCounts(before.theatre.start, days)
    model = build_model(before, worlds, counter)
    model.run(days)
    check_finite(model)
    names = ("world", "month", "cell")
    variables = {name: (names[: values.ndim], np.moveaxis(values, -1, 0)) for name, values in counter.counts.items()}
    months = np.array(counter.months, dtype="datetime64[D]").astype("datetime64[ns]")
    coordinates = {"world": model.worlds.numbers, "month": months, "cell": list(model.islamic_state.names)}
    return xr.Dataset(variables, coords=coordinates)


def counts_of(year: xr.Dataset) -> dict[str, Array]:
    """Return the counts by name, worlds last."""
    return {str(name): np.moveaxis(counts.values, 0, -1) for name, counts in year.items()}


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
    """The logarithm of the statistic plus one half, so that 0 has a logarithm."""
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
        used: whether a calibration uses the observation; otherwise it is only reported.
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
        """Return `log_likelihood`, (worlds,), for the months up to `month`, counted from 0.

        Before the last month, the result is multiplied by the share of the months that have passed, and a statistic that adds
        up is compared with this share of the observed value. This guides a particle filter, whose last weights correct for it
        (Del Moral and Murray 2015, doi:10.1137/140978667).
        """
        if month >= self.last:
            return self.log_likelihood(counts, tolerance)
        part = max(month - self.first + 1, 0) / (self.last - self.first + 1)
        if part == 0.0:
            return np.zeros(counts["attacks"].shape[-1])
        value = self.value * part if self.measure in ADD_UP else self.value
        return part * replace(self, last=month, value=value).log_likelihood(counts, tolerance)


type Observations = Sequence[Observation]


def observed(observations: Observations) -> Array:
    """Return observed values, each on its scale, (observations,)."""
    return np.array([float(seen.scale.of(seen.value)) for seen in observations])


def reports(observations: Observations, counts: Counts, errors: Array) -> Array:
    """Return simulated reports, each on its scale; they and `errors`, in standard deviations, are (worlds, observations)."""
    true = np.column_stack([seen.scale.of(seen.measured(counts)) for seen in observations])
    return true + errors * np.sqrt([seen.variance for seen in observations])
