"""One world of a stored ensemble, run again: the same bits, its log, and the day on which two arms of it part."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import Answer, block, is_one_line
from PIL import Image

from experiments.errors import InputError
from experiments.figures.draw import PIXELS_AN_INCH
from experiments.studies.replay.choice import read_choice
from experiments.studies.replay.report import unlike_stored

SMALL = ("ensemble.days=16", "ensemble.record=totals")


@pytest.mark.slow
def test_a_stored_world_is_found_replayed_and_checked(knockon: Callable[..., Answer], drawn: object) -> None:
    assert knockon("run", "-m", "scenario=as_of_30_september,us_pullout", "ensemble.worlds=5", *SMALL).code == 0
    answer = knockon("replay", "pick=worst", "outcome=attacks", *SMALL)
    assert (answer.code, answer.err) == (0, "")
    (folder,) = Path("results").glob("replay-*")
    about = json.loads((folder / "asked.json").read_text())
    world, found = about["asked"]["world"], about["found"]
    assert list(found["arms"]) == ["as_of_30_september", "us_pullout"]
    assert all(arm["stored"] and arm["identical"] for arm in found["arms"].values())
    assert found["parts_on"] == 14
    assert f"World {world} of us_pullout, 16 days, seed 20200930: the stored world, bit for bit" in answer.out
    assert "as_of_30_september and us_pullout diverge on day 14, 2020-10-14" in answer.out
    assert "That day in us_pullout alone: full_pullout: policy begins; lead_nation: " in answer.out
    assert f"World {world}: " in answer.out
    assert "in 5 stored worlds" in answer.out
    events = pd.read_csv(folder / "tables" / "events.csv")
    assert set(events["date"]) <= {
        f"2020-{month}-{day:02}" for month, days in (("09", [30]), ("10", range(1, 16))) for day in days
    }
    assert {str(file.relative_to(folder)) for file in folder.rglob("*.*")} == {
        "arms.csv", "asked.json", "tables/events.csv", "tables/parting.csv",
        "figures/timeline.pdf", "figures/timeline.png", "figures/timeline.svg", "figures/timeline.txt",
    }  # fmt: skip
    with Image.open(folder / "figures" / "timeline.png") as picture:
        assert picture.width == 7.2 * PIXELS_AN_INCH
        for arm in pd.read_csv(folder / "arms.csv").to_dict("records"):
            assert f"{arm['arm']} {arm['key']}" in picture.info["Subject"]

    alone = knockon("replay", "world=7", "against=null", "figure=nature_89", *SMALL)
    assert alone.code == 0
    (figure,) = Path("results").glob("replay-7-*/figures-nature_89/timeline.png")
    with Image.open(figure) as picture:
        assert picture.width == 3.5 * PIXELS_AN_INCH
    assert "so it cannot be checked" in alone.out
    assert "part" not in alone.out.replace("partial", "")


def test_a_bit_that_differs_is_found() -> None:
    world = block("us_pullout", *SMALL, count=2).isel(world=[1])
    assert unlike_stored(world, world.copy(deep=True)) == []
    other = world.copy(deep=True)
    other["attacks"] = other["attacks"].copy(data=np.nextafter(other["attacks"].values, np.float32(np.inf)))
    assert unlike_stored(world, other) == ["attacks"]
    assert unlike_stored(world, other.drop_vars("attacks").rename(strikes="hits")) == ["attacks", "hits", "strikes"]


SHIPPED = {"arm": "us_pullout", "against": "stay", "world": 0, "pick": None, "outcome": None, "quantile": None}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"arm": {"a": 1}}, "is no arm: give a scenario, or 'arm={scenario: us_pullout, NAME: VALUE}'"),
        ({"arm": None}, "arm=None is no arm"),
        ({"world": -1}, "world=-1 is not a whole number from 0 to 99999999"),
        ({"world": 10**12}, "world=1000000000000 is not a whole number from 0 to 99999999"),
        ({"pick": "quantile", "quantile": float("nan"), "outcome": "attacks"}, "quantile=nan is not a finite number"),
        ({"outcome": "attacks"}, "outcome=attacks does not pick a world alone: add pick=median"),
        ({"quantile": 0.5}, "quantile=0.5 does not pick a world alone: add pick=median"),
        ({"pick": "best", "outcome": "attacks"}, "pick='best' is none of median, worst, quantile"),
        ({"pick": "median", "outcome": "atacks"}, "outcome=atacks is no outcome to pick by: it needs one number in every world; did you mean"),
        ({"pick": "median", "outcome": None}, "outcome=None is no outcome"),
        ({"pick": "median", "outcome": "attacks", "world": 3}, "world=3 and pick=median both choose the world"),
        ({"pick": "quantile", "outcome": "attacks"}, "quantile (0 to 1) is only for pick=quantile"),
        ({"pick": "worst", "outcome": "attacks", "quantile": 0.5}, "quantile (0 to 1) is only for pick=quantile"),
        ({"pick": "quantile", "quantile": 5, "outcome": "attacks"}, "quantile=5 is not from 0 to 1"),
    ],
)  # fmt: skip
def test_what_cannot_be_replayed_is_said(given: dict[str, object], said: str) -> None:
    with pytest.raises(InputError) as error:
        read_choice({**SHIPPED, **given}, list(given))
    assert said in str(error.value)


def test_the_shipped_choice_is_world_0_of_the_pullout_against_how_things_stood() -> None:
    choice = read_choice(SHIPPED, [])
    assert (choice.arms, choice.world, choice.pick) == ((("stay",), ("us_pullout",)), 0, None)
    alone = read_choice({**SHIPPED, "against": None, "arm": {"scenario": "stay", "militias.rate_cap": 4}}, ["against", "arm"])
    assert alone.arms == (("stay", "militias.rate_cap=4"),)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-m", "world=1,2"], "replay is no sweep"),
        (["scenario=stay"], "scenario=stay would change nothing: replay takes arm=SCENARIO"),
        (["arm=us_pulout", "against=null"], "scenario=us_pulout: there is no such scenario; did you mean us_pullout"),
        (["against=us_pullout"], "arm and against are the same arm"),
        (
            ["pick=worst", "outcome=strikes", "against=null"],
            "holds no finished world to pick from: run the arm first, with knockon run",
        ),
        (["arm={scenario: us_pullout, ensemble.seed: 4}"], "worlds of different seeds"),
    ],
)
def test_what_cannot_be_replayed_is_one_line(knockon: Callable[..., Answer], arguments: list[str], said: str) -> None:
    is_one_line(knockon("replay", *arguments, *SMALL), said)
    assert not Path("results").exists()


def test_an_arm_may_have_settings_of_its_own(knockon: Callable[..., Answer]) -> None:
    arm = "arm={scenario: stay, patron.restraint_at_start: 0.9}"
    answer = knockon("replay", arm, "against=stay", "world=2", "ensemble.start=given", *SMALL)
    assert answer.code == 0
    assert "restraint_at_start=0.9 diverge before the first day, in their initial states, in " in answer.out
