"""`report.html`: a comparison as one page that needs no network, with its answer on the first screen."""

from base64 import b64encode
from collections.abc import Mapping
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from experiments.analysis.counts import DAYS_A_MONTH
from experiments.analysis.paired import IS_RATIO
from experiments.config.files import write_whole
from experiments.figures.page_layout import EXPOSURE, counted
from experiments.figures.style import arm_name, sentence_case
from experiments.studies.compare.figures.draw import QUESTIONS
from experiments.studies.compare.headlines import table_of_headlines, table_of_hinges, table_of_variance
from experiments.studies.compare.hinges import hinges as hinges_on_mechanisms
from experiments.studies.compare.statements import in_short, statements
from experiments.studies.compare.text import answer, asked_about, cells_of
from sim.record.outcomes import BY_NAME

_SHOWN = {
    "arm": "arm", "outcome": "outcome", "day": "day", "unit": "unit",
    "median": "median", "q05": "5 %", "q95": "95 %", "mean": "mean", "mean_error": "error of mean",
    "difference_median": "median difference", "difference_q05": "5 % of differences", "difference_q95": "95 % of differences",
    "difference_mean": "mean difference", "difference_error": "Monte Carlo error of difference",
    "odds_ratio": "odds ratio", "odds_ratio_low": "odds ratio, low", "odds_ratio_high": "odds ratio, high",
    "worse": "worse in", "equal": "same in", "better": "better in", "superiority": "superiority",
}  # fmt: skip
"""Columns of a comparison that the page shows, and their headings."""
_ORIGIN = ("arm", "reference", "worlds", "days", "seed", "key", "overrides", "version", "commit", "folder")

PAGE = "report.html"
"""The page in the folder of a comparison."""


def write_page(
    folder: Path,
    provenance: pd.DataFrame,
    table: pd.DataFrame,
    behind: Mapping[str, pd.DataFrame],
    grades: Mapping[str, int],
    figures: Path,
) -> None:
    """Write the page of a comparison after its figures; `grades` are the numbers of parameters by grade."""
    files_of = {kind: sorted(figures.glob(f"{kind}*.png")) for kind in QUESTIONS}
    pictures = {file.stem: file.read_bytes() for files in files_of.values() for file in files}
    write_whole(folder / PAGE, page(provenance, table, behind, grades, pictures, folder.name))


def page(
    provenance: pd.DataFrame,
    table: pd.DataFrame,
    behind: Mapping[str, pd.DataFrame],
    grades: Mapping[str, int],
    pictures: Mapping[str, bytes],
    folder: str,
) -> str:
    """Return the page of a comparison; `pictures` are its figures as PNG, by name."""
    reference_of = {str(arm): str(reference) for arm, reference in zip(provenance["arm"], provenance["reference"], strict=True)}
    origins: list[Any] = list(provenance.itertuples(index=False))
    others = [label for label, reference in reference_of.items() if label != reference]
    first = asked_about(others) if others else ""
    day = int(table["day"].max())
    cells, hinges = cells_of(table, day), behind.get("hinges")
    stated = {label: statements(cells, label, hinges) for label in sorted(others, key=lambda label: label != first)}
    seeds = ", ".join(map(str, provenance["seed"].unique()))
    captions = {name: question for name in pictures for kind, question in QUESTIONS.items() if name.startswith(kind)}
    environment = Environment(
        loader=PackageLoader("experiments.studies.compare"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    return environment.get_template("report.html.j2").render(
        title=_title(first, len(others), reference_of),
        day=day,
        month=f"{day / DAYS_A_MONTH:.0f}",
        rests_on=f"{counted(provenance['worlds'].tolist(), 'world')} per arm, seed {seeds}.",
        judgements=_judgements(grades),
        arms=[
            {"label": label, "reference": reference_of[label], "statements": found, "short": in_short(found)}
            for label, found in stated.items()
        ],
        alone="" if others else answer(table),
        exposure=EXPOSURE,
        mechanisms=hinges_on_mechanisms(table),
        figures=[{"content": b64encode(content).decode(), "caption": captions[name]} for name, content in pictures.items()],
        tables=_tables(table, behind, day),
        origins=origins,
        origin_headings=[sentence_case(heading) for heading in _ORIGIN],
        names={label: arm_name(label) for label in reference_of},
        keys=dict(zip(provenance["arm"], provenance["key"], strict=True)),
        seeds=dict(zip(provenance["arm"], provenance["seed"], strict=True)),
        places={label: number for number, label in enumerate(reference_of)},
        trace={
            origin.arm: f"{arm_name(origin.arm)}: key {origin.key}, seed {origin.seed}, {origin.worlds:,} worlds,"
            f" {origin.days} days; reference {arm_name(origin.reference)}"
            for origin in origins
        },
        version=version("knockon"),
        folder=folder,
        style=Markup(_template("report.css")),
        script=Markup(_template("report.js")),
    )


def _template(name: str) -> str:
    return (files("experiments.studies.compare") / "templates" / name).read_text(encoding="utf-8").strip()


def _title(first: str, others: int, reference_of: Mapping[str, str]) -> str:
    if not first:
        return " and ".join(map(arm_name, reference_of))
    more = {0: "", 1: " and another arm"}.get(others - 1, f" and {others - 1} other arms")
    references = {reference for label, reference in reference_of.items() if label != reference}
    against = f"against {arm_name(reference_of[first])}" if len(references) == 1 else "each against its reference"
    return f"{arm_name(first)}{more}{'' if len(references) == 1 else ','} {against}"


def _judgements(grades: Mapping[str, int]) -> str:
    whole, guessed = sum(grades.values()), grades.get("C", 0)
    return f"{guessed} of the model's {whole} numbers are judgements (grade C)." if whole else "its numbers are judgements."


def _tables(table: pd.DataFrame, behind: Mapping[str, pd.DataFrame], day: int) -> list[dict[str, Any]]:
    """Return the tables of the page: their caption, columns, and rows with their arm."""
    worded = {"headlines": (f"Levels and paired differences by day {day}", table_of_headlines(table))}
    if "hinges" in behind:
        worded["hinges"] = ("Differences that depend on a structural variant", table_of_hinges(behind["hinges"]))
    if "variance" in behind:
        title = "Parts of the variance of the differences, % ± two standard errors"
        worded["variance"] = (title, table_of_variance(behind["variance"]))
    sheets = [
        _sheet(name, caption, frame.rename_axis(["arm", "outcome"]).reset_index().fillna(""))
        for name, (caption, frame) in worded.items()
        if frame.size
    ]
    shown = table[[name for name in _SHOWN if name in table.columns]].dropna(axis=1, how="all").rename(columns=_SHOWN)
    return [*sheets, {**_sheet("everything", "Every outcome and reporting day", shown), "folded": True}]


def _sheet(name: str, caption: str, frame: pd.DataFrame) -> dict[str, Any]:
    columns = [str(column) for column in frame.columns]
    rows = [
        {"arm": row["arm"], "cells": [_cell(column, row[column]) for column in columns]} for row in frame.to_dict("records")
    ]
    numeric = [all(row["cells"][place]["right"] for row in rows) for place in range(len(columns))]
    headings = [{"heading": sentence_case(column), "numeric": right} for column, right in zip(columns, numeric, strict=True)]
    return {"id": name, "caption": caption, "columns": headings, "rows": rows, "folded": False}


def _cell(column: str, value: Any) -> dict[str, Any]:
    """Return the text of a cell, the number by which it is sorted, and the arm that it names."""
    if isinstance(value, (int, float)):
        known = bool(np.isfinite(value))
        text = f"{value:,.6g}".replace("-", "\N{MINUS SIGN}") if known else ""
        return {"text": text, "value": f"{value:.9g}" if known else None, "right": True, "arm": ""}
    text = str(value)
    if column == "outcome" and text in (*BY_NAME, IS_RATIO):
        text = BY_NAME[text].long_name if text in BY_NAME else "IS attacks in the last 30 days, ratio to reference"
    first = text.split(" ")[0].lstrip("<>").replace("\N{MINUS SIGN}", "-").replace(",", "")
    try:
        number: str | None = f"{float(first):.9g}"
    except ValueError:
        number = None
    return {"text": text, "value": number, "right": number is not None, "arm": text if column == "arm" else ""}
