"""`knockon decide`: arms, thresholds and doses, and the settings that it refuses."""

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import yaml
from conftest import Answer, is_one_line

from experiments.config.defaults import conf_folder
from experiments.config.fields import read
from experiments.errors import InputError
from experiments.studies.decide.settings import Settings

SMALL = ("ensemble.days=40", "ensemble.worlds=40", "ensemble.worlds_per_draw=10", "compute=serial")
TWO = ("decide.arms=[as_of_30_september,us_pullout]", "decide.outcomes=[attacks,incident_hazard]")
NO_DOSES = "decide.doses=null"
START = {"name": "start", "scenario": "us_pullout", "vary": {"policies.full_pullout.start": [14, 60]}}


def folder_of(results: Path) -> Path:
    (folder,) = results.glob("decide-*")
    return folder


@pytest.mark.promised
@pytest.mark.slow
def test_the_job_leaves_regret_thresholds_and_doses(knockon: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.figures.draw.PIXELS_AN_INCH", 40)
    doses = (
        "decide.doses=[{name: dial, scenario: us_pullout_feared_knock_on, vary: {policies.knock_on_exits.strength: [0, 2]}},"
        " {name: both, scenario: us_pullout, vary: {policies.full_pullout.strength: [0, 1], policies.full_pullout.stretch: [1,2]}}]"
    )
    limits = "decide.thresholds=[{outcome: attacks, at_most: 1, relative_to: as_of_30_september}, {outcome: incident_hazard, at_most: 0}]"
    answer = knockon("decide", *SMALL, *TWO, doses, limits)
    assert answer.code == 0, answer.err
    folder = folder_of(Path("results"))
    tables = {path.stem: pd.read_csv(path) for path in (folder / "tables").iterdir()}
    assert set(tables) == {"regret", "satisficing", "dose_dial", "dose_both"}
    assert len(tables["regret"]) == 4
    assert set(tables["regret"]["draws"]) == {4}
    shares = tables["satisficing"].set_index(["arm", "threshold"])["share"]
    assert shares["as_of_30_september", "attacks at most 1 times as_of_30_september"] == 1.0
    assert len(tables["dose_both"]) == 4 * 2
    none = tables["dose_both"][tables["dose_both"]["policies.full_pullout.strength"] == 0]
    assert (none.loc[none["outcome"] == "attacks", "difference_median"] == 0.0).all()  # nobody leaves: as stay, to the bit
    assert {path.name for path in (folder / "figures").glob("*.pdf")} == {
        "regret.pdf", "satisficing.pdf", "dose_dial.pdf", "dose_both.pdf",
    }  # fmt: skip
    assert "Regret over 4 draws of the parameters, by outcome" in answer.out


@pytest.mark.promised
@pytest.mark.slow
def test_without_thresholds_and_doses_there_is_regret(knockon: Callable[..., Answer]) -> None:
    answer = knockon("decide", *SMALL, *TWO, NO_DOSES, "decide.thresholds=null")
    assert answer.code == 0, answer.err
    assert {path.name for path in (folder_of(Path("results")) / "tables").iterdir()} == {"regret.csv"}


@pytest.mark.parametrize(
    ("entry", "value", "message"),
    [
        ("arms", ["stay"], "a decision has at least two arms"),
        ("outcomes", ["strikes"], "'strikes' is no outcome with one number in every world and a direction that is worse"),
        ("outcomes", ["atacks"], "did you mean attacks"),
        ("thresholds", [{"outcome": "attacks"}], "is no threshold: a threshold needs an outcome, and either"),
        ("thresholds", [{"outcome": "attacks", "at_most": "many"}], "decide.thresholds[0].at_most='many' is not a number"),
        (
            "thresholds",
            [{"outcome": "attacks", "at_most": 1, "relative_to": "us_pullut"}],
            "is none of decide.arms; did you mean",
        ),
        ("thresholds", [{"outcome": "attacks", "atmost": 1}], "decide.thresholds[0].atmost=1 is no setting"),
        ("doses", {"start": START}, "is not a list such as"),
        ("doses", [{"name": "a", "scenario": "us_pullout"}], "decide.doses[0] misses vary"),
        ("doses", [{**START, "name": "a/b"}], "decide.doses[0].name='a/b' is used as the name of a file"),
        ("doses", [START, START], "the names start, start are not all different"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(entry: str, value: object, message: str) -> None:
    shipped = yaml.safe_load((conf_folder() / "decide" / "default.yaml").read_text(encoding="utf-8"))
    with pytest.raises(InputError, match=re.escape(message)):
        read(Settings, "decide", {**shipped, entry: value})


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("ensemble.worlds_per_draw=1", "with one world per draw, chance would look like an effect of the parameters"),
        ("decide.arms=[stay,us_pullot]", "us_pullot"),
        ("decide.doses=[{name: a, scenario: us_pullout, vary: {policies.full_pullot.strength: [1]}}]", "full_pullot"),
        (
            "decide.doses=[{name: a, scenario: us_pullout, vary: {policies.full_pullout.strength: [2]}}]",
            "policies.full_pullout.strength=2",
        ),
    ],
)
def test_what_cannot_be_used_is_one_line(knockon: Callable[..., Answer], override: str, message: str) -> None:
    is_one_line(knockon("decide", *SMALL, *TWO, *([] if "doses" in override else [NO_DOSES]), override), message)
    assert not Path("results").exists()
