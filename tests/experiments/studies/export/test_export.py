"""The worlds of a comparison are exported as they were stored, under names that Stata accepts, each with an explanation."""

import re
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from comparing import comparison
from conftest import Answer, block, is_one_line
from storing import outcomes

from experiments.config.defaults import declared
from experiments.studies.export.tables import LONGEST_NAME, grades_table, ledger_table, short_names, worlds_table
from sim.ledger.grades import GRADES

READ: dict[str, Callable[[Path], pd.DataFrame]] = {
    "csv": pd.read_csv,
    "parquet": pd.read_parquet,
    "dta": lambda file: pd.read_stata(file, convert_categoricals=True),
}


@pytest.mark.parametrize("format_", sorted(READ))
def test_every_format_gives_the_stored_worlds_back(knockon: Callable[..., Answer], format_: str) -> None:
    folder = comparison(Path("results"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer = knockon("export", f"format={format_}")
    assert (answer.code, answer.err) == (0, "")
    assert "8 rows (one per arm and world) and 8 columns by day 730" in answer.out
    table = READ[format_](folder / "export" / f"worlds.{format_}")
    places = ["attacks_by_site_embassy", "attacks_by_site_western_base"]
    assert list(table.columns) == ["arm", "reference", "world", "form_strikes", "attacks", "resurgence_day", *places]
    stored = outcomes(0, 4)
    for arm, more in (("stay", 0.0), ("us_pullout", 1.0)):
        mine = table[table["arm"] == arm]
        assert mine["world"].tolist() == [0, 1, 2, 3]
        assert mine["form_strikes"].tolist() == ["deter", "provoke", "deter", "provoke"]
        assert np.array_equal(mine["attacks"], stored["attacks"].sel(day=730) + more)
        assert np.array_equal(mine["attacks_by_site_western_base"], stored["attacks_by_site"].sel(day=730, site="western_base"))
        assert np.array_equal(mine["resurgence_day"].to_numpy(float), stored["resurgence_day"].sel(day=730), equal_nan=True)


def test_another_reporting_day_can_be_had(knockon: Callable[..., Answer]) -> None:
    folder = comparison(Path("results"))
    assert knockon("export", str(folder), "day=365").code == 0
    assert pd.read_csv(folder / "export" / "worlds.csv")["attacks"].tolist()[:2] == [1.0, 101.0]


def test_stata_shows_what_a_column_is(knockon: Callable[..., Answer]) -> None:
    folder = comparison(Path("results"))
    assert knockon("export", "format=dta").code == 0
    with pd.io.stata.StataReader(folder / "export" / "worlds.dta") as reader:
        labels = reader.variable_labels()
        assert reader.data_label == f"Knock-on, {folder.name}, by day 730"
    assert labels["attacks"] == "Attacks on sites (attacks)"
    assert all(0 < len(label) <= 80 for label in labels.values())


def test_all_outcomes_of_the_model_have_names_that_stata_accepts_and_an_explanation() -> None:
    data = block("us_pullout", "ensemble.days=16", count=2)
    table, book = worlds_table({"us_pullout": data}, {"us_pullout": "us_pullout"}, 16)
    assert book["name"].tolist() == list(table.columns)
    assert book["name"].is_unique
    assert all(re.fullmatch(rf"[A-Za-z]\w{{0,{LONGEST_NAME - 1}}}", name) for name in book["name"])
    assert (book["meaning"].str.len() > 0).all()
    explained = book.set_index("full_name")
    assert explained.loc["islamic_state_attacks_by_governorate_salah_al_din", "name"] == "is_attacks_salah_al_din"
    assert explained.loc["islamic_state_attacks_by_governorate_salah_al_din", "unit"] == "attacks"
    assert explained.loc["political_capital", "worse"] == "less is worse"
    assert explained.loc["resurgence_day", "missing"] == "the event did not happen by that day"
    assert explained.loc["exit_day_by_member_italy", "meaning"] == "day of the decision to leave for good, by member: italy"


def test_names_that_clash_or_that_stata_keeps_for_itself_are_changed() -> None:
    long = "a" * 40
    names = short_names(["int", "2020", "a b", long + "x", long + "y", "str8"])
    assert names == ["v_int", "v_2020", "a_b", "a" * 32, "a" * 30 + "_2", "v_str8"]


def test_table_1_has_every_parameter_by_grade_and_marks_what_was_set(knockon: Callable[..., Answer]) -> None:
    folder = comparison(Path("results"))
    assert knockon("export").code == 0
    ledger = pd.read_csv(folder / "export" / "parameters.csv", keep_default_na=False)
    assert len(ledger) == sum(map(len, declared().values()))
    assert ledger["grade"].is_monotonic_increasing
    changed = ledger[ledger["set_for_this_arm"]]
    assert changed[["group", "parameter", "value", "prior"]].values.tolist() == [
        ["militias", "effect_of_restraint", "1.5", "fixed"]
    ]
    grades = pd.read_csv(folder / "export" / "parameters_by_grade.csv").set_index("grade")
    assert grades["parameters"].sum() == len(ledger)
    assert (grades["with_a_prior"] + grades["fixed"] == grades["parameters"]).all()
    assert grades.loc["C", "set_for_this_arm"] + grades.loc["B", "set_for_this_arm"] == 1
    latex = (folder / "export" / "parameters.tex").read_text()
    assert latex.count(r"\begin{longtable}") == 1
    assert all(rf"{group}.{name}".replace("_", r"\_") in latex for group, name in ledger[["group", "parameter"]].values)


def test_a_prior_is_written_as_one_reads_it() -> None:
    entry = {"value": 0.12, "prior": ["loguniform", 0.1, 1234.5], "unit": "u", "meaning": "m", "source": "s", "grade": "A"}
    fixed = {**entry, "value": {"a": 0.5, "b": 1}, "grade": "C"}
    del fixed["prior"]
    ledger = ledger_table({}, {"group": {"one": entry, "two": fixed}})
    assert ledger[["value", "prior"]].values.tolist() == [["0.12", "loguniform(0.1, 1234)"], ["a: 0.5, b: 1", "fixed"]]
    assert grades_table(ledger, GRADES)["parameters"].tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["format=xls"], "format='xls' is none of csv, parquet, dta"),
        (["formt=csv"], "formt=csv is no setting of export; did you mean format?"),
        (["day=12"], "day=12 was not recorded: there are 365, 730"),
        (["day=soon"], "day=soon is no day"),
        (["-m"], "export has no flag -m"),
        (["one", "two"], "export takes one folder, not one, two"),
        (["results/arms"], "results/arms is no folder of a comparison: it has no arms.csv"),
        (["results/compare-no"], "results has compare-d0db6948c6"),
        (["results=elsewhere"], "elsewhere holds no comparison: run knockon compare first"),
    ],
)
def test_what_cannot_be_exported_is_one_line(knockon: Callable[..., Answer], arguments: list[str], said: str) -> None:
    folder = comparison(Path("results"))
    is_one_line(knockon("export", *arguments), said)
    assert not (folder / "export").exists()


def test_arms_that_lost_worlds_are_not_exported_as_if_they_had_them(knockon: Callable[..., Answer]) -> None:
    folder = comparison(Path("results"))
    next(Path("results/arms").glob("us_pullout-*/chunks/*.json")).unlink()
    is_one_line(knockon("export"), "holds 0 finished worlds, but 4 must be there")
    assert not (folder / "export").exists()
