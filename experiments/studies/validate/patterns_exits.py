"""Patterns of the exits of members (8-11). Targets and their sources: conf/patterns/targets.yaml."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import xarray as xr

from experiments.analysis.counts import AFTER_THE_LEAD, exits_and_exposure, ratio
from experiments.studies.validate.measured import Measured, mean_of, median_of, ratio_of_sums
from experiments.studies.validate.patterns_attacks import between
from experiments.studies.validate.signs import worlds_with
from sim.arrays import Array

AFTER_A_MEMBER = 60
"""Days after a member's exit in which exits are counted."""
OF_2020 = (date(2020, 1, 1), date(2020, 9, 30))


def _exit_days(data: xr.Dataset) -> xr.DataArray:
    """Return the day of each decision for good up to the horizon, (worlds, members)."""
    return data["exit_day_by_member"].isel(day=-1).transpose("world", "member")


def baseline_exits(stay: xr.Dataset) -> Measured:
    """Pattern 8: decisions for good (without relocations) per member-month while the lead stays."""
    return ratio_of_sums(*exits_and_exposure(_exit_days(stay).values, 0.0, float(stay["day"].values[-1])))


def lead_driven_exits(pullout: xr.Dataset, announced_on: float, variant: str | None = None) -> Measured:
    """Pattern 9: decisions for good per member-month, 180 days after the lead's announcement, by variant of the knock-on."""
    days = _exit_days(pullout).values[worlds_with(pullout, "knock_on_form", variant)]
    return ratio_of_sums(*exits_and_exposure(days, announced_on, announced_on + AFTER_THE_LEAD))


def shares_leaving_after(data: xr.Dataset, members: Sequence[str], left_on: float) -> Array:
    """Return the share of remaining members that decide to leave for good within 60 days, (worlds,); NaN if none remained."""
    days = _exit_days(data).sel(member=list(members)).values
    there = ~(days < left_on)
    return ratio((there & (days < left_on + AFTER_A_MEMBER)).sum(axis=1), there.sum(axis=1))


def dependants_leaving(data: xr.Dataset, dependants: Sequence[str], left_on: float) -> Measured:
    """Pattern 10: share of a mid-size member's dependants that follow it within 60 days."""
    return median_of(shares_leaving_after(data, dependants, left_on))


def others_leaving(data: xr.Dataset, others: Sequence[str], left_on: float) -> Measured:
    """Pattern 10: share of the other members that leave within 60 days of a mid-size member."""
    shares = shares_leaving_after(data, others, left_on)
    return mean_of(shares[np.isfinite(shares)])


def permanent_exits(year: xr.Dataset) -> Measured:
    """Pattern 11: decisions for good from January to September 2020, of 30 members."""
    return median_of(between(year["members_leaving"], OF_2020).sum("date"))
