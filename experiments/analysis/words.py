"""A comparison in words: one sentence of answer, and a table for the terminal."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.analysis.paired import IS_RATIO

_PULLOUT, _WITHOUT_KNOCK_ON = "us_pullout", "us_pullout_without_knock_on"
_DAYS_A_MONTH = 365 / 12


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: an outcome, its heading, a scale, and how a number of it is written."""

    outcome: str
    heading: str
    scale: float = 1.0
    form: str = ".0f"


COLUMNS = (
    Column("attacks", "attacks on sites"),
    Column("displaced_attacks", "displaced attacks"),
    Column("coalition_deaths", "coalition deaths"),
    Column("civilian_deaths", "Iraqi civilian deaths"),
    Column("members_troops_gone", "members' troops gone, %", 100.0),
    Column("members_out", "members out for good"),
    Column(IS_RATIO, "IS attacks, last 30 days, x reference", 1.0, ".2f"),
    Column("incident_hazard", "crowd incidents per 1,000 worlds", 1000.0),
)


def headline_table(table: pd.DataFrame) -> str:
    """Return the table that a comparison prints: per reporting day and arm a line of values, one of differences.

    A value is the median with its 90 % interval over worlds, a difference the median of the paired differences with
    theirs. Crowd incidents are expected ones, from hazards, with twice their Monte Carlo error.
    """
    blocks = [_block(table, int(day)) for day in sorted(table["day"].unique())]
    return "\n\n".join(blocks)


def _block(table: pd.DataFrame, day: int) -> str:
    here = table[table["day"] == day].set_index(["arm", "outcome"])
    arms = list(dict.fromkeys(table["arm"]))
    rows: list[list[str]] = []
    for arm in arms:
        rows.append([arm, *(_cell(here, arm, column, "") for column in COLUMNS)])
        reference = str(here.loc[arm, "reference"].iloc[0])
        if reference != arm:
            rows.append([f"  less {reference}", *(_cell(here, arm, column, "difference_") for column in COLUMNS)])
    headings = ["", *(column.heading for column in COLUMNS)]
    return f"By day {day} (month {day / _DAYS_A_MONTH:.0f}): median (5 % to 95 % of worlds)\n{_align(headings, rows)}"


def _cell(table: pd.DataFrame, arm: str, column: Column, prefix: str) -> str:
    if (arm, column.outcome) not in table.index:
        return ""
    row = table.loc[(arm, column.outcome)]
    sign = "+" if prefix else ""

    def write(value: float) -> str:
        text = f"{value * column.scale:{sign}{column.form}}"
        return text.lstrip("+-") if float(text) == 0.0 else text

    if column.outcome == "incident_hazard":
        error = row["difference_error" if prefix else "mean_error"]
        return f"{write(row[f'{prefix}mean'])} ± {2.0 * error * column.scale:{column.form}}"
    if column.outcome == IS_RATIO:
        return "" if prefix or np.isnan(row["worse"]) else f"{write(row['median'])} ({write(row['q05'])} to {write(row['q95'])})"
    return f"{write(row[f'{prefix}median'])} ({write(row[f'{prefix}q05'])} to {write(row[f'{prefix}q95'])})"


def _align(headings: list[str], rows: list[list[str]]) -> str:
    """Set a table in columns, headings broken over lines."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(headings))]
    broken = [_wrap(heading, max(width, 9)) for heading, width in zip(headings, widths, strict=True)]
    widths = [max([width, *map(len, lines)]) for width, lines in zip(widths, broken, strict=True)]
    height = max(len(lines) for lines in broken)
    head = [[lines[i - height + len(lines)] if i >= height - len(lines) else "" for lines in broken] for i in range(height)]
    lines = ["  ".join([row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))]) for row in head + rows]
    return "\n".join(line.rstrip() for line in lines)


def _wrap(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def answer(table: pd.DataFrame) -> str:
    """Return the comparison in one sentence: what changes, by how much, how sure."""
    day = int(table["day"].max())
    here = table[table["day"] == day].set_index(["arm", "outcome"])
    arms = list(dict.fromkeys(table["arm"]))
    others = [arm for arm in arms if here.loc[arm, "reference"].iloc[0] != arm]
    if not others:
        return _alone(here, arms[0], day)
    arm = _PULLOUT if _PULLOUT in others else others[0]
    reference = str(here.loc[arm, "reference"].iloc[0])
    get: Callable[[str], pd.Series] = lambda outcome: here.loc[(arm, outcome)]  # noqa: E731
    exits, attacks, displaced, state, civilians = map(get, ("members_out", "attacks", "displaced_attacks", IS_RATIO, "civilian_deaths"))
    sentence = (
        f"After {day} days on the same worlds, {arm} against {reference} has"
        f" {exits['difference_median']:+.0f} members out for good ({exits['difference_q05']:+.0f} to {exits['difference_q95']:+.0f}),"
        f" {attacks['difference_median']:+.0f} attacks on sites but {displaced['difference_median']:+.0f} elsewhere,"
        f" IS attacks at {state['median']:.2f} times the reference ({state['q05']:.2f} to {state['q95']:.2f}; above it in {state['worse']:.0%} of worlds),"
        f" and more Iraqi civilian deaths in {civilians['worse']:.0%} of worlds"
    )
    if arm == _PULLOUT and _WITHOUT_KNOCK_ON in arms:
        knock_on = here.loc[(_PULLOUT, "members_out"), "median"] - here.loc[(_WITHOUT_KNOCK_ON, "members_out"), "median"]
        sentence += f"; without the knock-on the median of members out would be {knock_on:.0f} lower"
    return f"{sentence}."


def _alone(here: pd.DataFrame, arm: str, day: int) -> str:
    attacks, out, civilians = (here.loc[(arm, outcome)] for outcome in ("attacks", "members_out", "civilian_deaths"))
    return (
        f"After {day} days, {arm} has a median of {attacks['median']:.0f} attacks on sites ({attacks['q05']:.0f} to"
        f" {attacks['q95']:.0f}), {out['median']:.0f} members out for good ({out['q05']:.0f} to {out['q95']:.0f}) and"
        f" {civilians['median']:.0f} Iraqi civilian deaths ({civilians['q05']:.0f} to {civilians['q95']:.0f});"
        " compare it with another arm to learn what a policy changes."
    )
