"""A table as LaTeX for a paper to read in; it needs the package booktabs, a long one longtable as well."""

import re

import pandas as pd
from pandas.api.types import is_numeric_dtype

_LONGEST = 40
"""Rows on a page; a longer table is broken over pages."""
_MATHEMATICS = {
    "\N{MINUS SIGN}": "$-$",
    "\N{PLUS-MINUS SIGN}": r"$\pm$",
    "\N{MULTIPLICATION SIGN}": r"$\times$",
    "\N{EN DASH}": "--",
}


def booktabs(table: pd.DataFrame, caption: str, label: str) -> str:
    """Write a table in the manner of booktabs.

    Args:
        table: texts and numbers, written as they stand but for what LaTeX takes for its own signs. Equal outer levels of
            the index are written once.
        caption: above it, plain text.
        label: by which the paper refers to it.
    """
    style = table.style.format(escape="latex", na_rep="", precision=3)
    style = style.format_index(escape="latex", axis=0).format_index(escape="latex", axis=1)
    environment = "longtable" if len(table) > _LONGEST else "table"
    text = style.to_latex(
        hrules=True,
        multirow_align="naive",
        column_format="l" * table.index.nlevels + "".join("r" if _is_number(table[name]) else "l" for name in table),
        caption=_escaped(caption),
        label=label,
        environment=environment,
        position_float="centering" if environment == "table" else None,
    )
    for sign, written in _MATHEMATICS.items():
        text = text.replace(sign, written)
    return text


def _is_number(column: pd.Series) -> bool:
    """Tell whether a column reads better along its right edge: numbers, also those that are written out with their sign."""
    texts = column.astype(str)
    return is_numeric_dtype(column) or bool(texts.str.fullmatch(r"[+\N{MINUS SIGN}0-9.,%]*").all())


def _escaped(text: str) -> str:
    return re.sub(r"([%&_#$])", r"\\\1", text)
