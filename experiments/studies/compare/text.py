"""A comparison on the terminal: a table of all arms, and below it the answer on one of them."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

import pandas as pd

from experiments.analysis.counts import DAYS_A_MONTH
from experiments.analysis.matters import IS_RATIO
from experiments.analysis.paired import is_rare
from experiments.config.defaults import FOLLOWS, Headline
from experiments.config.show import headlines
from experiments.figures.names import arm_name, sentence_case
from experiments.reports import sentences as words

_PULLOUT = "us_pullout"
_CORE, _FULL = "model=core", "model=full"

type Row = Mapping[Any, Any]
type Cells = Mapping[tuple[str, str], Row]
"""Rows of a comparison on one day, by arm and outcome."""


def columns() -> tuple[Headline, ...]:
    """Return the columns of tables: the headlines, each under its name in tables."""
    return tuple(replace(column, outcome=column.in_tables or column.outcome) for column in headlines())


def indexed(rows: Mapping[tuple[str, str], Mapping[str, str]]) -> pd.DataFrame:
    """Return a table in words, indexed by the arms and outcomes of its rows."""
    index = pd.MultiIndex.from_tuples(list(rows)) if rows else pd.MultiIndex.from_arrays([[], []])
    return pd.DataFrame(list(rows.values()), index=index)


def cells_of(table: pd.DataFrame, day: int) -> Cells:
    """Return the rows of a comparison on a day, by arm and outcome."""
    return {(str(row["arm"]), str(row["outcome"])): row for row in table[table["day"] == day].to_dict("records")}


def headline_table(table: pd.DataFrame, width: int = 120) -> str:
    """Return the printed table: one row per headline; levels for each reference, numbers of worlds for other arms.

    Arms that do not fit into `width` characters continue below.
    """
    day = int(table["day"].max())
    cells = cells_of(table, day)
    reference_of = {str(arm): str(reference) for arm, reference in zip(table["arm"], table["reference"], strict=True)}
    rows = []
    for column in columns():
        inside = {arm: cells[arm, column.outcome] for arm in reference_of if (arm, column.outcome) in cells}
        if inside:
            name = f"{sentence_case(column.short or column.heading)}{' *' if column.group == FOLLOWS else ''}"
            rows.append([name, *(_cell(inside[arm], column) if arm in inside else "" for arm in reference_of)])
    levels = "median and 5 % to 95 % range over worlds; for rare events, the mean probability"
    head = f"Month {day / DAYS_A_MONTH:.0f} ({day_in_words(table, day)}). Reference: {levels}."
    if any(arm != reference for arm, reference in reference_of.items()):
        head += (
            " Other arms: of 100 worlds, those with more and those with fewer than their reference (more : fewer), on the same"
            " random numbers."
        )
    return f"{textwrap.fill(head, width)}\n\n{align(['', *reference_of], rows, width)}"


def day_in_words(table: pd.DataFrame, day: int) -> str:
    """Return a day of a comparison, with its date where the table has it: "day 730, 2022-09-29"."""
    dates = table.loc[table["day"] == day, "date"] if "date" in table else pd.Series(dtype=str)
    return f"day {day}, {dates.iloc[0]}" if len(dates) else f"day {day}"


def _cell(row: Row, column: Headline) -> str:
    if row["arm"] != row["reference"]:
        return f"{words.in_short(row['more'])} : {words.in_short(row['fewer'])}"
    return "1" if column.outcome == IS_RATIO else " ".join(value_and_range(row, column))


def value_and_range(row: Row, column: Headline, prefix: str = "") -> tuple[str, str]:
    """Return a row's median and 5 % to 95 % range over worlds; for a rare event, its mean and two Monte Carlo errors."""
    spec = f"+{column.spec}" if prefix else column.spec
    if is_rare(column.outcome):
        error = words.ERRORS * row["difference_error" if prefix else "mean_error"] * column.scale
        return words.number(row[f"{prefix}mean"] * column.scale, spec), f"± {words.number(error, column.spec)}"
    low, middle, high = (words.number(row[prefix + part] * column.scale, spec) for part in ("q05", "median", "q95"))
    return middle, f"({low} to {high})"


def align(headings: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> str:
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


def answer(findings: pd.DataFrame, table: pd.DataFrame, width: int = 120) -> str:
    """Return the answer on the arm in question: its title, a sentence per headline, and the limits of the answer."""
    day = int(table["day"].max())
    if findings.empty:
        return textwrap.fill(_alone(cells_of(table, day), str(table["arm"].iloc[0]), day), width)
    arm = asked_about(list(dict.fromkeys(findings["arm"])))
    found = words.findings_of(findings, arm)
    reference = arm_name(str(found[0].whole["reference"]))
    lines = [words.title_of(found, arm_name(arm), reference) + ".", ""]
    told = (" ".join([words.finding_in_words(one), *words.hinge_in_words(one)]) for one in words.firsts_of_groups(found))
    lines += [_item(text, width) for text in told]
    if follows := [one for one in found if one.headline.group == FOLLOWS]:
        lines.append(_item(f"* {words.FOLLOWS_FROM}: {' '.join(map(words.finding_in_words, follows))}", width))
    about = (
        f"The comparison is with {reference} on the same worlds, by {day_in_words(table, day)}. This is not a forecast: each"
        f" share counts worlds that the model assumes possible. {words.errors_in_words(found)}"
    )
    return "\n".join([textwrap.fill(lines[0], width), *lines[1:], "", textwrap.fill(about, width)])


def _item(text: str, width: int) -> str:
    return textwrap.fill(text, width, initial_indent="  ", subsequent_indent="    ")


def asked_about(arms: Sequence[str]) -> str:
    """Return the arm that the question is about: the pullout, else the first."""
    return _PULLOUT if _PULLOUT in arms else arms[0]


def mechanisms_in_words(findings: pd.DataFrame) -> str:
    """Return a line on the findings that have different larger sides in `model=core` and in `model=full`.

    The line is empty where the comparison has no arm under both models.
    """
    arms = [] if findings.empty else [str(arm) for arm in dict.fromkeys(findings["arm"])]
    pairs = [(arm, arm.replace(_CORE, _FULL)) for arm in arms if _CORE in arm and arm.replace(_CORE, _FULL) in arms]
    if not pairs:
        return ""
    found = [
        f"{one.headline.heading} under {core.replace(_CORE, '').strip(', ')}"
        for core, full in pairs
        for one, other in zip(words.findings_of(findings, core), words.findings_of(findings, full), strict=True)
        if one.side != other.side
    ]
    if not found:
        return "For every headline, the side with more worlds is the same in the core model and in the full model."
    return f"The side with more worlds differs between the core and the full model: {'; '.join(found)}."


def _alone(cells: Cells, arm: str, day: int) -> str:
    def level(outcome: str) -> str:
        row = cells[arm, outcome]
        return f"{row['median']:.0f} ({row['q05']:.0f} to {row['q95']:.0f})"

    return (
        f"By day {day}, {arm} has {level('civilian_deaths')} Iraqi civilian deaths, {level('members_out')} members out for good"
        f" and {level('attacks')} attacks on sites (medians, 5 % to 95 % of worlds); compare it with another arm to see what a"
        " policy changes."
    )
