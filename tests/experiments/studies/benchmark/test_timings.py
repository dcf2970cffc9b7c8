"""Speeds and their spread from timings made by hand."""

import pandas as pd
import pytest

from experiments.studies.benchmark.timings import best_block, cost_of_a_day, speed_by_block, speed_by_workers, spread


def test_spread_is_median_and_range_in_the_order_of_appearance() -> None:
    table = pd.DataFrame({"name": ["b", "a"] * 3, "seconds": [5.0, 1.0, 3.0, 2.0, 4.0, 9.0]})
    assert spread(table, "name", ["seconds"]).to_dict("list") == {
        "name": ["b", "a"],
        "seconds": [4.0, 2.0],
        "seconds_low": [3.0, 1.0],
        "seconds_high": [5.0, 9.0],
    }


@pytest.fixture
def timings() -> pd.DataFrame:
    """Two blocks, two repetitions: the floor of the second was disturbed with its model."""
    rows = [
        (10, 0, 1.0, 8.0, 2.0, 1.0),
        (20, 0, 1.0, 6.0, 2.0, 1.0),
        (10, 1, 1.0, 16.0, 4.0, 3.0),
        (20, 1, 1.0, 12.0, 4.0, 7.0),
    ]
    return pd.DataFrame(rows, columns=["block", "repetition", "set_up", "days", "floor", "labelling"]).assign(agents=5)


def test_speeds_of_blocks(timings: pd.DataFrame) -> None:
    speeds = speed_by_block(timings, days=73).set_index("block")
    ten = speeds.loc[10]
    assert (ten["ratio_low"], ten["ratio"], ten["ratio_high"]) == (4.0, 4.0, 4.0)
    assert (ten["worlds_per_second_low"], ten["worlds_per_second_high"]) == (10 / 20, 10 / 10)
    assert ten["nanoseconds_per_agent_day_low"] == pytest.approx(1e9 * 8 / (10 * 73 * 5))
    assert ten["milliseconds_per_world_year_low"] == pytest.approx(1e3 * 8 * 5 / 10)
    assert ten["floor_milliseconds_per_world_year_high"] == pytest.approx(1e3 * 4 * 5 / 10)
    assert ten["share_of_days_low"] == 0.8
    assert best_block(speeds.reset_index())["block"] == 20


def test_speed_up_is_taken_repetition_by_repetition() -> None:
    rows = [(1, 0, 100, 10.0), (2, 0, 100, 5.0), (1, 1, 100, 30.0), (2, 1, 100, 20.0)]
    speeds = speed_by_workers(pd.DataFrame(rows, columns=["workers", "repetition", "worlds", "seconds"])).set_index("workers")
    assert list(speeds["speed_up"]) == [1.0, 1.75]
    assert (speeds.loc[2, "speed_up_low"], speeds.loc[2, "speed_up_high"]) == (1.5, 2.0)
    assert (speeds.loc[1, "worlds_per_second_low"], speeds.loc[1, "worlds_per_second_high"]) == (100 / 30, 10.0)


def test_the_cost_of_a_day_is_its_fixed_part_and_its_part_a_world() -> None:
    blocks = pd.Series([64, 1024, 8192])
    floor = pd.Series([4.0, 0.3, 0.4])
    day = 2.0 + 0.003 * blocks  # milliseconds
    speeds = pd.DataFrame(
        {
            "block": blocks,
            "milliseconds_per_world_year": 365 * day / blocks + floor,
            "floor_milliseconds_per_world_year": floor,
        }
    )
    assert cost_of_a_day(speeds) == pytest.approx((2.0, 3.0))
