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
COUNTED = (
    "attacks", "convoy_attacks", "exits", "member_days", "islamic_state_attacks",
    "fatal_events", "unanswered", "other_strikes",
)  # fmt: skip


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
        self._days_to_answer = np.zeros((1, 1))

    def take(self, model: IraqModel) -> None:
        """Count the day that ends."""
        month, sites, coalition = self._month[model.day], model.sites, model.coalition
        killed = sites.coalition_deaths_in_all > 0.0
        fatal = (sites.coalition_deaths > 0.0) | (sites.civilian_deaths > 0.0)
        unanswered, other = self._answers(model.lead.decided_strike > 0.0, killed)
        today = {
            "attacks": sites.attacks_in_all,
            "convoy_attacks": model.militias.convoys.all_attacks,
            "exits": coalition.decided.sum(axis=0, keepdims=True),
            "member_days": (coalition.decided_on < 0).sum(axis=0, keepdims=True),
            "islamic_state_attacks": model.islamic_state.attacks,
            "fatal_events": fatal.sum(axis=0, keepdims=True),
            "unanswered": unanswered,
            "other_strikes": other,
        }
        for name, values in today.items():
            if name not in self.counts:
                shape = values.shape if len(values) > 1 else values.shape[1:]
                self.counts[name] = np.zeros((len(self.months), *shape), dtype=np.int16)
            self.counts[name][month] += (values if len(values) > 1 else values[0]).astype(np.int16)

    def _answers(self, decided: Array, killed: Array) -> tuple[Array, Array]:
        """Return deaths left without an answer and strikes without a death to answer, each (1, worlds)."""
        waits = self._days_to_answer > 0.0
        unanswered = waits & ~decided & ~killed & (self._days_to_answer == 1.0)
        left = np.where(decided, 0.0, np.maximum(self._days_to_answer - 1.0, 0.0))
        self._days_to_answer = np.where(killed, float(ANSWER_DAYS), left)
        return unanswered, decided & ~waits

    def select(self, chosen: Array) -> None:
        """Go on with some of the worlds, each perhaps more than once."""
        self.counts = {name: values[..., chosen] for name, values in self.counts.items()}
        self._days_to_answer = self._days_to_answer[:, chosen]


def live_and_count(arm: Arm, worlds: Worlds) -> xr.Dataset:
    """Run the year before to the end of day 0, which the reports cover too; return counts by `world`, `month` (and `cell`)."""
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
    """Return the counts, worlds last."""
    return {name: np.moveaxis(year[name].values, 0, -1) for name in COUNTED}
