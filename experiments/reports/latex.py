"""A table as LaTeX for a paper, with the package booktabs; a long one needs longtable as well."""

from typing import Any

import pandas as pd
from pandas.api.types import is_numeric_dtype
from pylatexenc.latexencode import RULE_DICT, UnicodeToLatexConversionRule, UnicodeToLatexEncoder

_LONGEST = 40
"""Most rows of a page; a longer table continues on the next page."""
_SIGNS = {0x2212: "$-$", 0x00B1: r"$\pm$", 0x00D7: r"$\times$", 0x2013: "--"}
"""Minus, plus-minus, times and the dash of a range."""
_LATEX = UnicodeToLatexEncoder(
    conversion_rules=[UnicodeToLatexConversionRule(RULE_DICT, _SIGNS), "defaults"],
    unknown_char_policy="replace",
    unknown_char_warning=False,
)


def booktabs(table: pd.DataFrame, caption: str, label: str) -> str:
    """Return a table in the style of booktabs; `label` is for references in the paper.

    LaTeX's own signs in its texts and in the caption are escaped. Equal outer levels of the index are written once.
    """
    columns = "".join("r" if _is_number(table[name]) else "l" for name in table)
    written = table.map(_escaped).rename(index=_escaped, columns=_escaped)
    look: dict[str, Any] = {"hrules": True, "multirow_align": "naive", "column_format": "l" * table.index.nlevels + columns}
    look |= {"environment": "longtable"} if len(table) > _LONGEST else {"environment": "table", "position_float": "centering"}
    return written.style.format(na_rep="", precision=3).to_latex(caption=_escaped(caption), label=label, **look)


def _is_number(column: pd.Series) -> bool:
    """Tell whether a column should be aligned at the right: numbers, also texts of numbers with a sign."""
    texts = column.astype(str)
    return is_numeric_dtype(column) or bool(texts.str.fullmatch(r"[+\N{MINUS SIGN}0-9.,%]*").all())


def _escaped[T](value: T) -> T | str:
    """Return a text with its signs escaped for LaTeX; other values unchanged."""
    return _LATEX.unicode_to_latex(value) if isinstance(value, str) else value
