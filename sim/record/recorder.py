"""Keeps the outcomes of a run: at the reporting days, and by week."""

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial, reduce
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from sim.arithmetic import plus
from sim.arrays import Array
from sim.record.outcomes import (
    DAYS_A_WEEK,
    FIRST_DAY,
    FLOW,
    LAST_MONTH,
    MONTH,
    OUTCOMES,
    RATIO,
    Outcome,
)
from sim.record.record import Record, reporting_days
from sim.state import refuse_not_finite
from sim.tape import Tape, reading

if TYPE_CHECKING:
    from sim.model import IraqModel


class Recorder:
    """Keeps what is recorded of a block: it reads the model and never draws.

    Outcomes that are added up day by day share one array, with one or more rows per outcome.

    Attributes:
        days: at which totals are reported.
        totals: by outcome, (days, rows, worlds). `weekly`: by outcome, (weeks, rows, worlds).
    """

    def __init__(self, days: int, record: Record, chosen: Sequence[Outcome] = OUTCOMES) -> None:
        self.horizon = days
        self.days = reporting_days(days)
        self.record = record
        self.chosen = {outcome.name: outcome for outcome in chosen}
        self.totals: dict[str, list[Array]] = {name: [] for name in self.chosen}
        self.weekly: dict[str, list[Array]] = {o.name: [] for o in chosen if self._is_weekly(o)}
        self._month: dict[str, deque[Array]] = {o.name: deque(maxlen=MONTH) for o in chosen if o.aggregation is LAST_MONTH}
        self._parts: dict[str, list[slice]] = {}
        self._running = self._week_before = np.zeros((0, 0))
        self._adding = Tape()
        self._asked: list[tuple[Callable[[IraqModel], Array], Array]] = []
        self._levels: dict[str, Array] = {}
        self._filling = Tape()

    def check_finite(self, worlds: Array) -> None:
        """Check that every recorded value is a finite number, or NaN where NaN has a meaning.

        Args:
            worlds: their numbers, (worlds,).

        Raises:
            NotFiniteError: a recorded value is neither.
        """
        for recorded in (self.totals, self.weekly):
            for name, snapshots in recorded.items():
                for snapshot in snapshots:
                    refuse_not_finite(f"the outcome {name}", snapshot, worlds, self.chosen[name].never)

    def _is_weekly(self, outcome: Outcome) -> bool:
        if outcome.aggregation in (FIRST_DAY, LAST_MONTH):
            return False
        return self.record is Record.DETAILED or (self.record is Record.WEEKLY and outcome.dimension is None)

    def take(self, model: "IraqModel") -> None:
        """Record the day that ends."""
        for name, month in self._month.items():
            month.append(self.chosen[name].read(model).copy())
        if self._parts:
            self._adding.play()
            for read, running in self._asked:
                running += read(model)
        else:
            self._begin(model)
        done = model.day + 1
        if self.weekly and (done % DAYS_A_WEEK == 0 or done == self.horizon):
            self._end_week(model)
        if done in self.days:
            for name, kept in self.totals.items():
                kept.append(self.so_far(name, model).astype(np.float32))

    def _begin(self, model: "IraqModel") -> None:
        """Record the first day, how the others are added to it, and how levels are read."""
        flows = [outcome for outcome in self.chosen.values() if outcome.aggregation in (FLOW, RATIO)]
        reads = [(outcome.name, read) for outcome in flows for read in (outcome.read, outcome.per) if read is not None]
        first = [read(model) for _, read in reads]
        ends = list(accumulate(len(rows) for rows in first))
        self._running = np.concatenate(first) if first else self._running
        self._week_before = np.zeros_like(self._running)
        for (name, read), rows, end in zip(reads, first, ends, strict=True):
            place = slice(end - len(rows), end)
            self._parts.setdefault(name, []).append(place)
            running, found = self._running[place], reading(partial(read, model))
            if found is None:
                self._asked.append((read, running))
            else:
                today, filling = found
                self._adding.calls += [*filling.calls, plus.call(running, today, out=running)]
        for name in self.weekly.keys() - self._parts.keys():
            if (found := reading(partial(self.chosen[name].read, model))) is not None:
                self._levels[name], filling = found
                self._filling.calls += filling.calls

    def so_far(self, name: str, model: "IraqModel") -> Array:
        """Return an outcome as it stands after the last day recorded, (rows, worlds)."""
        if name in self._parts:
            return _over([self._running[place] for place in self._parts[name]])
        if name in self._month:
            return reduce(np.add, self._month[name])
        return self.chosen[name].read(model)

    def _end_week(self, model: "IraqModel") -> None:
        week = self._running - self._week_before
        self._filling.play()
        for name, weeks in self.weekly.items():
            if name in self._parts:
                recorded = _over([week[place] for place in self._parts[name]])
            else:
                recorded = self._levels[name] if name in self._levels else self.chosen[name].read(model)
            weeks.append(recorded.astype(np.float32))
        np.copyto(self._week_before, self._running)


def _over(parts: Sequence[Array]) -> Array:
    """Return a sum, or a ratio of two; NaN where there is nothing to divide by."""
    if len(parts) == 1:
        return parts[0]
    above, below = parts
    return np.divide(above, below, out=np.full(np.shape(above), np.nan), where=below > 0.0)
