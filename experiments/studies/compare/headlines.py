"""The headlines of a comparison as tables for a reader: levels, differences, hinges, variance and convergence."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from experiments.analysis.monte_carlo import error_of_mean, error_of_median
from experiments.analysis.paired import IS_RATIO, common_worlds, draws_of, is_rare
from experiments.analysis.quantities import PREFIX, as_shown
from experiments.config.defaults import HEADLINE_OUTCOMES, Headline
from experiments.figures.style import in_words
from experiments.studies.compare.hinges import compare_by_switch, hinges_by_switch
from experiments.studies.compare.text import COLUMNS, Row, cells_of, ends_of, shares, value_and_range, written
from experiments.studies.compare.variance import split_variance
from sim.record.outcomes import BY_NAME
from sim.rule import Array

MOST_SPLIT = 16384
"""Worlds whose variance is divided: the errors of the shares are small by then, and a million worlds would take minutes."""
BY_OUTCOME = {column.outcome: column for column in COLUMNS}


def explained(arms: Mapping[str, xr.Dataset], reference_of: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """Return the analysis behind the headline differences of the last day, as tidy tables by name.

    Returns:
        `by_switch`, `hinges`, `variance` (of the first 16,384 worlds) and `convergence`, without the empty ones: one arm has
        no differences, and without uncertainty there is one variant.
    """
    few = {label: headline_outcomes(data) for label, data in arms.items()}
    first = {label: data.isel(world=slice(0, MOST_SPLIT)) for label, data in few.items()}
    shown = [name for name in HEADLINE_OUTCOMES if all(name in data for data in few.values())]
    compared = [column.outcome for column in COLUMNS]
    is_drawn = all("draw" in data and np.unique(data["draw"].values).size > 1 for data in first.values())
    by_switch = compare_by_switch(few, reference_of, compared)
    tables = {
        "by_switch": by_switch,
        "hinges": hinges_by_switch(by_switch) if len(by_switch) else by_switch,
        "variance": split_variance(first, reference_of, tuple(shown)) if is_drawn else pd.DataFrame(),
        "convergence": convergence(few, reference_of, shown),
    }
    return {name: table for name, table in tables.items() if len(table)}


def headline_outcomes(data: xr.Dataset) -> xr.Dataset:
    """Return, in memory, the headline outcomes of an arm on its last day, and the draw and variants of its worlds."""
    names = [name for name in map(str, data.data_vars) if name in (*HEADLINE_OUTCOMES, "draw") or name.startswith(PREFIX)]
    return data[names].isel(day=[-1]).load()


def table_of_headlines(table: pd.DataFrame, day: int | None = None) -> pd.DataFrame:
    """Return levels and paired differences of the headlines in words.

    Returns:
        One row per arm and outcome, indexed by these; the reference has no row for the ratio of IS attacks.
    """
    cells = cells_of(table, int(table["day"].max()) if day is None else day)
    references = set(table["reference"])
    rows: dict[tuple[str, ...], dict[str, str]] = {
        (str(arm), column.heading): _headline(cells[arm, column.outcome], column)
        for arm in dict.fromkeys(table["arm"])
        for column in COLUMNS
        if (arm, column.outcome) in cells and not (column.outcome == IS_RATIO and arm in references)
    }
    return _indexed(rows)


def _headline(row: Row, column: Headline) -> dict[str, str]:
    is_reference, is_ratio = row["arm"] == row["reference"], column.outcome == IS_RATIO
    level, level_range = ("", "") if is_ratio else value_and_range(row, column)
    difference, difference_range, error, in_worlds = "", "", "", ""
    if not is_reference:
        difference, difference_range = value_and_range(row, column, "" if is_ratio else "difference_")
        known = np.isfinite(row["difference_error"])
        error = "" if is_rare(column.outcome) or not known else written(row["difference_error"], column, error=True)
        in_worlds = shares(row)
    return {
        "level": level,
        "range": level_range,
        "difference": difference,
        "range of differences": difference_range,
        "Monte Carlo error": error,
        "worse / equal / better, %": in_worlds,
    }


def table_of_hinges(hinges: pd.DataFrame) -> pd.DataFrame:
    """Return in words the headline differences that depend on the variant of a switch, indexed by arm and outcome."""
    rows = []
    for row in hinges[hinges["differs"]].to_dict("records"):
        column = BY_OUTCOME[str(row["outcome"])]
        lowest, highest = ends_of(row, column)
        direction = "yes" if row["reads_otherwise"] else "no"
        rows.append([row["arm"], column.heading, in_words(str(row["switch"])), lowest, highest, direction])
    columns = ["arm", "outcome", "switch", "lowest", "highest", "direction depends on it"]
    return pd.DataFrame(rows, columns=columns).set_index(["arm", "outcome"]).rename_axis([None, None])


def table_of_variance(variance: pd.DataFrame) -> pd.DataFrame:
    """Return in words the parts of the variance of the paired differences, % and two errors, by arm and outcome."""
    here = variance[variance["of"] == "difference"]
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    for row in here.to_dict("records"):
        share, error = 100.0 * float(row["share"]), 200.0 * float(row["share_error"])
        text = f"{share:.0f} ± {error:.0f}".replace("-0 ", "0 ").replace("-", "\N{MINUS SIGN}") if np.isfinite(share) else ""
        outcome = str(row["outcome"])
        heading = BY_OUTCOME[outcome].heading if outcome in BY_OUTCOME else BY_NAME[outcome].long_name
        rows.setdefault((str(row["arm"]), heading), {})[in_words(str(row["source"]))] = text
    return _indexed(rows)


def _indexed(rows: Mapping[tuple[str, ...], Mapping[str, str]]) -> pd.DataFrame:
    keys: Sequence[tuple[str, ...]] = list(rows)
    index = pd.MultiIndex.from_tuples(keys) if keys else pd.MultiIndex.from_arrays([[], []])
    return pd.DataFrame(list(rows.values()), index=index)


_FEWEST, _STEPS = 50, 12


def convergence(arms: Mapping[str, xr.Dataset], reference_of: Mapping[str, str], outcomes: Sequence[str]) -> pd.DataFrame:
    """Estimate paired differences from the first 50 worlds, from ever more of them, and from all.

    Returns:
        One row per arm, outcome and number of worlds: the `statistic` (the median difference; of hazards the mean one),
        its `estimate`, Monte Carlo `error`, and the number of `draws` of parameters among the worlds.
    """
    rows: list[dict[str, object]] = []
    for label, data in arms.items():
        if label == reference_of[label]:
            continue
        here, there = common_worlds(data, arms[reference_of[label]])
        draws = draws_of(here)
        for outcome in outcomes:
            values = as_shown(here, outcome) - as_shown(there, outcome)
            statistic = "mean" if BY_NAME[outcome].rare else "median"
            about = {"arm": label, "reference": reference_of[label], "outcome": outcome, "statistic": statistic}
            rows += [about | row for row in _grow(values, draws, statistic)]
    return pd.DataFrame(rows)


def steps(draws: Array) -> list[int]:
    """Return numbers of worlds, evenly spaced on a logarithmic axis, each at the end of a draw; the last is all worlds."""
    ends = np.flatnonzero(np.diff(draws, append=draws[-1] + 1)) + 1
    wanted = np.geomspace(min(_FEWEST, ends[-1]), ends[-1], _STEPS)
    return sorted({int(ends[min(np.searchsorted(ends, round(count)), len(ends) - 1)]) for count in wanted})


def _grow(values: Array, draws: Array | None, statistic: str) -> list[dict[str, object]]:
    numbers = np.arange(values.size) if draws is None else draws
    estimate, error = (np.mean, error_of_mean) if statistic == "mean" else (np.nanmedian, error_of_median)
    return [
        {
            "worlds": count,
            "draws": int(np.unique(numbers[:count]).size),
            "estimate": float(estimate(values[:count])),
            "error": error(values[:count], numbers[:count]),
        }
        for count in steps(numbers)
    ]
