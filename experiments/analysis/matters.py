"""The smallest difference that matters: below it, two worlds count as the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from sim.arrays import Array
from sim.record.outcomes import BY_NAME

IS_RATIO = "islamic_state_ratio"
"""IS attacks of the last 30 days relative to the reference in the same world."""
_ROUNDING = 1.0 - 1e-9
"""Tolerance for floats: twice and half are equally far from 1, but their logarithms differ in the last digit."""


@dataclass(frozen=True, slots=True)
class Matters:
    """The smallest differences that matter, of `conf/matters/`.

    Attributes:
        share_of_median: of the reference's median over worlds, for each outcome without a number of its own.
        probability: of outcomes that are compared by their hazard.
        outcomes: by name, in the unit of the outcome; for `IS_RATIO`, the relative change. None counts as not named.
    """

    share_of_median: float = 0.05
    probability: float = 0.01
    outcomes: Mapping[str, float | None] = field(default_factory=dict)

    def of(self, outcome: str, reference: Array) -> float:
        """Return the smallest difference of an outcome that matters, in its unit; `reference` are its values there, (worlds,).

        It is 0 if the median of the reference is 0: then every difference matters.
        """
        if (own := self.outcomes.get(outcome)) is not None:
            return own
        if outcome == IS_RATIO:
            return self.share_of_median
        if outcome in BY_NAME and BY_NAME[outcome].rare:
            return self.probability
        finite = reference[np.isfinite(reference)]
        return self.share_of_median * abs(float(np.median(finite))) if finite.size else 0.0


def direction(difference: Array, matters: float) -> Array:
    """Return 1 where a difference is at least the smallest that matters, -1 where at most its negative, else 0; keep NaN."""
    return np.sign(difference) * np.where(np.isnan(difference), np.nan, np.abs(difference) >= matters * _ROUNDING)


def on_scale(change: Array, matters: float, is_ratio: bool) -> tuple[Array, float]:
    """Return a change and the limit on the scale on which more and fewer are symmetric: for ratios, their logarithms."""
    if not is_ratio:
        return change, matters
    with np.errstate(divide="ignore"):
        return np.log(change), float(np.log1p(matters))
