"""The machinery of rules: arrays against numbers, shapes, names, and totals."""

import numpy as np
import pytest

from sim.rule import Rule, Total, rule, total
from sim.tape import Tape


@rule
def blend(level: float, goal: float, speed: float, cap: float) -> tuple[float, float]:
    """Return a level that moves toward its goal, and 1 where it was capped."""
    moved = level + speed * (goal - level)
    if moved > cap:
        return cap, 1.0
    return moved, 0.0


@rule
def halved(level: float, part: float) -> float:
    return level - part * level


@total
def weighted(value: float, weight: float, power: float) -> float:
    return weight * value**power


def scalar(array, agent, world):
    """Return what an input is for an agent in a world."""
    if not isinstance(array, np.ndarray):
        return array
    return float(array[min(agent, array.shape[0] - 1), min(world, array.shape[1] - 1)])


def test_rule_on_numbers_is_the_function_itself():
    assert blend(1.0, 2.0, 0.5, 9.0) == (1.5, 0.0)
    assert blend(1.0, 2.0, cap=1.2, speed=0.5) == (1.2, 1.0)
    assert weighted(3.0, 2.0, 2.0) == 18.0
    assert (halved.__name__, blend.__doc__.split()[:3]) == ("halved", ["Return", "a", "level"])
    assert isinstance(weighted, Total)
    assert not isinstance(blend, Total)
    assert isinstance(blend, Rule)


@pytest.mark.parametrize(
    "shapes",
    [((5, 7), (1, 7), (5, 1), None), ((1, 1), None, (5, 7), (1, 7)), ((5, 1), (5, 1), (1, 1), (5, 7))],
    ids=str,
)
def test_arrays_give_the_function_entry_by_entry(shapes):
    random = np.random.default_rng(3)
    inputs = [random.normal(size=shape) if shape else 0.4 for shape in shapes]
    out = np.full((5, 7), np.nan), np.full((5, 7), np.nan)
    blend(*inputs, out=out)
    for agent in range(5):
        for world in range(7):
            expected = blend(*[scalar(value, agent, world) for value in inputs])
            assert (out[0][agent, world], out[1][agent, world]) == pytest.approx(expected, rel=1e-14)
    assert 0.0 < out[1].mean() < 1.0


def test_named_inputs_find_their_places():
    level, speed, cap = np.array([[1.0, 2.0]]), np.array([[0.5], [1.0]]), np.array([[1.2, 9.0], [9.0, 9.0]])
    by_place, by_name = np.zeros((2, 2, 2))
    blend(level, 3.0, speed, cap, out=tuple(np.stack([by_place, by_place.copy()])))
    blend(level, cap=cap, speed=speed, goal=3.0, out=(by_name, np.zeros((2, 2))))
    assert by_name.tolist() == [[1.2, 2.5], [3.0, 3.0]]


@pytest.mark.parametrize("where", [np.array([[1, 0, 1]], np.int8), np.array([[0.0, 2.0, 0.0], [1.0, 0.0, 0.0]])])
def test_mask_leaves_the_other_entries_alone(where):
    level, out = np.full((2, 3), 8.0), np.full((2, 3), -1.0)
    halved(level, 0.5, where=where, out=out)
    assert out.tolist() == np.where(np.broadcast_to(where, (2, 3)) != 0, 4.0, -1.0).tolist()


@pytest.mark.parametrize(
    ("inputs", "where", "error"),
    [
        ((np.zeros((2, 3)),), np.ones((2, 3)), TypeError),
        ((np.zeros((2, 3)), 0.5), 1.0, TypeError),
        ((np.zeros((2, 3)), 0.5), np.ones(3), ValueError),
        ((np.zeros((2, 3)), 0.5), np.ones((3, 3)), ValueError),
    ],
)
def test_mask_is_an_array_of_agents_and_worlds_beside_all_inputs(inputs, where, error):
    with pytest.raises(error, match="halved"):
        halved(*inputs, where=where, out=np.zeros((2, 3)))


def test_rule_writes_in_place():
    level = np.array([[8.0, 4.0], [2.0, 0.0]])
    halved(level, 0.5, out=level)
    halved(level, 0.5, out=level)
    assert level.tolist() == [[2.0, 1.0], [0.5, 0.0]]


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ((np.zeros(2), 0.5), r"halved: level has shape \(2,\)"),
        ((np.zeros((2, 2)), np.zeros(2)), r"halved: part has shape \(2,\)"),
        ((np.zeros((3, 2)), 0.5), r"halved: level has shape \(3, 2\); it must be a number, \(2, 2\), \(1, 2\) or \(2, 1\)"),
        ((np.zeros((2, 2)), np.zeros((2, 3))), r"halved: part has shape \(2, 3\)"),
        ((np.zeros((1, 2, 2)), 0.5), r"halved: level has shape \(1, 2, 2\)"),
        ((np.zeros(()), 0.5), r"halved: level has shape \(\)"),
    ],
    ids=["flat", "flat second", "agents", "worlds", "deep", "no axis"],
)
def test_wrong_shape_is_refused_by_name(inputs, message):
    out = np.full((2, 2), 7.0)
    with pytest.raises(ValueError, match=message):
        halved(*inputs, out=out)
    assert np.all(out == 7.0)


def test_wrong_shape_is_refused_by_its_name_when_named():
    with pytest.raises(ValueError, match=r"blend: speed has shape \(4,\)"):
        blend(1.0, cap=1.0, speed=np.zeros(4), goal=2.0, out=(np.zeros((4, 4)), np.zeros((4, 4))))


@pytest.mark.parametrize(
    ("function", "out"),
    [
        (halved, np.zeros(2)), (weighted, np.zeros((2, 2))), (weighted, np.zeros(3)),
        (blend, (np.zeros((2, 2)), np.zeros((2, 1)))),
    ],
    ids=["flat", "one row per agent", "flat total", "two shapes"],
)  # fmt: skip
def test_wrong_output_is_refused(function, out):
    inputs = [np.ones((2, 2)), *[1.0] * (len(function.names) - 1)]
    with pytest.raises(ValueError, match=f"{function.__name__}: outputs must be"):
        function(*inputs, out=out)


def test_total_refuses_inputs_that_disagree_on_the_agents():
    with pytest.raises(ValueError, match=r"weighted: value has shape \(2, 4\)"):
        weighted(np.ones((2, 4)), np.ones((3, 1)), 1.0, out=np.zeros((1, 4)))


@pytest.mark.parametrize(
    ("places", "named", "message"),
    [
        ((1.0,), {"goal": 2.0, "speed": 0.5}, "blend misses cap"),
        ((), {"level": 1.0, "cap": 2.0}, "blend misses goal, speed"),
        ((1.0, 2.0, 0.5), {"lid": 9.0}, "blend has no input 'lid'; it has level, goal, speed, cap"),
        ((1.0, 2.0, 0.5, 9.0), {"cap": 9.0}, "has an input twice"),
    ],
)
def test_unknown_missing_or_doubled_input_is_refused_by_name(places, named, message):
    with pytest.raises(TypeError, match=message):
        blend(*places, **named)
    with pytest.raises(TypeError, match=message):
        blend(*places, **named, out=(np.zeros((1, 1)), np.zeros((1, 1))))


AGENTS, WORLDS = 31, 1024
_RANDOM = np.random.default_rng(11)
VALUES = _RANDOM.normal(size=(AGENTS, WORLDS)) * 10.0 ** _RANDOM.integers(-8, 9, size=(AGENTS, WORLDS))
WEIGHTS = _RANDOM.random((AGENTS, 1))


@pytest.mark.parametrize("worlds", [1, 37, 1024])
def test_total_adds_rows_in_order_with_the_same_bits_for_any_number_of_worlds(worlds):
    expected = np.zeros(worlds)
    for value, weight in zip(VALUES[:, :worlds], WEIGHTS, strict=True):
        expected += weight * value
    backwards = np.zeros(worlds)
    for value, weight in zip(VALUES[::-1, :worlds], WEIGHTS[::-1], strict=True):
        backwards += weight * value
    out = np.full((1, worlds), np.nan)
    weighted(np.ascontiguousarray(VALUES[:, :worlds]), WEIGHTS, 1.0, out=out)
    assert out[0].tobytes() == expected.tobytes()
    assert worlds == 1 or expected.tobytes() != backwards.tobytes()


def test_total_counts_a_shared_input_once_for_each_agent():
    out = np.full((1, 3), 99.0)
    weighted(np.array([[1.0, 2.0, 3.0]]), np.array([[1.0], [10.0]]), 2.0, out=out)
    assert out.tolist() == [[11.0, 44.0, 99.0]]


@rule
def refused_above_one(level: float) -> float:
    if level > 1.0:
        raise ValueError("above 1")
    return level


def test_a_rule_that_raises_stops_the_run_by_its_name() -> None:
    levels, out, tape = np.array([[0.5, 1.0]]), np.zeros((1, 2)), Tape()
    with tape.recording():
        refused_above_one(levels, out=out)
    tape.play()
    assert out.tolist() == [[0.5, 1.0]]
    levels[0, 1] = 1.5
    with pytest.raises(RuntimeError, match="the rule refused_above_one raised an error"):
        refused_above_one(levels, out=out)
    with pytest.raises(RuntimeError, match="the rule refused_above_one raised an error"):
        tape.play()
