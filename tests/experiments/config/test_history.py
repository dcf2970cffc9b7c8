"""Worlds that start from the year before: their states, how these are stored, and that worlds stay independent."""

import os
import stat
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from composing import ABSENT, read, with_priors
from conftest import same_bits

from experiments.config.arm import Arm
from experiments.config.history import year_before
from experiments.engine import initial_state as starts
from experiments.engine.block import build_model, run_block
from experiments.engine.initial_state import end_of_year_before, file_of
from experiments.errors import InputError
from sim.history.year_before import carried, set_campaigns
from sim.state import memory, take
from sim.worlds import CHUNK, Worlds

HISTORY = "ensemble.start=history"
SHORT = 40


def out_of_history(scenario: str = "stay", *overrides: str, days: int = SHORT) -> Arm:
    return replace(with_priors(scenario, HISTORY, *overrides), days=days)


@pytest.fixture
def short_year(monkeypatch: pytest.MonkeyPatch) -> list[Worlds]:
    """Let the year before be a month, and tell which worlds lived through it."""
    lived: list[Worlds] = []
    whole = starts.year_before

    def recorded(arm: Arm, worlds: Worlds) -> Mapping[str, np.ndarray]:
        lived.append(worlds)
        return end_of_year_before(arm, worlds)

    monkeypatch.setattr(starts, "year_before", lambda arm: replace(whole(arm), days=30))
    monkeypatch.setattr(starts, "end_of_year_before", recorded)
    return lived


def test_the_year_before_begins_on_its_day_with_all_members_and_ends_on_the_eve_of_day_0() -> None:
    before = year_before(with_priors())
    assert (before.theatre.start.isoformat(), before.days) == ("2019-10-01", 365)
    assert before.calendar.lead_election is None
    assert all(member.present for member in before.theatre.members)
    assert sum(member.troops for member in before.theatre.members) == 3951.0
    assert dict(before.history.fixed)["truce.onset_hazard"] == 0.0
    assert before.policies == ()


def test_it_begins_with_the_levels_of_its_time_and_campaigns_anywhere() -> None:
    before = year_before(with_priors("stay", "patron.campaign_volatility=0.5", "patron.campaign_correlation=0.6"))
    model = build_model(before, Worlds(0, 2048))
    rockets, convoys = model.patron.rockets[0], model.patron.convoys[0]
    assert rockets.std() == pytest.approx(0.5, rel=0.05)
    assert abs(rockets.mean()) < 0.05
    assert np.corrcoef(rockets, convoys)[0, 1] == pytest.approx(0.6, abs=0.05)
    a_month = model.islamic_state.capability.sum(axis=0) * 365 / 12
    assert np.median(a_month) == pytest.approx(139, abs=2)
    assert model.government.capital.mean() == pytest.approx(0.4, abs=0.01)


def test_memories_that_go_with_the_intensities_of_the_start_are_those_of_the_start() -> None:
    model = build_model(with_priors(), Worlds(0, 16))
    militias = model.militias
    before = [a.copy() for a in (militias.rockets.excitation, militias.claims, model.situation.attack_rate)]
    set_campaigns(model, militias.rockets.intensity_at_start, militias.convoys.intensity_at_start)
    for was, now in zip(before, (militias.rockets.excitation, militias.claims, model.situation.attack_rate), strict=True):
        np.testing.assert_allclose(now, was, rtol=1e-9)


def test_worlds_start_from_what_goes_on_and_as_given_in_all_else(short_year: list[Worlds]) -> None:
    arm = out_of_history()
    lived, given = end_of_year_before(arm, Worlds(0, 64)), take(build_model(with_priors(), Worlds(0, 64)))
    started = memory(build_model(arm, Worlds(0, 64)))
    assert set(lived) == set(carried(build_model(arm, Worlds(0, 1))))
    for name, array in started.items():
        np.testing.assert_array_equal(array, lived.get(name, given[name]), err_msg=name)
    assert not np.array_equal(lived["islamic_state.capability"], given["islamic_state.capability"])


def test_a_start_is_computed_once_and_every_arm_of_a_sweep_shares_it(short_year: list[Worlds]) -> None:
    stay, pullout = out_of_history(), out_of_history("us_pullout")
    assert file_of(stay, 0) == file_of(pullout, 0)
    for arm, worlds in ((stay, Worlds(0, 8)), (pullout, Worlds(8, 40)), (stay, Worlds(1020, 8))):
        build_model(arm, worlds)
    assert short_year == [Worlds(0, CHUNK), Worlds(CHUNK, CHUNK)]
    assert file_of(stay, 1).exists()
    other = out_of_history("stay", "militias.effect_of_grievance=1.5")
    assert file_of(other, 0) != file_of(stay, 0)
    removed = replace(stay, history=replace(stay.history, forcings=stay.history.forcings[1:]))
    assert file_of(removed, 0) != file_of(stay, 0)


def test_a_broken_file_is_made_again(short_year: list[Worlds]) -> None:
    arm = out_of_history()
    first = take(build_model(arm, Worlds(0, 4)))
    file_of(arm, 0).write_bytes(b"half a file")
    again = take(build_model(arm, Worlds(0, 4)))
    assert len(short_year) == 2
    assert all(np.array_equal(first[name], again[name], equal_nan=True) for name in first)


def test_colleagues_can_read_a_start_and_need_not_compute_it_again(short_year: list[Worlds]) -> None:
    arm = out_of_history()
    before = os.umask(0o022)
    try:
        build_model(arm, Worlds(0, 4))
    finally:
        os.umask(before)
    (file,) = file_of(arm, 0).parent.iterdir()
    assert (file, oct(stat.S_IMODE(file.stat().st_mode))) == (file_of(arm, 0), "0o644")


def test_without_a_folder_the_year_is_lived_through_again(short_year: list[Worlds], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    arm = replace(out_of_history(), results=tmp_path / "file")
    build_model(arm, Worlds(0, 4))
    build_model(arm, Worlds(0, 4))
    assert len(short_year) == 2


def test_a_world_is_the_same_in_any_block_and_arms_until_the_first_policy(short_year: list[Worlds]) -> None:
    stay, pullout = (out_of_history(name, days=21) for name in ("as_of_30_september", "us_pullout"))
    whole = run_block(stay, Worlds(0, 12))
    assert same_bits(whole.isel(world=slice(5, 8)), run_block(stay, Worlds(5, 3))) == []
    other = run_block(pullout, Worlds(0, 12))
    by_week = [name for name in whole.data_vars if "week" in whole[name].dims]
    assert same_bits(whole[by_week].isel(week=slice(0, 2)), other[by_week].isel(week=slice(0, 2))) == []
    assert same_bits(whole[by_week], other[by_week]) != []


def test_a_scenarios_dice_are_the_same_with_and_without_a_year_before(short_year: list[Worlds]) -> None:
    given, lived = build_model(with_priors(), Worlds(0, 4)), build_model(out_of_history(), Worlds(0, 4))
    before = build_model(year_before(with_priors()), Worlds(0, 4))
    for model in (given, lived, before):
        model.run(3)
    for one, other, earlier in zip(*(model.kinds().values() for model in (given, lived, before)), strict=True):
        for decision in one.decisions:
            np.testing.assert_array_equal(one.draws[decision], other.draws[decision])
            assert not np.array_equal(one.draws[decision], earlier.draws[decision])


def test_a_start_as_given_has_nothing_of_the_year_before_in_its_key() -> None:
    given = with_priors()
    assert "history" not in given.identity
    assert with_priors("stay", HISTORY).key != given.key
    fewer = with_priors("stay", "~history.events.protests")
    assert fewer.key == given.key
    assert with_priors("stay", HISTORY, "~history.events.protests").key != with_priors("stay", HISTORY).key


@pytest.mark.parametrize(
    ("entries", "complaint"),
    [
        ({"ensemble.start": "yesterday"}, "ensemble.start='yesterday' is none of auto, given, history"),
        ({"history.start": "2020-12-01"}, "history.start=2020-12-01 is not before theatre.start=2020-09-30"),
        ({"history.start": "autumn"}, "history.start='autumn' is not a date such as 2020-09-30"),
        ({"history.events": "none"}, "history.events='none' is not a mapping"),
        ({"history.fixed.no_truce.parameter": "truce.onset"}, "history.fixed.no_truce.parameter=truce.onset is no parameter"),
        ({"history.fixed.no_truce.value": "none"}, "history.fixed.no_truce.value='none' is not a number"),
        ({"history.fixed.no_truce.values": 1}, "history.fixed.no_truce.values=1 is no setting"),
        ({"history.events.caretaker.until": ABSENT}, "history.events.caretaker misses until"),
    ],
)
def test_what_cannot_be_used_is_one_line(entries: Mapping[str, object], complaint: str) -> None:
    with pytest.raises(InputError) as error:
        read(entries=entries)
    assert complaint in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", [b"", b"PK", b"\x93NUMPY", bytes(range(256)), b"PK\x05\x06" + bytes(18), None])
def test_what_is_damaged_of_the_starts_is_lived_through_again(
    short_year: list[Worlds], tmp_path: Path, content: bytes | None
) -> None:
    arm = replace(out_of_history(), results=tmp_path)
    worlds = Worlds(0, 2)
    whole = {"restraint": np.zeros((1, CHUNK)), "troops": np.ones((3, CHUNK))}
    starts._write(file_of(arm, 0), whole)
    assert starts.start_of(arm, worlds).keys() == whole.keys()
    assert short_year == []
    file = file_of(arm, 0)
    file.write_bytes(file.read_bytes()[:-40] if content is None else content)
    assert starts._read(file) is None
