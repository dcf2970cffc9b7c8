"""Time one process: its blocks, the bare draws of the same uniforms, and the stages of the day. Turn timings into speeds.

Times are processor times of this process: other processes of the machine disturb them less than wall-clock times.
"""

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from timeit import timeit
from typing import Any

import numpy as np
import pandas as pd

from experiments.config.arm import Arm
from experiments.engine.block import build_model
from experiments.engine.dataset import to_dataset
from sim.day import DAY
from sim.dice import normal_of, two_uniforms
from sim.model import IraqModel
from sim.record.recorder import Recorder
from sim.tape import Repeated, Tape
from sim.worlds import Worlds

DAYS_A_YEAR = 365
_TURN_DAYS = 10
"""Length of the turns of the model and of the bare draws; short turns spread a slow period of the machine over both."""
DRAWS, NORMALS = "draws", "normals"
DRAWING, STAGE, AROUND, PLAIN = "drawing", "stage", "around", "plain"
"""Groups of rows: drawing, the work of the stages, the work around the stages, and a day without timers."""
_BESIDE_THE_STAGES = {
    DRAWS: (DRAWING, "uniforms are drawn"),
    NORMALS: (DRAWING, "some uniforms become standard normals"),
    AROUND: (AROUND, "start of the next day, and time that the timers themselves take"),
    PLAIN: (PLAIN, "a day without timers"),
}


_DRAWING = {two_uniforms.name: DRAWS, normal_of.name: NORMALS}
"""Names of the rules that draw."""


def bare_draws(model: IraqModel) -> Tape:
    """Return the draws of a day of a model whose stages were recorded, and nothing else: the floor of the time."""
    recorded = (stage for stage in model.stages if isinstance(stage, Repeated))
    return Tape([call for stage in recorded for call in stage.tape.calls if call.rule in _DRAWING])


def time_blocks(arm: Arm, blocks: Sequence[int], repetitions: int) -> Iterator[dict[str, float]]:
    """Run blocks of several sizes repeatedly, the days of the model and their bare draws in turns.

    Yields:
        One row per block and repetition: `block`, `repetition`, `agents`, and seconds: `set_up`, `days`, `floor`, `labelling`.
    """
    for block in blocks:  # the first run alone reads from disk and fills the processor's caches
        _model(arm, block).run(1)
    for repetition in range(repetitions):
        for block in blocks:
            gc.collect()  # a model refers to itself: the previous one is still in memory
            yield {"block": block, "repetition": repetition, **_time_block(arm, Worlds(0, block))}


def _time_block(arm: Arm, worlds: Worlds) -> dict[str, float]:
    recorder = Recorder(arm.days, arm.record)
    began = time.process_time()
    model = build_model(arm, worlds, recorder)
    seconds = {"set_up": time.process_time() - began, "days": 0.0, "floor": 0.0}
    for first in range(0, arm.days, _TURN_DAYS):
        days = min(_TURN_DAYS, arm.days - first)
        seconds["days"] += seconds_of(model.run, days)
        seconds["floor"] += timeit(bare_draws(model).play, gc.enable, time.process_time, days)  # gc: as the days have it
    labelling = seconds_of(to_dataset, arm, model, recorder)
    return {"agents": len(model.agents), **seconds, "labelling": labelling}


def seconds_of[**P](work: Callable[P, object], *inputs: P.args, **named: P.kwargs) -> float:
    """Return the processor time of a call, seconds."""
    began = time.process_time()
    work(*inputs, **named)
    return time.process_time() - began


class StageTimer:
    """Times each stage of a model's days and, separately, its draws.

    Attributes:
        seconds: processor time so far, by `kind.method` of the stage, and of DRAWS and NORMALS.
    """

    def __init__(self, model: IraqModel) -> None:
        """Put a timer on every stage of a model before its first day."""
        names = [f"{stage.kind}.{stage.method}" for stage in DAY]
        self.seconds = dict.fromkeys([*names, DRAWS, NORMALS], 0.0)
        model.stages = [partial(self._act, name, stage) for name, stage in zip(names, model.stages, strict=True)]
        self._parts: dict[str, list[tuple[str, Tape]]] = {}

    def _act(self, name: str, stage: Callable[[], None]) -> None:
        """Carry out a stage; a recorded stage first makes its draws, which depend only on the day."""
        if not isinstance(stage, Repeated) or not stage.is_recorded:
            self.seconds[name] += seconds_of(stage)
            return
        if name not in self._parts:
            calls = stage.tape.calls
            kinds = [_DRAWING.get(call.rule, name) for call in calls]
            self._parts[name] = [
                (part, Tape([call for call, kind in zip(calls, kinds, strict=True) if kind == part]))
                for part in (DRAWS, NORMALS, name)
            ]
        for part, tape in self._parts[name]:
            self.seconds[part] += seconds_of(tape.play)


def time_stages(arm: Arm, block: int, repetitions: int) -> Iterator[list[dict[str, Any]]]:
    """Run a block with timers on its stages and one without, in turns.

    Yields:
        The rows of each repetition: `name`, `group`, `story`, `repetition`, `microseconds` per day.
    """
    about = {f"{stage.kind}.{stage.method}": (STAGE, stage.story) for stage in DAY} | _BESIDE_THE_STAGES
    for repetition in range(repetitions):
        plain = seconds_of(_model(arm, block).run, arm.days)
        model = _model(arm, block)
        timer = StageTimer(model)
        whole = seconds_of(model.run, arm.days)
        seconds = timer.seconds | {AROUND: whole - sum(timer.seconds.values()), PLAIN: plain}
        columns = ("name", "group", "story", "repetition", "microseconds")
        rows = [(name, *about[name], repetition, 1e6 * spent / arm.days) for name, spent in seconds.items()]
        yield [dict(zip(columns, row, strict=True)) for row in rows]


def _model(arm: Arm, block: int) -> IraqModel:
    return build_model(arm, Worlds(0, block), Recorder(arm.days, arm.record))


def spread(table: pd.DataFrame, by: str, values: Sequence[str]) -> pd.DataFrame:
    """Return median (`value`), lowest (`value_low`) and highest (`value_high`) of each value, one row per entry of `by`."""
    grouped = table.groupby(by, sort=False)[list(values)]
    statistics = {"": grouped.median(), "_low": grouped.min(), "_high": grouped.max()}
    columns = {f"{value}{ending}": frame[value] for value in values for ending, frame in statistics.items()}
    return pd.DataFrame(columns).reset_index()


def speed_by_block(timings: pd.DataFrame, days: int) -> pd.DataFrame:
    """Turn the seconds of blocks, rows of `time_blocks` over a number of days, into speeds.

    Returns:
        One row per block: the spread of `worlds_per_second` of a whole block from its set-up to its labelled outcomes, of
        `nanoseconds_per_agent_day` and `milliseconds_per_world_year` of the model's days alone, of
        `floor_milliseconds_per_world_year` of the bare draws of these days, of their `ratio` per repetition, and of the
        `share_of_days` in the time of the whole block; and `agents`.
    """
    world_days, whole = timings["block"] * days, timings[["set_up", "days", "labelling"]].sum(axis=1)
    measured = timings.assign(
        worlds_per_second=timings["block"] / whole,
        nanoseconds_per_agent_day=1e9 * timings["days"] / (world_days * timings["agents"]),
        milliseconds_per_world_year=1e3 * DAYS_A_YEAR * timings["days"] / world_days,
        floor_milliseconds_per_world_year=1e3 * DAYS_A_YEAR * timings["floor"] / world_days,
        ratio=timings["days"] / timings["floor"],
        share_of_days=timings["days"] / whole,
    )
    speeds = spread(measured, "block", [str(name) for name in measured if name not in timings])
    return speeds.merge(timings[["block", "agents"]].drop_duplicates())


def best_block(speeds: pd.DataFrame) -> pd.Series:
    """Return the row of the block with the most worlds per second."""
    return speeds.iloc[int(speeds["worlds_per_second"].argmax())]


def cost_of_a_day(speeds: pd.DataFrame) -> tuple[float, float]:
    """Return the cost of a day without its draws: milliseconds per block, and microseconds per world.

    A line is fitted through the medians of at least two blocks by least squares of relative errors, so small and large
    blocks have the same weight.
    """
    blocks = speeds["block"].to_numpy(dtype=float)
    own = speeds["milliseconds_per_world_year"] - speeds["floor_milliseconds_per_world_year"]
    milliseconds = (own * speeds["block"] / DAYS_A_YEAR).to_numpy()
    slope, fixed = np.polyfit(blocks, milliseconds, 1, w=1.0 / milliseconds)
    return float(fixed), 1e3 * float(slope)


def speed_by_workers(timings: pd.DataFrame) -> pd.DataFrame:
    """Return the throughput by number of processes, of rows of `time_workers`.

    Returns:
        One row per number: the spread of `worlds_per_second` and of the `speed_up` over the smallest number per repetition.
    """
    fewest = timings[timings["workers"] == timings["workers"].min()].set_index("repetition")["seconds"]
    measured = timings.assign(
        worlds_per_second=timings["worlds"] / timings["seconds"],
        speed_up=timings["repetition"].map(fewest) / timings["seconds"],
    )
    return spread(measured, "workers", ["worlds_per_second", "speed_up"])
