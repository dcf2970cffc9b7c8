"""Exits of a past coalition: hazards before and after the announcement, days to exit, survival."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import CensoredData, chi2, ecdf

from experiments.analysis.counts import AFTER_THE_LEAD, exits_and_exposure, ratio
from sim.arrays import Array
from sim.theatre.past_coalition import PastCoalition
from sim.theatre.theatre import Theatre

BAND = (0.05, 0.5, 0.95)


@dataclass(frozen=True, slots=True)
class Chronicle:
    """Known days of the members of a coalition, in days of the model, (members,).

    Attributes:
        arrival: first day at risk. `exit`: first day of absence, NaN: none before the end.
        decided: day of the decision to exit, NaN: unknown or none.
        announced: day of the lead's announcement. `end`: first day that is not observed.
    """

    arrival: Array
    exit: Array
    decided: Array
    announced: float
    end: float

    @property
    def last(self) -> Array:
        """Return the first day on which each member can no longer decide; infinite if the member stayed."""
        last: Array = np.where(np.isfinite(self.decided), self.decided + 1.0, self.exit)
        return np.where(np.isfinite(last), last, np.inf)


def chronicle_of(past: PastCoalition, theatre: Theatre, days: int) -> Chronicle:
    """Return the known days of a past coalition in the first `days` of a theatre."""
    dates = [(stay.arrival, stay.exit, stay.decided) for stay in past.stays]
    arrival, *ends = np.array([[float(theatre.day(when)) if when else np.nan for when in row] for row in dates]).T
    known = (np.where(end < days, end, np.nan) for end in ends)
    return Chronicle(arrival, *known, announced=float(theatre.day(past.announced)), end=float(days))


def statistics_of(exit_days: Array, chronicle: Chronicle) -> Mapping[str, Array]:
    """Return the scored statistics, (worlds,) each, of exit days (worlds, members); NaN: no exit."""
    first, announced, end = float(chronicle.arrival.min()), chronicle.announced, chronicle.end
    before, months_before = exits_and_exposure(exit_days, first, announced, chronicle.arrival)
    after, months_after = exits_and_exposure(exit_days, announced, end, chronicle.arrival)
    days = np.where(np.isnan(exit_days), np.inf, exit_days)
    there = (days >= announced) & (chronicle.arrival <= announced)
    number = there.sum(axis=1)
    waits = np.sort(np.where(there, days - announced, np.nan), axis=1)
    middle = np.maximum(-(-number // 2) - 1, 0)
    median = np.take_along_axis(waits, middle[:, np.newaxis], axis=1)[:, 0]
    soon = (there & (days < announced + AFTER_THE_LEAD)).sum(axis=1)
    return {
        "exits before the announcement": before,
        "exits per member-month before the announcement": ratio(before, months_before),
        "exits per member-month after it": ratio(after, months_after),
        "hazard after it divided by hazard before it": ratio(ratio(after, months_after), ratio(before, months_before)),
        "median days from the announcement to exit": np.where(number > 0, median, np.nan),
        f"share of those there gone within {AFTER_THE_LEAD} days": ratio(soon, number),
        "members still there at the end": (days >= end).sum(axis=1).astype(float),
    }


def interval_of_rate(events: float, exposure: float) -> tuple[float, float]:
    """Return the exact central 90 % interval of a Poisson rate (Garwood 1936, doi:10.2307/2333958)."""
    low = chi2.ppf(BAND[0], 2.0 * events) / 2.0 / exposure if events > 0 else 0.0
    return float(low), float(chi2.ppf(BAND[2], 2.0 * events + 2.0) / 2.0 / exposure)


def score_exits(simulated: Mapping[str, tuple[Array, Array]], chronicle: Chronicle) -> pd.DataFrame:
    """Compare simulated exits with the observed ones.

    The simulated exits, by name of the ensemble, are exit days (worlds, members) and weights of the worlds.

    Returns:
        One row per statistic: `observed`, and by ensemble its 5 %, 50 % and 95 %, the rank of the observed value among the
        worlds (`_at`, 0-1, ties count half), and whether it lies inside the band.
    """
    observed = statistics_of(chronicle.exit[np.newaxis], chronicle)
    statistics = {label: statistics_of(days, chronicle) for label, (days, _) in simulated.items()}
    rows = []
    for name, (seen,) in observed.items():
        row: dict[str, object] = {"statistic": name, "observed": float(seen)}
        for label, (_, weight) in simulated.items():
            values = statistics[label][name]
            known = np.where(np.isnan(values), np.inf, values)  # a ratio to no exit at all, a median of no member
            low, median, high = map(float, np.quantile(known, BAND, weights=weight, method="inverted_cdf"))
            below = float(weight[values < seen].sum() + 0.5 * weight[values == seen].sum()) / float(weight.sum())
            row |= {f"{label}_q05": low, f"{label}_median": median, f"{label}_q95": high}
            row |= {f"{label}_at": below, f"{label}_inside": low <= seen <= high}
        rows.append(row)
    return pd.DataFrame(rows)


def waits(exit_days: Array, chronicle: Chronicle, since: str) -> CensoredData | None:
    """Return the stays of members `since` their "arrival", or since the "announcement" for those present then; None: no member.

    The exit days are (members,); stays of members that remain at the end are censored.
    """
    there, begin = np.ones(exit_days.shape, dtype=bool), chronicle.arrival
    if since == "announcement":
        there = ~(exit_days < chronicle.announced) & (chronicle.arrival <= chronicle.announced)
        begin = np.full(exit_days.shape, chronicle.announced)
    stays = np.isnan(exit_days) | (exit_days >= chronicle.end)
    lengths = np.where(stays, chronicle.end, exit_days) - begin
    return CensoredData.right_censored(lengths[there], stays[there]) if there.any() else None


def survival(simulated: Mapping[str, Array], chronicle: Chronicle) -> pd.DataFrame:
    """Return the shares of remaining members by day; simulated exit days, by ensemble, are (equally weighted worlds, members).

    Returns:
        One row per day `since` the arrival or the announcement: `observed` (Kaplan and Meier 1958,
        doi:10.1080/01621459.1958.10501452) with its central 90 % interval `low` to `high` (Greenwood's, on the log-log scale;
        NaN before the first and after the last exit), and by ensemble 5 %, 50 % and 95 % of the worlds' curves; worlds
        without members at the announcement have no curve.
    """
    spans = {"arrival": chronicle.end - float(chronicle.arrival.min()), "announcement": chronicle.end - chronicle.announced}
    tables = []
    for since, span in spans.items():
        days = np.arange(int(span) + 1, dtype=float)
        share, low, high = observed_curve(waits(chronicle.exit, chronicle, since), days)
        table = pd.DataFrame({"since": since, "day": days, "observed": share, "low": low, "high": high})
        for name, exits in simulated.items():
            curves = np.array([staying(waits(world, chronicle, since), days) for world in exits])
            known = curves[np.isfinite(curves).all(axis=1)]
            bands = np.quantile(known, BAND, axis=0) if known.size else np.full((len(BAND), days.size), np.nan)
            table[[f"{name}_q05", f"{name}_median", f"{name}_q95"]] = bands.T
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def staying(waits: CensoredData | None, days: Array) -> Array:
    """Return the Kaplan-Meier estimate of the remaining share after each of these days; NaN without members."""
    return np.full(days.shape, np.nan) if waits is None else ecdf(waits).sf.evaluate(days)


def observed_curve(waits: CensoredData | None, days: Array) -> tuple[Array, Array, Array]:
    """Return the Kaplan-Meier estimate after each of these days and its central 90 % interval; NaN where there is none."""
    if waits is None:
        return tuple(np.full((3, *days.shape), np.nan))
    curve = ecdf(waits).sf
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)  # NaN before the first and after the last exit
        interval = curve.confidence_interval(BAND[2] - BAND[0], method="log-log")
    step = np.searchsorted(curve.quantiles, days, side="right")  # 0, and NaN, before the first one
    low, high = (np.append(np.nan, ends.probabilities)[step] for ends in (interval.low, interval.high))
    return curve.evaluate(days), low, high


def observed_rates(chronicle: Chronicle) -> pd.DataFrame:
    """Return the observed exits, member-months and hazards before and after the announcement, with exact 90 % intervals."""
    rows, days = [], (float(chronicle.arrival.min()), chronicle.announced, chronicle.end)
    for name, first, last in zip(("before", "after"), days[:2], days[1:], strict=True):
        (exits,), (months,) = exits_and_exposure(chronicle.exit[np.newaxis], first, last, chronicle.arrival)
        rows.append((name, exits, months, exits / months, *interval_of_rate(exits, months)))
    return pd.DataFrame(rows, columns=["period", "exits", "member_months", "hazard", "low", "high"])
