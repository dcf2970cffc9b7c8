"""What `knockon discover` asks: does each draw of the parameters make this arm so much worse than that one?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import numpy as np
import pandas as pd
import xarray as xr

from experiments.analysis.quantities import expected, judged, shown_unit
from experiments.config.fields import Number, Section, Share, named, read
from experiments.errors import InputError
from sim.record.outcomes import BY_NAME, Worse


class Measure(StrEnum):
    """What is held against the limit."""

    RELATIVE = "relative"
    """By which share of the reference the arm is worse."""
    DIFFERENCE = "difference"
    """By how much it is worse, in the outcome's unit."""
    VALUE = "value"
    """The outcome itself, without a reference."""


@dataclass(frozen=True, slots=True)
class Question:
    """Is an outcome worse than a limit?

    Attributes:
        outcome: its name. `arm`: whose. `relative_to`: the arm that it is compared with; None with `Measure.VALUE`.
        worse_than: the limit.
    """

    outcome: str
    arm: str
    relative_to: str | None
    worse_than: float
    measure: Measure

    def __str__(self) -> str:
        return self.sentence()

    def sentence(self, named: Callable[[str], str] = str) -> str:
        """Return the question as a sentence, with the arms as they are named."""
        declared = BY_NAME[self.outcome]
        more = "more" if declared.worse is Worse.MORE else "less"
        unit = shown_unit(self.outcome)
        if self.measure is Measure.VALUE:
            return f"{declared.long_name} under {named(self.arm)}: {more} than {self.worse_than:g} {unit}?"
        by = f"{self.worse_than:.0%}" if self.measure is Measure.RELATIVE else f"{self.worse_than:g} {unit}"
        side = "above" if declared.worse is Worse.MORE else "below"
        return f"{declared.long_name} under {named(self.arm)}: more than {by} {side} {named(str(self.relative_to))}?"


def answers(question: Question, arm: xr.Dataset, reference: xr.Dataset | None) -> pd.DataFrame:
    """Answer a question for each draw, from the expected outcomes over its worlds.

    Returns:
        One row per draw, by its number: `worse`, what is held against the limit, larger the worse it is, and `yes`.

    Raises:
        ValueError: no direction of the outcome is worse, or the reference is missing.
    """
    worse = BY_NAME[question.outcome].worse
    if worse is Worse.NEITHER:
        raise ValueError(f"{question.outcome}: neither more nor less of it is worse")
    here = expected(arm, question.outcome)
    if question.measure is Measure.VALUE:
        value, limit = int(worse) * here, int(worse) * question.worse_than
        return pd.DataFrame({"worse": value, "yes": value > limit})
    if reference is None:
        raise ValueError(f"{question}: there is no reference")
    there = expected(reference, question.outcome).reindex(here.index)
    by = int(worse) * (here - there)
    if question.measure is Measure.RELATIVE:
        with np.errstate(divide="ignore", invalid="ignore"):
            by = pd.Series(np.where(by == 0.0, 0.0, by / there), here.index)
    return pd.DataFrame({"worse": by, "yes": by > question.worse_than})


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
