"""The response to a swept number: outcomes by value, curves, and where a difference becomes large enough to matter."""

import numpy as np
import pandas as pd
import pytest
from hand_made import dataset

from experiments.analysis.matters import Matters
from experiments.analysis.paired import compare_arms
from experiments.analysis.response import NO_DIFFERENCE, crossed, crossings, response

X = "militias.effect_of_restraint"


def compared() -> pd.DataFrame:
    """Compare arms whose difference from stay in every world is -10, 0, 10 and 40 at the values 0, 1, 2 and 4."""
    worlds = np.arange(100.0, 140.0)
    values = {"stay": worlds, "a": worlds - 10, "b": worlds, "c": worlds + 10, "d": worlds + 40}
    arms = {label: dataset({"civilian_deaths": list(deaths), "fall_hazard": [0.0] * 40}) for label, deaths in values.items()}
    return compare_arms(arms, dict.fromkeys(arms, "stay"), matters=Matters(outcomes={"civilian_deaths": 25.0}))


VALUES = {"a": (0.0,), "b": (1.0,), "c": (2.0,), "d": (4.0,)}


def test_a_response_has_levels_differences_and_the_reference_by_value() -> None:
    found = response(compared(), [X], VALUES, dict.fromkeys(VALUES, "us_pullout"), ["civilian_deaths"])
    assert list(found[X]) == [0.0, 1.0, 2.0, 4.0]
    assert list(found["difference_median"]) == [-10.0, 0.0, 10.0, 40.0]
    assert set(found["level_there"]) == {119.5}


def test_a_reference_on_the_curve_differs_by_nothing_and_one_alone_has_no_curve() -> None:
    values = VALUES | {"stay": (3.0,)}
    on_it = response(compared(), [X], values, dict.fromkeys(values, "us_pullout"), ["civilian_deaths"])
    assert list(on_it["difference_median"]) == [-10.0, 0.0, 10.0, 0.0, 40.0]
    beside = response(compared(), [X], values, {**dict.fromkeys(VALUES, "us_pullout"), "stay": "stay"}, ["civilian_deaths"])
    assert set(beside["series"]) == {"us_pullout"}


def test_crossings_are_where_the_line_between_two_values_says() -> None:
    found = crossings(response(compared(), [X], VALUES, dict.fromkeys(VALUES, "p"), ["civilian_deaths"]), X)
    by_name = found.set_index("crosses")
    assert by_name.loc[NO_DIFFERENCE, "value"] == pytest.approx(1.0)
    assert by_name.loc["what matters, more", "value"] == pytest.approx(3.0)  # 10 at 2, 40 at 4, and 25 matters
    assert by_name.loc["what matters, more", "threshold"] == 25.0
    assert by_name.loc["what matters, more", "low"] == pytest.approx(3.0), "the differences have no error"
    assert "what matters, fewer" not in by_name.index


def test_errors_widen_a_crossing_and_one_that_they_cross_nowhere_is_not_known() -> None:
    rows = {
        "series": "p",
        "outcome": "civilian_deaths",
        X: [0.0, 1.0, 2.0],
        "difference_median": [-2.0, 0.0, 2.0],
        "matters": 9.0,
    }
    near = crossings(pd.DataFrame({**rows, "difference_error": 0.5}), X).iloc[0]
    assert (near["low"], near["value"], near["high"]) == pytest.approx((0.5, 1.0, 1.5))
    far = crossings(pd.DataFrame({**rows, "difference_error": 5.0}), X).iloc[0]
    assert far["value"] == 1.0
    assert np.isnan(far["low"])


def test_a_curve_that_touches_or_starts_on_a_threshold_does_not_cross_it() -> None:
    at = np.array([0.0, 1.0, 2.0])
    assert crossed(at, np.array([0.0, 1.0, 2.0]), np.zeros(3)) == []
    assert crossed(at, np.array([1.0, 0.0, 1.0]), np.zeros(3)) == []
    assert crossed(at, np.array([1.0, np.nan, -1.0]), np.zeros(3)) == [1.0]


def test_two_settings_make_a_surface() -> None:
    values = {"a": (0.0, 14.0), "b": (0.0, 60.0), "c": (1.0, 14.0), "d": (1.0, 60.0)}
    found = response(compared(), [X, "policies.full_pullout.start"], values, dict.fromkeys(values, "p"), ["civilian_deaths"])
    surface = found.pivot(index=X, columns="policies.full_pullout.start", values="difference_median")
    assert surface.to_numpy().tolist() == [[-10.0, 0.0], [10.0, 40.0]]
