"""Patterns of the exits of members (8-11), and the check that no main effect's sign is assumed.

Targets and their sources: conf/patterns/targets.yaml. `form` is a form of a switch: only worlds that drew it count; None: all.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import xarray as xr

from experiments.analysis.counts import AFTER_THE_LEAD, exits_and_exposure, ratio
from experiments.analysis.quantities import has_variant
from experiments.studies.validate.measured import Measured, by_week, mean_of, median_of, ratio_of_sums, share_of
from experiments.studies.validate.patterns_attacks import between
from sim.rule import Array

AFTER_A_MEMBER = 60
"""Days after a member's exit in which exits are counted."""
OF_2020 = (date(2020, 1, 1), date(2020, 9, 30))
MONTH_24 = 730


def _exit_days(data: xr.Dataset) -> xr.DataArray:
    """Return the day of each decision for good up to the horizon, (worlds, members)."""
    return data["exit_day_by_member"].isel(day=-1).transpose("world", "member")


def _in_form(data: xr.Dataset, switch: str, form: str | None) -> Array:
    return np.ones(data.sizes["world"], dtype=bool) if form is None else has_variant(data, switch, form)


def baseline_exits(stay: xr.Dataset) -> Measured:
    """Pattern 8: decisions for good (relocations not counted) per member-month, the lead staying."""
    return ratio_of_sums(*exits_and_exposure(_exit_days(stay).values, 0.0, float(stay["day"].values[-1])))


def lead_driven_exits(pullout: xr.Dataset, announced_on: float, form: str | None = None) -> Measured:
    """Pattern 9: decisions for good per member-month in the 180 days after the lead's announcement, by form of the knock-on."""
    days = _exit_days(pullout).values[_in_form(pullout, "knock_on_form", form)]
    return ratio_of_sums(*exits_and_exposure(days, announced_on, announced_on + AFTER_THE_LEAD))


def shares_leaving_after(data: xr.Dataset, members: Sequence[str], left_on: float) -> Array:
    """Return the share of the members still there that decide for good within 60 days, (worlds,); NaN: none was there."""
    days = _exit_days(data).sel(member=list(members)).values
    there = ~(days < left_on)
    return ratio((there & (days < left_on + AFTER_A_MEMBER)).sum(axis=1), there.sum(axis=1))


def dependants_leaving(data: xr.Dataset, dependants: Sequence[str], left_on: float) -> Measured:
    """Pattern 10: share of a mid-size member's dependants that follow it within 60 days."""
    return median_of(shares_leaving_after(data, dependants, left_on))


def others_leaving(data: xr.Dataset, others: Sequence[str], left_on: float) -> Measured:
    """Pattern 10: share of the members that do not depend on it that leave within 60 days of a mid-size member."""
    shares = shares_leaving_after(data, others, left_on)
    return mean_of(shares[np.isfinite(shares)])


def permanent_exits(year: xr.Dataset) -> Measured:
    """Pattern 11: decisions for good from January to September 2020, of the 30 members there."""
    return median_of(between(year["members_leaving"], OF_2020).sum("date"))


def islamic_state_higher(pullout: xr.Dataset, stay: xr.Dataset, form: str | None = None) -> Measured:
    """Sign: share of worlds in which IS attacks of month 24 are above those of staying; form of islamic_state_depends_on."""
    name = "islamic_state_attacks_last_month"
    attacks = ratio(*(data[name].sel(day=MONTH_24).values for data in (pullout, stay)))
    return share_of(attacks[_in_form(pullout, "islamic_state_depends_on", form) & np.isfinite(attacks)] > 1.0)


def propensity_lower(pullout: xr.Dataset, stay: xr.Dataset, announced_on: float, form: str | None = None) -> Measured:
    """Sign: share of worlds in which militias are less inclined to attack during the exit than had the lead stayed.

    The propensity is that at full exposure, without the memory of past attacks: fewer troops do not lower it by themselves.
    The exit lasts from the announcement to the last week in which troops leave. `form` is one of patron_on_exit.
    """
    share = by_week(pullout, "lead_troop_share")
    completed = np.argmax(share <= share[:, -1:], axis=1).reshape(-1, 1)
    here, there = (by_week(data, "propensity") for data in (pullout, stay))
    weeks = np.arange(there.shape[1])
    during = (weeks >= announced_on // 7) & (weeks <= completed)
    difference = ((here[:, : weeks.size] - there) * during).sum(axis=1)
    return share_of(difference[_in_form(pullout, "patron_on_exit", form)] < 0.0)


def knock_on_positive(pullout: xr.Dataset, without: xr.Dataset, day: int, form: str | None = None) -> Measured:
    """Sign: share of worlds in which more members are out for good on a reporting day than if no exit caused another.

    `without` has the same worlds; `form` is one of knock_on_form.
    """
    more = (pullout["members_out"].sel(day=day) - without["members_out"].sel(day=day)).values > 0.0
    return share_of(more[_in_form(pullout, "knock_on_form", form)])
