"""No assumed signs: on how many worlds the main effects go one way, by the form of the switch that decides it."""

import numpy as np
import xarray as xr

from experiments.analysis.counts import ratio
from experiments.analysis.forms import in_form
from experiments.studies.validate.measured import Measured, share_of
from sim.rule import Array

MONTH_24 = 730
_DAYS_A_WEEK = 7


def islamic_state_higher(pullout: xr.Dataset, stay: xr.Dataset, form: str | None = None) -> Measured:
    """Measure the share of worlds in which IS attacks of month 24 are above those of staying.

    Target: below 0.90, else the sign is assumed.

    Args:
        pullout: outcomes with the lead's exit.
        stay: outcomes of the same worlds without it.
        form: of the switch islamic_state_depends_on; None for all.
    """
    name = "islamic_state_attacks_last_month"
    attacks = ratio(*(data[name].sel(day=MONTH_24).values for data in (pullout, stay)))
    chosen = _chosen(pullout, "islamic_state_depends_on", form) & np.isfinite(attacks)
    return share_of(attacks[chosen] > 1.0)


def propensity_lower(pullout: xr.Dataset, stay: xr.Dataset, announced_on: float, form: str | None = None) -> Measured:
    """Measure the share of worlds in which militias are less inclined to attack during the exit than had the lead stayed.

    The propensity is that at full exposure, without the memory of past attacks: fewer troops do not lower it by themselves.
    Target: 0.30-0.80, else the sign is assumed.

    Args:
        pullout: outcomes with the lead's exit, by week.
        stay: outcomes of the same worlds without it.
        announced_on: day of the announcement; the exit lasts from then to the last day on which troops leave.
        form: of the switch patron_on_exit; None for all.
    """
    share = pullout["lead_troop_share_by_week"].transpose("world", "week").values
    completed = np.argmax(share <= share[:, -1:], axis=1).reshape(-1, 1)
    here, there = (data["propensity_by_week"].transpose("world", "week").values for data in (pullout, stay))
    weeks = np.arange(there.shape[1])
    during = (weeks >= announced_on // _DAYS_A_WEEK) & (weeks <= completed)
    difference = ((here[:, : weeks.size] - there) * during).sum(axis=1)
    return share_of(difference[_chosen(pullout, "patron_on_exit", form)] < 0.0)


def knock_on_positive(pullout: xr.Dataset, without: xr.Dataset, day: int, form: str | None = None) -> Measured:
    """Measure the share of worlds in which more members are out for good than if no exit caused another.

    Target: below 0.95, else the sign is assumed.

    Args:
        pullout: outcomes with the lead's exit.
        without: outcomes of the same worlds where no exit causes another.
        day: reporting day.
        form: of the switch knock_on_form; None for all.
    """
    more = (pullout["members_out"].sel(day=day) - without["members_out"].sel(day=day)).values > 0.0
    return share_of(more[_chosen(pullout, "knock_on_form", form)])


def _chosen(data: xr.Dataset, switch: str, form: str | None) -> Array:
    return np.ones(data.sizes["world"], dtype=bool) if form is None else in_form(data, switch, form)
