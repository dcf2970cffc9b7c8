"""A design: a table of quantiles that replace random numbers. Each number in it takes the given quantile of its prior.

Sensitivity designs and the points of a posterior enter the model this way. A row of the table is one draw, and the worlds of
all rows run as one set. Numbers that are not in the table stay as in the ledger: drawn, or at their values.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np

from sim.arrays import Array
from sim.worlds import Worlds


class DesignError(ValueError):
    """A design that cannot be used: says what was given and what is allowed."""


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Quantiles of priors by row and name.

    Attributes:
        names: names of the columns, the same as the addresses of draws: "group.entry", "group.entry.KEY" where there are values
            by name, "switches.NAME", "policies.NAME.start" or "policies.NAME.strength".
        quantiles: (rows, names), at least 0 and below 1, as the worlds' own uniforms are. A switch takes the first variant
            whose cumulative weight is above the quantile.
        worlds_per_row: how many worlds share a row: world w has row w // worlds_per_row.
        repeats: whether the rows start again for further worlds.
        rows_per_round: number of rows after which the dice start again, and so do the draws of numbers that are not in the
            table: rows of different rounds differ only in their quantiles. None: every world has dice and draws of its own.

    Raises:
        DesignError: another shape, a name twice, a quantile of 1, or outside 0 to 1.
    """

    names: tuple[str, ...]
    quantiles: Array
    worlds_per_row: int = 1
    rows_per_round: int | None = None
    repeats: bool = False

    def __post_init__(self) -> None:
        table = np.array(self.quantiles, dtype="<f8", order="C")
        if table.ndim != 2 or table.shape[1] != len(self.names) or 0 in table.shape:
            raise DesignError(
                f"a design of {len(self.names)} names needs rows with one quantile per name;"
                f" its table has the shape {table.shape}"
            )
        if doubled := sorted({name for name in self.names if self.names.count(name) > 1}):
            raise DesignError(f"the design names {', '.join(doubled)} more than once")
        outside = ~((table >= 0.0) & (table < 1.0))
        if outside.any():
            row, column = map(int, np.argwhere(outside)[0])
            raise DesignError(
                f"row {row} of the design has {self.names[column]}={table[row, column]:g}: a quantile is at least 0 and below 1"
            )
        if self.worlds_per_row < 1:
            raise DesignError(f"worlds_per_row={self.worlds_per_row} is not at least 1")
        if self.rows_per_round is not None and self.rows_per_round < 1:
            raise DesignError(f"rows_per_round={self.rows_per_round} is not at least 1")
        table.setflags(write=False)
        object.__setattr__(self, "quantiles", table)

    @property
    def worlds(self) -> int:
        """Return for how many worlds the design has rows."""
        return len(self.quantiles) * self.worlds_per_row

    @property
    def digest(self) -> str:
        """Return a hash of the whole design."""
        about = sha256(
            repr((self.names, self.quantiles.shape, self.worlds_per_row, self.rows_per_round, self.repeats)).encode()
        )
        about.update(self.quantiles.tobytes())
        return about.hexdigest()[:16]

    def carried(self, worlds: Worlds) -> Worlds:
        """Return the same worlds, with dice that start again as the design says."""
        rows = self.rows_per_round
        return worlds if rows is None else replace(worlds, period=rows * self.worlds_per_row)

    def rows(self, worlds: Worlds) -> Array:
        """Return the row of each world, (worlds,).

        Raises:
            DesignError: the design has too few rows for these worlds.
        """
        if self.repeats:
            return worlds.numbers // self.worlds_per_row % len(self.quantiles)
        if (last := int(worlds.numbers[-1])) >= self.worlds:
            raise DesignError(f"the design has rows for {self.worlds} worlds, not for world {last}")
        return worlds.numbers // self.worlds_per_row

    def column(self, name: str) -> Array | None:
        """Return the quantiles of a name by row, (rows,); None where the design does not name it."""
        return self.quantiles[:, self.names.index(name)] if name in self.names else None

    def without(self, parameters: Collection[str]) -> "Design | None":
        """Return the design without the columns of some parameters; None where no column is left."""
        kept = [name for name in self.names if name not in parameters and name.rpartition(".")[0] not in parameters]
        if not kept:
            return None
        return replace(self, names=tuple(kept), quantiles=self.quantiles[:, [self.names.index(name) for name in kept]])
