"""The dice: published values of the generator, and draws that depend on nothing but their address."""

from datetime import date

import numpy as np
import pytest
from scipy import stats

from sim.dice import Dice, philox, start_normals, start_uniforms, uniform_of
from sim.phase import Phase
from sim.tape import Tape
from sim.theatre.calendar import Calendar, Today
from sim.worlds import Worlds

ONES = 0xFFFFFFFF
NAMES, DECISIONS = ("iran", "iraq", "iran "), ("leave", "course", "return")


def dice(worlds: Worlds, day: int = 0, names=NAMES, seed: int = 1, phase: Phase = Phase.DAYS, normals=()) -> Dice:
    today = Today(Calendar(date(2020, 9, 30)))
    today.become(day)
    return Dice(seed, phase, names, DECISIONS, worlds, today.day, normals)


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ((0, 0), 0, (0xFF1DAE59, 0x6CD10DF2)),
        ((ONES, ONES), ONES, (0x2C3F628B, 0xAB4FD7AD)),
        ((0x243F6A88, 0x85A308D3), 0x13198A2E, (0xDD7CE038, 0xF62A4C12)),
    ],
)
def test_the_generator_has_the_published_answers(counter: tuple[int, int], key: int, words: tuple[int, int]) -> None:
    """Random123 1.14, tests/kat_vectors, philox2x32 with 10 rounds."""
    assert tuple(map(int, philox(*map(np.uint64, (*counter, key))))) == words


@pytest.mark.parametrize("word", [0, 1, 2**31 - 1, 2**31, ONES])
def test_a_word_becomes_the_middle_of_its_interval(word: int) -> None:
    assert uniform_of(np.uint64(word)) == (word + 0.5) / 2**32


def test_a_uniform_is_one_even_in_the_tails() -> None:
    drawn = dice(Worlds(0, 200_000))["leave"]
    for row in drawn:
        assert stats.kstest(row, "uniform").pvalue > 1e-3
        counts = [(row < level).sum() + (row > 1.0 - level).sum() for level in (1e-2, 1e-3, 1e-4)]
        np.testing.assert_allclose(counts, np.array([4000, 400, 40]), rtol=0.1, atol=25)


def test_draws_of_other_addresses_are_unrelated() -> None:
    worlds = Worlds(0, 20_000)
    first = dice(worlds)
    rows = [*first["leave"], *first["course"], *first["return"], *dice(worlds, day=1)["leave"], *dice(worlds, seed=2)["leave"]]
    rows += [*dice(worlds, phase=Phase.HISTORY)["leave"], *dice(Worlds(20_000, 20_000))["leave"], first["leave"][0, ::-1]]
    rows.append(start_uniforms(1, ["iran"], "leave", worlds)[0])
    related = np.corrcoef(rows) - np.eye(len(rows))
    assert np.abs(related).max() < 5.0 / np.sqrt(worlds.count)


def test_a_draw_depends_on_its_address_alone() -> None:
    """Other worlds in the block, other agents beside it, another order of asking: all the same."""
    whole = dice(Worlds(0, 3000), day=40)
    expected = {name: whole[name][:, 731].copy() for name in DECISIONS}
    for alone in (dice(Worlds(731, 1), day=40), dice(Worlds(700, 90), day=40)):
        place = 731 - (700 if alone["leave"].shape[1] > 1 else 731)
        for name in reversed(DECISIONS):
            np.testing.assert_array_equal(alone[name][:, place], expected[name])
    np.testing.assert_array_equal(dice(Worlds(731, 1), day=40, names=NAMES[1:])["course"][:, 0], expected["course"][1:])


def test_worlds_of_a_period_share_their_dice() -> None:
    drawn = dice(Worlds(0, 12, period=4))["leave"]
    np.testing.assert_array_equal(drawn[:, 4:8], drawn[:, :4])
    np.testing.assert_array_equal(drawn[:, 8:], dice(Worlds(0, 4))["leave"])


def test_normals_are_quantiles_of_the_uniforms() -> None:
    worlds = Worlds(0, 1000)
    normal, plain = dice(worlds, normals=("course",)), dice(worlds)
    np.testing.assert_allclose(normal["course"], stats.norm.ppf(plain["course"]), rtol=1e-12, atol=1e-14)
    np.testing.assert_array_equal(normal["leave"], plain["leave"])
    starts = start_uniforms(3, NAMES, "departure", worlds)
    np.testing.assert_allclose(start_normals(3, NAMES, "departure", worlds), stats.norm.ppf(starts), rtol=1e-12, atol=1e-14)


def test_every_recording_draws_for_itself() -> None:
    """Who asked before it may not ask tomorrow."""
    today = Today(Calendar(date(2020, 9, 30)))
    drawn = Dice(1, Phase.DAYS, NAMES, DECISIONS, Worlds(0, 5), today.day)
    first = drawn["leave"].copy()
    tape = Tape()
    with tape.recording():
        drawn["leave"]
        drawn["course"]
    assert len(tape.calls) == 1
    today.become(1)
    tape.play()
    np.testing.assert_array_equal(drawn["leave"], dice(Worlds(0, 5), day=1)["leave"])
    assert not np.array_equal(drawn["leave"], first)


def test_there_is_room_for_so_many_decisions() -> None:
    with pytest.raises(ValueError, match="129 decisions of iran ...: there is room for 128"):
        Dice(1, Phase.DAYS, NAMES, [str(number) for number in range(129)], Worlds(0, 1), np.zeros((1, 1)))
