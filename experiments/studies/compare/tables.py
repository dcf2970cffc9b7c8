"""The tables of a comparison on disk: tidy ones as CSV, those for a paper as LaTeX."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from experiments.figures.style import arm_name, sentence_case
from experiments.reports.folder import write_tables as write_tables_as_csv
from experiments.reports.latex import booktabs
from experiments.storage.comparison import COLUMNS
from experiments.studies.compare.headlines import table_of_headlines, table_of_hinges, table_of_variance


def write_tables(folder: Path, provenance: pd.DataFrame, table: pd.DataFrame, behind: Mapping[str, pd.DataFrame]) -> None:
    """Write the comparison itself, and what stands behind its headlines.

    Args:
        folder: of the comparison.
        provenance: of `Comparison`.
        table: of `compare_arms`.
        behind: of `explained`.
    """
    write_tables_as_csv(folder, {"comparison": table, **behind})
    for name, text in latex_tables(provenance[COLUMNS], table, behind).items():
        (folder / "tables" / f"{name}.tex").write_text(text, encoding="utf-8")


def latex_tables(listed: pd.DataFrame, table: pd.DataFrame, behind: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Return the tables for a paper by name: the headlines, what they hinge on, where they spread from, and the arms."""
    day = int(table["day"].max())
    tables = {
        "headlines": booktabs(
            _named(
                table_of_headlines(table).rename(columns={"range of differences": "its range", "Monte Carlo error": "error"})
            ),
            f"Outcomes by day {day} and paired differences from the reference on the same worlds. Medians with their 5 % to"
            " 95 % ranges over worlds; of a hazard the mean probability of at least one ± two Monte Carlo errors; of IS"
            " attacks the ratio to the reference. The error is the Monte Carlo error of the median difference.",
            "tab:headlines",
        ),
        "arms": booktabs(
            listed.assign(arm=listed["arm"].map(arm_name), reference=listed["reference"].map(arm_name))
            .drop(columns="folder")
            .set_index("arm")
            .rename(columns=sentence_case)
            .rename_axis(None),
            "The arms: what each is compared with, its worlds, days and seed, and the key of its config.",
            "tab:arms",
        ),
    }
    if len(behind.get("hinges", ())) and (hinges := table_of_hinges(behind["hinges"])).size:
        tables["hinges"] = booktabs(
            _named(hinges),
            f"Headline differences by day {day} that depend on a structural form: the lowest and the highest median (of a"
            " hazard the mean) over the forms of a switch, more than three Monte Carlo errors apart. A difference reads"
            " otherwise where its 5 % to 95 % range lies on one side of no change under one form and not under another.",
            "tab:hinges",
        )
    if len(behind.get("variance", ())) and (variance := table_of_variance(behind["variance"])).size:
        tables["variance"] = booktabs(
            _named(variance),
            f"Share of the variance of the paired differences by day {day}, % ± two standard errors: chance, parameters and"
            " structure add up to the whole; a switch is the part of structure that its forms explain by themselves.",
            "tab:variance",
        )
    return tables


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the names that people read."""
    return table.rename(index=arm_name, level=0).rename(index=sentence_case, level=1).rename(columns=sentence_case)
