"""The statements of a comparison on one arm, per headline: how large the difference is, how sure, and what it hinges on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from experiments.analysis.paired import IS_RATIO
from experiments.config.defaults import Headline
from experiments.figures.style import in_words
from experiments.studies.compare.hinges import Change, change_of
from experiments.studies.compare.text import COLUMNS, Cells, ends_of, percent, value_and_range, written

UP, DOWN = "Increase: the whole range lies above zero (ratio: 1)", "Decrease: the whole range lies below zero (ratio: 1)"
OPEN, SAME, UNKNOWN = "Unclear: the range includes zero (ratio: 1)", "No change in at least 90 % of worlds", "Unknown"
_MOST_HINGES = 3
_FEW = 10.0  # worlds in 1,000; fewer are written with a decimal, or a difference and its error could read the same
_SPACE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Statement:
    """One headline difference from the reference, in words that follow from its numbers alone.

    Attributes:
        outcome: its name. `heading`: its name for a reader.
        reading: one of `UP`, `DOWN`, `OPEN`, `SAME`, `UNKNOWN`.
        amount: median difference, of a hazard the mean one, of IS attacks the ratio. `span`: its range.
        sure: sentences on the certainty of that. `hinges`: the variants that it depends on.
        shares: of worlds that are worse, equal and better, %; empty where no direction is worse.
    """

    outcome: str
    heading: str
    reading: str
    amount: str
    span: str
    sure: tuple[str, ...]
    hinges: tuple[str, ...]
    shares: tuple[tuple[str, float], ...]


def statements(cells: Cells, arm: str, hinges: pd.DataFrame | None) -> list[Statement]:
    """State every headline difference of an arm from its reference.

    The `hinges` of `hinges_by_switch` are None where all worlds have the same variants.
    """
    found = []
    for column in COLUMNS:
        row = cells.get((arm, column.outcome))
        if row is None:
            continue
        change = change_of(row, column.outcome)
        shown = replace(column, spec=".1f") if change.rare and abs(change.middle * column.scale) < _FEW else column
        amount, span, shares = "", "", {}
        if change.is_known:
            amount, span = value_and_range(row, shown, "" if column.outcome == IS_RATIO else "difference_")
            shares = {name: float(row.get(name, float("nan"))) for name in ("worse", "equal", "better")}
            shares = {name: share for name, share in shares.items() if share == share}
        found.append(
            Statement(
                outcome=column.outcome,
                heading=column.heading,
                reading=_reading(change),
                amount=amount,
                span=span.strip("()"),
                sure=tuple(_sure(change, shown, shares if len(shares) == 3 else {})),
                hinges=tuple(_hinges(shown, arm, hinges)),
                shares=tuple((name, 100.0 * share) for name, share in shares.items()) if len(shares) == 3 else (),
            )
        )
    return found


def in_short(stated: Sequence[Statement]) -> dict[str, list[Statement]]:
    """Return the statements by reading, the most important reading first; a reading without statements is left out."""
    by_reading = {reading: [one for one in stated if one.reading == reading] for reading in (UP, DOWN, OPEN, SAME, UNKNOWN)}
    return {reading: found for reading, found in by_reading.items() if found}


def _reading(change: Change) -> str:
    if not change.is_known:
        return UNKNOWN
    if change.low == change.high == change.none and not change.rare:
        return SAME
    return {1: UP, -1: DOWN, 0: OPEN}[change.direction]


def _sure(change: Change, column: Headline, shares: Mapping[str, float]) -> Iterator[str]:
    if not change.is_known:
        yield "The reference has none to compare with."
        return
    no_change = "1" if column.outcome == IS_RATIO else "zero"
    if shares:
        worse, equal, better = (f"{percent(share)}{_SPACE}%" for share in shares.values())
        yield f"Worse in {worse}, same in {equal}, better in {better}."
    if change.rare:
        errors = f"two Monte Carlo errors (±{_SPACE}{written(2.0 * change.error, column)})"
        yield f"The difference is {'within' if change.direction == 0 else 'larger than'} {errors}."
        return
    if change.low == change.high == change.none:
        yield f"At least 90{_SPACE}% of worlds do not change."
    else:
        where = "range includes" if change.direction == 0 else "whole range lies on one side of"
        yield f"The {where} {no_change}."
    if change.middle == change.none:
        yield f"The median is {no_change}."
    elif change.error == change.error:
        places = int(column.spec[1]) + 1
        error = written(change.error, column, error=True)
        known = f"less than {10.0**-places:.{places}f}" if float(error) == 0.0 else error
        clear = "" if change.is_clear else ", so even the sign of the median is uncertain"
        yield f"Monte Carlo error of the median: {known}{clear}."


def _hinges(column: Headline, arm: str, hinges: pd.DataFrame | None) -> Iterator[str]:
    if hinges is None:
        yield "Not analysed: all worlds have the same structural variants."
        return
    rows = hinges[(hinges["arm"] == arm) & (hinges["outcome"] == column.outcome) & hinges["differs"]]
    if rows.empty:
        yield "No structural variant moves it by more than three Monte Carlo errors."
    for row in rows.head(_MOST_HINGES).to_dict("records"):
        direction = "; the direction depends on it" if row["reads_otherwise"] else ""
        yield f"{in_words(str(row['switch']))}: {' to '.join(ends_of(row, column))}{direction}"
