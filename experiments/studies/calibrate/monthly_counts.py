"""Run the year before and count it by month, as reports do."""

from datetime import date, timedelta

import numpy as np
import xarray as xr

from experiments.config.arm import Arm
from experiments.config.history import year_before
from experiments.engine.block import build_model
from sim.model import IraqModel
from sim.rule import Array
from sim.state import check_finite
from sim.worlds import Worlds

ANSWER_DAYS = 10
"""An answer to a fatal attack comes within this time."""


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
        """Count the day that ends."""
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
        """Continue with some of the worlds, each perhaps more than once."""
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
