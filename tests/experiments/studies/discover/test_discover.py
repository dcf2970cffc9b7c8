"""`knockon discover`: the values of the draws, the answers to the question, the box, and the settings that it refuses."""

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
from experiments.config.ledger import copies, drawn_numbers, with_design
from experiments.engine.draws import drawn_values
from experiments.engine.initial_state import build_model
from experiments.errors import InputError
from experiments.studies.discover.settings import Question
from experiments.studies.discover.study import in_play
from sim.ledger.design import Design
from sim.worlds import Worlds

SMALL = ("ensemble.days=20", "ensemble.worlds=240", "ensemble.worlds_per_draw=2", "compute=serial")
BY_VALUE = (
    "discover.outcome=islamic_state_attacks", "discover.arm=stay", "discover.relative_to=null", "discover.measure=value",
)  # fmt: skip


# the values of the draws


def test_values_are_those_that_the_model_reads() -> None:
    arm = with_priors("us_pullout", "ensemble.worlds_per_draw=3", "policies.full_pullout.start=[uniform,14,60]")
    values = drawn_values(arm, 12)
    parameters = build_model(arm, Worlds(0, 36)).parameters
    first = slice(None, None, 3)
    assert values["militias.effect_of_restraint"].tolist() == parameters.militias.effect_of_restraint[0, first].tolist()
    control = parameters.militias.by_name("patron_control")
    assert values["militias.patron_control.nujaba"].tolist() == control["nujaba"][0, first].tolist()
    shares = [name for name in values if name.startswith("islamic_state.governorate_share.")]
    assert values[shares].sum(axis=1).tolist() == pytest.approx([1.0] * 12)
    assert "policies.full_pullout.start" in values
    forms = parameters.variant("displacement", "high")[0, first]
    assert (values["switches.displacement"] == "high").tolist() == (forms == 1.0).tolist()


def test_every_number_that_is_drawn_has_a_column() -> None:
    values = drawn_values(with_priors(), 64)
    assert set(drawn_numbers(with_priors())) <= set(values)


def test_what_is_the_same_in_all_draws_is_left_out() -> None:
    arm = with_priors("stay", "switches.displacement=high", "militias.effect_of_restraint=1")
    values = drawn_values(arm, 20)
    assert not {"switches.displacement", "militias.effect_of_restraint"} & set(values)


def test_rows_of_a_design_are_draws() -> None:
    rows = Design(("coalition.exit_hazard",), np.array([[0.1], [0.9]]), worlds_per_row=4)
    low, high = drawn_values(with_design(with_priors(), rows), 2)["coalition.exit_hazard"]
    assert low < high
    with pytest.raises(InputError, match="cannot be reduced to one world per draw"):
        drawn_values(with_design(with_priors(), rows, worlds_per_draw=1), 2)


def test_draws_of_a_posterior_are_its_rows_as_long_as_they_last() -> None:
    rows = Design(("coalition.exit_hazard",), np.array([[0.1], [0.9]]), worlds_per_row=4, repeats=True)
    arm = with_design(with_priors(), rows)
    low, high = drawn_values(arm, 2)["coalition.exit_hazard"]
    assert low < high
    with pytest.raises(InputError, match="the draws of the posterior would repeat; it has enough draws for 8 worlds"):
        drawn_values(arm, 3)


def test_copies_are_rows_of_a_posterior_that_come_twice() -> None:
    rows = Design(("coalition.exit_hazard",), np.array([[0.1], [0.9], [0.1]]), repeats=True)
    first, second, third = copies(with_design(with_priors(), rows).ledger, 3)
    assert first == third != second
    assert copies(with_design(with_priors(), rows).ledger, 6).tolist() == [first, second, third] * 2
    assert copies(with_priors().ledger, 3).tolist() == [0, 1, 2]


def test_without_uncertainty_there_are_no_draws() -> None:
    with pytest.raises(InputError, match="nothing differs between draws"):
        drawn_values(with_priors("stay", "ensemble.uncertainty=none"), 3)


# the job


def folder_of(results: Path) -> Path:
    (folder,) = results.glob("discover-*")
    return folder


def test_the_job_finds_the_number_that_was_made_to_matter(
    knockon: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a wide prior the level at the start decides how many attacks there are: 60 in 20 days are about 90 a month."""
    wide = "islamic_state.attacks_per_month_at_start.prior=[loguniform,20,400]"
    monkeypatch.setattr("experiments.figures.draw.PIXELS_AN_INCH", 40)
    answer = knockon(
        "discover", *SMALL, *BY_VALUE, wide, "ensemble.uncertainty=prior", "discover.worse_than=60", "figure=nature_89"
    )
    assert answer.code == 0, answer.err
    folder = folder_of(Path("results"))
    box = pd.read_csv(folder / "tables" / "box.csv")
    (row,) = box[box["factor"] == "islamic_state.attacks_per_month_at_start"].to_dict("records")
    assert 70.0 < row["low"] < 150.0
    fit = pd.read_csv(folder / "tables" / "fit.csv").set_index("half")
    assert fit.loc["held out", "density"] > fit.loc["no box", "density"]
    assert len(pd.read_csv(folder / "tables" / "answers.csv")) == 120
    assert {path.name for path in (folder / "figures-nature_89").glob("*.png")} == {"box.png", "trade_off.png"}
    assert "Half that was searched: yes in" in answer.out
    assert "Half that was held out: yes in" in answer.out


def test_a_question_that_no_draw_answers_yes_to_has_a_stated_empty_result(knockon: Callable[..., Answer]) -> None:
    answer = knockon("discover", *SMALL, *BY_VALUE, "discover.worse_than=1000000")
    assert answer.code == 0
    assert "Yes in 0% of 120 draws" in answer.out
    assert "No box: no draw of 120 answers yes" in answer.out
    folder = folder_of(Path("results"))
    assert {path.name for path in (folder / "tables").iterdir()} == {"answers.csv"}
    assert not (folder / "figures").exists()


@pytest.mark.parametrize(
    ("entry", "value", "message"),
    [
        ("outcome", "islamic_state_atacks", "did you mean islamic_state_attacks"),
        ("outcome", "strikes", "no outcome with one number in every world and a direction that is worse"),
        (
            "relative_to",
            None,
            "discover.measure=relative needs a reference: name a scenario in discover.relative_to, or set discover.measure=value",
        ),
        (
            "measure",
            "value",
            "discover.measure=value takes no reference, but discover.relative_to=as_of_30_september names one: set"
            " discover.relative_to=null",
        ),
        ("measure", "twice", "discover.measure='twice' is none of relative, difference, value"),
        ("relative_to", "us_pullout", "is the arm itself"),
        ("least_coverage", 0, "is not a share above 0"),
        ("worse_than", "much", "is not a number"),
        ("worse_than", float("nan"), "discover.worse_than=nan is not a finite number"),
        ("worse_than", float("inf"), "discover.worse_than=inf is not a finite number"),
        ("least_coverage", float("nan"), "discover.least_coverage=nan is not a finite number"),
        ("least", 0.5, "discover.least=0.5 is no setting"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(entry: str, value: object, message: str) -> None:
    shipped = yaml.safe_load((conf_folder() / "discover" / "default.yaml").read_text(encoding="utf-8"))
    with pytest.raises(InputError, match=re.escape(message)):
        read(Question, "discover", {**shipped, entry: value})


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("discover.arm=us_pullot", "us_pullot"),
        ("ensemble.uncertainty=none", "nothing differs between draws"),
    ],
)
def test_what_cannot_be_used_is_one_line(knockon: Callable[..., Answer], override: str, message: str) -> None:
    is_one_line(knockon("discover", *SMALL, override), message)
    assert not Path("results").exists()


def test_only_numbers_that_the_arms_read_are_searched() -> None:
    arm = with_priors("us_pullout", "ensemble.days=40", "ensemble.worlds=64")
    found = set(map(str, in_play(drawn_values(arm, 64), [arm]).columns))
    assert {"militias.effect_of_restraint", "switches.displacement", "coalition.effect_of_host_closing"} <= found
    absent = {
        "lead_nation.partial_cut_share",
        "year_before.presence_of_a_base",
        "truce.effect_of_broker",
    }
    assert absent.isdisjoint(found)
    assert absent <= set(map(str, drawn_values(arm, 64).columns))
    cut = with_priors("partial_cut", "ensemble.days=40", "ensemble.worlds=64")
    assert "lead_nation.partial_cut_share" in in_play(drawn_values(cut, 64), [cut])


def test_without_the_workbench_it_says_what_to_install(knockon: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.studies.discover.job.find_spec", lambda name: None)
    is_one_line(knockon("discover"), "uv sync --extra discover")
