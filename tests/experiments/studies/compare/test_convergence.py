"""Estimates from more and more worlds."""

import numpy as np
import pandas as pd
import pytest
from hand_made import dataset

from experiments.analysis.monte_carlo import error_of_median
from experiments.studies.compare.headlines import convergence, steps

REFERENCES = {"stay": "stay", "leave": "stay"}


def test_the_estimate_is_that_of_the_first_worlds() -> None:
    random = np.random.default_rng(1)
    stay, leave = random.poisson(40.0, 1000), random.poisson(44.0, 1000)
    table = convergence({"stay": dataset({"attacks": stay}), "leave": dataset({"attacks": leave})}, REFERENCES, ["attacks"])
    assert set(table["arm"]) == {"leave"}
    assert table["worlds"].iloc[0] == 50
    assert table["worlds"].iloc[-1] == 1000
    assert table["worlds"].is_monotonic_increasing
    for _, row in table.iterrows():
        first = (leave - stay)[: row["worlds"]].astype(float)
        assert row["estimate"] == np.median(first)
        assert row["error"] == error_of_median(first)
    assert table["error"].iloc[-1] < table["error"].iloc[0]


def test_a_hazard_converges_as_a_mean_probability() -> None:
    hazards = np.random.default_rng(2).exponential(0.3, 200)
    arms = {"stay": dataset({"fall_hazard": hazards * 0.0}), "leave": dataset({"fall_hazard": hazards})}
    last = convergence(arms, REFERENCES, ["fall_hazard"]).iloc[-1]
    assert last["statistic"] == "mean"
    assert last["estimate"] == pytest.approx(-np.expm1(-hazards).mean(), rel=1e-5)


def test_steps_end_with_whole_draws() -> None:
    counts = steps(np.repeat(np.arange(30), 10))
    assert all(count % 10 == 0 for count in counts)
    assert (counts[0], counts[-1]) == (50, 300)
    assert steps(np.arange(7)) == [7]


def test_draws_are_counted() -> None:
    values = np.random.default_rng(3).normal(size=200)
    arms = {name: dataset({"attacks": values * number}) for number, name in enumerate(("stay", "leave"))}
    arms = {name: data.assign(draw=("world", np.repeat(np.arange(20), 10))) for name, data in arms.items()}
    table: pd.DataFrame = convergence(arms, REFERENCES, ["attacks"])
    assert table["draws"].iloc[-1] == 20
