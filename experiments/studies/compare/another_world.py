"""Paired worlds one after the other: the single histories behind a share of worlds (Hullman et al. 2015).

From such single outcomes, readers judge the order of two quantities better than from error bars (Hullman, Resnick and Adar
2015, doi:10.1371/journal.pone.0142444).
"""

from typing import Any

import numpy as np

from experiments.analysis.paired import Datasets, common_worlds
from experiments.analysis.quantities import so_far
from sim.arrays import Array
from sim.record.outcomes import DAYS_A_WEEK

SHOWN = "civilian_deaths"
_WORLDS, _STILL, _EVERY = 20, 5, 2
_WIDTH, _HEIGHT = 420.0, 150.0


def another_world(arms: Datasets, arm: str, reference: str) -> dict[str, Any]:
    """Return the first headline by week in the first 20 worlds of an arm and its reference; empty without weekly records.

    Returns:
        `worlds`: their `number`, the SVG paths `here` and `there`, and the `change` on the last day; `still`, the first five;
        `largest`: the top of the axis, and `weeks`. The worlds are the first ones, so nobody has chosen them.
    """
    if any(f"{SHOWN}_by_week" not in arms[label] for label in (arm, reference)):
        return {}
    here, there = common_worlds(arms[arm], arms[reference])
    weeks = [so_far(data.isel(world=slice(0, _WORLDS)), SHOWN) for data in (here, there)]
    courses = [values[:, (values.shape[1] - 1) % _EVERY :: _EVERY] for values in weeks]
    largest = float(max(course.max() for course in courses)) or 1.0
    numbers = here["world"].values[:_WORLDS]
    paths = ([_path(course, largest) for course in each] for each in courses)
    changes = (courses[0][:, -1] - courses[1][:, -1]).tolist()
    worlds = [
        {"number": int(number), "here": mine, "there": other, "change": round(change)}
        for number, mine, other, change in zip(numbers, *paths, changes, strict=True)
    ]
    return {
        "worlds": worlds,
        "still": worlds[:_STILL],
        "largest": f"{largest:,.0f}",
        "weeks": int(here.sizes["week"]),
        "months": round(here.sizes["week"] * DAYS_A_WEEK / 30.4),
        "width": _WIDTH,
        "height": _HEIGHT,
    }


def _path(course: Array, largest: float) -> str:
    across = np.linspace(0.0, _WIDTH, course.size)
    points = [f"{x:.0f} {_HEIGHT * (1.0 - y / largest):.0f}" for x, y in zip(across, course, strict=True)]
    return f"M{'L'.join(points)}"
