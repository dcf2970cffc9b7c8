"""Medians and ranges of speeds, shares and ratios over repeated timings."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

DAYS_A_YEAR = 365


def spread(table: pd.DataFrame, by: str, values: Sequence[str]) -> pd.DataFrame:
    """Return median (`value`), lowest (`value_low`) and highest (`value_high`) of each value, one row per entry of `by`."""
    grouped = table.groupby(by, sort=False)[list(values)]
    statistics = {"": grouped.median(), "_low": grouped.min(), "_high": grouped.max()}
    columns = {f"{value}{ending}": frame[value] for value in values for ending, frame in statistics.items()}
    return pd.DataFrame(columns).reset_index()


def speed_by_block(timings: pd.DataFrame, days: int) -> pd.DataFrame:
    """Turn the seconds of blocks, rows of `time_blocks` with as many days each, into speeds.

    Returns:
        One row per block: the spread of `worlds_per_second` of a whole block from its set-up to its labelled outcomes, of
        `nanoseconds_per_agent_day` and `milliseconds_per_world_year` of the model's days alone, of
        `floor_milliseconds_per_world_year` of the bare draws of as many days, of their `ratio` per repetition, and of
        `share_of_days` in the time of the whole block; besides `agents`.
    """
    world_days = timings["block"] * days
    whole = timings[["set_up", "days", "labelling"]].sum(axis=1)
    measured = timings.assign(
        worlds_per_second=timings["block"] / whole,
        nanoseconds_per_agent_day=1e9 * timings["days"] / (world_days * timings["agents"]),
        milliseconds_per_world_year=1e3 * DAYS_A_YEAR * timings["days"] / world_days,
        floor_milliseconds_per_world_year=1e3 * DAYS_A_YEAR * timings["floor"] / world_days,
        ratio=timings["days"] / timings["floor"],
        share_of_days=timings["days"] / whole,
    )
    speeds = spread(measured, "block", [str(name) for name in measured if name not in timings])
    return speeds.merge(timings[["block", "agents"]].drop_duplicates())


def best_block(speeds: pd.DataFrame) -> pd.Series:
    """Return the row of the block with the most worlds per second."""
    return speeds.iloc[int(speeds["worlds_per_second"].argmax())]


def cost_of_a_day(speeds: pd.DataFrame) -> tuple[float, float]:
    """Return what a day takes besides its draws: milliseconds whatever the block, and microseconds per world.

    A line through the medians of at least two blocks, by least squares of relative errors: a small block counts as much as a
    large one.
    """
    blocks = speeds["block"].to_numpy(dtype=float)
    own = speeds["milliseconds_per_world_year"] - speeds["floor_milliseconds_per_world_year"]
    milliseconds = (own * speeds["block"] / DAYS_A_YEAR).to_numpy()
    slope, fixed = np.polyfit(blocks, milliseconds, 1, w=1.0 / milliseconds)
    return float(fixed), 1e3 * float(slope)


def speed_by_workers(timings: pd.DataFrame) -> pd.DataFrame:
    """Turn the seconds of the same worlds on several numbers of processes into throughput.

    Returns:
        One row per number: the spread of `worlds_per_second` and of the `speed_up` over the smallest number per repetition.
    """
    fewest = timings[timings["workers"] == timings["workers"].min()].set_index("repetition")["seconds"]
    measured = timings.assign(
        worlds_per_second=timings["worlds"] / timings["seconds"],
        speed_up=timings["repetition"].map(fewest) / timings["seconds"],
    )
    return spread(measured, "workers", ["worlds_per_second", "speed_up"])
