"""Two groups of worlds that a median line hides, in words for a caption."""

from collections.abc import Sequence

import numpy as np

from experiments.analysis.findings import two_humps
from experiments.figures.draw import short
from experiments.figures.names import arm_name
from experiments.reports.sentences import of_hundred
from sim.arrays import Array


def two_groups(name: str, values: Array, scale: float) -> str:
    """Return in words the two humps of `values`, (worlds,), at the end of a median line; empty for one hump."""
    found = two_humps(scale * values)
    if found is None:
        return ""
    low, high, share = found
    third, median = (high - low) / 3.0, scale * float(np.nanmedian(values))
    between = "; the median line runs between the groups, where few worlds are" if low + third < median < high - third else ""
    return f"{name}: {of_hundred(share)} of 100 worlds near {_near(low)}, {of_hundred(1.0 - share)} near {_near(high)}{between}"


def _near(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 10.0 else short(value)


def told_of(arm: str, groups: Sequence[str]) -> str:
    """Return the groups of an arm as a sentence; empty without any."""
    known = [each for each in groups if each]
    return f"{arm_name(arm)} by the last week: {'. '.join(known)}." if known else ""
