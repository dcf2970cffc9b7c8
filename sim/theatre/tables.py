"""Tables of data, read row by row; a cell that cannot be read is named with its file, line and column."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from sim.cache import PACKAGE

DATA = PACKAGE / "data"


class DataError(ValueError):
    """A table that is missing or malformed: says which file, what is wrong and what is wanted."""


def table_path(file: str) -> Path:
    """Return where a table is: a bare name is one of `sim/data/` or of the working folder, anything with a slash is a path.

    Raises:
        DataError: both have one of that name, and they differ.
    """
    here, shipped = Path(file), DATA / file
    if here.name != file:
        return here
    if not here.is_file():
        return shipped
    if shipped.is_file() and shipped.read_bytes() != here.read_bytes():
        raise DataError(
            f"{file} is a file of the working folder, and another is shipped as {shipped}: write ./{file} to use"
            " yours, or move yours elsewhere to use the shipped one"
        )
    return here


def read_rows(tables: Mapping[str, str], role: str) -> "list[Row]":
    """Read a table row by row.

    Raises:
        DataError: there is no such file, it is no table, it has no rows, or a column twice.
    """
    file = tables[role]
    path = table_path(file)
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.reader(text, strict=True)
            lines = [(reader.line_num, cells) for cells in reader if any(map(str.strip, cells))]
    except FileNotFoundError:
        raise DataError(f"theatre.tables.{role}: there is no file {file}") from None
    except (OSError, ValueError, csv.Error) as error:
        raise DataError(f"theatre.tables.{role}: {file} is not a readable CSV table in UTF-8 ({error})") from None
    if len(lines) < 2:
        raise DataError(f"theatre.tables.{role}: {file} has no rows")
    header = [name.strip() for name in lines[0][1]]
    if twice := sorted({name for name in header if name and header.count(name) > 1}):
        raise DataError(f"{file} has the column {', '.join(twice)} twice")
    for line, cells in lines[1:]:
        if len(cells) != len(header):
            raise DataError(f"{file}, line {line}: it has {len(cells)} cells, and the header {len(header)}")
    return [Row(file, line, dict(zip(header, cells, strict=True))) for line, cells in lines[1:]]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: reads its cells, and says where a bad one is."""

    file: str
    line: int
    cells: Mapping[str, str]

    def text(self, column: str, default: str | None = None) -> str:
        """Return a cell; without a default it must not be empty."""
        if column not in self.cells:
            raise DataError(f"{self.file} has no column {column!r}; it has {', '.join(self.cells)}")
        cell = str(self.cells[column]).strip()
        if not cell:
            if default is None:
                raise self._bad(column, "a text")
            return default
        return cell

    def name(self, column: str) -> str:
        """Return a name: letters, digits, _ and -, since folders and columns are called by it."""
        cell = self.text(column)
        if not re.fullmatch(r"\w[\w-]*", cell):
            raise self._bad(column, "a name of letters, digits, _ and -")
        return cell

    def number(self, column: str) -> float:
        """Return a number of at least 0."""
        cell = self.text(column)
        try:
            value = float(cell)
        except ValueError:
            raise self._bad(column, "a number") from None
        if not (np.isfinite(value) and value >= 0.0):
            raise self._bad(column, "a number of at least 0")
        return value

    def flag(self, column: str) -> bool:
        """Return whether a cell is 1; else it is 0."""
        return self.choice(column, "0", "1") == "1"

    def choice(self, column: str, *allowed: str) -> str:
        """Return a cell that is one of these words."""
        cell = self.text(column)
        if cell not in allowed:
            raise self._bad(column, " or ".join(allowed))
        return cell

    def date(self, column: str) -> date | None:
        """Return a date, None where the cell is empty."""
        cell = self.text(column, "")
        try:
            return date.fromisoformat(cell) if cell else None
        except ValueError:
            raise self._bad(column, "a date such as 2020-12-31") from None

    def _bad(self, column: str, wanted: str) -> DataError:
        return DataError(f"{self.file}, line {self.line}: {column}={self.cells[column]!r} is not {wanted}")
