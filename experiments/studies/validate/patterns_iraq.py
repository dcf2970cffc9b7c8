"""Patterns of the Islamic State, the street, the cabinet and the embassy (12-18).

Targets and their sources: conf/patterns/targets.yaml.
"""

import numpy as np
import xarray as xr

from experiments.analysis.counts import ratio, top_share
from experiments.analysis.paired import probability
from experiments.analysis.quantities import by_week
from experiments.studies.validate.measured import Measured, mean_of, median_of, ratio_of_sums, share_of
from sim.arrays import Array

WEEKS_A_YEAR = 365 / 7
_QUARTER, _HALF_YEAR, _YEAR = 13, 26, 52
_QUARTERS = 8
_AS_AT_THE_START = 0.98
"""Smallest share of the protection at the start that counts as unchanged."""
COMPLETE_BELOW = 0.1
"""Largest troop share after a complete exit: the largest residual of the prior."""


def islamic_state_level(stay: xr.Dataset) -> Measured:
    """Pattern 12: IS attacks per month over two years."""
    weeks = by_week(stay, "islamic_state_attacks")[:, : _QUARTERS * _QUARTER]
    return median_of(weeks.mean(axis=1) * WEEKS_A_YEAR / 12.0)


def islamic_state_swings(stay: xr.Dataset) -> Measured:
    """Pattern 12: IS attacks in the highest of eight quarters relative to the lowest."""
    weeks = by_week(stay, "islamic_state_attacks")
    quarters = weeks[:, : _QUARTERS * _QUARTER].reshape(len(weeks), _QUARTERS, _QUARTER).sum(axis=2)
    return median_of(ratio(quarters.max(axis=1), quarters.min(axis=1)))


def top_three_share(stay: xr.Dataset) -> Measured:
    """Pattern 13: share of the IS attacks of a year in the three governorates with most of them."""
    attacks = stay["islamic_state_attacks_by_governorate"].isel(day=0).transpose("world", "cell").values.astype(float)
    return median_of(top_share(attacks, 3))


def completed_in_week(pullout: xr.Dataset) -> Array:
    """Return the week in which the lead's exit is complete, (worlds,); -1 if never."""
    share = by_week(pullout, "lead_troop_share")
    first = np.argmax(share <= share[:, -1:], axis=1)
    return np.where(share[:, -1] <= COMPLETE_BELOW, first, -1)


def resurgence(pullout: xr.Dataset, year: int) -> Measured:
    """Pattern 14: IS attacks in year 1, 2 or 3 after a complete exit, relative to a year at the initial level.

    `pullout` is the arm in which the lead leaves, with `islamic_state_at_start` (attacks/day, without season).
    """
    completed, attacks = completed_in_week(pullout), by_week(pullout, "islamic_state_attacks")
    first = completed + 1 + (year - 1) * _YEAR
    there = (completed >= 0) & (first + _YEAR <= attacks.shape[1])
    counted = _in_window(attacks[there], first[there], _YEAR)
    return median_of(counted / (pullout["islamic_state_at_start"].values[there] * 7 * _YEAR))


def no_early_doubling(pullout: xr.Dataset) -> Measured:
    """Pattern 14: share of worlds without 13 weeks at twice the initial attacks in the six months after the exit."""
    completed = completed_in_week(pullout)
    there = completed >= 0
    attacks, first = by_week(pullout, "islamic_state_attacks")[there], completed[there] + 1
    twice = 2.0 * pullout["islamic_state_at_start"].values[there] * 7 * _QUARTER
    doubled = [_in_window(attacks, first + lag, _QUARTER) >= twice for lag in range(_HALF_YEAR - _QUARTER + 1)]
    return share_of(~np.any(doubled, axis=0))


def _in_window(weeks: Array, first: Array, length: int) -> Array:
    """Return the sum of `length` weeks from each world's first one, (worlds,)."""
    so_far = np.pad(np.cumsum(weeks, axis=1), ((0, 0), (1, 0)))
    world = np.arange(len(weeks))
    return so_far[world, first + length] - so_far[world, first]


def crowd_incidents(stay: xr.Dataset) -> Measured:
    """Pattern 15: expected crowd incidents per year at the embassy.

    Weeks with a closed mission or with less protection of the Green Zone than at the start (under a caretaker) do not count.
    """
    protection = by_week(stay, "green_zone_protection")[:, :_YEAR]
    protected = protection >= _AS_AT_THE_START * protection.max(axis=1, keepdims=True)
    counts = protected & (by_week(stay, "mission_presence")[:, :_YEAR] >= 1.0)
    hazard = by_week(stay, "incident_hazard")[:, :_YEAR]
    return ratio_of_sums((hazard * counts).sum(axis=1), counts.sum(axis=1) / WEEKS_A_YEAR)


def happens_within_a_year(stay: xr.Dataset, outcome: str) -> Measured:
    """Patterns 16 and 18: probability that the cabinet falls, or that the embassy closes or moves for its security."""
    return share_of(stay[outcome].isel(day=0) > 0)


def victims_of_islamic_state(stay: xr.Dataset) -> Measured:
    """Pattern 17: civilians killed by IS in a year."""
    return median_of(stay["civilian_deaths_by_islamic_state"].isel(day=0))


def by_hazard(stay: xr.Dataset, hazard: str) -> Measured:
    """Patterns 16 and 18: the same probabilities from the hazards, with less noise."""
    return mean_of(probability(stay[hazard].isel(day=0).values.astype(float)))
