"""Tables of data, read row by row; a cell that cannot be read is named with its file, line and column."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

DATA = Path(__file__).parent / "data"


class DataError(ValueError):
    """A table that is missing or malformed: says which file, what is wrong and what is wanted."""


def table_path(file: str) -> Path:
    """Return where a table is: a bare name is one of `sim/data/`, anything with a slash is a path of the analyst's."""
    return Path(file) if "/" in file or "\\" in file else DATA / file


def read_rows(tables: Mapping[str, str], role: str) -> "list[Row]":
    """Read a table row by row.

    Raises:
        DataError: there is no such file, it is no table, or it has no rows.
    """
    try:
        table = pd.read_csv(table_path(tables[role]), dtype=str, keep_default_na=False)
    except FileNotFoundError:
        raise DataError(f"theatre.tables.{role}: there is no file {tables[role]}") from None
    except (OSError, ValueError) as error:
        raise DataError(f"theatre.tables.{role}: {tables[role]} is not a readable CSV table ({error})") from None
    if table.empty:
        raise DataError(f"theatre.tables.{role}: {tables[role]} has no rows")
    return [
        Row(tables[role], number, {str(k): str(v) for k, v in row.items()})
        for number, row in enumerate(table.to_dict("records"), start=2)
    ]


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
