"""Run one world again, day by day, with its event log; compare two arms of it, and find when they diverge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.config.arm import Arm
from experiments.engine.dataset import to_dataset
from experiments.engine.initial_state import build_model
from sim.record.event_log import EventLog
from sim.record.recorder import Recorder
from sim.state import memory
from sim.worlds import Worlds

if TYPE_CHECKING:
    import xarray as xr

BEFORE_THE_START = -1
"""Day of the divergence if arms differ already at the start, for example by their parameters."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """A world of one arm or of two.

    Attributes:
        events: tidy, one row per event: arm, day, date, actor, event, place, target, magnitude, unit.
        outcomes: of the world, by arm.
        parting: of two arms: one row per state that ever differs, with the first day of a difference, the agents (empty for
            a state that they share), and the largest difference on that day; sorted by day. Empty for one arm.
    """

    world: int
    days: int
    events: pd.DataFrame
    outcomes: "Mapping[str, xr.Dataset]"
    parting: pd.DataFrame

    @property
    def parts_on(self) -> int | None:
        """Return the first day of any difference between the arms, None without one."""
        return None if self.parting.empty else int(self.parting["day"].min())


def replay(arms: Mapping[str, Arm], world: int) -> Replayed:
    """Run a world of one arm, or of two arms in step."""
    runs = [_Run(label, arm, world) for label, arm in arms.items()]
    partings: list[dict[str, object]] = []
    days = next(iter(arms.values())).days
    for day in range(BEFORE_THE_START, days):
        for run in runs if day > BEFORE_THE_START else ():
            run.model.run(1)
            run.log.take(run.model)
        if len(runs) == 2:
            known = {row["state"] for row in partings}
            partings += [{"day": day, **row} for row in _differences(runs, known)]
    return Replayed(
        world=world,
        days=days,
        events=pd.concat([run.table() for run in runs], ignore_index=True),
        outcomes={run.label: to_dataset(run.arm, run.model, run.recorder) for run in runs},
        parting=pd.DataFrame(partings, columns=["day", "kind", "state", "agents", "largest_difference"]),
    )


class _Run:
    """One world of one arm, day by day."""

    def __init__(self, label: str, arm: Arm, world: int) -> None:
        self.label, self.arm = label, arm
        self.recorder = Recorder(arm.days, arm.record)
        self.model = build_model(arm, Worlds(world, 1), self.recorder)
        self.log = EventLog(self.model, tuple(name for name, _ in arm.policies))

    def table(self) -> pd.DataFrame:
        start = self.arm.theatre.start
        columns = ("arm", "day", "date", "actor", "event", "place", "target", "magnitude", "unit")
        rows = [
            (self.label, e.day, (start + timedelta(e.day)).isoformat(), e.actor, e.kind.value, e.place, e.target, e.magnitude,
             e.unit)
            for e in self.log.events
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(columns))


def _differences(runs: Sequence[_Run], known: set[object]) -> list[dict[str, object]]:
    """Return the states that differ today for the first time: kind, state, agents and largest difference."""
    one, other = (run.model for run in runs)
    states, others = memory(one), memory(other)
    rows: list[dict[str, object]] = []
    for name in sorted(set(states) & set(others) - known):
        here, there = states[name][:, 0], others[name][:, 0]
        unlike = ~((here == there) | ((here != here) & (there != there)))  # NaN is equal to NaN
        if not unlike.any():
            continue
        kind = name.partition(".")[0]
        names = one.kinds()[kind].names
        agents = [agent for agent, differs in zip(names, unlike, strict=True) if differs] if len(names) == len(unlike) else []
        with np.errstate(invalid="ignore"):
            gap = np.abs(states[name].astype(float) - others[name].astype(float))
        largest = float(np.nanmax(gap[unlike])) if np.isfinite(gap[unlike]).any() else np.nan
        rows.append({"kind": kind, "state": name, "agents": ", ".join(agents), "largest_difference": largest})
    return rows
