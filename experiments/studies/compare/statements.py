"""What a comparison says of one arm, headline by headline: by how much, how sure, and what it hinges on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from experiments.analysis.paired import IS_RATIO
from experiments.studies.compare.hinges import Change, change_of
from experiments.studies.compare.text import COLUMNS, Cells, Column, Row, percent, value_and_range, written

UP, DOWN = "Up: the whole range", "Down: the whole range"
OPEN, SAME, UNKNOWN = "Either way: the range covers no change", "No change in at least 90 % of worlds", "Not known"
_MOST_HINGES = 3
_FEW = 10.0  # worlds in 1,000; fewer are told with a decimal, or a difference and its error could read the same


@dataclass(frozen=True, slots=True)
class Statement:
    """One headline difference from the reference, in words that follow from its numbers alone.

    Attributes:
        outcome: its name. `heading`: what a reader calls it.
        reading: one of `UP`, `DOWN`, `OPEN`, `SAME`, `UNKNOWN`.
        amount: median difference, of a hazard the mean one, of IS attacks the ratio. `span`: its range.
        sure: sentences on how sure that is. `hinges`: on what it depends.
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

    The `hinges` of `hinges_by_switch` are None where all worlds have the same forms.
    """
    return [
        _statement(cells[arm, column.outcome], column, _of(hinges, arm, column.outcome))
        for column in COLUMNS
        if (arm, column.outcome) in cells
    ]


def in_short(stated: Sequence[Statement]) -> dict[str, list[Statement]]:
    """Return the statements by how they read, in the order of importance; readings that none has are left out."""
    by_reading = {reading: [one for one in stated if one.reading == reading] for reading in (UP, DOWN, OPEN, SAME, UNKNOWN)}
    return {reading: found for reading, found in by_reading.items() if found}


def _of(hinges: pd.DataFrame | None, arm: str, outcome: str) -> list[dict[str, Any]] | None:
    if hinges is None:
        return None
    here = hinges[(hinges["arm"] == arm) & (hinges["outcome"] == outcome) & hinges["differs"]]
    return [{str(key): value for key, value in row.items()} for row in here.to_dict("records")]


def _statement(row: Row, column: Column, hinges: list[dict[str, Any]] | None) -> Statement:
    change = change_of(row, column.outcome)
    known = change.is_known
    if change.rare and abs(change.middle * column.scale) < _FEW:
        column = replace(column, form=".1f")
    amount, span = value_and_range(row, column, "" if column.outcome == IS_RATIO else "difference_") if known else ("", "")
    shares = {name: float(row.get(name, float("nan"))) for name in ("worse", "equal", "better")}
    told = known and all(share == share for share in shares.values())
    return Statement(
        outcome=column.outcome,
        heading=column.heading,
        reading=_reading(change),
        amount=amount,
        span=span.strip("()"),
        sure=tuple(_sure(change, column, shares if told else {})),
        hinges=tuple(_hinges(column, hinges)),
        shares=tuple((name, 100.0 * share) for name, share in shares.items()) if told else (),
    )


def _reading(change: Change) -> str:
    if not change.is_known:
        return UNKNOWN
    if change.low == change.high == change.none and not change.rare:
        return SAME
    return {1: UP, -1: DOWN, 0: OPEN}[change.direction]


def _sure(change: Change, column: Column, shares: dict[str, float]) -> list[str]:
    if not change.is_known:
        return ["The reference has none to compare with."]
    sentences = []
    if shares:
        worse, equal, better = (percent(shares[name]) for name in ("worse", "equal", "better"))
        sentences.append(
            f"Worse in {worse}\N{NO-BREAK SPACE}%, same in {equal}\N{NO-BREAK SPACE}%, better in {better}\N{NO-BREAK SPACE}%."
        )
    if change.rare:
        reach = f"Two Monte Carlo errors (±\N{NO-BREAK SPACE}{written(2.0 * change.error, column)})"
        verdict = "cover no difference" if change.direction == 0 else "do not reach no difference"
        return [*sentences, f"{reach} {verdict}."]
    return [*sentences, _range(change), *_middle(change, column)]


def _range(change: Change) -> str:
    if change.low == change.high == change.none:
        return "At least 90\N{NO-BREAK SPACE}% of worlds do not change."
    return "The range covers no change." if change.direction == 0 else "The whole range lies on one side of no change."


def _middle(change: Change, column: Column) -> list[str]:
    """Say how well the median is known."""
    if change.middle == change.none:
        return ["The median is no change."]
    if change.error != change.error:
        return []
    error = written(change.error, column, error=True)
    known = f"less than {_unit(column)}" if float(error) == 0.0 else error
    if change.is_told_from_none:
        return [f"Monte Carlo error of the median: {known}."]
    return [f"With a Monte Carlo error of {known} even the median cannot be told from no change."]


def _unit(column: Column) -> str:
    """Return the last figure to which an error is written: "0.1"."""
    places = int(column.form[1]) + 1
    return f"{10.0**-places:.{places}f}"


def _hinges(column: Column, hinges: list[dict[str, Any]] | None) -> list[str]:
    if hinges is None:
        return ["Not asked: all worlds have the same structural forms."]
    if not hinges:
        return ["No structural form moves it by more than three Monte Carlo errors."]
    return [_hinge(column, row) for row in hinges[:_MOST_HINGES]]


def _hinge(column: Column, row: dict[str, Any]) -> str:
    signed = column.outcome != IS_RATIO
    low, high = (written(float(row[end]), column, signed=signed) for end in ("lowest", "highest"))
    forms = [str(row[end]).replace("_", " ") for end in ("lowest_form", "highest_form")]
    reads = "; reads otherwise" if row["reads_otherwise"] else ""
    return f"{str(row['switch']).replace('_', ' ')}: {low} ({forms[0]}) to {high} ({forms[1]}){reads}"
