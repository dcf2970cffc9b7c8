"""Speed by block size on one core, beside the floor: the bare draws of the same uniforms.

Time is the processor time of this process: what others do on the machine disturbs it less than the clock on the wall.
"""

import gc
import time
from collections.abc import Callable, Iterator, Sequence

from experiments.config.arm import Arm
from experiments.engine.block import build_model, to_dataset
from sim.model import IraqModel
from sim.record.outcomes import Recorder
from sim.worlds import Worlds

_TURN_DAYS = 10
"""How long the model and the bare draws take turns: short, so that a slow spell of the machine hits both."""


class BareDraws:
    """The floor: draws what a model has drawn, and does nothing else.

    Generators of the same addresses fill arrays of the same shapes, day by day and kind by kind. A kind that nobody asked on
    the last days has not drawn them: they are not drawn here either.
    """

    def __init__(self, model: IraqModel, twin: IraqModel) -> None:
        """Take the streams of a twin, a model of the same worlds that lives no day."""
        self._model = model
        self._fills = [streams.fill for streams in twin.streams]
        self._drawn = [0] * len(twin.streams)

    def due(self) -> list[int]:
        """Return of each kind how many days the model is ahead."""
        lived = self._model.day + 1
        return [lived - streams.days_behind - drawn for streams, drawn in zip(self._model.streams, self._drawn, strict=True)]

    def draw(self, due: Sequence[int]) -> None:
        """Draw so many days of each kind."""
        for day in range(max(due)):
            for fill, last in zip(self._fills, due, strict=True):
                if day < last:
                    fill()
        self._drawn = [drawn + more for drawn, more in zip(self._drawn, due, strict=True)]


def time_blocks(arm: Arm, blocks: Sequence[int], repetitions: int) -> Iterator[dict[str, float]]:
    """Run blocks of several sizes again and again, the days of the model and their bare draws in turns.

    Yields:
        A row a block and repetition: `block`, `repetition`, `agents`, and seconds: `set_up`, `days`, `floor`, `labelling`.
    """
    for block in blocks:  # what a first time takes from the disk, and the processor's caches
        build_model(arm, Worlds(0, block), Recorder(arm.days, arm.record)).run(1)
    for repetition in range(repetitions):
        for block in blocks:
            gc.collect()  # a model refers to itself: the last one is still there
            yield {"block": block, "repetition": repetition, **time_block(arm, Worlds(0, block))}


def time_block(arm: Arm, worlds: Worlds) -> dict[str, float]:
    """Run one block beside its bare draws; a row of `time_blocks`."""
    recorder = Recorder(arm.days, arm.record)
    began = time.process_time()
    model = build_model(arm, worlds, recorder)
    seconds = {"set_up": time.process_time() - began, "days": 0.0, "floor": 0.0}
    bare = BareDraws(model, build_model(arm, worlds))
    for first in range(0, arm.days, _TURN_DAYS):
        seconds["days"] += seconds_of(model.run, min(_TURN_DAYS, arm.days - first))
        seconds["floor"] += seconds_of(bare.draw, bare.due())
    labelling = seconds_of(to_dataset, arm, model, recorder)
    return {"agents": len(model.agents), **seconds, "labelling": labelling}


def seconds_of[**P](work: Callable[P, object], *inputs: P.args, **named: P.kwargs) -> float:
    """Return the processor time that some work takes, seconds."""
    began = time.process_time()
    work(*inputs, **named)
    return time.process_time() - began
