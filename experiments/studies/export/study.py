"""The worlds of a comparison for other programs, with a codebook and the table of its parameters."""

import importlib.util
import shutil
import warnings
from enum import StrEnum
from pathlib import Path

import pandas as pd

from experiments.analysis.dates import shown
from experiments.analysis.quantities import PREFIX
from experiments.config.defaults import conf_folder, declared
from experiments.config.files import read_yaml
from experiments.errors import InputError
from experiments.figures.names import sentence_case
from experiments.reports.latex import booktabs
from experiments.storage.about import as_asked, read_about
from experiments.storage.comparison import COLUMNS, Comparison
from experiments.studies.export.office import caption, headlines, in_text, write_docx, write_markdown, write_xlsx
from experiments.studies.export.tables import grades_table, ledger_table, worlds_table
from sim.ledger.grades import GRADES

_LONGEST_LABEL = 80  # characters of a label in Stata


class Format(StrEnum):
    """The formats of the worlds."""

    CSV = "csv"
    PARQUET = "parquet"
    DTA = "dta"
    MD = "md"
    DOCX = "docx"
    XLSX = "xlsx"


_NEEDS = {Format.PARQUET: ("pyarrow", "parquet"), Format.DOCX: ("docx", "office"), Format.XLSX: ("openpyxl", "office")}
"""By format: the package that it needs, and the extra that installs this package."""
_TABLES = (Format.MD, Format.DOCX, Format.XLSX)
_SCRIPTS = {Format.CSV: "read_in_r.R", Format.PARQUET: "read_in_r.R", Format.DTA: "read_in_stata.do"}


def export(comparison: Comparison, format_: Format, day: int | None = None) -> str:
    """Write the worlds of a comparison, one row per arm and world, below its folder; return in words what is there."""
    if format_ in _NEEDS and importlib.util.find_spec(_NEEDS[format_][0]) is None:
        extra = _NEEDS[format_][1]
        raise InputError(f"format={format_} needs pip install 'knockon[{extra}]'; csv, dta and md need nothing more")
    data = comparison.data
    days = sorted(set.intersection(*({int(value) for value in arm["day"].values} for arm in data.values())))
    chosen = days[-1] if day is None else day
    if chosen not in days:
        raise InputError(f"day={chosen} was not recorded: there are {', '.join(map(str, days))}")
    table, book = worlds_table(data, comparison.references, chosen)
    until = "" if comparison.start is None else f" ({shown(comparison.start, chosen - 1)})"
    book = book.assign(by=f"day {chosen}{until}", values=[_values_of(str(name)) for name in book["full_name"]])
    folder = comparison.folder / "export"
    try:
        folder.mkdir(exist_ok=True)
        book.to_csv(folder / "codebook.csv", index=False)
        write_parameters(folder, comparison)
        if format_ in _TABLES:
            _write_tables(folder / f"tables.{format_}", comparison, book, format_, chosen)
            count = len(comparison.references)
            return f"Tables of {count} arm{'s' * (count != 1)} by day {chosen}: {folder / f'tables.{format_}'}"
        title = f"Knock-on, {comparison.folder.name}, by day {chosen}{until}"
        _write_worlds(folder / f"worlds.{format_}", table, book, format_, title)
        shutil.copy(Path(__file__).parent / _SCRIPTS[format_], folder)
    except OSError as error:
        raise InputError(f"{folder} cannot be written ({error.strerror})") from None
    return (
        f"{len(table):,} rows (one per arm and world) and {table.shape[1]} columns by day {chosen}, their codebook,"
        f" and the parameters by grade: {folder}"
    )


def _write_worlds(file: Path, table: pd.DataFrame, book: pd.DataFrame, format_: Format, title: str) -> None:
    if format_ is Format.CSV:
        table.to_csv(file, index=False, float_format="%.9g")
    elif format_ is Format.PARQUET:
        table.to_parquet(file, index=False)
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.InvalidColumnName)  # a name that Stata refuses is a bug of ours
            label = title[:_LONGEST_LABEL]
            table.to_stata(file, write_index=False, version=118, data_label=label, variable_labels=_labels(book))


def _write_tables(file: Path, comparison: Comparison, book: pd.DataFrame, format_: Format, day: int) -> None:
    """Write the headlines for a text, or all tables as sheets of a workbook."""
    about = read_about(comparison.folder)
    with as_asked(about):
        table = comparison.table[comparison.table["day"] == day]
        numbers = headlines(table)
        date = "" if comparison.start is None else shown(comparison.start, day - 1)
        said = caption(about, day, date, is_paired=len(comparison.references) > 1)
        if format_ is Format.MD:
            write_markdown(file, in_text(numbers), said)
        elif format_ is Format.DOCX:
            write_docx(file, in_text(numbers), said)
        else:
            arms = comparison.provenance[COLUMNS]
            write_xlsx(file, {"Headlines": numbers, "All outcomes": table, "Arms": arms, "Codebook": book})


def _values_of(name: str) -> str:
    meanings = read_yaml(conf_folder() / "meanings" / "switches.yaml")
    entry = meanings.get(name.removeprefix(PREFIX)) if name.startswith(PREFIX) else None
    return "; ".join(f"{variant}: {meaning}" for variant, meaning in entry["variants"].items()) if entry else ""


def _labels(book: pd.DataFrame) -> dict[object, str]:
    labels = {}
    for row in book.to_dict("records"):
        unit = f" ({row['unit']})" if row["unit"] else ""
        meaning = sentence_case(str(row["meaning"]))
        labels[row["name"]] = f"{meaning[: _LONGEST_LABEL - len(unit)]}{unit}"[:_LONGEST_LABEL]
    return labels


def write_parameters(folder: Path, comparison: Comparison) -> None:
    """Write Table 1 (the parameters of the reference by grade) and the counts by grade, as CSV and LaTeX."""
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
    every = (
        f"Every parameter of the model in {arm}, by grade ({about}). A number with a prior is drawn from it for each draw"
        " of the parameters. Meanings and sources: parameters.csv."
    )
    by_grade = f"The parameters of {arm} by grade of evidence."
    return {
        "parameters": booktabs(_read(shown), every, "tab:parameters"),
        "parameters_by_grade": booktabs(_read(shares), by_grade, "tab:parameters-by-grade"),
    }


def _read(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with readable names of columns."""
    names = [sentence_case(str(name).replace("_", " ")) for name in table.columns]
    return table.set_axis(names, axis=1).rename_axis([None] * table.index.nlevels)
