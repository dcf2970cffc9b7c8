"""How much of a run is kept, and at which days totals are reported."""

from enum import StrEnum

_DAYS_A_YEAR = 365


class Record(StrEnum):
    """How much is kept."""

    TOTALS = "totals"
    """At the reporting days."""
    WEEKLY = "weekly"
    """And by week, of the outcomes without a further dimension."""
    DETAILED = "detailed"
    """And by week, of all outcomes."""


def reporting_days(days: int) -> tuple[int, ...]:
    """Return the days by which totals are reported: every 365 days, and the end of the horizon."""
    return (*range(_DAYS_A_YEAR, days, _DAYS_A_YEAR), days)
