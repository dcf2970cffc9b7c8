"""The replayed world has the requested rank among the worlds, as counted by hand."""

import numpy as np
import pytest
import xarray as xr

from experiments.studies.replay.choice import Pick, pick_world


def arm(values: list[float], outcome: str = "attacks", first: int = 0) -> xr.Dataset:
    other = np.full(len(values), 99.0)
    return xr.Dataset(
        {outcome: (("world", "day"), np.stack([other, values], axis=1))},
        {"world": np.arange(first, first + len(values)), "day": [365, 730]},
    )


STAY = arm([5.0, 1.0, 3.0, 9.0, 3.0])


@pytest.mark.parametrize(
    ("pick", "quantile", "world", "value", "equal"),
    [
        (Pick.MEDIAN, None, 2, 3.0, 2),
        (Pick.WORST, None, 3, 9.0, 1),
        (Pick.QUANTILE, 0.0, 1, 1.0, 1),
        (Pick.QUANTILE, 0.8, 0, 5.0, 1),
        (Pick.QUANTILE, 1.0, 3, 9.0, 1),
    ],
)
def test_of_one_arm(pick: Pick, quantile: float | None, world: int, value: float, equal: int) -> None:
    picked = pick_world(STAY, None, "attacks", pick, quantile)
    assert (picked.world, picked.value, picked.equal, picked.of) == (world, value, equal, 5)


def test_of_two_arms_the_difference_on_the_same_world_counts() -> None:
    picked = pick_world(arm([5.0, 1.0, 10.0, 9.0, 3.0]), STAY, "attacks", Pick.WORST)
    assert (picked.world, picked.value) == (2, 7.0)
    shifted = pick_world(arm([4.0, 10.0], first=2), STAY, "attacks", Pick.MEDIAN)
    assert (shifted.world, shifted.value, shifted.of) == (2, 1.0, 2)


def test_less_can_be_worse() -> None:
    assert pick_world(arm([0.4, 0.2, 0.9], "political_capital"), None, "political_capital", Pick.WORST).world == 1


def test_worlds_without_a_number_are_left_out() -> None:
    ratio = arm([np.nan, 2.0, 5.0, 4.0], "attacks_per_exposure")
    picked = pick_world(ratio, None, "attacks_per_exposure", Pick.MEDIAN)
    assert (picked.world, picked.of) == (3, 3)
    with pytest.raises(ValueError, match="no number in any world"):
        pick_world(arm([np.nan, np.nan]), None, "attacks", Pick.MEDIAN)


def test_what_has_no_worse_direction_has_no_worst_world() -> None:
    with pytest.raises(ValueError, match="no direction"):
        pick_world(arm([1.0, 2.0], "strikes"), None, "strikes", Pick.WORST)
