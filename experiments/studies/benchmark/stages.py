"""Time by stage of the day, drawing apart: a stage asks for its uniforms, but they are no work of its own."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from experiments.config.arm import Arm
from experiments.engine.block import build_model
from experiments.studies.benchmark.blocks import seconds_of
from sim.model import DAY, IraqModel
from sim.record.outcomes import Recorder
from sim.worlds import Worlds

DRAWS, NORMALS = "draws", "normals"
DRAWING, STAGE, AROUND, PLAIN = "drawing", "stage", "around", "plain"
"""Groups of rows: what goes on in the streams, in the stages, around them, and the day without a watch on it."""

_STORIES = {
    DRAWS: "uniforms are drawn",
    NORMALS: "some of them become standard normals",
    AROUND: "the day turns, and the watches themselves",
    PLAIN: "a day without watches",
}
_GROUPS = {DRAWS: DRAWING, NORMALS: DRAWING, AROUND: AROUND, PLAIN: PLAIN}


class StageWatch:
    """Times each stage of a model's days and, apart, the drawing that goes on within them.

    Attributes:
        seconds: processor time so far, by `kind.method` of the stage, and of DRAWS and NORMALS.
    """

    def __init__(self, model: IraqModel) -> None:
        """Put a watch on every stage and every stream of a model before its first day."""
        self.seconds = {f"{stage.kind}.{stage.method}": 0.0 for stage in DAY} | {DRAWS: 0.0, NORMALS: 0.0}
        for streams in model.streams:
            for method, name in (("fill", DRAWS), ("draw_day", NORMALS)):
                setattr(streams, method, self._watched(name, getattr(streams, method)))
        model.stages = [
            self._watched(f"{stage.kind}.{stage.method}", act) for stage, act in zip(DAY, model.stages, strict=True)
        ]
        self._within = 0.0

    def _watched(self, name: str, act: Callable[[], None]) -> Callable[[], None]:
        """Time a call without the watched calls within it."""

        def watched() -> None:
            outer, self._within = self._within, 0.0
            began = time.process_time()
            act()
            took = time.process_time() - began
            self.seconds[name] += took - self._within
            self._within = outer + took

        return watched


def time_stages(arm: Arm, block: int, repetitions: int) -> Iterator[list[dict[str, Any]]]:
    """Run a block with a watch on its stages and one without, in turns.

    Yields:
        The rows of each repetition: `name`, `group`, `story`, `repetition`, `microseconds` a day.
    """
    stories = {f"{stage.kind}.{stage.method}": stage.story for stage in DAY} | _STORIES
    for repetition in range(repetitions):
        plain = seconds_of(_model(arm, block).run, arm.days)
        model = _model(arm, block)
        watch = StageWatch(model)
        whole = seconds_of(model.run, arm.days)
        seconds = watch.seconds | {AROUND: whole - sum(watch.seconds.values()), PLAIN: plain}
        yield [
            {
                "name": name,
                "group": _GROUPS.get(name, STAGE),
                "story": stories[name],
                "repetition": repetition,
                "microseconds": 1e6 * spent / arm.days,
            }
            for name, spent in seconds.items()
        ]


def _model(arm: Arm, block: int) -> IraqModel:
    return build_model(arm, Worlds(0, block), Recorder(arm.days, arm.record))
