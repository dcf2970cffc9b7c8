"""Is the floor what the model draws, no more and no less, and are both timed?"""

import numpy as np
import pytest
from conftest import arm

import sim.worlds
from experiments.engine.block import build_model
from experiments.studies.benchmark.timings import BareDraws, seconds_of, time_blocks
from sim.kind import Kind
from sim.model import IraqModel
from sim.worlds import CHUNK, Worlds

DAYS = 16
_FIRST_COUNT = 1
"""What SFC64's counter of outputs begins with, before NumPy lets it run idle twelve times."""


class Registered:
    """Generators in the order in which streams asked for them: SFC64 counts its outputs, one a uniform."""

    def __init__(self) -> None:
        self.made: list[np.random.Generator] = []

    def states(self) -> list[list[int]]:
        """Return the words of each state, the count last."""
        return [[int(word) for word in generator.bit_generator.state["state"]["state"]] for generator in self.made]

    def drawn(self) -> int:
        """Return how many uniforms all of them have drawn."""
        return sum(state[3] - _FIRST_COUNT - 12 for state in self.states())


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> Registered:
    """Register every generator of streams made from now on."""
    register, make = Registered(), sim.worlds.generator

    def generator(seed: int, name: str, chunk: int, phase: int = 1) -> np.random.Generator:
        made = make(seed, name, chunk, phase)
        if phase == 1:  # those of the days
            register.made.append(made)
        return made

    monkeypatch.setattr(sim.worlds, "generator", generator)
    return register


def uniforms_a_day(model: IraqModel) -> int:
    """Return how many uniforms one world is due a day, counted from what the kinds declare."""
    kinds = [kind for kind in vars(model).values() if isinstance(kind, Kind)]
    attacks_at_sites = len(model.militias.names) * (len(model.sites.names))
    return sum(len(kind.names) * len(kind.decisions) for kind in kinds) + attacks_at_sites


@pytest.mark.parametrize("worlds", [Worlds(0, 16), Worlds(CHUNK - 3, 5), Worlds(0, CHUNK + 7)])
def test_the_floor_draws_the_very_uniforms_that_the_model_draws(registered: Registered, worlds: Worlds) -> None:
    chosen = arm("us_pullout", f"ensemble.days={DAYS}")
    model = build_model(chosen, worlds)
    of_model, registered.made = registered.made, []
    bare = BareDraws(model, build_model(chosen, worlds))
    for days in (10, 6):
        model.run(days)
        bare.draw(bare.due())
    drawn, states = registered.drawn(), registered.states()
    registered.made = of_model
    assert states == registered.states()
    chunks = len(list(worlds.chunks()))
    assert drawn == registered.drawn() == DAYS * chunks * CHUNK * uniforms_a_day(model)


def test_what_nobody_asked_for_is_not_drawn_by_the_floor_either(registered: Registered) -> None:
    chosen = arm("stay")
    model = build_model(chosen, Worlds(0, 4))
    of_model, registered.made = registered.made, []
    bare = BareDraws(model, build_model(chosen, Worlds(0, 4)))
    for _ in range(5):
        for streams in model.streams:
            streams.next_day()
        model.day += 1
    for decision in model.coalition.decisions[:1]:
        _ = model.coalition.draws[decision]
    bare.draw(bare.due())
    expected = 5 * CHUNK * len(model.coalition.names) * len(model.coalition.decisions)
    assert registered.drawn() == expected
    registered.made = of_model
    assert registered.drawn() == expected


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
