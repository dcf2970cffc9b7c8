"""An arm run over windows of dates: each world's count in each window, to the day."""

import functools
from collections.abc import Sequence

import numpy as np
import xarray as xr

from experiments.analysis.windows import Window
from experiments.config.arm import Arm
from experiments.engine.block import build_model, compile_rules
from experiments.engine.run import run_whole
from experiments.studies.validate.observed import added_up_by_the_model, counts_events, outcome_of
from sim.record.outcomes import BY_NAME, labels
from sim.rule import Array
from sim.state import check_finite
from sim.worlds import Worlds

_FEW_WORLDS = Worlds(0, 2)


def rows_of(arm: Arm) -> dict[str, list[str]]:
    """Return the names along each dimension of an arm's outcomes."""
    return labels(build_model(arm, _FEW_WORLDS))


def run_windows(arm: Arm, windows: Sequence[Window]) -> xr.Dataset:
    """Run all worlds of an arm to the end of the last window.

    Returns:
        `value` (world, window): events in the window, or the level on its last day.
    """
    compile_rules(arm)
    data = run_whole(functools.partial(_run_block, arm, windows), arm.worlds, arm.compute, arm.scenario)
    attributes = {"scenario": arm.scenario, "key": arm.key, "seed": arm.seed}
    return data.assign_coords(
        window=np.arange(len(windows)),
        series=("window", [window.series for window in windows]),
        day=[_last_day(arm, windows) + 1],
    ).assign_attrs(attributes)


def _last_day(arm: Arm, windows: Sequence[Window]) -> int:
    return max(arm.theatre.day(window.end) for window in windows)


def _run_block(arm: Arm, windows: Sequence[Window], worlds: Worlds) -> xr.Dataset:
    """Return each window's count or level in a block of worlds, `value` (world, window)."""
    model = build_model(arm, worlds)
    names = labels(model)
    days = [(arm.theatre.day(window.start), arm.theatre.day(window.end)) for window in windows]
    values = np.zeros((len(windows), worlds.count))
    for day in range(_last_day(arm, windows) + 1):
        model.run(1)
        today: dict[str, Array] = {}
        for number, (window, (first, last)) in enumerate(zip(windows, days, strict=True)):
            sign = _sign(window.series, day, first, last)
            if sign == 0:
                continue
            outcome, row = outcome_of(window.series)
            if outcome not in today:
                today[outcome] = BY_NAME[outcome].read(model)
            along = BY_NAME[outcome].dimension
            values[number] += sign * today[outcome][names[along].index(row) if along and row else 0]
    check_finite(model)
    return xr.Dataset({"value": (("world", "window"), values.T)}, coords={"world": worlds.numbers})


def _sign(series: str, day: int, first: int, last: int) -> int:
    """Return how a day's value enters a window: events are added, a level counts on the last day.

    What the model adds up itself is the difference between the window's last day and the day before it.
    """
    if added_up_by_the_model(series):
        return int(day == last) - int(day == first - 1)
    return int(first <= day <= last) if counts_events(series) else int(day == last)
