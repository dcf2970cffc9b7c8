"""A comparison in words: one sentence of answer, and a table for the terminal."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import zip_longest
from typing import Any

import numpy as np
import pandas as pd

from experiments.analysis.counts import DAYS_A_MONTH
from experiments.analysis.paired import IS_RATIO, is_rare
from experiments.config.defaults import HEADLINES, Headline
from experiments.figures.style import in_words
from sim.record.outcomes import MONTH

_PULLOUT, _WITHOUT_KNOCK_ON = "us_pullout", "us_pullout_without_knock_on"

type Row = Mapping[Any, Any]
type Cells = Mapping[tuple[str, str], Row]
"""Rows of a comparison on one day, by arm and outcome."""


COLUMNS = tuple(replace(column, outcome=column.in_tables or column.outcome) for column in HEADLINES)
"""Of tables."""


def cells_of(table: pd.DataFrame, day: int) -> Cells:
    """Return the rows of a comparison on a day, by arm and outcome."""
    return {(str(row["arm"]), str(row["outcome"])): row for row in table[table["day"] == day].to_dict("records")}


def headline_table(table: pd.DataFrame, width: int = 160) -> str:
    """Return the table that a comparison prints: one line of values and one of differences per reporting day and arm.

    Columns that do not fit into `width` characters continue below. A reporting day less than a month before the last one is
    left out.
    """
    last = int(table["day"].max())
    days = [int(day) for day in sorted(table["day"].unique()) if last - MONTH >= day or day == last]
    arms = [str(arm) for arm in dict.fromkeys(table["arm"])]
    head = "Median (5 % to 95 % of worlds); below, the paired difference from the reference"
    return "\n\n".join([head, *(_block(cells_of(table, day), arms, day, width) for day in days)])


def _block(cells: Cells, arms: Sequence[str], day: int, width: int) -> str:
    rows: list[list[str]] = []
    compared = any(_reference(cells, arm) != arm for arm in arms)
    columns = [column for column in COLUMNS if compared or column.outcome != IS_RATIO]
    for arm in arms:
        rows.append([arm, *(_cell(cells, arm, column, "") for column in columns)])
        reference = _reference(cells, arm)
        if reference != arm:
            rows.append([f"  minus {reference}", *(_cell(cells, arm, column, "difference_") for column in columns)])
    headings = ["", *(column.heading for column in columns)]
    return f"Month {day / DAYS_A_MONTH:.0f} (day {day})\n\n{_align(headings, rows, width)}"


def _reference(cells: Cells, arm: str) -> str:
    return next(str(row["reference"]) for (name, _), row in cells.items() if name == arm)


def _cell(cells: Cells, arm: str, column: Headline, prefix: str) -> str:
    row = cells.get((arm, column.outcome))
    if row is None:
        return ""
    if column.outcome == IS_RATIO:
        if _reference(cells, arm) == arm:
            return "1"
        if np.isnan(row["median"]):
            return "" if prefix else "unknown"
        if prefix:
            return f"more in {percent(float(row['worse']))} %"
    return " ".join(value_and_range(row, column, prefix))


def value_and_range(row: Row, column: Headline, prefix: str = "") -> tuple[str, str]:
    """Return a row's median and its 5 % to 95 % range over worlds; of a rare event its mean and two Monte Carlo errors."""
    write = partial(written, column=column, signed=bool(prefix))
    if is_rare(column.outcome):
        error = float(row["difference_error" if prefix else "mean_error"])
        return write(row[f"{prefix}mean"]), f"± {written(2.0 * error, column)}"
    return write(row[f"{prefix}median"]), f"({write(row[f'{prefix}q05'])} to {write(row[f'{prefix}q95'])})"


def written(value: float, column: Headline, signed: bool = False, error: bool = False) -> str:
    """Write a number of a column: scaled, with its sign if it is a difference, with one more digit if it is an error."""
    spec = f".{int(column.spec[1]) + 1}f" if error else ("+" if signed else "") + column.spec
    text = f"{value * column.scale:{spec}}".replace("-", "\N{MINUS SIGN}")
    return text[1:] if text.strip("+\N{MINUS SIGN}0.") == "" and text[0] in "+\N{MINUS SIGN}" else text


def ends_of(hinge: Row, column: Headline) -> list[str]:
    """Return the lowest and the highest difference over the variants of a switch, each with its variant in brackets."""
    ends = ("lowest", "highest")
    numbers = [written(float(hinge[end]), column, signed=column.outcome != IS_RATIO) for end in ends]
    return [f"{number} ({in_words(str(hinge[f'{end}_form']))})" for number, end in zip(numbers, ends, strict=True)]


def shares(row: Row | pd.Series) -> str:
    """Return the shares of worlds that are worse, equal and better, in percent: "78 / 10 / 12"."""
    return " / ".join(percent(float(row[name])) for name in ("worse", "equal", "better"))


def percent(share: float) -> str:
    """Return a share in percent: "78"; only none reads as 0, and only all as 100."""
    if np.isnan(share):
        return "–"
    if 0.0 < share < 0.005:
        return "<1"
    return ">99" if 0.995 < share < 1.0 else f"{100 * share:.0f}"


def _align(headings: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> str:
    """Align a table in columns, with headings of several lines, in as many panels as the width needs."""
    sizes = [max(len(row[i]) for row in rows) for i in range(len(headings))]
    broken = [
        textwrap.wrap(heading, max(size, 11), break_long_words=False, break_on_hyphens=False) or [""]
        for heading, size in zip(headings, sizes, strict=True)
    ]
    sizes = [max([size, *map(len, lines)]) for size, lines in zip(sizes, broken, strict=True)]
    panels: list[list[int]] = [[]]
    for column in range(1, len(headings)):
        used = sizes[0] + sum(sizes[i] + 2 for i in panels[-1])
        if panels[-1] and used + 2 + sizes[column] > width:
            panels.append([])
        panels[-1].append(column)
    return "\n\n".join(_panel(panel, broken, rows, sizes) for panel in panels)


def _panel(columns: Sequence[int], broken: Sequence[Sequence[str]], rows: Sequence[Sequence[str]], sizes: Sequence[int]) -> str:
    heads = list(zip_longest(*(reversed(broken[i]) for i in columns), fillvalue=""))[::-1]
    cells = [*(["", *head] for head in heads), ["\N{BOX DRAWINGS LIGHT HORIZONTAL}" * sizes[i] for i in (0, *columns)]]
    cells += [[row[i] for i in (0, *columns)] for row in rows]
    widths = [sizes[i] for i in columns]
    return "\n".join("  ".join([row[0].ljust(sizes[0]), *map(str.rjust, row[1:], widths)]).rstrip() for row in cells)


def answer(table: pd.DataFrame) -> str:
    """Return the comparison in one sentence: what changes, by how much, and how surely."""
    day = int(table["day"].max())
    cells = cells_of(table, day)
    arms = [str(arm) for arm in dict.fromkeys(table["arm"])]
    others = [arm for arm in arms if _reference(cells, arm) != arm]
    if not others:
        return _alone(cells, arms[0], day)
    arm = asked_about(others)

    def change(outcome: str) -> str:
        return " ".join(value_and_range(cells[arm, outcome], Headline(outcome, ""), "difference_"))

    state, civilians = cells[arm, IS_RATIO], cells[arm, "civilian_deaths"]
    islamic_state = (
        "IS attacks cannot be compared, the reference has none"
        if np.isnan(state["median"])
        else f"IS attacks are {state['median']:.2f} times those of the reference ({state['q05']:.2f} to {state['q95']:.2f},"
        f" more in {percent(float(state['worse']))} % of worlds)"
    )
    knock_on = ""
    if arm == _PULLOUT and (_WITHOUT_KNOCK_ON, "members_out") in cells:
        without = cells[_WITHOUT_KNOCK_ON, "members_out"]["median"]
        knock_on = f" (median {cells[arm, 'members_out']['median']:.0f} out, {without:.0f} if no exit caused another)"
    return (
        f"By day {day}, compared with {_reference(cells, arm)} on the same worlds (medians, 5 % to 95 % of worlds), {arm}"
        f" changes members out for good by {change('members_out')}{knock_on}, attacks on sites by {change('attacks')} and"
        f" displaced attacks by {change('displaced_attacks')}; {islamic_state}, and more Iraqi civilians die in"
        f" {percent(float(civilians['worse']))} % of worlds."
    )


def asked_about(arms: Sequence[str]) -> str:
    """Return the arm that the question is about: the pullout, else the first."""
    return _PULLOUT if _PULLOUT in arms else arms[0]


def _alone(cells: Cells, arm: str, day: int) -> str:
    def level(outcome: str) -> str:
        row = cells[arm, outcome]
        return f"{row['median']:.0f} ({row['q05']:.0f} to {row['q95']:.0f})"

    return (
        f"By day {day}, {arm} has {level('attacks')} attacks on sites, {level('members_out')} members out for good and"
        f" {level('civilian_deaths')} Iraqi civilian deaths (medians, 5 % to 95 % of worlds); compare it with another arm"
        " to see what a policy changes."
    )
