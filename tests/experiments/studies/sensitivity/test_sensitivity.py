"""`knockon sensitivity`: which numbers it varies, which it keeps, which mechanisms it switches off, and what it refuses."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from composing import with_priors
from conftest import Answer, is_one_line

from experiments.config.defaults import conf_folder
from experiments.config.fields import read
from experiments.config.ledger import Rest, designed, drawn_numbers, factors_of
from experiments.config.mechanisms import shipped_mechanisms as mechanisms
from experiments.errors import InputError
from experiments.studies.runner import check_overrides
from experiments.studies.sensitivity.ablation import CORE, arms_without
from experiments.studies.sensitivity.job import INSTEAD, check_asked
from experiments.studies.sensitivity.samples import keep, screening_arms, value_of_level
from experiments.studies.sensitivity.settings import Settings, Step
from sim.ledger.design import Design

SMALL = ("ensemble.days=30", "ensemble.worlds=8", "compute=serial")
TINY = (
    *SMALL, "sensitivity.trajectories=2", "sensitivity.worlds_per_row=2", "sensitivity.points=4", "sensitivity.keep=3",
    "sensitivity.outcomes=[attacks,incident_hazard]",
)  # fmt: skip


def settings(**changes: object) -> Settings:
    given: dict = {
        "arm": "us_pullout", "relative_to": "stay", "outcomes": ("attacks",), "steps": (Step.SCREENING,), "trajectories": 2,
        "keep": 3, "points": 4, "worlds_per_row": 2, "rest": Rest.DRAWN,
    }  # fmt: skip
    return Settings(**(given | changes))


# what is varied


def test_every_number_that_is_drawn_is_in_one_factor() -> None:
    arms = [with_priors("us_pullout", "policies.full_pullout.start=[uniform,14,60]"), with_priors()]
    factors = factors_of(arms)
    numbers = [number for columns in factors.values() for number in columns]
    assert len(numbers) == len(set(numbers))
    assert {*drawn_numbers(arms[0]), *drawn_numbers(arms[1])} <= set(numbers)
    assert factors["policies.full_pullout.start"] == ["policies.full_pullout.start"]
    assert factors["switches.displacement"] == ["switches.displacement"]
    assert len(factors["islamic_state.governorate_share"]) == 7


def test_a_screening_is_one_set_of_worlds_with_the_same_rows_and_dice_in_both_arms() -> None:
    arms = {name: with_priors(name) for name in ("us_pullout", "stay")}
    factors = factors_of(list(arms.values()))
    arms, design = screening_arms(arms, factors, settings())
    assert design.worlds == (len(factors) + 1) * 2 * 2
    for arm in arms.values():
        assert arm.worlds == design.worlds
        assert arm.ledger.design is not None
        assert arm.ledger.design.digest == design.digest
        assert arm.ledger.worlds_per_draw == 1
    assert arms["stay"].key != arms["us_pullout"].key


def test_an_arm_leaves_out_the_dials_that_it_does_not_have() -> None:
    arms = {"us_pullout": with_priors("us_pullout", "policies.full_pullout.start=[uniform,14,60]"), "stay": with_priors()}
    rows = Design(("policies.full_pullout.start", "coalition.exit_hazard"), np.full((3, 2), 0.5))
    arms = designed(arms, rows, Rest.FIXED)
    names = {label: arm.ledger.design.names for label, arm in arms.items() if arm.ledger.design}
    assert names == {"us_pullout": rows.names, "stay": ("coalition.exit_hazard",)}


def test_levels_of_a_tornado_are_values_and_variants() -> None:
    arm = with_priors("stay", "militias.effect_of_restraint.prior=[uniform,1,2]")
    assert value_of_level([arm], "militias.effect_of_restraint", "low") == "1.1"
    assert value_of_level([arm], "militias.effect_of_restraint", "high") == "1.9"
    assert value_of_level([arm], "switches.displacement", "1") == "high"


# what is kept


def test_of_every_quantity_the_strongest_is_kept_before_the_second_of_any() -> None:
    table = pd.DataFrame(
        [("attacks", "a", 9.0, True), ("attacks", "b", 8.0, True), ("attacks", "c", 7.0, True), ("strikes", "d", 0.2, True),
         ("strikes", "a", 0.1, True), ("strikes", "e", 5.0, False)],
        columns=["outcome", "factor", "relative", "clear"],
    ).assign(of="outcome")  # fmt: skip
    assert keep(table, 2) == ["a", "d"]
    assert keep(table, 9) == ["a", "d", "b", "c"]
    assert keep(table.assign(clear=False), 3) == []


# what is switched off


def test_an_arm_without_a_mechanism_is_the_arm_that_the_command_line_makes() -> None:
    without = dict(arms_without({"us_pullout": with_priors("us_pullout")}))
    assert set(without) == {*mechanisms(), CORE}
    assert without["grievance"]["us_pullout"].key == with_priors("us_pullout", "mechanisms.grievance=off").key
    assert without[CORE]["us_pullout"].key == with_priors("us_pullout", "model=core").key
    assert without["grievance"]["us_pullout"].resolved["mechanisms"]["grievance"] == "off"


def test_what_is_off_already_or_needed_is_not_switched_off() -> None:
    assert "truce" not in dict(arms_without({"brokered_truce": with_priors("brokered_truce")}))
    assert "crowd" not in dict(arms_without({"stay": with_priors("stay", "mechanisms.crowd=off")}))
    assert set(dict(arms_without({"stay": with_priors("stay", "model=core")}))) == {"recruitment"}


# the job


def folder_of(results: Path) -> Path:
    (folder,) = results.glob("sensitivity-*")
    return folder


@pytest.mark.promised
@pytest.mark.slow
def test_the_job_leaves_tables_and_figures(knockon: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "experiments.studies.sensitivity.ablation.shipped_mechanisms", lambda: {"grievance": mechanisms()["grievance"]}
    )
    monkeypatch.setattr("experiments.figures.draw.PIXELS_AN_INCH", 40)
    answer = knockon("sensitivity", *TINY)
    assert answer.code == 0, answer.err
    folder = folder_of(Path("results"))
    indices = pd.read_csv(folder / "tables" / "indices.csv")
    assert set(indices["of"]) == {"outcome", "difference"}
    assert set(indices["factor"]) <= set(pd.read_csv(folder / "tables" / "screening.csv")["factor"])
    assert indices["factor"].nunique() == 3
    assert set(pd.read_csv(folder / "tables" / "ablation.csv")["off"]) == {"grievance"}
    assert {path.name for path in (folder / "figures").glob("*.pdf")} == {
        f"{kind}_{of}.pdf" for kind in ("sobol", "tornado", "ablation") for of in ("outcome", "difference")
    }
    assert "factors change an outcome or a difference beyond chance" in answer.out
    arms = pd.read_csv(folder / "arms.csv")
    assert len(arms) == 6


@pytest.mark.parametrize(
    ("entry", "value", "message"),
    [
        ("outcomes", ["atacks"], "'atacks' is no outcome with one number in every world; did you mean attacks"),
        ("outcomes", ["resurgence_day"], "'resurgence_day' is no outcome with one number in every world"),
        ("outcomes", [], "is not a list such as"),
        ("points", 100, "sensitivity.points=100 is no power of 2"),
        ("relative_to", "us_pullout", "is the arm itself"),
        ("steps", ["indices"], "ask for both"),
        ("trajectories", 10**9, "sensitivity.trajectories=1000000000 is not a whole number from 2 to 1000"),
        ("points", 2**30, "is not a whole number from 4 to 65536"),
        ("keep", 10**6, "is not a whole number from 2 to 1000"),
        ("worlds_per_row", 1, "a whole number from 2 to 1000"),
        ("worlds", 3, "sensitivity.worlds=3 is no setting"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(entry: str, value: object, message: str) -> None:
    shipped = yaml.safe_load((conf_folder() / "sensitivity" / "default.yaml").read_text(encoding="utf-8"))
    with pytest.raises(InputError, match=re.escape(message)):
        read(Settings, "sensitivity", {**shipped, entry: value})


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("sensitivity.arm=us_pullot", "us_pullot"),
        ("figure=slide", "figure=slide: there is no such figure; did you mean slides?"),
        ("figure.widht=5", "figure.widht"),
        ("figure.width=1", "figure.width=1 is not from 3.3 to 12 inches"),
        ("ensemble.uncertainty=none", "varies numbers over their priors; leave it at prior"),
    ],
)
def test_what_cannot_be_used_is_one_line(knockon: Callable[..., Answer], override: str, message: str) -> None:
    is_one_line(knockon("sensitivity", *SMALL, override), message)
    assert not Path("results").exists()


def test_samples_that_no_arm_can_hold_are_refused_before_they_are_drawn(knockon: Callable[..., Answer]) -> None:
    is_one_line(
        knockon("sensitivity", "sensitivity.trajectories=1000", "sensitivity.worlds_per_row=1000"),
        "sensitivity.trajectories=1000 with worlds_per_row=1000 are 1",
        "worlds per arm, more than 10,000,000: ask for fewer",
    )


def test_settings_of_a_step_that_is_left_out_are_refused() -> None:
    check_asked(["ensemble.worlds=10", "sensitivity.points=64"], tuple(Step))
    said = (
        "ensemble.worlds=10 would change nothing: sensitivity.steps leaves out the ablation; sensitivity.trajectories, points"
    )
    with pytest.raises(InputError, match=said):
        check_asked(["ensemble.worlds=10"], (Step.SCREENING, Step.INDICES))
    with pytest.raises(
        InputError, match="sensitivity.points=64 would change nothing: sensitivity.steps leaves out the indices"
    ):
        check_asked(["sensitivity.points=64"], (Step.SCREENING,))


def test_a_sweep_and_what_would_change_nothing_are_refused(knockon: Callable[..., Answer]) -> None:
    answer = knockon("sensitivity", "-m", "sensitivity.keep=3,4")
    assert answer.code == 2
    assert answer.err.startswith("knockon: sensitivity is no sweep")
    with pytest.raises(InputError, match=re.escape("scenario=us_pullout would change nothing: sensitivity.arm")):
        check_overrides("sensitivity", ("scenario=us_pullout",), INSTEAD)
