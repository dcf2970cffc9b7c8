"""Sobol indices against the known ones of Ishigami's function, with and without chance."""

import numpy as np
import pytest
from ishigami import FACTORS, FIRST, TOTAL, VARIANCE, ishigami, worlds

from experiments.studies.sensitivity.sobol import base_rows, indices, saltelli

POINTS = 1024


def test_indices_of_ishigami() -> None:
    found = indices(ishigami(saltelli(FACTORS, POINTS, 1)), FACTORS, POINTS, 1)
    assert found.table["first"].tolist() == pytest.approx(FIRST, abs=0.03)
    assert found.table["total"].tolist() == pytest.approx(TOTAL, abs=0.03)
    assert found.variance == pytest.approx(VARIANCE, rel=0.03)
    assert found.table["first_clear"].tolist() == [True, True, False]
    assert found.table["total_clear"].tolist() == [True, True, True]


@pytest.mark.parametrize(("chance", "together"), [(4.0, 0.0), (0.0, 4.0), (3.0, 6.0)])
def test_chance_is_taken_out(chance: float, together: float) -> None:
    """Dice that add more than all parameters, alone or together with the second, leave the indices where they were."""
    found = []
    for seed in range(1, 13):
        rows = saltelli(FACTORS, 512, seed)
        found.append(indices(worlds(rows, 512, 4, chance, together, seed), FACTORS, 512, seed))
    assert np.mean([one.table["first"] for one in found], axis=0).tolist() == pytest.approx(FIRST, abs=0.04)
    assert np.mean([one.table["total"] for one in found], axis=0).tolist() == pytest.approx(TOTAL, abs=0.04)
    assert np.mean([one.variance for one in found]) == pytest.approx(VARIANCE, rel=0.05)
    assert np.mean([one.chance for one in found]) == pytest.approx(chance**2 + together**2, rel=0.05)


def test_with_one_world_a_row_chance_stays_in() -> None:
    rows = saltelli(FACTORS, POINTS, 1)
    found = indices(worlds(rows, POINTS, 1, chance=4.0), FACTORS, POINTS, 1)
    assert found.variance == pytest.approx(VARIANCE + 16.0, rel=0.1)
    assert found.table["first"].iloc[1] == pytest.approx(FIRST[1] * VARIANCE / (VARIANCE + 16.0), abs=0.05)
    assert found.chance == 0.0


def test_the_interval_holds_the_index() -> None:
    covered = []
    for seed in range(1, 31):
        rows = saltelli(FACTORS, 256, seed)
        table = indices(worlds(rows, 256, 3, 2.0, 2.0, seed), FACTORS, 256, seed).table
        for name, truth in (("first", FIRST), ("total", TOTAL)):
            covered.append(np.mean((table[f"{name}_low"] <= np.array(truth)) & (np.array(truth) <= table[f"{name}_high"])))
    assert np.mean(covered) > 0.9


def test_an_index_of_nothing_covers_zero() -> None:
    factors = {**FACTORS, "nothing": ("a.nothing",)}
    rows = saltelli(factors, 512, 3)
    table = indices(worlds(rows[:, :3], 512, 4, 3.0), factors, 512, 3).table.set_index("factor")
    assert not table.loc["nothing", "first_clear"]
    assert not table.loc["nothing", "total_clear"]
    assert table.loc["nothing", "total"] == pytest.approx(0.0, abs=1e-9)


def test_numbers_of_one_parameter_are_one_factor() -> None:
    factors = {"both": ("a.first", "a.third"), "second": ("a.second",)}
    rows = saltelli(factors, 1024, 1)
    found = indices(ishigami(rows[:, [0, 2, 1]]), factors, 1024, 1).table.set_index("factor")
    assert found.loc["both", "total"] == pytest.approx(1.0 - FIRST[1], abs=0.05)
    assert found.loc["both", "first"] == pytest.approx(1.0 - FIRST[1], abs=0.05)
    assert found.loc["second", "total"] == pytest.approx(TOTAL[1], abs=0.05)


def test_chance_alone_has_no_indices() -> None:
    rows = saltelli(FACTORS, 64, 1)
    dice = np.tile(np.random.default_rng(1).normal(size=(64, 4)) * [1.0, -1.0, 1.0, -1.0], (len(rows) // 64, 1))
    balanced = dice - dice.mean(axis=1, keepdims=True)
    found = indices(balanced.ravel(), FACTORS, 64, 1)
    assert found.variance == 0.0
    assert found.table[["first", "total"]].isna().all(axis=None)
    assert not found.table["total_clear"].any()


def test_constant_values_have_no_indices() -> None:
    assert indices(np.ones(5 * 64), FACTORS, 64, 1).table["first"].isna().all()


def test_rounds_differ_from_the_first_in_one_factor_each() -> None:
    rows = saltelli(FACTORS, 8, 1).reshape(5, 8, 3)
    for number in range(3):
        assert ((rows[1 + number] != rows[0]).any(axis=0)).tolist() == [column == number for column in range(3)]
    assert (rows[1 + 2][:, 2] == np.roll(rows[-1], 4, axis=0)[:, 2]).all()  # B's dice are those of other rows of A
    assert base_rows(rows.reshape(-1, 3), 8).tolist() == [True] * 8 + [False] * 24 + [True] * 8


def test_worlds_that_are_missing_are_refused() -> None:
    with pytest.raises(ValueError, match="41 worlds cannot be divided equally among 40 rows"):
        indices(np.ones(41), FACTORS, 8, 1)
    with pytest.raises(ValueError, match="needs a number in every world"):
        indices(np.append(np.ones(39), np.nan), FACTORS, 8, 1)
