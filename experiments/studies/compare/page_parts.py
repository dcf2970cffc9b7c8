"""The figures and the tables of the page."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd
from markupsafe import Markup

from experiments.analysis.matters import IS_RATIO
from experiments.figures.names import place_name, sentence_case
from experiments.figures.style import FONT
from experiments.studies.compare.figures.draw import QUESTIONS
from experiments.studies.compare.headlines import tables_in_words
from sim.record.outcomes import BY_NAME

_SHOWN = {
    "arm": "scenario", "outcome": "outcome", "day": "day", "unit": "unit",
    "median": "median", "q05": "5 %", "q95": "95 %", "mean": "mean", "mean_error": "error of mean",
    "difference_median": "median difference", "difference_q05": "5 % of differences", "difference_q95": "95 % of differences",
    "difference_mean": "mean difference", "difference_error": "Monte Carlo error of difference",
    "more": "share with more", "same": "share with the same", "fewer": "share with fewer",
}  # fmt: skip
"""Columns of a comparison that the page shows, and their headings."""


def tables_of_page(table: pd.DataFrame, behind: Mapping[str, pd.DataFrame], day: int) -> list[dict[str, Any]]:
    """Return the tables of the page: their caption, columns, and rows with their arm."""
    captions = {
        "headlines": f"Headline outcomes by day {day}",
        "forms": "Findings that turn on a structural form",
        "months": "End of each chosen month: levels of the references, and differences of the other scenarios",
        "variance": "Parts of the variance of the differences, % ± two standard errors",
    }
    sheets = [
        _sheet(name, captions[name], words.rename_axis(["scenario", "outcome"]).reset_index().fillna(""), name != "headlines")
        for name, words in tables_in_words(behind).items()
    ]
    if "members" in behind:
        caption = f"Members that leave for good by day {day}: in how many worlds, and when"
        sheets.append(_sheet("members", caption, _members(behind["members"])))
    columns = [name for name in _SHOWN if name in table.columns and name != "day"]
    shown = table.loc[table["day"] == day, columns].dropna(axis=1, how="all").rename(columns=_SHOWN)
    caption = f"Every outcome by day {day} (other days are in tables/comparison.csv)"
    return [*sheets, _sheet("everything", caption, shown)]


def _members(leaving: pd.DataFrame) -> pd.DataFrame:
    """Return the members of each arm, the likeliest to leave first, with the worlds of 100 in which they leave ± two errors."""

    def of_worlds(share: str) -> list[str]:
        return [f"{100.0 * p:.0f} ± {200.0 * e:.0f}" for p, e in zip(leaving[share], leaving[f"{share}_error"], strict=True)]

    return pd.DataFrame(
        {
            "scenario": leaving["arm"],
            "member": leaving["member"].map(place_name),
            "leaves, of 100 worlds": of_worlds("p_leaves"),
            "is the first, of 100": of_worlds("p_first"),
            "median date, if it leaves": leaving["median_date"].fillna(""),
        }
    )


def _sheet(name: str, caption: str, frame: pd.DataFrame, folded: bool = True) -> dict[str, Any]:
    columns = [str(column) for column in frame.columns]
    rows = [
        {"arm": row["scenario"], "cells": [_cell(column, row[column]) for column in columns]}
        for row in frame.to_dict("records")
    ]
    numeric = [all(row["cells"][place]["right"] for row in rows) for place in range(len(columns))]
    headings = [{"heading": sentence_case(column), "numeric": right} for column, right in zip(columns, numeric, strict=True)]
    return {"id": name, "caption": caption, "columns": headings, "rows": rows, "folded": folded}


def _cell(column: str, value: Any) -> dict[str, Any]:
    """Return the text of a cell, the number that sorts it if the text is not a number, and the arm that it names."""
    if isinstance(value, (int, float)):
        digits = ",.0f" if abs(value) >= 1e4 else ".4g"
        text = f"{value:{digits}}".replace("-", "\N{MINUS SIGN}") if np.isfinite(value) else ""
        return {"text": text, "value": None, "right": True, "arm": ""}
    text = str(value)
    if column == "outcome" and text in (*BY_NAME, IS_RATIO):
        text = BY_NAME[text].long_name if text in BY_NAME else "IS attacks in the last 30 days, ratio to reference"
    first = text.split(" ")[0].lstrip("<>").replace("\N{MINUS SIGN}", "-").replace(",", "")
    try:
        number: str | None = f"{float(first):.9g}"
    except ValueError:
        number = None
    return {"text": text, "value": number, "right": number is not None, "arm": text if column == "scenario" else ""}


_FONT, _FONTS = f"'{FONT}'", f"{FONT}, Arial, Helvetica, sans-serif"
"""Fonts of a picture on a page, which come from the reader's machine; it may lack the font of the figures."""
_UNSEEN = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>|(?<=>)\s+(?=<)", re.DOTALL)
_PATH = re.compile(r'(?<= d=")[^"]*')
_COORDINATE, _AROUND_LETTER, _BLANK = re.compile(r"-?\d+\.\d+"), re.compile(r"\s*([A-Za-z])\s*"), re.compile(r"\s+")
_AS_IT_IS = " /:=,;()+*!$'?@[]{}|\\^~`"
"""Characters that need no escape in the address of a picture between double quotes."""


def figures_of_page(pictures: Mapping[str, bytes], captions: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the name, question, content and caption of each figure; `pictures` are SVG by name."""
    questions = {name: next(text for kind, text in QUESTIONS.items() if name.startswith(kind)) for name in pictures}
    return [
        {
            "name": name,
            "question": questions[name],
            "content": Markup(_address(picture.decode())),
            "caption": captions.get(name) or questions[name],
        }
        for name, picture in pictures.items()
    ]


def _address(picture: str) -> str:
    """Return an SVG as the address of an image: paths to a tenth of a point, texts whole, without metadata and outer blanks."""
    small = _PATH.sub(_shortened, _UNSEEN.sub("", picture.replace(_FONT, _FONTS)))
    return quote(small.replace("'", "&apos;").replace('"', "'"), safe=_AS_IT_IS)


def _shortened(path: re.Match[str]) -> str:
    rounded = _COORDINATE.sub(lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), path[0])
    return _AROUND_LETTER.sub(r"\1", _BLANK.sub(" ", rounded)).strip()
