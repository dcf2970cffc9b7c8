"""Regret, thresholds and questions against numbers worked out by hand."""

from collections.abc import Sequence

import numpy as np
import pytest
import xarray as xr
from hand_made import dataset

from experiments.analysis.quantities import expected, judged
from experiments.studies.decide.criteria import ALL, Threshold, regret, satisfice, times_the_reference
from experiments.studies.discover.settings import Measure, Question, answers

EACH = 2


def arm(by_draw: Sequence[float], outcome: str = "civilian_deaths", apart: float = 1.0) -> xr.Dataset:
    """Return an arm whose draws have these expected outcomes: two worlds each, as far above as below."""
    values = np.repeat(np.array(by_draw, dtype=float), EACH) + np.tile([apart, -apart], len(by_draw))
    return dataset({outcome: values}).assign(draw=("world", np.repeat(np.arange(len(by_draw)), EACH)))


def by_arm(table, column: str) -> dict[str, float]:
    return dict(table.set_index("arm")[column])


# expected outcomes


def test_the_expected_outcome_is_the_mean_of_a_draws_worlds() -> None:
    assert expected(arm([10.0, 20.0]), "civilian_deaths").tolist() == [10.0, 20.0]
    assert expected(arm([10.0, 20.0]), "civilian_deaths", half=0).tolist() == [11.0, 21.0]


def test_a_hazard_is_a_mean_probability() -> None:
    data = dataset({"incident_hazard": [0.0, np.log(2.0)]}).assign(draw=("world", [5, 5]))
    assert expected(data, "incident_hazard").to_dict() == {5: pytest.approx(0.25)}


def test_ratios_of_nothing() -> None:
    assert times_the_reference(np.array([2.0, 0.0, 3.0]), np.array([4.0, 0.0, 0.0])).tolist() == [0.5, 1.0, np.inf]


# regret

THREE = {"stay": arm([10, 40, 30]), "leave": arm([20, 20, 30]), "cut": arm([12, 30, 24])}
"""The best: stay, leave, cut."""


def test_regret_by_hand() -> None:
    table = regret(THREE, ["civilian_deaths"])
    assert by_arm(table, "mean") == pytest.approx({"stay": 26 / 3, "leave": 16 / 3, "cut": 4.0})
    assert by_arm(table, "max") == {"stay": 20.0, "leave": 10.0, "cut": 10.0}
    assert by_arm(table, "q90") == pytest.approx({"stay": 17.2, "leave": 9.2, "cut": 8.4})
    assert by_arm(table, "best") == pytest.approx({"stay": 1 / 3, "leave": 1 / 3, "cut": 1 / 3})
    assert by_arm(table, "mean_error")["cut"] == pytest.approx(np.std([2, 10, 0], ddof=1) / np.sqrt(3))
    assert set(table["draws"]) == {3}


def test_less_can_be_worse() -> None:
    table = regret({"stay": arm([10, 40], "truce_days"), "leave": arm([20, 20], "truce_days")}, ["truce_days"])
    assert by_arm(table, "mean") == {"stay": 5.0, "leave": 10.0}


def test_arms_that_tie_share_the_draw() -> None:
    table = regret({"stay": arm([10, 10]), "leave": arm([10, 20])}, ["civilian_deaths"])
    assert by_arm(table, "best") == {"stay": 0.75, "leave": 0.25}


def test_luck_overstates_regret_and_other_worlds_understate_it() -> None:
    """Arms that are the same but for chance: the true regret is none."""
    random = np.random.default_rng(1)
    draws = np.repeat(np.arange(400), 10)
    arms = {name: dataset({"attacks": random.normal(100.0, 10.0, 4000)}).assign(draw=("world", draws)) for name in "abc"}
    table = regret(arms, ["attacks"])
    assert (table["mean"] > 2.0).all()
    assert table["mean_held_out"].abs().max() < 0.6


def test_draws_of_one_world_are_refused() -> None:
    single = dataset({"attacks": [1, 2, 3]}).assign(draw=("world", np.arange(3)))
    with pytest.raises(ValueError, match="chance would look like an effect of the parameters"):
        regret({"a": single, "b": single}, ["attacks"])


def test_an_outcome_without_a_worse_direction_is_not_judged() -> None:
    assert "strikes" not in judged()
    assert "attacks" in judged()


# thresholds


def test_shares_of_draws_within_thresholds() -> None:
    limits = (Threshold("civilian_deaths", at_most=25.0), Threshold("civilian_deaths", at_least=15.0))
    table = satisfice(THREE, limits).set_index(["arm", "threshold"])
    assert table.loc[("leave", "civilian_deaths at most 25 deaths"), "share"] == pytest.approx(2 / 3)
    assert table.loc[("leave", "civilian_deaths at least 15 deaths"), "share"] == 1.0
    assert table.loc[("leave", ALL), "share"] == pytest.approx(2 / 3)
    assert table.loc[("stay", ALL), "share"] == 0.0
    assert table.loc[("leave", ALL), "low"] == pytest.approx(0.2077, abs=1e-3)  # Wilson, 2 of 3
    assert table.loc[("leave", ALL), "high"] == pytest.approx(0.9385, abs=1e-3)


def test_a_threshold_can_be_relative_to_an_arm() -> None:
    table = satisfice(THREE, [Threshold("civilian_deaths", at_most=1.0, relative_to="stay")])
    assert by_arm(table, "share") == pytest.approx({"stay": 1.0, "leave": 2 / 3, "cut": 2 / 3})


def test_a_threshold_in_words() -> None:
    assert str(Threshold("incident_hazard", at_most=0.25)) == "incident_hazard at most 0.25 probability"
    assert str(Threshold("attacks", at_most=1.1, relative_to="stay")) == "attacks at most 1.1 times stay"


# questions


def question(measure: Measure, worse_than: float, outcome: str = "civilian_deaths") -> Question:
    relative_to = None if measure is Measure.VALUE else "stay"
    return Question(outcome, "leave", relative_to, worse_than, measure, 0.5)


def test_draws_answer_from_expected_outcomes() -> None:
    here, there = arm([30, 21, 5, 0]), arm([20, 20, 0, 0], apart=0.0)
    relative = answers(question(Measure.RELATIVE, 0.4), here, there)
    assert relative["worse"].tolist() == pytest.approx([0.5, 0.05, np.inf, 0.0])
    assert relative["yes"].tolist() == [True, False, True, False]
    difference = answers(question(Measure.DIFFERENCE, 4.0), here, there)
    assert difference["worse"].tolist() == [10.0, 1.0, 5.0, 0.0]
    assert difference["yes"].tolist() == [True, False, True, False]
    assert answers(question(Measure.VALUE, 20.5), here, None)["yes"].tolist() == [True, True, False, False]


def test_worse_can_be_less() -> None:
    here, there = arm([10, 30], "truce_days"), arm([20, 20], "truce_days")
    assert answers(question(Measure.RELATIVE, 0.4, "truce_days"), here, there)["yes"].tolist() == [True, False]
    assert answers(question(Measure.VALUE, 15.0, "truce_days"), here, None)["yes"].tolist() == [True, False]


def test_a_question_in_words() -> None:
    assert "under leave: more than 50% above stay?" in str(question(Measure.RELATIVE, 0.5))
    assert "more than 20 deaths?" in str(question(Measure.VALUE, 20.0))
