"""Shares of the spread by grade: recovered from changes whose composition is known."""

import numpy as np
import pandas as pd
import pytest

from experiments.analysis.evidence import STRUCTURE, evidence

DRAWS = 3000
RANDOM = np.random.default_rng(11)
VALUES = pd.DataFrame(
    {
        **{f"measured.{place}": RANDOM.random(DRAWS) for place in range(3)},
        **{f"judged.{place}": RANDOM.lognormal(size=DRAWS) for place in range(40)},
        "switches.form": pd.Categorical(np.where(RANDOM.random(DRAWS) < 0.5, "low", "high")),
    }
)
GRADES = {name: "A" if name.startswith("measured") else "C" if name.startswith("judged") else STRUCTURE for name in VALUES}
NORMAL = RANDOM.normal(size=DRAWS)


def shares(change: np.ndarray, draws: np.ndarray | None = None, values: pd.DataFrame = VALUES) -> pd.DataFrame:
    numbers = np.arange(DRAWS) if draws is None else draws
    return evidence({"attacks": change}, numbers, values, GRADES).set_index("grade")


def test_each_grade_has_the_share_that_it_makes() -> None:
    """Three parts of equal variance and as much chance: a quarter each, but for what ranks take from a sum."""
    form = np.where(VALUES["switches.form"] == "low", 1.0, -1.0)
    uniform = (VALUES["measured.0"].to_numpy() - 0.5) * np.sqrt(12.0)
    judged = VALUES["judged.7"].rank().to_numpy() / DRAWS
    table = shares(uniform + (judged - 0.5) * np.sqrt(12.0) + form + NORMAL)
    for grade in ("A", "C", STRUCTURE):
        assert table.loc[grade, "share"] == pytest.approx(0.25, abs=0.04)
        assert table.loc[grade, "error"] < 0.02
    assert table["explained"].iloc[0] == pytest.approx(table["share"].sum())


def test_chance_alone_explains_nothing() -> None:
    """Without a correction, 44 columns would seem to explain 1.5 % of it."""
    table = shares(NORMAL)
    assert (table["share"] < 0.01).all()


def test_worlds_of_a_draw_are_averaged() -> None:
    uniform = VALUES["measured.1"].to_numpy()
    twice = shares(np.repeat(uniform, 2), np.repeat(np.arange(DRAWS), 2))
    assert twice.loc["A", "share"] == pytest.approx(1.0, abs=0.01)


def test_too_few_draws_say_nothing() -> None:
    few = np.arange(100)
    assert evidence({"attacks": NORMAL[:100]}, few, VALUES, GRADES).empty


def test_an_outcome_that_never_changes_has_no_row() -> None:
    table = evidence({"attacks": np.zeros(DRAWS), "deaths": VALUES["measured.2"].to_numpy()}, np.arange(DRAWS), VALUES, GRADES)
    assert set(table["outcome"]) == {"deaths"}


def test_worlds_without_a_value_are_left_out() -> None:
    change = VALUES["measured.0"].to_numpy().copy()
    change[::50] = np.nan
    assert shares(change).loc["A", "share"] == pytest.approx(0.97, abs=0.03)
