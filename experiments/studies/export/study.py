"""The worlds of a comparison for other programs, with a codebook and the table of its parameters."""

import importlib.util
import warnings
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pandas as pd

from experiments.config.defaults import declared
from experiments.errors import InputError
from experiments.figures.style import sentence_case
from experiments.reports.latex import booktabs
from experiments.storage.comparison import Comparison
from experiments.studies.export.tables import grades_table, ledger_table, worlds_table
from sim.ledger.grades import GRADES

_LONGEST_LABEL = 80  # characters of a label in Stata


class Format(StrEnum):
    """The formats of the worlds."""

    CSV = "csv"
    PARQUET = "parquet"
    DTA = "dta"


@dataclass(frozen=True, slots=True)
class Exported:
    """An export: its `folder`, the numbers of `rows` and `columns` of the worlds, and their reporting `day`."""

    folder: Path
    rows: int
    columns: int
    day: int


def export(comparison: Comparison, format_: Format, day: int | None = None) -> Exported:
    """Write the worlds of a comparison, one row per arm and world, below its folder."""
    if format_ is Format.PARQUET and importlib.util.find_spec("pyarrow") is None:
        raise InputError("format=parquet needs pip install 'knockon[parquet]'; csv and dta need nothing more")
    data = comparison.data
    days = sorted(set.intersection(*({int(value) for value in arm["day"].values} for arm in data.values())))
    chosen = days[-1] if day is None else day
    if chosen not in days:
        raise InputError(f"day={chosen} was not recorded: there are {', '.join(map(str, days))}")
    table, book = worlds_table(data, comparison.references, chosen)
    folder = comparison.folder / "export"
    try:
        folder.mkdir(exist_ok=True)
        book.to_csv(folder / "codebook.csv", index=False)
        write_parameters(folder, comparison)
        _write_worlds(folder / f"worlds.{format_}", table, book, format_, f"Knock-on, {comparison.folder.name}, day {chosen}")
    except OSError as error:
        raise InputError(f"{folder} cannot be written ({error.strerror})") from None
    return Exported(folder, len(table), table.shape[1], chosen)


def _write_worlds(file: Path, table: pd.DataFrame, book: pd.DataFrame, format_: Format, title: str) -> None:
    if format_ is Format.CSV:
        table.to_csv(file, index=False, float_format="%.9g")
    elif format_ is Format.PARQUET:
        table.to_parquet(file, index=False)
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.InvalidColumnName)  # a name that Stata refuses is a bug of ours
            table.to_stata(
                file, write_index=False, version=118, data_label=title[:_LONGEST_LABEL], variable_labels=_labels(book)
            )


def _labels(book: pd.DataFrame) -> dict[object, str]:
    labels = {}
    for row in book.to_dict("records"):
        unit = f" ({row['unit']})" if row["unit"] else ""
        meaning = sentence_case(str(row["meaning"]))
        labels[row["name"]] = f"{meaning[: _LONGEST_LABEL - len(unit)]}{unit}"[:_LONGEST_LABEL]
    return labels


def write_parameters(folder: Path, comparison: Comparison) -> None:
    """Write Table 1, the parameters of the reference by grade, and their numbers by grade, as CSV and LaTeX."""
    references = comparison.references
    reference = next((label for label, other in references.items() if label == other), next(iter(references)))
    ledger = ledger_table(comparison.config(reference), declared())
    grades = grades_table(ledger, GRADES)
    ledger.to_csv(folder / "parameters.csv", index=False)
    grades.to_csv(folder / "parameters_by_grade.csv", index=False, float_format="%.4g")
    for name, text in latex_tables(ledger, grades, reference).items():
        (folder / f"{name}.tex").write_text(text, encoding="utf-8")


def latex_tables(ledger: pd.DataFrame, grades: pd.DataFrame, arm: str) -> dict[str, str]:
    """Return the tables of parameters for a paper, by name."""
    named = ledger.assign(parameter=ledger["group"] + "." + ledger["parameter"])
    shown = named.set_index(["grade", "parameter"])[["value", "prior", "unit"]]
    shares = grades.assign(share=(100.0 * grades["share"]).map("{:.0f}%".format)).set_index("grade")
    about = "; ".join(f"{grade}: {meaning}" for grade, meaning in GRADES.items())
    return {
        "parameters": booktabs(
            _read(shown),
            f"Every parameter of the model in {arm}, by grade ({about}). A number with a prior is drawn from it for each draw"
            " of the parameters. Meanings and sources: parameters.csv.",
            "tab:parameters",
        ),
        "parameters_by_grade": booktabs(
            _read(shares), f"The parameters of {arm} by grade of evidence.", "tab:parameters-by-grade"
        ),
    }


def _read(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with readable names of columns."""
    names = [sentence_case(str(name).replace("_", " ")) for name in table.columns]
    return table.set_axis(names, axis=1).rename_axis([None] * table.index.nlevels)
