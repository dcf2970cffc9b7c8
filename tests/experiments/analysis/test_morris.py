"""Screening of functions whose effects are known."""

import numpy as np
import pytest
from ishigami import FACTORS, ishigami

from experiments.analysis.morris import HIGH, LOW, elementary_effects, trajectories

LINEAR = {"strong": ("a.strong",), "weak": ("a.weak",), "nothing": ("a.nothing",)}
COUNT = 40


def linear(quantiles: np.ndarray) -> np.ndarray:
    return 5.0 * quantiles[:, 0] - 1.0 * quantiles[:, 1]


def test_effects_of_a_linear_function_are_its_slopes() -> None:
    rows = trajectories(LINEAR, COUNT, 1)
    table = elementary_effects(rows, linear(rows), LINEAR, 1).set_index("factor")
    whole_way = HIGH - LOW
    assert table["mu"].tolist() == pytest.approx([5.0 * whole_way, -whole_way, 0.0])
    assert table["mu_star"].tolist() == pytest.approx([5.0 * whole_way, whole_way, 0.0])
    assert table["sigma"].tolist() == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)
    assert table["clear"].isna().sum() == 0


def test_interplay_shows_as_sigma() -> None:
    rows = trajectories(FACTORS, 400, 1)
    table = elementary_effects(rows, ishigami(rows), FACTORS, 1).set_index("factor")
    assert table.loc["third", "mu"] == pytest.approx(0.0, abs=1.0)
    assert table.loc["third", "mu_star"] > 2.0
    assert table.loc["third", "sigma"] > 4.0


def test_rounds_share_all_but_one_factor() -> None:
    rows = trajectories(FACTORS, 6, 1).reshape(4, 6, 3)
    moved = (np.diff(rows, axis=0) != 0.0).sum(axis=2)
    assert (moved == 1).all()
    assert rows.min() == pytest.approx(LOW)
    assert rows.max() == pytest.approx(HIGH)


def test_what_only_shuffles_the_dice_stays_below_the_floor() -> None:
    """Moving the third factor sends the dice elsewhere and changes nothing on average."""
    rows, each = trajectories(LINEAR, COUNT, 1), 8
    random = np.random.default_rng(1)
    dice = np.tile(random.normal(0.0, 1.0, (COUNT, each)), (4, 1))
    elsewhere = {level: np.tile(random.normal(0.0, 1.0, (COUNT, each)), (4, 1)) for level in np.unique(rows[:, 2])}
    chance = sum(np.where(rows[:, 2:] == level, other, 0.0) for level, other in elsewhere.items())
    table = elementary_effects(rows, (linear(rows)[:, None] + dice + chance).ravel(), LINEAR, 1).set_index("factor")
    assert table.loc["nothing", "mu_star"] == pytest.approx(table.loc["nothing", "floor"], rel=0.3)
    assert table["clear"].tolist() == [True, True, False]
    assert table.loc["strong", "floor"] == pytest.approx(0.0, abs=1e-9)  # the dice of the steps are the same


def test_numbers_of_one_parameter_move_together() -> None:
    factors = {"both": ("a.one", "a.two"), "third": ("a.third",)}
    rows = trajectories(factors, 20, 1)
    assert len(rows) == 3 * 20
    table = elementary_effects(rows, rows[:, 0] + rows[:, 1], factors, 1).set_index("factor")
    assert np.isnan(table.loc["both", "mu"])
    assert table.loc["both", "mu_star"] > 0.0
    assert table.loc["third", "mu_star"] == 0.0


def test_one_factor_is_none() -> None:
    with pytest.raises(ValueError, match="at least two factors"):
        trajectories({"one": ("a.one",)}, 4, 1)
