"""Observed series: a tidy CSV in, windows of the run out, or one line that says what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.analysis.windows import Window, series_of
from experiments.errors import InputError, nearest
from sim.outcomes import BY_NAME, Aggregation
from sim.tables import DATA

COLUMNS, RANGE = ("series", "start", "end", "value"), ("low", "high")
SHIPPED_HISTORY = DATA / "observed_series.csv"
"""What was counted in the year before the start: the past that the baselines know when a file brings none."""
_COUNTED_BY_THE_MODEL = ("attacks_by_governorate",)
"""Levels that the model itself adds up from the start: their windows are differences."""
_NO_SERIES = {Aggregation.FIRST_DAY: "a day, not a count", Aggregation.LAST_MONTH: "a running sum of 30 days"}


@dataclass(frozen=True, slots=True)
class Observed:
    """What a file holds of a run.

    Attributes:
        windows: inside the run, to be scored. `history`: before it, what the baselines know.
    """

    windows: tuple[Window, ...]
    history: tuple[Window, ...]


def read_observed(file: Path, start: date, days: int, rows: Mapping[str, Sequence[str]]) -> Observed:
    """Read a tidy CSV of observed counts and levels.

    Args:
        file: with columns series, start, end, value and, where the source gives a range, low and high. Further columns
            (sources, notes) are not read.
        start: first day of the run.
        days: of the run.
        rows: names along each dimension of the outcomes.

    Raises:
        InputError: a column, series, date or number cannot be used; a window lies outside the run; two overlap.
    """
    windows = [_window(file, line, cells, rows) for line, cells in _read(file)]
    for window in windows:
        _check_inside(file, window, start, days)
    history = [window for window in windows if window.start < start]
    scored = [window for window in windows if window.start >= start]
    if not scored:
        last = start + timedelta(days=days - 1)
        raise InputError(f"data={file}: no window lies in the run, {start} to {last}; there is nothing to score")
    for name, of_series in (*series_of(scored).items(), *series_of(history).items()):
        if any(after.start <= before.end for before, after in pairwise(of_series)):
            raise InputError(f"data={file}: windows of {name} overlap: each day counts once")
    return Observed(tuple(scored), tuple(history))


def with_shipped_history(observed: Observed, start: date) -> Observed:
    """Add the shipped past of those series that the file itself has none of."""
    own = {window.series for window in observed.history}
    wanted = {window.series for window in observed.windows} - own
    shipped = [_window(SHIPPED_HISTORY, line, cells, {}) for line, cells in _read(SHIPPED_HISTORY)]
    added = tuple(window for window in shipped if window.series in wanted and window.end <= start)
    return Observed(observed.windows, observed.history + added)


def outcome_of(series: str) -> tuple[str, str | None]:
    """Return the outcome of a series, and the row of it where it has several."""
    outcome, _, row = series.partition(".")
    return outcome, row or None


def counts_events(series: str) -> bool:
    """Tell whether a series counts events in its windows; else it is a level at their ends."""
    outcome = BY_NAME[outcome_of(series)[0]]
    return outcome.aggregation is Aggregation.FLOW or outcome.name in _COUNTED_BY_THE_MODEL


def added_up_by_the_model(series: str) -> bool:
    """Tell whether the outcome of a series is a count since the start."""
    return outcome_of(series)[0] in _COUNTED_BY_THE_MODEL


def _read(file: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        table = pd.read_csv(file, dtype=str, keep_default_na=False)
    except FileNotFoundError:
        raise InputError(f"data={file}: there is no such file") from None
    except (OSError, ValueError) as error:
        raise InputError(f"data={file} is not a readable CSV table ({str(error).splitlines()[0]})") from None
    table.columns = [str(column).strip() for column in table.columns]
    given = list(table.columns)
    for column in COLUMNS:
        if column not in given:
            raise InputError(
                f"data={file} has no column {column!r}{nearest(column, set(given) - set(COLUMNS))}; it has {', '.join(given)}"
                f" and needs {', '.join(COLUMNS)}, and {' and '.join(RANGE)} where there is a range"
            )
    if len(set(RANGE) & set(given)) == 1:
        raise InputError(f"data={file} has one of the columns {' and '.join(RANGE)}: a range needs both")
    if table.empty:
        raise InputError(f"data={file} has no rows")
    records = table.to_dict("records")
    return [(line, {str(k): str(v).strip() for k, v in row.items()}) for line, row in enumerate(records, start=2)]


def _window(file: Path, line: int, cells: Mapping[str, str], rows: Mapping[str, Sequence[str]]) -> Window:
    where = f"data={file}, line {line}"
    series = cells["series"]
    if file != SHIPPED_HISTORY:
        _check_series(where, series, rows)
    start, end = (_date(where, column, cells[column]) for column in ("start", "end"))
    if end < start:
        raise InputError(f"{where}: end={end} lies before start={start}; a window has both its days")
    value = _number(where, "value", cells["value"])
    low, high = (_number(where, column, cells.get(column, "") or cells["value"]) for column in RANGE)
    if not low <= value <= high:
        raise InputError(f"{where}: value={value:g} does not lie between low={low:g} and high={high:g}")
    return Window(series, start, end, value, low, high)


def _check_series(where: str, series: str, rows: Mapping[str, Sequence[str]]) -> None:
    name, row = outcome_of(series)
    if name not in BY_NAME:
        raise InputError(f"{where}: series={series!r} is no outcome{nearest(name, BY_NAME)}; knockon describe lists them")
    outcome = BY_NAME[name]
    if outcome.aggregation in _NO_SERIES:
        raise InputError(f"{where}: series={series!r} is {_NO_SERIES[outcome.aggregation]}: it cannot be observed by window")
    if outcome.dimension is None:
        if row is not None:
            raise InputError(f"{where}: series={series!r}: {name} is one number, without a part {row!r}; write {name}")
        return
    names = rows[outcome.dimension]
    if row not in names:
        hint = nearest(row, names) if row else ""
        raise InputError(
            f"{where}: series={series!r} names no {outcome.dimension}{hint}; write {name}.NAME with one of {', '.join(names)}"
        )


def _check_inside(file: Path, window: Window, start: date, days: int) -> None:
    last = start + timedelta(days=days - 1)
    if window.start < start < window.end:
        raise InputError(
            f"data={file}: the window {window} begins before the run, which starts on {start}: let it begin there, or end"
            " by then to be history for the baselines"
        )
    if window.end > last:
        raise InputError(f"data={file}: the window {window} ends after the run, whose last day is {last}; raise ensemble.days")


def _date(where: str, column: str, cell: str) -> date:
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise InputError(f"{where}: {column}={cell!r} is not a date such as 2020-10-31") from None


def _number(where: str, column: str, cell: str) -> float:
    try:
        number = float(cell)
    except ValueError:
        raise InputError(f"{where}: {column}={cell!r} is not a number") from None
    if not np.isfinite(number):
        raise InputError(f"{where}: {column}={cell!r} is not a finite number")
    return number
