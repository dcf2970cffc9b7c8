"""Conditional means of a tornado."""

import numpy as np
import pytest

from experiments.studies.sensitivity.sobol import swings


def test_means_where_a_factor_is_low_and_high() -> None:
    random = np.random.default_rng(1)
    quantiles = {"up": random.random(20_000), "down": random.random(20_000), "nothing": random.random(20_000)}
    values = 10.0 * quantiles["up"] - 5.0 * quantiles["down"]
    table = swings(quantiles, values, {}).set_index(["factor", "level"])
    assert table.loc[("up", "low"), "difference"] == pytest.approx(-4.0, abs=0.1)
    assert table.loc[("up", "high"), "difference"] == pytest.approx(4.0, abs=0.1)
    assert table.loc[("down", "low"), "difference"] == pytest.approx(2.0, abs=0.15)
    assert abs(table.loc[("nothing", "low"), "difference"]) < 3.0 * table.loc[("nothing", "low"), "error"]
    assert table.loc[("up", "low"), "rows"] == pytest.approx(4000, rel=0.05)


def test_a_switch_has_a_mean_by_form() -> None:
    quantiles = np.array([0.1, 0.5, 0.69, 0.7, 0.9])
    table = swings(
        {"switches.displacement": quantiles}, np.array([1.0, 1.0, 1.0, 5.0, 7.0]), {"switches.displacement": (0.7, 0.3)}
    )
    assert table["level"].tolist() == ["0", "1"]
    assert table["mean"].tolist() == [1.0, 6.0]
    assert table["rows"].tolist() == [3, 2]


def test_a_form_of_no_weight_is_left_out() -> None:
    table = swings({"s": np.array([0.1, 0.9])}, np.array([1.0, 2.0]), {"s": (0.5, 0.0, 0.5)})
    assert table["level"].tolist() == ["0", "2"]
