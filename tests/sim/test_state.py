"""A block's state is all that the next day depends on; arrays of the year before are carried over, or reset for a reason."""

import numpy as np
import pytest
from conftest import arm

from experiments.engine.block import build_model
from sim.history.year_before import at_day_0, carried
from sim.kind import OF_THE_DAY
from sim.state import StateError, memory, put, take
from sim.worlds import Worlds

FEW = Worlds(0, 12)


@pytest.mark.parametrize("scenario", ["stay", "us_pullout_nato_backfill", "as_of_30_september", "mid_member_exit"])
def test_a_model_with_the_state_of_another_goes_on_as_that_one(scenario: str) -> None:
    whole, resumed = build_model(arm(scenario), FEW), build_model(arm(scenario), FEW)
    whole.run(40)
    whole.lead.ordered_strike.fill(1.0)
    whole.run(5)
    put(resumed, take(whole))
    resumed.day = whole.day
    for model in (whole, resumed):
        model.run(30)
    expected = memory(whole)
    assert [name for name, array in memory(resumed).items() if not np.array_equal(array, expected[name], equal_nan=True)] == []
    assert (whole.militias.grievance > 0.0).any(), "nothing happened that could have been forgotten"


def test_what_is_taken_is_a_copy() -> None:
    model = build_model(arm("stay"), FEW)
    state = take(model)
    model.run(1)
    assert not np.array_equal(state["militias.claims"], model.militias.claims)
    put(model, state)
    np.testing.assert_array_equal(state["militias.claims"], model.militias.claims)


def test_a_state_of_another_shape_or_name_is_refused() -> None:
    model = build_model(arm("stay"), FEW)
    with pytest.raises(StateError, match=r"militias\.claims is \(5, 12\) in the model, \(agents, worlds\), not \(5, 1\)"):
        put(model, {"militias.claims": np.zeros((5, 1))})
    with pytest.raises(StateError, match=r"remembers no militias\.anger"):
        put(model, {"militias.anger": np.zeros((5, 12))})


def test_every_array_goes_on_or_is_renewed_for_a_reason() -> None:
    model = build_model(arm("stay"), FEW)
    assert set(at_day_0(model)) == set(memory(model))
    assert all(len(reason) > 9 for reason in at_day_0(model).values())
    assert len(carried(model)) == 29
    assert not [name for name in carried(model) if name.endswith(("_on", "_day", "deadline"))]


def test_a_state_is_memory_and_an_unregistered_array_is_none() -> None:
    for name, kind in build_model(arm("stay"), FEW).kinds().items():
        assert set(kind.states) <= set(kind.memory), name
        assert all(getattr(kind, state) is kind.memory[state] for state in kind.states), name


def test_what_a_day_sets_anew_need_not_be_remembered() -> None:
    one, other = build_model(arm("us_pullout"), FEW), build_model(arm("us_pullout"), FEW)
    today = [name for name, reason in at_day_0(one).items() if reason == OF_THE_DAY]
    for model in (one, other):
        model.run(40)
    for name in today:
        array = memory(other)[name]
        if name not in ("coalition.ordered", "lead.ordered_strike"):  # taken back on the day itself, so 0 in the evening
            array.fill(99)
    for model in (one, other):
        model.run(20)
    for name in ("militias.claims", "islamic_state.capability", "government.capital", "coalition.troops"):
        np.testing.assert_array_equal(memory(one)[name], memory(other)[name])


def test_an_array_of_a_kind_is_filled_and_never_replaced() -> None:
    militias = build_model(arm("stay"), FEW).militias
    militias.claims += 1.0
    militias.claims[:] = 2.0
    with pytest.raises(AttributeError, match=r"militias\.claims is one array for the whole run: fill it, claims\[:\] = \.\.\."):
        militias.claims = militias.claims + 1.0
    assert (militias.claims == 2.0).all()
