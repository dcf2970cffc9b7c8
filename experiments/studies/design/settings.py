"""The settings of `knockon design`."""

from dataclasses import dataclass
from typing import Annotated

from experiments.config.fields import EACH_ONCE, Section, listed, whole
from experiments.config.ledger import Rest
from experiments.config.show import Outcomes
from experiments.errors import InputError

LHS, SOBOL, FILE = "lhs", "sobol", ".csv"


@dataclass(frozen=True, slots=True)
class Settings(Section):
    """The section.

    Attributes:
        sample: "lhs", "sobol" or the name of a CSV file. `over`: names of the numbers; empty for those of a file.
        rows: of lhs and sobol. `worlds_per_row`: worlds that share a row.
        relative_to: the scenario of the comparison, None for none.
    """

    sample: str
    over: Annotated[tuple[str, ...], listed("[militias.effect_of_restraint]", null=()), EACH_ONCE]
    rows: Annotated[int, whole(2, 2**16)]
    worlds_per_row: Annotated[int, whole(1, 1000)]
    relative_to: str | None
    rest: Rest
    outcomes: Outcomes

    def __post_init__(self) -> None:
        if not (self.sample in (LHS, SOBOL) or self.sample.endswith(FILE)):
            raise InputError(f"design={self.sample} is no design: give lhs, sobol, or a file such as rows.csv")
        if self.is_file and self.over:
            raise InputError("design.over would change nothing: the columns of the file name the numbers that vary")
        if not self.is_file and not self.over:
            raise InputError("design.over=[...] says which numbers vary, as in design.over=[militias.effect_of_restraint]")
        if self.sample == SOBOL and self.rows & (self.rows - 1):
            raise InputError(f"design.rows={self.rows} is no power of 2: a Sobol' sequence is balanced for 128, 256, 512 ...")

    @property
    def is_file(self) -> bool:
        """Tell whether the rows come from a file."""
        return self.sample.endswith(FILE)
