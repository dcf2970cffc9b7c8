"""The messages to the page: plain values for the headline, the differences, the fans, the map and every world."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from experiments.analysis.findings import ISLAMIC_STATE, change_of, find, name_in_tables
from experiments.analysis.matters import Matters
from experiments.analysis.monte_carlo import error_of_mean, error_of_median
from experiments.analysis.paired import draws_of, is_rare, shares_of_worlds
from experiments.analysis.quantities import as_shown
from experiments.config.defaults import COALITION, HEADLINE_OUTCOMES, HEADLINES, Headline
from experiments.figures.names import factor_name, outcome_name, place_name, sentence_case
from experiments.reports.sentences import errors_in_words, finding_in_words, findings_of, hinge_in_words, title_of
from experiments.studies.explore.seen import BY_PLACE, Seen
from sim.arrays import Array
from sim.record.logged_event import UNITS, LoggedKind
from sim.record.outcomes import BY_NAME, FLOW

if TYPE_CHECKING:
    from experiments.engine.replayed import Replayed

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_LEAD = tuple(dict.fromkeys([HEADLINES[0].outcome, *(one.outcome for one in HEADLINES if one.group == COALITION)]))[:2]
"""The outcomes of the title; their sentences come first, then those of all other outcomes, each with what it turns on."""
SHORT_FOR_IS = 365
"""Days; a statement on IS needs a longer horizon."""
_WEEKLY = tuple(dict.fromkeys(one.by_week for one in HEADLINES if one.by_week))
_OFTEN = 40
"""Most events of a kind that are listed one by one; more events are summed."""


def growing(seen: Seen) -> dict[str, Any]:
    """Return the fans so far."""
    return {"kind": "growing", "day": seen.day, "fans": fans(seen.data, is_done=False)}


def first(seen: Seen, labels: Sequence[str], held: Mapping[str, float], matters: Matters) -> dict[str, Any]:
    """Return the headlines as soon as the worlds are complete, without what they turn on; `held` are assumptions by name."""
    return {
        "kind": "first",
        "day": seen.day,
        "worlds": int(seen.data[0].sizes["world"]),
        "anew": seen.anew,
        "labels": list(labels),
        "held": [f"{factor_name(name)} {value:g}" for name, value in held.items()],
        "short": seen.day <= SHORT_FOR_IS,
        "headlines": [headline(seen.data, labels, place, matters, _LEAD) for place in range(1, len(labels))],
    }


def drawn(seen: Seen, matters: Matters) -> dict[str, Any]:
    """Return all values that the page draws for complete worlds."""
    reference, *others = seen.data
    return {
        "rows": [[_row(arm, reference, one, matters) for one in HEADLINES] for arm in others],
        "fans": fans(seen.data),
        "map": [_by_place(arm, reference) for arm in others],
        "dots": [{one.outcome: _plain(change_of(arm, reference, one.outcome)) for one in HEADLINES} for arm in others],
    }


def headline(
    data: Sequence[xr.Dataset],
    labels: Sequence[str],
    place: int,
    matters: Matters,
    outcomes: Sequence[str] = HEADLINE_OUTCOMES,
    by_form: bool = False,
) -> dict[str, Any]:
    """Return the findings of an arm in words: a title, and for each outcome a sentence and what it turns on."""
    arms = {"reference": data[0], "arm": data[place]}
    found = findings_of(find(arms, dict.fromkeys(arms, "reference"), outcomes, matters, by_form), "arm")
    return {
        "title": title_of(found, labels[place], labels[0]),
        "sentences": [[finding_in_words(one), *hinge_in_words(one)] for one in found],
        "error": errors_in_words(found),
    }


def _row(arm: xr.Dataset, reference: xr.Dataset, about: Headline, matters: Matters) -> dict[str, Any]:
    """Return the line of an outcome in the forest: quantiles, the error of the median, shares of worlds."""
    moved, is_ratio = change_of(arm, reference, about.outcome), about.outcome == ISLAMIC_STATE
    threshold = matters.of(name_in_tables(about.outcome), as_shown(reference, about.outcome))
    shares = shares_of_worlds(moved, threshold, None, is_ratio)
    finite, draws = moved[np.isfinite(moved)], draws_of(arm)
    quantiles = _plain(np.quantile(finite, QUANTILES)) if finite.size else [None] * len(QUANTILES)
    rare = is_rare(about.outcome)
    if rare:
        quantiles[QUANTILES.index(0.5)] = _number(float(moved.mean()))  # a chance is compared by its mean
    return {
        "outcome": about.outcome,
        "title": about.heading,
        "group": about.group,
        "none": 1.0 if is_ratio else 0.0,
        "scale": about.scale,
        "unit": about.unit,
        "rare": rare,
        "quantiles": quantiles,
        "error": _number(error_of_mean(moved, draws) if rare else error_of_median(moved, draws)),
        **{side: _number(shares[side]) for side in ("more", "same", "fewer")},
    }


def fans(data: Sequence[xr.Dataset], is_done: bool = True) -> list[dict[str, Any]]:
    """Return the quantiles over worlds by week: levels of every arm, and differences of every arm from the first."""
    found, shortest = [], min(one.sizes["week"] for one in data)  # of arms that still run
    for name in _WEEKLY:
        outcome = BY_NAME[name]
        weeks = [one[f"{name}_by_week"].values[:, :shortest].astype(float) for one in data]
        so_far = [np.cumsum(one, axis=1) for one in weeks] if outcome.aggregation is FLOW else weeks
        found.append(
            {
                "outcome": name,
                "title": outcome_name(name) + (", so far" if outcome.aggregation is FLOW else ""),
                "unit": outcome.unit,
                "levels": [_bands(one) for one in so_far] if is_done else None,
                "differences": [_bands(one - so_far[0]) for one in so_far[1:]],
            }
        )
        if is_done:
            found[-1]["errors"] = [_number(error_of_median(one[:, -1] - so_far[0][:, -1])) for one in so_far[1:]]
    return found


def _bands(by_week: Array) -> list[list[float | None]]:
    """Return the five quantiles by week, (quantiles, weeks)."""
    quantile = np.quantile if np.isfinite(by_week).all() else np.nanquantile
    return [_plain(row) for row in quantile(by_week, QUANTILES, axis=0)]


def _by_place(arm: xr.Dataset, reference: xr.Dataset) -> list[dict[str, Any]]:
    moved = (arm[BY_PLACE].values[:, -1].astype(float) - reference[BY_PLACE].values[:, -1]).mean(axis=0)
    changes = zip(map(str, arm["governorate"].values), moved, strict=True)
    return [{"place": name, "title": place_name(name), "change": _number(value)} for name, value in changes]


def story(replayed: "Replayed", labels: Sequence[str]) -> dict[str, Any]:
    """Return the events of a world that happened in only one of two arms, by date."""
    events = replayed.events
    about = ["day", "date", "actor", "event", "place", "target", "magnitude", "unit"]
    often = events.groupby(["event", "arm"]).size().groupby("event").max() > _OFTEN
    is_counted = events["event"].map(often).astype(bool)
    counted, listed = events[is_counted], events[~is_counted]
    sums = counted.groupby(["event", "unit", "arm"])["magnitude"].sum().unstack(fill_value=0)
    sums = sums.reindex(columns=["reference", "arm"], fill_value=0)
    by_arm = (listed[listed["arm"] == label][about] for label in sums.columns)
    # events that are alike have numbers, so that two of them are not taken for one
    first, second = (events.assign(n=events.groupby(about, dropna=False).cumcount()) for events in by_arm)
    both = pd.merge(first, second, how="outer", indicator=True)
    only = both[both["_merge"] != "both"].sort_values("day", kind="stable")
    return {
        "kind": "story",
        "world": replayed.world,
        "parts": replayed.parts_on,
        "labels": list(labels),
        "counts": [
            {"event": sentence_case(str(event)), "unit": str(unit), "numbers": [round(float(one)) for one in numbers]}
            for (event, unit), numbers in zip(sums.index, sums.to_numpy(), strict=True)
        ],
        "events": [_event(row, row["_merge"] == "right_only") for row in only.to_dict("records")],
    }


def _event(row: Mapping[Any, Any], is_arm: bool) -> dict[str, Any]:
    size = _size(float(row["magnitude"]), str(row["unit"]))
    where = ", ".join(place_name(str(row[part])) for part in ("target", "place") if row[part])
    text = f"{place_name(str(row['actor']))}: {row['event']}{f', {where}' if where else ''}{size}"
    return {"date": str(row["date"]), "day": int(row["day"]), "text": sentence_case(text), "arm": int(is_arm)}


def _size(number: float, unit: str) -> str:
    """Return the magnitude of an event in brackets; nothing for 1, and for fewer than half a person."""
    if unit == UNITS[LoggedKind.POLICY]:
        return "" if number == 1.0 else f" (strength {number:.3g})"
    is_count = unit.startswith("persons")
    if number == 1.0 or (is_count and round(number) == 0):
        return ""
    return f" ({number:{',.0f' if is_count or abs(number) >= 100.0 else '.3g'}} {unit})"


def _plain(row: Array) -> list[float | None]:
    return [_number(float(value)) for value in row]


def _number(value: float) -> float | None:
    """Return a number for JSON, to six digits; None if it is not finite."""
    return float(f"{value:.6g}") if np.isfinite(value) else None
