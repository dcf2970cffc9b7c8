"""What `knockon discover` asks, as its config says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from experiments.analysis.quantities import judged
from experiments.config.fields import Number, Section, Share, named, read
from experiments.errors import InputError
from experiments.studies.discover.question import Measure, Question


@dataclass(frozen=True, slots=True)
class Settings(Section):
    """What is asked: the question that every draw answers, see `Question`, and how much of the yes a box must hold.

    Attributes:
        least_coverage: share of the draws that answer yes, at least, that the box covers.
    """

    outcome: Annotated[str, named(judged, "is no outcome with one number in every world that can be worse")]
    arm: str
    relative_to: str | None
    worse_than: Number
    measure: Measure
    least_coverage: Share

    def __post_init__(self) -> None:
        if (self.relative_to is None) != (self.measure is Measure.VALUE):
            instead = "leave discover.measure=value" if self.relative_to is None else "set discover.relative_to=null"
            raise InputError(
                f"discover.measure={self.measure} with relative_to={self.relative_to}: without a reference {instead}"
            )
        if self.relative_to == self.arm:
            raise InputError(f"discover.relative_to={self.arm} is the arm itself: name another scenario")

    @property
    def question(self) -> Question:
        """Return the question."""
        return Question(self.outcome, self.arm, self.relative_to, self.worse_than, self.measure)


def read_settings(plain: Mapping[str, Any]) -> Settings:
    """Check the section `discover` of a config: InputError in one line where something in it cannot be used."""
    return read(Settings, "discover", plain["discover"])
