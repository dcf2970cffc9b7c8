"""Displaced attacks: they are added up, and they kill nobody of the coalition."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from sim.agents.codes import DISPLACED_TARGETS
from sim.agents.elsewhere import Elsewhere
from sim.phase import Phase
from sim.theatre.calendar import Calendar, Today
from sim.worlds import Worlds

_CERTAIN = {
    "interception_probability": 1.0,
    "fatal_hit_on_coalition": 1.0, "fatal_hit_on_civilians": 1.0, "fatal_hit_on_iraqi_forces": 1.0, "death_toll_exponent": 2.5, "death_toll_cap": 250.0,
    "toll_normaliser": 1.3414, "wounded_per_death": 3.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def elsewhere():
    """Two factions in three worlds, the second without a displaced attack; every attack that can kill does."""
    targets = [np.zeros((2, 3)) for _ in DISPLACED_TARGETS]
    targets[0][:] = [[1.0, 0.0, 0.0], [2.0, 0.0, 1.0]]
    targets[2][:] = [[0.0, 0.0, 4.0], [0.0, 0.0, 4.0]]
    model = SimpleNamespace(
        seed_of_worlds=1,
        worlds=Worlds(0, 3),
        phase=Phase.DAYS,
        today=Today(Calendar(date(2020, 9, 30))),
        addresses=set(),
        landing=SimpleNamespace(rule=_CERTAIN),
        militias=SimpleNamespace(targets=targets, displaced=sum(targets)),
    )
    place = Elsewhere(model)
    for name in Elsewhere.decisions:  # 0 hits, kills one, wounds nobody
        place.draws[name][...] = 0.0
    place.land()
    return place


def test_displaced_attacks_are_added_over_factions(elsewhere):
    assert elsewhere.attacks.tolist() == [[3.0, 0.0, 9.0]]


@pytest.mark.parametrize(
    ("target", "attacks"),
    [
        ("iraqi_state", [3.0, 0.0, 1.0]), ("kurdistan", [0.0, 0.0, 0.0]), ("contractors", [0.0, 0.0, 8.0]),
        ("other_missions", [0.0, 0.0, 0.0]),
    ],
)  # fmt: skip
def test_each_target_gets_its_own(elsewhere, target, attacks):
    assert elsewhere.by_target[target].tolist() == [attacks]
    assert elsewhere.attacks_so_far[target].tolist() == [attacks]


def test_displaced_attacks_kill_civilians_and_iraqi_forces_but_nobody_of_the_coalition(elsewhere):
    assert elsewhere.coalition_deaths.tolist() == [[0.0, 0.0, 0.0]]
    assert elsewhere.civilian_deaths.tolist() == [[1.0, 0.0, 1.0]]
    assert elsewhere.iraqi_deaths.tolist() == [[1.0, 0.0, 1.0]]
    assert elsewhere.wounded.tolist() == [[0.0, 0.0, 0.0]]
    assert elsewhere.civilian_chance.tolist() == [[1.0, 0.0, 1.0]]
