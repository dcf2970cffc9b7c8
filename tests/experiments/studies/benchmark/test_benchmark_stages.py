"""Does each stage get its own time, and drawing its own?"""

import itertools
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from conftest import arm

from experiments.engine.block import build_model
from experiments.studies.benchmark.timings import AROUND, DRAWING, DRAWS, NORMALS, PLAIN, STAGE, StageTimer, time_stages
from sim.day import DAY
from sim.model import IraqModel
from sim.record.recorder import Recorder
from sim.worlds import Worlds


class Clock:
    """A clock that moves when work is done."""

    def __init__(self) -> None:
        self.now = 0.0

    def work(self, seconds: float) -> Callable[[], None]:
        def act() -> None:
            self.now += seconds

        return act


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("time.process_time", lambda: made.now)
    return made


class Drawn:
    """Streams whose filling takes 100 s and whose normals take 7 s, drawn when first asked for."""

    def __init__(self, clock: Clock) -> None:
        self.fill, self.normals = clock.work(100.0), clock.work(7.0)

    def draw_day(self) -> None:
        self.fill()
        self.normals()


def test_drawing_is_taken_out_of_the_stage_that_asks(clock: Clock) -> None:
    streams = Drawn(clock)
    works = [clock.work(float(number + 1)) for number in range(len(DAY))]

    def asks_in_between() -> None:
        works[3]()
        streams.draw_day()
        works[3]()

    model = SimpleNamespace(streams=[streams], stages=[*works[:3], asks_in_between, *works[4:]])
    watch = StageTimer(cast(IraqModel, model))
    for _, stage in itertools.product(range(2), range(len(DAY))):
        model.stages[stage]()
    assert watch.seconds[DRAWS] == 200.0
    assert watch.seconds[NORMALS] == 14.0
    names = [f"{stage.kind}.{stage.method}" for stage in DAY]
    assert [watch.seconds[name] for name in names] == [
        2.0 * (number + 1) * (2 if number == 3 else 1) for number in range(len(DAY))
    ]


def test_a_watch_changes_no_bit() -> None:
    chosen = arm("us_pullout", "ensemble.days=20")
    outcomes = []
    for watched in (True, False):
        recorder = Recorder(chosen.days, chosen.record)
        model = build_model(chosen, Worlds(0, 16), recorder)
        if watched:
            watch = StageTimer(model)
        model.run(chosen.days)
        outcomes.append(recorder.totals)
    assert all(np.array_equal(outcomes[0][name], outcomes[1][name], equal_nan=True) for name in outcomes[1])
    assert min(watch.seconds[name] for name in (DRAWS, NORMALS, "coalition.decide", "militias.attack")) > 0.0


def test_the_stages_make_up_the_day() -> None:
    rows: list[dict[str, Any]] = [
        row for repetition in time_stages(arm("us_pullout", "ensemble.days=30"), 256, 3) for row in repetition
    ]
    table = pd.DataFrame(rows)
    assert set(table["repetition"]) == {0, 1, 2}
    assert set(table["group"]) == {DRAWING, STAGE, AROUND, PLAIN}
    assert list(table["name"][table["group"] == STAGE])[: len(DAY)] == [f"{stage.kind}.{stage.method}" for stage in DAY]
    day = table[table["group"] != PLAIN].groupby("repetition")["microseconds"].sum().median()
    within = table[table["group"].isin([DRAWING, STAGE])].groupby("repetition")["microseconds"].sum().median()
    plain = table[table["group"] == PLAIN]["microseconds"].median()
    assert 0.8 * day < within < day
    assert 0.5 * plain < day < 2.0 * plain
