"""Do scores distinguish a calibrated forecast from others, and the better of two forecasts from the worse?"""

import math
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from experiments.analysis.forecasts import MODEL, Ensemble, Window, overdispersed, poisson, score_windows, summarise, table
from experiments.studies.validate.observed_figure import pit_histogram


def windows(values: np.ndarray, spread: float = 0.0) -> list[Window]:
    first = date(2020, 10, 1)
    days = [first + timedelta(days=number) for number in range(len(values))]
    return [Window("attacks", day, day, v, v - spread, v + spread) for day, v in zip(days, map(float, values), strict=True)]


@pytest.fixture(scope="module")
def calibrated() -> pd.DataFrame:
    """Some hundred counts of a negative binomial, forecast by it, and by a Poisson that is too sure."""
    random = np.random.default_rng(5)
    means = random.uniform(20.0, 200.0, 600)
    values = random.negative_binomial(means / 2.0, 1.0 / 3.0)
    forecasts = {MODEL: [overdispersed(m, 3.0) for m in means], "too sure": [poisson(m) for m in means]}
    return score_windows(windows(values), forecasts)


def test_intervals_of_a_calibrated_forecast_cover_what_they_say(calibrated: pd.DataFrame) -> None:
    summary = summarise(calibrated).set_index("forecast")
    assert summary.loc[MODEL, "inside_90"] == pytest.approx(0.90, abs=0.04)
    assert summary.loc[MODEL, "inside_50"] == pytest.approx(0.50, abs=0.06)
    assert summary.loc["too sure", "inside_90"] < 0.75


def test_the_true_distribution_scores_best(calibrated: pd.DataFrame) -> None:
    summary = summarise(calibrated).set_index("forecast")
    for score in ("crps", "log_score"):
        assert summary.loc[MODEL, score] < summary.loc["too sure", score]
    assert summary.loc["too sure", "model_better"] > 300


def test_pit_is_flat_if_calibrated_and_heaped_at_the_ends_if_too_sure(calibrated: pd.DataFrame) -> None:
    shares = {
        name: pit_histogram(part["pit_below"].to_numpy(), part["pit_up_to"].to_numpy(), bins=5)
        for name, part in calibrated.groupby("forecast")
    }
    assert np.allclose(shares[MODEL], 0.2, atol=0.06)
    assert min(shares["too sure"][[0, -1]]) > 0.25 > shares["too sure"][2]


def test_pit_of_counts_is_spread_over_the_jump() -> None:
    """P(less) = 0.1, P(at most) = 0.3: half of it in each of the first two bins of five."""
    assert pit_histogram(np.array([0.1]), np.array([0.3]), bins=5) == pytest.approx([0.5, 0.5, 0, 0, 0])


@pytest.mark.parametrize(("at", "bin_number"), [(0.0, 0), (1.0, 4)])
def test_pit_of_a_value_beyond_all_members_lies_in_an_end_bin(at: float, bin_number: int) -> None:
    shares = pit_histogram(np.array([at]), np.array([at]), bins=5)
    assert shares[bin_number] == pytest.approx(1.0)
    assert shares.sum() == pytest.approx(1.0)


def test_the_log_score_is_that_of_the_range_that_the_source_allows() -> None:
    members = Ensemble(np.array([3.0, 4.0, 5.0, 9.0]))
    exact, ranged = (score_windows(windows(np.array([4]), spread), {MODEL: [members]}) for spread in (0.0, 1.0))
    assert exact["log_score"][0] == pytest.approx(-math.log(1.5 / 5.0))
    assert ranged["log_score"][0] == pytest.approx(-math.log(3.5 / 5.0))
    assert exact["crps"][0] == ranged["crps"][0]


def test_the_table_counts_windows_inside_and_beaten() -> None:
    members = [Ensemble(np.array([3.0, 4.0, 5.0])), Ensemble(np.array([3.0, 4.0, 5.0]))]
    text = table(summarise(score_windows(windows(np.array([4, 30])), {MODEL: members, "persistence": members[::-1]})))
    assert "1 of 2" in text.splitlines()[2]
    assert text.splitlines()[3].rstrip().endswith("0 of 2")
