"""Which world to look at: the one whose outcome, or whose difference between two arms, stands where one asks."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import xarray as xr

from experiments.analysis.paired import common_worlds
from sim.record.outcomes import BY_NAME, Worse


class Pick(StrEnum):
    """Where the world stands among all."""

    MEDIAN = "median"
    WORST = "worst"
    QUANTILE = "quantile"


@dataclass(frozen=True, slots=True)
class Picked:
    """A world that was picked.

    Attributes:
        world: its number, the lowest of those that stand where asked.
        value: of the outcome in it, or of the difference.
        target: the quantile itself, which lies between two worlds at times.
        equal: how many worlds have the same value. `of`: how many there are.
    """

    world: int
    value: float
    target: float
    equal: int
    of: int


def pick_world(
    data: xr.Dataset, reference: xr.Dataset | None, outcome: str, pick: Pick, quantile: float | None = None
) -> Picked:
    """Pick a world by an outcome at the last reporting day.

    Args:
        data: an arm.
        reference: another one: the difference `data` - `reference` is looked at, world by world.
        outcome: one with one number per world.
        pick: where the world stands.
        quantile: 0-1, of `Pick.QUANTILE`.

    Raises:
        ValueError: the outcome has no worse direction, or no number in any world.
    """
    here, there = (data, None) if reference is None else common_worlds(data, reference)
    last = int(here["day"].values.max())
    values = here[outcome].sel(day=last).values.astype(float)
    if there is not None:
        values = values - there[outcome].sel(day=last).values.astype(float)
    known = np.isfinite(values)
    if not known.any():
        raise ValueError(f"{outcome} has no number in any world")
    target = _target(values[known], BY_NAME[outcome].worse, pick, quantile)
    distance = np.where(known, np.abs(values - target), np.inf)
    place = int(np.argmin(distance))
    return Picked(
        world=int(here["world"].values[place]),
        value=float(values[place]),
        target=target,
        equal=int(np.sum(values == values[place])),
        of=int(known.sum()),
    )


def _target(values: np.ndarray, worse: Worse, pick: Pick, quantile: float | None) -> float:
    if pick is Pick.MEDIAN:
        return float(np.median(values))
    if pick is Pick.QUANTILE:
        return float(np.quantile(values, 0.5 if quantile is None else quantile))
    if worse is Worse.NEITHER:
        raise ValueError("no direction of it is worse")
    return float(values.max() if worse is Worse.MORE else values.min())
