"""The page shows only worlds that were run.

They are the same worlds as when each arm runs alone; only changed arms are run, and only the last request is answered.
"""

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_explore_state import BORDER, pullout, state

from experiments.engine.block import run_block
from experiments.studies.explore import runs
from experiments.studies.explore.explorer import Explorer
from experiments.studies.explore.keep import page_without_server
from experiments.studies.explore.runs import Runs
from experiments.studies.explore.seen import SupersededError
from experiments.studies.explore.state import read_state
from sim.worlds import Worlds

PAGE = Path(runs.__file__).parent / "page"
VENDORED = {
    "d3-7.9.2.min.js": "912111098ea99503a6f4967361d2bbdc9dbf58cf9c678c8e27e5b02d1a07f0c1",
    "plot-0.6.17.umd.min.js": "4358086467740777dd788d6b27a95cebdbaefdd50c730a3060117073bd7134cb",
}


def always() -> bool:
    return True


@pytest.fixture(autouse=True)
def _every_step_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "_SOONEST", 0.0)


@pytest.fixture(scope="module")
def explorer() -> Explorer:
    """Return one analyst's page."""
    return Explorer(BORDER, read_state(state()), Runs())


def asked(explorer: Explorer, given: Any) -> list[dict[str, Any]]:
    """Return the messages of a state, as they are sent."""
    return [json.loads(json.dumps(message, allow_nan=False)) for message in explorer.see(given)]


@pytest.mark.parametrize("held", [{}, {"militias.effect_of_restraint": 1.5}])
def test_the_worlds_are_those_of_each_arm_alone(held: dict[str, float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "_FEWEST", 16)  # several threads
    arms = BORDER.arms(read_state(state({"scenario": "stay"}, pullout(start=30), {"scenario": "crackdown"}, held=held)))
    *growing, last = Runs().see(arms, always)
    assert [seen.day for seen in growing] == list(range(7, 120, 7))
    assert last.is_done
    assert last.anew == 3
    for arm, data in zip(arms, last.data, strict=True):
        whole = run_block(arm, Worlds(0, 40))
        assert data.identical(whole[list(data.data_vars)])
        for seen in growing:
            weeks = seen.day // 7
            part = seen.data[arms.index(arm)]["civilian_deaths_by_week"]
            np.testing.assert_array_equal(part, whole["civilian_deaths_by_week"][:, :weeks])


def test_a_quick_run_is_told_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "_SOONEST", 60.0)
    assert [seen.day for seen in Runs().see(BORDER.arms(read_state(state())), always)] == [120]


def test_only_what_changed_is_run() -> None:
    mine = Runs()
    before = BORDER.arms(read_state(state()))
    after = BORDER.arms(read_state(state({"scenario": "as_of_30_september"}, pullout(start=20))))
    longer = BORDER.arms(read_state(state(days=130)))
    assert [list(mine.see(arms, always))[-1].anew for arms in (before, before, after, before, longer)] == [2, 0, 1, 0, 2]
    assert mine.completed == 3


def test_models_that_begin_anew_forget_the_arms_before() -> None:
    mine = Runs()
    states = [
        state({"scenario": "stay"}, pullout(start=30)),
        state({"scenario": "stay"}, pullout(start=31)),
        state({"scenario": "stay"}, {"scenario": "ultimatum"}),
        state({"scenario": "stay"}, pullout(start=30, strength=0.5)),
    ]
    with pytest.raises(SupersededError):  # stopped on its way
        wanted = iter([True] * 70)
        list(mine.see(BORDER.arms(read_state(states[0])), lambda: next(wanted, False)))
    for given in states:
        arms = BORDER.arms(read_state(given))
        *_, last = mine.see(arms, always)
        for arm, data in zip(arms, last.data, strict=True):
            assert data.identical(run_block(arm, Worlds(0, 40))[list(data.data_vars)])


def test_what_is_not_wanted_any_more_stops_between_two_days() -> None:
    mine, left = Runs(), iter([True] * 5)
    with pytest.raises(SupersededError):
        list(mine.see(BORDER.arms(read_state(state())), lambda: next(left, False)))
    assert mine.completed == 0
    assert list(mine.see(BORDER.arms(read_state(state())), always))[-1].anew == 2


def test_twenty_quick_moves_end_in_one_run(explorer: Explorer) -> None:
    before = explorer.runs.completed
    moves = [explorer.see(state({"scenario": "stay"}, pullout(start=day))) for day in range(40, 60)]
    heard = [[message["kind"] for message in move] for move in moves]
    assert heard[:-1] == [["superseded"]] * 19
    assert heard[-1][-2:] == ["done", "headline"]
    assert explorer.runs.completed == before + 1


def test_a_reader_that_is_gone_holds_nobody_up(explorer: Explorer) -> None:
    left = explorer.see(state({"scenario": "stay"}, pullout(start=61)))
    assert next(left)["kind"] == "growing"
    assert "done" in [message["kind"] for message in explorer.see(state({"scenario": "stay"}, pullout(start=62)))]
    assert [message["kind"] for message in left] == ["superseded"]


def test_the_end_of_the_server_stops_what_runs(explorer: Explorer) -> None:
    running = explorer.see(state({"scenario": "stay"}, pullout(start=63)))
    assert next(running)["kind"] == "growing"
    explorer.end()
    assert [message["kind"] for message in running] == ["superseded"]


def test_the_message_has_the_numbers_of_the_worlds(explorer: Explorer) -> None:
    last = next(message for message in asked(explorer, state()) if message["kind"] == "done")
    reference, arm = (run_block(one, Worlds(0, 40)) for one in BORDER.arms(read_state(state())))
    moved = arm["civilian_deaths"].values[:, -1] - reference["civilian_deaths"].values[:, -1]
    row = next(row for row in last["rows"][0] if row["outcome"] == "civilian_deaths")
    np.testing.assert_allclose(row["quantiles"], np.quantile(moved, [0.05, 0.25, 0.5, 0.75, 0.95]), rtol=1e-5)
    np.testing.assert_allclose(last["dots"][0]["civilian_deaths"], moved, rtol=1e-5)
    chance = [1.0 - np.exp(-one["fall_hazard"].values[:, -1].astype(float)) for one in (arm, reference)]
    rare = next(row for row in last["rows"][0] if row["outcome"] == "fall_hazard")
    assert rare["quantiles"][2] == pytest.approx(float(np.mean(chance[0] - chance[1])), rel=1e-4)
    by_place = (arm["attacks_by_governorate"] - reference["attacks_by_governorate"])[:, -1].mean("world")
    np.testing.assert_allclose([one["change"] for one in last["map"][0]], by_place, rtol=1e-4, atol=1e-6)
    fan = next(one for one in last["fans"] if one["outcome"] == "attacks")
    weekly = (arm["attacks_by_week"] - reference["attacks_by_week"]).cumsum("week")
    np.testing.assert_allclose(fan["differences"][0][2], np.median(weekly, axis=0), rtol=1e-5)
    assert last["keys"] == [one.key for one in BORDER.arms(read_state(state()))]
    assert last["short"]


def test_a_bad_value_is_one_message(explorer: Explorer) -> None:
    (found,) = asked(explorer, state({"scenario": "stay"}, pullout(start=400)))
    assert found["kind"] == "error"
    assert found["text"].startswith("policies.full_pullout.start=400 (4 November 2021) is beyond the horizon")


def test_the_story_has_what_happened_in_one_arm_alone(explorer: Explorer) -> None:
    told = explorer.story({"state": state(), "world": 3, "arm": 1})
    assert told["parts"] == 14
    assert [one["day"] for one in told["events"]] == sorted(one["day"] for one in told["events"])
    assert {one["arm"] for one in told["events"]} == {0, 1}
    assert all(one["day"] >= 14 for one in told["events"])
    first = [one["text"] for one in told["events"] if one["arm"] == 1 and one["day"] == 14]
    assert any("full exit announced" in text for text in first)
    listed = {one["event"] for one in told["counts"]}
    assert "IS attack" in listed
    assert not any("IS attack" in one["text"] for one in told["events"])
    assert not any("strength 0-1" in one["text"] or "(0 persons)" in one["text"] for one in told["events"])


def test_what_is_kept_is_written_only_when_it_is_asked_for(explorer: Explorer) -> None:
    given = state({"scenario": "as_of_30_september"}, pullout(start=21))
    asked(explorer, given)
    found = explorer.keeper.kept(given)
    assert list(Path().iterdir()) == []
    written = explorer.keeper.keep(given)["written"]
    assert [Path(name).read_text(encoding="utf-8") for name in written] == list(found["files"].values())
    assert re.fullmatch(r"my_conf/scenario/explored_[0-9a-f]{6}\.yaml", written[0])


def test_a_page_without_a_server_holds_everything() -> None:
    text = page_without_server({"about": {"outcomes": {}}, "shown": {"x": "</script><b>"}})
    assert "</script><b>" not in text
    assert not re.search(r"""(?:src|href)=["'](?!#|data:)""", text.partition("<script>")[0])
    assert "default-src 'none'" in text
    for name in ("charts.js", "controls.js", "explore.js", "explore.css"):
        assert (PAGE / name).read_text(encoding="utf-8").strip()[-40:] in text


def test_the_vendored_files_are_those_of_their_makers() -> None:
    found = {file.name: sha256(file.read_bytes()).hexdigest() for file in (PAGE / "vendor").glob("*.js")}
    assert found == VENDORED
    licence = (PAGE / "vendor" / "LICENSE").read_text(encoding="utf-8")
    assert all(name in licence for name in VENDORED)
