"""The shares of worlds with more, the same and fewer in the figures of a comparison: order, colours and words."""

from collections.abc import Sequence

import pandas as pd

from experiments.analysis.matters import IS_RATIO
from experiments.config.defaults import FOLLOWS, Headline
from experiments.figures.names import arm_name
from experiments.reports.sentences import of_hundred
from experiments.studies.compare.text import columns

MORE, SAME, FEWER = "#b35806", "#ffffff", "#6baed6"
"""Dark, white with a rim, and light: they differ in greyscale too."""


def follows(column: Headline) -> bool:
    """Tell whether a headline follows from leaving, in any model."""
    return column.group == FOLLOWS


def note_on(note: str, columns: Sequence[Headline]) -> str:
    """Return a note on columns; fill `{ratio}` if one is a ratio, and `{follows}` if some follow from leaving."""
    apart = any(map(follows, columns)) and not all(map(follows, columns))
    return note.format(
        ratio="; IS attacks: ratio" if any(column.outcome == IS_RATIO for column in columns) else "",
        follows=" Beyond the dividing line: outcomes that follow from leaving, in any model." if apart else "",
    )


def with_unit(column: Headline) -> str:
    """Return the heading of a column with the unit of its numbers, if any; ratios carry their unit themselves."""
    return f"{column.heading}, {column.unit}" if column.unit and column.outcome != IS_RATIO else column.heading


def headlines_in(table: pd.DataFrame) -> list[Headline]:
    """Return the headlines of a table, those that follow from leaving last."""
    shown = [column for column in columns() if column.outcome in set(table["outcome"])]
    return sorted(shown, key=follows)


def in_words(shares: pd.DataFrame, columns: Sequence[Headline], most: int = 3) -> str:
    """Return the findings on the first headlines of the first arm, in words."""
    arm = str(shares["arm"].iloc[0])
    rows = {str(row["outcome"]): row for row in shares[shares["arm"] == arm].to_dict("records")}
    told = [
        f"{column.heading}: more in {of_hundred(row['more'])}, fewer in {of_hundred(row['fewer'])} of 100 worlds"
        for column in columns[:most]
        if (row := rows.get(column.outcome)) is not None
    ]
    return f"{arm_name(arm)}: {'; '.join(told)}."
