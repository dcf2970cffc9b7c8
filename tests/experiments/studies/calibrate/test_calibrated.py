"""Tables of a calibration: posteriors with their errors."""

import numpy as np
import pytest

from experiments.studies.calibrate.calibrated import correlations, learnt, predictions
from experiments.studies.calibrate.fit import Fit
from experiments.studies.calibrate.year_statistics import Observation, ObservationScale

RANDOM = np.random.default_rng(3)
EQUAL = np.full(4000, 1.0 / 4000.0)
SCORES = np.column_stack([RANDOM.normal(1.0, 0.5, 4000), RANDOM.normal(size=4000), RANDOM.normal(size=4000)])
NAMES = ("taught", "untouched", "other")
EXPLAINED, ERROR = np.array([0.7, 0.0, 0.0]), np.array([0.02, 0.03, 0.02])


def test_shift_and_spread_are_those_of_the_scores() -> None:
    table = learnt(NAMES, Fit(SCORES, EQUAL, EXPLAINED, ERROR, ERROR)).set_index("name")
    assert table.index[0] == "taught"
    assert table.loc["taught", "shift"] == pytest.approx(1.0, abs=0.03)
    assert table.loc["taught", "contraction"] == pytest.approx(0.75, abs=0.03)
    assert list(table["moved"]) == [True, False, False]
    assert table.loc["taught", "explained"] == 0.7
    assert table.loc["taught", "score_low"] == pytest.approx(1.0 - 1.645 * 0.5, abs=0.06)


def test_moved_is_what_is_clear_of_its_error_and_worth_a_tenth() -> None:
    shifted = SCORES + np.array([0.0, 0.09, 0.3])
    table = learnt(NAMES, Fit(shifted, EQUAL, EXPLAINED, np.array([0.3, 0.001, 0.05]), np.full(3, 0.2))).set_index("name")
    assert dict(table["moved"]) == {"taught": True, "untouched": False, "other": True}
    unsure = learnt(NAMES, Fit(shifted, EQUAL, EXPLAINED, np.full(3, 0.4), np.full(3, 0.2)))
    assert not unsure["moved"].any()


def test_correlations_name_each_pair_once() -> None:
    weights = np.where(np.abs(SCORES[:, 0] + SCORES[:, 1] - 1.0) < 0.2, 1.0, 0.0)
    table = correlations(NAMES, SCORES, weights / weights.sum())
    assert {frozenset(pair) for pair in zip(table["one"], table["other"], strict=True)} == {
        frozenset(pair) for pair in (("taught", "untouched"), ("taught", "other"), ("untouched", "other"))
    }
    assert len(table) == 3
    assert (table.loc[0, "one"], table.loc[0, "other"]) == ("taught", "untouched")
    kept = SCORES[weights > 0.0]
    assert table.loc[0, "correlation"] == pytest.approx(np.corrcoef(kept[:, 0], kept[:, 1])[0, 1])
    assert table.loc[2, "error"] == pytest.approx(1.0 / np.sqrt(len(kept)), rel=0.1)


def test_predictions_stand_beside_what_was_observed() -> None:
    counts = {"attacks": np.array([[1, 2, 3, 4]])}
    seen = Observation("attacks Oct 2019", (1,), "attacks", ObservationScale.LOG, 0, 0, 3.0, 0.3, 0.4, "a source")
    (row,) = predictions([seen], {"prior": (counts, np.full(4, 0.25))}).to_dict("records")
    assert (row["observed"], row["sd"]) == (3.0, pytest.approx(0.5))
    assert row["prior_median"] == pytest.approx(2.5)
    assert row["prior_below"] == pytest.approx(2.5 / 4.0)
