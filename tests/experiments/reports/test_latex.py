"""Tables for a paper: the signs with a meaning in LaTeX are escaped, and the rules of a table are those of booktabs."""

import re

import pandas as pd
import pytest

from experiments.reports.latex import booktabs

NAMES = pd.MultiIndex.from_tuples([("A_1", "one"), ("A_1", "two"), ("B & C", "one")])
TABLE = pd.DataFrame(
    {"difference": ["+5", "\N{MINUS SIGN}3", "0"], "50 %": ["a & b", "c_d", "± 2"], "n": [1.0, float("nan"), 1234.5]},
    index=NAMES,
)


def rows_of(text: str) -> list[list[str]]:
    """Return the cells of a table's rows."""
    body = text.split(r"\midrule")[1].split(r"\bottomrule")[0]
    lines = [line.strip().removesuffix(r"\\") for line in body.splitlines() if line.strip().endswith(r"\\")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)&", line)] for line in lines]


def test_a_table_has_the_rules_of_booktabs_and_all_cells() -> None:
    text = booktabs(TABLE, "50 % of a_b", "tab:any")
    assert [text.count(rule) for rule in (r"\toprule", r"\midrule", r"\bottomrule", r"\hline", "|")] == [1, 1, 1, 0, 0]
    assert rows_of(text) == [
        [r"A\_1", "one", "+5", r"a \& b", "1.000"],
        ["", "two", "$-$3", r"c\_d", ""],
        [r"B \& C", "one", "0", r"$\pm$ 2", "1234.500"],
    ]
    assert r"\caption{50 \% of a\_b}" in text
    assert r"\label{tab:any}" in text
    assert r"\begin{tabular}{llrlr}" in text


def test_nothing_is_left_that_plain_latex_cannot_set() -> None:
    assert booktabs(TABLE, "any", "tab:any").isascii()


@pytest.mark.parametrize(("rows", "environment"), [(40, "table"), (41, "longtable")])
def test_a_table_longer_than_a_page_is_broken(rows: int, environment: str) -> None:
    text = booktabs(pd.DataFrame({"x": range(rows)}), "any", "tab:any")
    assert rf"\begin{{{environment}}}" in text


def test_every_sign_is_escaped_in_cells_names_and_captions() -> None:
    hostile = "{a}_b^c~d\\e$f%g&h#i \N{GREATER-THAN OR EQUAL TO} Gr\N{LATIN SMALL LETTER U WITH DIAERESIS}n \N{CJK UNIFIED IDEOGRAPH-6587}"
    escaped = (
        r"\{a\}\_b{\textasciicircum}c{\textasciitilde}d{\textbackslash}e\$f\%g\&h\#i \ensuremath{\geq} Gr\"un {\bfseries ?}"
    )
    text = booktabs(pd.DataFrame({hostile: [hostile]}, index=[hostile]), hostile, "tab:any")
    assert text.count(escaped) == 4
    assert text.isascii()
    assert hostile not in text
