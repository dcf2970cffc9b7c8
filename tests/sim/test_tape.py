"""The tape: a repetition of recorded calls equals running the stages; a stage that is not the same every day is refused."""

from functools import partial

import numpy as np
import pytest
from conftest import arm

from experiments.engine.block import build_model
from experiments.reference.catalogue import scenarios
from sim.arithmetic import over_agents, plus, times
from sim.state import memory
from sim.tape import Repeated, Tape, in_one_go, reading, repeated, same_every_day
from sim.worlds import Worlds


class Pond:
    """Two levels in three worlds; a day adds the inflow and doubles the whole."""

    def __init__(self) -> None:
        self.level, self.inflow, self.whole = np.zeros((2, 3)), np.ones((2, 1)), np.zeros((1, 3))
        self.day = 0

    @same_every_day
    def fill(self) -> None:
        plus(self.level, self.inflow, out=self.level)
        over_agents(self.level, out=self.whole)
        times(self.whole, 2.0, out=self.whole)

    @same_every_day
    def fill_by_day(self) -> None:
        plus(self.level, float(self.day), out=self.level)

    @same_every_day
    def fill_by_another_array(self) -> None:
        plus(self.level, self.inflow * 2.0, out=self.level)

    @same_every_day
    def fill_on_some_days(self) -> None:
        if self.day > 0:
            plus(self.level, 1.0, out=self.level)
        plus(self.level, 1.0, out=self.level)

    def look(self) -> None:
        self.day += 1


def test_a_recorded_stage_goes_on_with_what_its_arrays_hold() -> None:
    pond = Pond()
    stages = [repeated(pond.fill), repeated(pond.look)]
    assert [isinstance(stage, Repeated) for stage in stages] == [True, False]
    for _ in range(3):
        for stage in stages:
            stage()
    pond.level[0, 1] = 100.0
    pond.inflow[1] = 5.0
    for part in in_one_go(stages):
        part()
    assert pond.level.tolist() == [[4.0, 101.0, 4.0], [8.0, 8.0, 8.0]]
    assert pond.whole.tolist() == [[24.0, 218.0, 24.0]]
    assert pond.day == 4


@pytest.mark.parametrize(
    ("stage", "rule"), [("fill_by_day", "plus"), ("fill_by_another_array", "plus"), ("fill_on_some_days", "their number")]
)
def test_a_stage_that_is_not_the_same_is_refused_on_its_second_day(stage: str, rule: str) -> None:
    pond = Pond()
    act = repeated(getattr(pond, stage))
    act()
    pond.look()
    with pytest.raises(RuntimeError, match=rf"Pond\.{stage} is not the same every day: see {rule}"):
        act()


def test_what_is_read_is_filled_anew_or_asked_for_again() -> None:
    pond = Pond()

    def own(pond: Pond) -> np.ndarray:
        twice = np.empty((2, 3))
        times(pond.level, 2.0, out=twice)
        return twice

    def hidden(pond: Pond) -> np.ndarray:
        twice = np.empty((2, 3))
        times(pond.level * 1.0, 2.0, out=twice)
        return twice

    state, calls = reading(lambda: pond.level) or pytest.fail("a state is the same array every day")
    assert state is pond.level
    assert calls.calls == []
    doubled, calls = reading(partial(own, pond)) or pytest.fail("rules fill the same array every day")
    pond.level[...] = 3.0
    calls.play()
    assert (doubled == 6.0).all()
    assert reading(partial(hidden, pond)) is None
    assert reading(lambda: pond.level * 2.0) is None
    assert reading(lambda: pond.level[:, ::2]) is None  # a call would hold a copy


def test_an_empty_tape_plays() -> None:
    Tape().play()


@pytest.mark.parametrize("scenario", scenarios())
def test_a_played_day_is_the_day_carried_out(scenario: str) -> None:
    """Every scenario stage by stage in Python, and from the tape: the same bits in all that tomorrow depends on."""
    played, carried_out = (build_model(arm(scenario), Worlds(731, 3)) for _ in range(2))
    carried_out.stages = [stage.stage if isinstance(stage, Repeated) else stage for stage in carried_out.stages]
    for model in (played, carried_out):
        model.run(45)
    expected = memory(carried_out)
    assert [name for name, array in memory(played).items() if not np.array_equal(array, expected[name], equal_nan=True)] == []
