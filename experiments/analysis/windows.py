"""Windows of time in which something was observed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Window:
    """What was observed of a series from one day to another, both included.

    Attributes:
        series: an outcome, or one row of it ("attacks_by_site.embassy").
        value: the count in the window, or the level at its end. `low`, `high`: the range that the source allows.
    """

    series: str
    start: date
    end: date
    value: float
    low: float
    high: float

    @property
    def days(self) -> int:
        """Return how many days it has."""
        return (self.end - self.start).days + 1

    def __str__(self) -> str:
        return f"{self.series} {self.start} to {self.end}"


def series_of(windows: Sequence[Window]) -> dict[str, list[Window]]:
    """Return the windows by series, each in the order of time."""
    names = dict.fromkeys(window.series for window in windows)
    return {name: sorted((w for w in windows if w.series == name), key=lambda w: (w.start, w.end)) for name in names}


def gaps_and_overlaps(windows: Sequence[Window]) -> bool:
    """Tell whether the windows of one series, in order, do not follow each other day by day."""
    return any(after.start != before.end + timedelta(days=1) for before, after in pairwise(windows))
