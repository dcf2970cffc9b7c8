"""Read observed series from a tidy CSV, as windows of the run."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise, zip_longest
from pathlib import Path

from experiments.analysis.forecasts import Window, series_of
from experiments.config.fields import Day, Number, read
from experiments.config.history import SHIPPED_HISTORY
from experiments.errors import InputError, nearest
from sim.record.outcomes import BY_NAME, Aggregation

COLUMNS, RANGE = ("series", "start", "end", "value"), ("low", "high")
COUNTED_BY_THE_MODEL = ("attacks_by_governorate",)
"""Levels that the model sums from the start: a window of such a level is a difference."""
_NO_SERIES = {Aggregation.FIRST_DAY: "a day, not a count", Aggregation.LAST_MONTH: "a running sum of 30 days"}
_MOST = 1e6
"""Largest value; forecasts of a count are computed for every number up to this value."""
_COUNTED, _BOUNDS = ("members", "persons"), {"share": (0.0, 1.0), "index 0-1": (0.0, 1.0), "0 or 1": (0.0, 1.0)}
"""By unit: the levels that are counts, and the bounds of other levels."""
_EXPECTED = ("propensity", "exposure", "knock_on_probability", "cross_border_attacks")
"""Sums of rates: like sums of hazards, they need not be whole."""


type Line = tuple[int, dict[str, str]]
"""A line: its number in the file, from 1, and its cells by column."""


@dataclass(frozen=True, slots=True)
class Observed:
    """Observed windows: those of the run, which are scored, and those of its `history`, which the baselines know."""

    windows: tuple[Window, ...]
    history: tuple[Window, ...]


def read_observed(file: Path, lines: Sequence[Line], start: date, days: int, rows: Mapping[str, Sequence[str]]) -> Observed:
    """Read observed counts and levels from the lines of a file, with the columns `COLUMNS` and optionally `RANGE`.

    The run has a `start` and a number of `days`; `rows` are the names along each dimension of its outcomes.
    """
    windows, last = [_window(file, line, cells, rows) for line, cells in lines], start + timedelta(days=days - 1)
    for window in windows:
        if window.start < start < window.end:
            raise InputError(
                f"data={file}: the window {window} begins before the run, which starts on {start}: begin the window on"
                " that day, or end it before that day, as history for the baselines"
            )
        if window.end > last:
            raise InputError(
                f"data={file}: the window {window} ends after the run, whose last day is {last}; raise ensemble.days"
            )
    history = [window for window in windows if window.start < start]
    scored = [window for window in windows if window.start >= start]
    if not scored:
        raise InputError(f"data={file}: no window lies in the run, {start} to {last}; there is nothing to score")
    for name, of_series in (*series_of(scored).items(), *series_of(history).items()):
        if any(after.start <= before.end for before, after in pairwise(of_series)):
            raise InputError(f"data={file}: windows of {name} overlap: each day may count only once")
    return Observed(tuple(scored), tuple(history))


def with_shipped_history(observed: Observed, start: date) -> Observed:
    """Add the shipped history of series without a history in the file."""
    own = {window.series for window in observed.history}
    wanted = {window.series for window in observed.windows} - own
    shipped = [_window(SHIPPED_HISTORY, line, cells, {}) for line, cells in read_lines(SHIPPED_HISTORY)]
    added = tuple(window for window in shipped if window.series in wanted and window.end <= start)
    return Observed(observed.windows, observed.history + added)


def outcome_of(series: str) -> tuple[str, str | None]:
    """Return the outcome of a series, and its row if it has several."""
    outcome, _, row = series.partition(".")
    return outcome, row or None


def counts_events(series: str) -> bool:
    """Return whether a series counts events in its windows; otherwise it is a level at their ends."""
    outcome = BY_NAME[outcome_of(series)[0]]
    return outcome.aggregation is Aggregation.FLOW or outcome.name in COUNTED_BY_THE_MODEL


def read_lines(file: Path) -> list[Line]:
    """Read the lines of a file that are not empty, numbered as in an editor."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.reader(opened, strict=True)
            header = [cell.strip() for cell in next(reader, [])]
            lines, first = [], reader.line_num + 1
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    lines.append((first, [cell.strip() for cell in cells]))
                first = reader.line_num + 1
    except FileNotFoundError:
        raise InputError(f"data={file}: there is no such file") from None
    except (OSError, ValueError, csv.Error) as error:
        raise InputError(f"data={file} is not a readable CSV table in UTF-8 ({str(error).splitlines()[0]})") from None
    _check_columns(file, header)
    if not lines:
        raise InputError(f"data={file} has no rows")
    for line, cells in lines:
        if any(cells[len(header) :]):  # empty ones are commas that a spreadsheet adds at the end
            raise InputError(
                f"data={file}, line {line} has {len(cells)} cells, more than the {len(header)} columns: put a text with a comma"
                " in quotation marks"
            )
    return [(line, dict(zip_longest(header, cells[: len(header)], fillvalue=""))) for line, cells in lines]


def _check_columns(file: Path, header: Sequence[str]) -> None:
    for column in COLUMNS:
        if column not in header:
            raise InputError(
                f"data={file} has no column {column!r}{nearest(column, set(header) - set(COLUMNS))}; it has"
                f" {', '.join(header) or 'none'}, and needs {', '.join(COLUMNS)}, {' and '.join(RANGE)} for a range"
            )
    for column in (*COLUMNS, *RANGE):
        if header.count(column) > 1:
            raise InputError(f"data={file} has {header.count(column)} columns {column!r}: keep one and rename the others")
    if len(set(RANGE) & set(header)) == 1:
        raise InputError(f"data={file} has only one of the columns {' and '.join(RANGE)}: a range needs both")


def _window(file: Path, line: int, cells: Mapping[str, str], rows: Mapping[str, Sequence[str]]) -> Window:
    where = f"data={file}, line {line}"
    series = cells["series"]
    if file != SHIPPED_HISTORY:
        _check_series(where, series, rows)
    start, end = (read(Day, f"{where}: {column}", cells[column]) for column in ("start", "end"))
    if end < start:
        raise InputError(f"{where}: end={end} lies before start={start}; a window includes both days")
    value = _number(f"{where}: value", cells["value"])
    low, high = (_number(f"{where}: {column}", cells.get(column, "") or cells["value"]) for column in RANGE)
    _check_size(where, series, value, low, high)
    if not low <= value <= high:
        raise InputError(f"{where}: value={value:g} does not lie between low={low:g} and high={high:g}")
    return Window(series, start, end, value, low, high)


def _check_size(where: str, series: str, value: float, low: float, high: float) -> None:
    """Refuse impossible values of the outcome: negative counts, fractions of an attack, absurdly large numbers."""
    outcome = BY_NAME[outcome_of(series)[0]]
    is_count = counts_events(series) or outcome.unit in _COUNTED
    if is_count and not (outcome.rare or outcome.name in _EXPECTED) and not value.is_integer():
        raise InputError(f"{where}: value={value:g} is not a whole number: {series} is a count ({outcome.unit})")
    least, most = _BOUNDS.get(outcome.unit, (-_MOST, _MOST))
    if is_count or outcome.aggregation is Aggregation.RATIO:
        least, most = 0.0, _MOST
    for name, number in (("value", value), ("low", low), ("high", high)):
        if not least <= number <= most:
            raise InputError(f"{where}: {name}={number:.12g} is not from {least:g} to {most:,.0f} ({outcome.unit})")


def _check_series(where: str, series: str, rows: Mapping[str, Sequence[str]]) -> None:
    name, row = outcome_of(series)
    if name not in BY_NAME:
        raise InputError(f"{where}: series={series!r} is no outcome{nearest(name, BY_NAME)}; knockon describe lists them")
    outcome = BY_NAME[name]
    if outcome.aggregation in _NO_SERIES:
        raise InputError(f"{where}: series={series!r} is {_NO_SERIES[outcome.aggregation]}: it cannot be observed by window")
    if outcome.dimension is None and row is not None:
        raise InputError(f"{where}: series={series!r}: {name} is a single number and has no part {row!r}; write {name}")
    if outcome.dimension is not None and row not in (names := rows[outcome.dimension]):
        hint = nearest(row, names) if row else ""
        raise InputError(
            f"{where}: series={series!r} names no {outcome.dimension}{hint}; write {name}.NAME with one of {', '.join(names)}"
        )


def _number(where: str, cell: str) -> float:
    try:
        number = float(cell)
    except ValueError:
        raise InputError(f"{where}={cell!r} is not a number") from None
    return read(Number, where, number)
