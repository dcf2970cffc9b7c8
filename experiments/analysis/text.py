"""Numbers and tables as text that several studies print."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd


def share_in_words(row: Mapping[Any, Any], name: str) -> str:
    """Return a share with its interval: "61% (53% to 69%)", from the columns `name`, `name_low`, `name_high`."""
    return f"{row[name]:.0%} ({row[f'{name}_low']:.0%} to {row[f'{name}_high']:.0%})"


def columns_first(table: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Return a table with some of its columns before the others."""
    return table[[*names, *(name for name in table.columns if name not in names)]]


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Return a table as text, its columns aligned at the left; the first row has the headings and a line below it."""
    sizes = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [rows[0], ["\N{BOX DRAWINGS LIGHT HORIZONTAL}" * size for size in sizes], *rows[1:]]
    return "\n".join("  ".join(cell.ljust(size) for cell, size in zip(row, sizes, strict=True)).rstrip() for row in lines)
