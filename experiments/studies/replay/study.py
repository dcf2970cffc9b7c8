"""A world lived through again, day by day, with its event log; two arms of it side by side, and when they part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd
import xarray as xr

from experiments.config.arm import Arm
from experiments.engine.block import to_dataset
from experiments.engine.initial_state import build_model
from sim.record.event_log import EventLog
from sim.record.recorder import Recorder
from sim.state import State, memory
from sim.worlds import Worlds

BEFORE_THE_START = -1
"""Day on which arms part that differ from the start: by their parameters, say."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """A world of one arm or of two.

    Attributes:
        world: its number. `days`: how many were lived.
        events: tidy, one row per event: arm, day, date, actor, event, place, target, magnitude, unit.
        outcomes: of the world, by arm.
        parting: of two arms: one row per state that ever differs, the first day on which it does, in which agents (none
            named: they share it), and by how much at most on that day; sorted by day. Empty of one arm.
    """

    world: int
    days: int
    events: pd.DataFrame
    outcomes: Mapping[str, xr.Dataset]
    parting: pd.DataFrame

    @property
    def parts_on(self) -> int | None:
        """Return the first day on which the arms differ in anything, None where they never do."""
        return None if self.parting.empty else int(self.parting["day"].min())


def replay(arms: Mapping[str, Arm], world: int) -> Replayed:
    """Live through a world of one arm, or of two in step."""
    lives = [_Life(label, arm, world) for label, arm in arms.items()]
    partings: list[dict[str, object]] = []
    days = next(iter(arms.values())).days
    for day in range(BEFORE_THE_START, days):
        for life in lives:
            life.go_on(day)
        if len(lives) == 2:
            known = {row["state"] for row in partings}
            partings += [{"day": day, **row} for row in _differences(lives, known)]
    return Replayed(
        world=world,
        days=days,
        events=pd.concat([life.table() for life in lives], ignore_index=True),
        outcomes={life.label: to_dataset(life.arm, life.model, life.recorder) for life in lives},
        parting=pd.DataFrame(partings, columns=["day", "kind", "state", "agents", "largest_difference"]),
    )


class _Life:
    """One world of one arm while it goes on."""

    def __init__(self, label: str, arm: Arm, world: int) -> None:
        self.label, self.arm = label, arm
        self.recorder = Recorder(arm.days, arm.record)
        self.model = build_model(arm, Worlds(world, 1), self.recorder)
        self.log = EventLog(self.model, tuple(name for name, _ in arm.policies))

    def go_on(self, day: int) -> None:
        """Live a day; before the start there is none to live."""
        if day > BEFORE_THE_START:
            self.model.run(1)
            self.log.take(self.model)

    def table(self) -> pd.DataFrame:
        start = self.arm.theatre.start
        rows = [
            {
                "arm": self.label,
                "day": event.day,
                "date": (start + timedelta(days=event.day)).isoformat(),
                "actor": event.actor,
                "event": event.kind.value,
                "place": event.place,
                "target": event.target,
                "magnitude": event.magnitude,
                "unit": event.unit,
            }
            for event in self.log.events
        ]
        columns = ("arm", "day", "date", "actor", "event", "place", "target", "magnitude", "unit")
        return pd.DataFrame(rows, columns=list(columns))


def _differences(lives: Sequence[_Life], known: set[object]) -> list[dict[str, object]]:
    """Return the states that differ today and did not before: of which kind, in which agents, and by how much."""
    one, other = (life.model for life in lives)
    states, others = memory(one), memory(other)
    rows: list[dict[str, object]] = []
    for name in sorted(set(states) & set(others) - known):
        if not (unlike := _unlike(states, others, name)).any():
            continue
        kind = name.partition(".")[0]
        names = one.kinds()[kind].names
        agents = [agent for agent, differs in zip(names, unlike, strict=True) if differs] if len(names) == len(unlike) else []
        with np.errstate(invalid="ignore"):
            gap = np.abs(states[name].astype(float) - others[name].astype(float))
        largest = float(np.nanmax(gap[unlike])) if np.isfinite(gap[unlike]).any() else np.nan
        rows.append({"kind": kind, "state": name, "agents": ", ".join(agents), "largest_difference": largest})
    return rows


def _unlike(states: State, others: State, name: str) -> np.ndarray:
    """Tell for each agent whether a state differs, NaN equal to NaN, (agents,)."""
    one, other = states[name][:, 0], others[name][:, 0]
    return ~((one == other) | ((one != one) & (other != other)))


def unlike_stored(outcomes: xr.Dataset, stored: xr.Dataset) -> list[str]:
    """Return the outcomes of a world in which any bit differs from what is stored of it."""
    names = sorted({*map(str, outcomes.data_vars), *map(str, stored.data_vars)})
    return [name for name in names if not _same(outcomes, stored, name)]


def _same(one: xr.Dataset, other: xr.Dataset, name: str) -> bool:
    if name not in one or name not in other:
        return False
    mine, stored = one[name].values, other[name].values
    return mine.dtype == stored.dtype and mine.tobytes() == stored.tobytes()
