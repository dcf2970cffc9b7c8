"""The effect of a part of the model, on the same worlds."""

import numpy as np
import pytest
from hand_made import dataset

from experiments.analysis.monte_carlo import error_of_change
from experiments.studies.sensitivity.ablation import changes


def test_changes_of_outcomes_and_of_differences() -> None:
    full = [dataset({"attacks": [10, 20, 30]}), dataset({"attacks": [5, 5, 40]})]
    without = [dataset({"attacks": [12, 12, 12]}), dataset({"attacks": [10, 20, 30]})]
    table = changes(full, without, ["attacks"]).set_index("of")
    assert table.loc["outcome", ["full", "without", "change"]].tolist() == [20.0, 12.0, -8.0]
    assert table.loc["difference", ["full", "without", "change"]].tolist() == [5.0, -8.0, -13.0]
    assert table.loc["difference", "worse_full"] == pytest.approx(2 / 3)
    assert table.loc["difference", "worse_without"] == pytest.approx(1 / 3)
    assert np.isnan(table.loc["outcome", "worse_full"])


def test_a_part_that_does_nothing_changes_nothing() -> None:
    arm = dataset({"attacks": np.random.default_rng(1).poisson(30.0, 100)})
    row = changes([arm], [arm], ["attacks"]).iloc[0]
    assert (row["of"], row["change"], row["change_error"]) == ("outcome", 0.0, 0.0)


def test_a_hazard_changes_by_its_mean_probability() -> None:
    full, without = ([dataset({"fall_hazard": [hazard, hazard]})] for hazard in (0.0, np.log(2.0)))
    row = changes(full, without, ["fall_hazard"]).iloc[0]
    assert row["change"] == pytest.approx(0.5)
    assert row["statistic"] == "mean"


def test_the_error_of_a_change_is_its_spread_over_samples() -> None:
    def worlds(number: int) -> tuple[np.ndarray, np.ndarray]:
        random = np.random.default_rng(number)
        shared = random.normal(0.0, 3.0, 300)
        return shared, shared + random.normal(1.0, 0.5, 300)

    moved = [np.median(after) - np.median(before) for before, after in map(worlds, range(300))]
    told = np.mean([error_of_change(*worlds(number)) for number in range(20)])
    assert told == pytest.approx(np.std(moved), rel=0.2)


def test_draws_are_drawn_whole() -> None:
    random = np.random.default_rng(2)
    before = np.repeat(random.normal(0.0, 3.0, 60), 10)
    after = before + np.repeat(random.normal(0.0, 2.0, 60), 10)
    draws = np.repeat(np.arange(60), 10)
    assert error_of_change(before, after, draws) > 2.0 * error_of_change(before, after)
