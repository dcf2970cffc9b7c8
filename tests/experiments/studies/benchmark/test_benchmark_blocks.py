"""Does the floor (the bare draws) draw exactly the uniforms that the model draws, and are both timed?"""

import numpy as np
from conftest import arm

from experiments.engine.block import build_model
from experiments.studies.benchmark.timings import bare_draws, seconds_of, time_blocks
from sim.state import memory
from sim.worlds import Worlds

DAYS = 16


def test_the_floor_draws_the_very_uniforms_that_the_model_draws() -> None:
    model = build_model(arm("us_pullout", f"ensemble.days={DAYS}"), Worlds(0, 7))
    model.run(DAYS)
    arrays = {(name, decision): kind.draws[decision] for name, kind in model.kinds().items() for decision in kind.decisions}
    asked = [key for key, array in arrays.items() if np.isfinite(array).all()]
    expected = {key: arrays[key].copy() for key in asked}
    for array in arrays.values():
        array.fill(np.nan)
    states = {name: array.copy() for name, array in memory(model).items()}
    bare_draws(model).play()
    drawn = [key for key in asked if np.isfinite(arrays[key]).all()]
    assert {("coalition", "leave"), ("islamic_state", "growth"), ("sites", "wounded")} <= set(drawn)
    assert [key for key in drawn if not np.array_equal(arrays[key], expected[key])] == []
    assert [name for name, array in memory(model).items() if not np.array_equal(array, states[name], equal_nan=True)] == []


def test_days_and_floor_of_every_block_are_timed_in_every_repetition() -> None:
    rows = list(time_blocks(arm("stay", f"ensemble.days={DAYS}"), (4, 32), 2))
    assert [(row["repetition"], row["block"]) for row in rows] == [(0, 4), (0, 32), (1, 4), (1, 32)]
    for row in rows:
        assert row["agents"] == len(build_model(arm("stay"), Worlds(0, 1)).agents)
        assert 0.0 < row["floor"] < row["days"]
        assert min(row["set_up"], row["labelling"]) > 0.0


def test_time_is_that_of_the_processor() -> None:
    import time

    assert seconds_of(time.sleep, 0.2) < 0.1
