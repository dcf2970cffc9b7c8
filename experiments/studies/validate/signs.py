"""Check that the model does not assume the sign of any main effect.

`variant` restricts a check to the worlds with that variant of a switch; None takes all worlds.
"""

import numpy as np
import xarray as xr

from experiments.analysis.counts import ratio
from experiments.analysis.quantities import by_week, has_variant
from experiments.studies.validate.measured import Measured, share_of
from sim.arrays import Array

MONTH_24 = 730


def worlds_with(data: xr.Dataset, switch: str, variant: str | None) -> Array:
    """Return the worlds that drew a variant of a switch, (worlds,) of bool; None: all."""
    return np.ones(data.sizes["world"], dtype=bool) if variant is None else has_variant(data, switch, variant)


def islamic_state_higher(pullout: xr.Dataset, stay: xr.Dataset, variant: str | None = None) -> Measured:
    """Return the share of worlds with more IS attacks in month 24 than if the lead stays, by variant of the switch."""
    name = "islamic_state_attacks_last_month"
    attacks = ratio(*(data[name].sel(day=MONTH_24).values for data in (pullout, stay)))
    return share_of(attacks[worlds_with(pullout, "islamic_state_depends_on", variant) & np.isfinite(attacks)] > 1.0)


def propensity_lower(pullout: xr.Dataset, stay: xr.Dataset, announced_on: float, variant: str | None = None) -> Measured:
    """Return the share of worlds with a lower propensity of militias to attack during the exit than if the lead stays.

    The propensity is at full exposure and without the memory of past attacks, so fewer troops alone do not lower it. The
    exit lasts from the announcement to the last week in which troops leave. Variant of patron_on_exit.
    """
    share = by_week(pullout, "lead_troop_share")
    completed = np.argmax(share <= share[:, -1:], axis=1).reshape(-1, 1)
    here, there = (by_week(data, "propensity") for data in (pullout, stay))
    weeks = np.arange(there.shape[1])
    during = (weeks >= announced_on // 7) & (weeks <= completed)
    difference = ((here[:, : weeks.size] - there) * during).sum(axis=1)
    return share_of(difference[worlds_with(pullout, "patron_on_exit", variant)] < 0.0)


def knock_on_positive(pullout: xr.Dataset, without: xr.Dataset, variant: str | None = None, day: int = MONTH_24) -> Measured:
    """Return the share of worlds in which more members left by a reporting day than in `without`.

    The arm `without` has no knock-on exits. Only worlds with this `variant` of knock_on_form count; None: all worlds.
    """
    more = (pullout["members_out"].sel(day=day) - without["members_out"].sel(day=day)).values > 0.0
    return share_of(more[worlds_with(pullout, "knock_on_form", variant)])
