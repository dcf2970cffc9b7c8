"""The tables of a comparison for a text or a spreadsheet: Markdown, docx and xlsx."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.config.show import outcomes_shown
from experiments.figures.names import arm_name, outcome_name
from sim.record.outcomes import BY_NAME

_NUMBERS = {
    "median": "Median", "q05": "5 %", "q95": "95 %",
    "difference_median": "Median difference", "difference_q05": "5 % of differences", "difference_q95": "95 % of differences",
    "difference_error": "Monte Carlo error", "worse": "Worse in, share of worlds",
}  # fmt: skip
"""Columns of a comparison in the sheet of headlines, and their headings."""
_MINUS = "−"


def headlines(table: pd.DataFrame) -> pd.DataFrame:
    """Return the headline outcomes by the last day as numbers: one row per outcome and arm."""
    last = table[table["day"] == table["day"].max()]
    shown = [outcome for outcome in outcomes_shown() if outcome in set(last["outcome"])]
    rows = []
    for outcome in shown:
        for row in last[last["outcome"] == outcome].to_dict("records"):
            is_rare = BY_NAME[outcome].rare
            found = {"Outcome": outcome_name(outcome), "Unit": "probability" if is_rare else row["unit"]}
            found["Scenario"] = arm_name(row["arm"])
            found |= {heading: row[column] for column, heading in _NUMBERS.items() if column in row}
            found["Error of mean"] = row["mean_error"] if is_rare else None
            if is_rare:  # of a hazard the mean is the probability
                found |= {"Median": row["mean"], "5 %": None, "95 %": None}
                if "Median difference" in found:  # one arm alone has none
                    found |= {"Median difference": row["difference_mean"]}
                    found |= {"5 % of differences": None, "95 % of differences": None}
            rows.append(found)
    return pd.DataFrame(rows)


def in_text(table: pd.DataFrame) -> pd.DataFrame:
    """Return headlines formatted for a text: "26 (19 to 44)", and the paired difference "+3 (−4 to +28)"."""
    rows = []
    for row in table.to_dict("records"):
        is_share = row["Unit"] in ("share", "probability") or "index" in str(row["Unit"])
        spec = ".2f" if is_share or (abs(row["Median"]) < 2 and row["Median"] % 1) else ",.0f"
        value = "" if pd.isna(row["Median"]) else _span([row["Median"], row["5 %"], row["95 %"]], spec)
        difference = {}
        if "Median difference" in row:
            span = [row["Median difference"], row["5 % of differences"], row["95 % of differences"]]
            difference = {"Difference from the reference": _span(span, f"+{spec}")}
        if not pd.isna(row["Error of mean"]):
            value += f" ± {_told(2.0 * row['Error of mean'], '.2f')}"
        names = {name: row[name] for name in ("Outcome", "Unit", "Scenario")}
        rows.append({**names, "By then": value, **difference})
    return pd.DataFrame(rows)


def _span(numbers: list[Any], spec: str) -> str:
    middle, low, high = (None if pd.isna(number) else _told(number, spec) for number in numbers)
    if middle is None:
        return ""
    return middle if low is None or high is None else f"{middle} ({low} to {high})"


def _told(number: float, spec: str) -> str:
    text = format(number, spec)
    return (text if float(text.replace(",", "")) else text.lstrip("+-")).replace("-", _MINUS)  # no -0, no +0


def caption(about: Mapping[str, Any], day: int, date: str, is_paired: bool = True) -> str:
    """Return the caption of the table of headlines; a single arm is not paired."""
    given = about.get("title", "")
    title = f"{given}{'' if given.endswith(('.', '?', '!')) else '.'} " if given else ""
    return (
        f"{title}Outcomes by day {day}{f' ({date})' if date else ''}: medians and 5 % to 95 % of worlds; for rare events, the"
        " probability of at least one ± two Monte Carlo errors"
        f"{'; and differences from the reference on the same worlds' if is_paired else ''}."
    )


def write_markdown(file: Path, table: pd.DataFrame, said: str) -> None:
    """Write a table of texts as Markdown."""
    rows = [list(table.columns), ["---"] * table.shape[1], *table.to_numpy().tolist()]
    lines = ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
    file.write_text("\n".join([*lines, "", f"*{said}*", ""]), encoding="utf-8")


def write_docx(file: Path, table: pd.DataFrame, said: str) -> None:
    """Write a table of texts as a Word document: its caption, then the table."""
    from docx import Document

    document = Document()
    document.add_paragraph(said, style="Caption")
    sheet = document.add_table(rows=1, cols=table.shape[1], style="Table Grid")
    for cell, heading in zip(sheet.rows[0].cells, table.columns, strict=True):
        cell.paragraphs[0].add_run(str(heading)).bold = True
    for row in table.to_numpy().tolist():
        for cell, text in zip(sheet.add_row().cells, row, strict=True):
            cell.text = str(text)
    document.save(str(file))


def write_xlsx(file: Path, sheets: Mapping[str, pd.DataFrame]) -> None:
    """Write sheets of numbers into one workbook, each with frozen headings."""
    with pd.ExcelWriter(file, engine="openpyxl") as book:
        for name, table in sheets.items():
            table.to_excel(book, sheet_name=name, index=False, freeze_panes=(1, 0))
            for place, heading in enumerate(table.columns, start=1):
                longest = max([len(str(heading)), *(len(str(value)) for value in table[heading].head(200))])
                sheet = book.sheets[name]
                sheet.column_dimensions[sheet.cell(1, place).column_letter].width = min(longest + 2, 60)
