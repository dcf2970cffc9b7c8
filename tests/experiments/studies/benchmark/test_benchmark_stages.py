"""Is the time of each stage measured on its own, and the time of drawing too?"""

from typing import Any

import numpy as np
import pandas as pd
from conftest import arm

from experiments.engine.block import build_model
from experiments.studies.benchmark.timings import AROUND, DRAWING, DRAWS, NORMALS, PLAIN, STAGE, StageTimer, time_stages
from sim.day import DAY
from sim.record.recorder import Recorder
from sim.worlds import Worlds


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
