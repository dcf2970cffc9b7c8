"""The question of `knockon discover`: for each draw of the parameters, is one arm worse than another by more than a limit?"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import numpy as np
import pandas as pd
import xarray as xr

from experiments.analysis.quantities import expected, judged, shown_unit
from experiments.config.fields import Number, Section, Share, named
from experiments.errors import InputError
from sim.record.outcomes import BY_NAME, Worse


class Measure(StrEnum):
    """The quantity that is compared with the limit."""

    RELATIVE = "relative"
    """The amount by which the arm is worse, as a share of the reference."""
    DIFFERENCE = "difference"
    """The amount by which the arm is worse, in the outcome's unit."""
    VALUE = "value"
    """The outcome itself, without a reference."""


@dataclass(frozen=True, slots=True)
class Question(Section):
    """Is an outcome worse than a limit?

    Attributes:
        relative_to: the arm of the comparison; None with `Measure.VALUE`.
        worse_than: the limit.
        least_coverage: the box must contain at least this share of the draws that answer yes.
    """

    outcome: Annotated[str, named(judged, "is no outcome with one number in every world and a direction that is worse")]
    arm: str
    relative_to: str | None
    worse_than: Number
    measure: Measure
    least_coverage: Share

    def __post_init__(self) -> None:
        if (self.relative_to is None) != (self.measure is Measure.VALUE):
            if self.relative_to is None:
                how = "name a scenario in discover.relative_to, or set discover.measure=value"
                raise InputError(f"discover.measure={self.measure} needs a reference: {how}")
            given = f"discover.relative_to={self.relative_to}"
            raise InputError(f"discover.measure=value takes no reference, but {given} names one: set discover.relative_to=null")
        if self.relative_to == self.arm:
            raise InputError(f"discover.relative_to={self.arm} is the arm itself: name another scenario")

    def __str__(self) -> str:
        return self.sentence()

    def sentence(self, named: Callable[[str], str] = str) -> str:
        """Return the question as a sentence; `named` returns the name of an arm."""
        declared = BY_NAME[self.outcome]
        more, side = ("more", "above") if declared.worse is Worse.MORE else ("less", "below")
        unit, subject = shown_unit(self.outcome), f"{declared.long_name} under {named(self.arm)}"
        if self.measure is Measure.VALUE:
            return f"{subject}: {more} than {self.worse_than:g} {unit}?"
        by = f"{self.worse_than:.0%}" if self.measure is Measure.RELATIVE else f"{self.worse_than:g} {unit}"
        return f"{subject}: more than {by} {side} {named(str(self.relative_to))}?"


def answers(question: Question, arm: xr.Dataset, reference: xr.Dataset | None) -> pd.DataFrame:
    """Answer a question for each draw, from the expected outcomes over its worlds.

    Returns:
        One row per draw, by its number: `worse`, the quantity compared with the limit (larger is worse), and `yes`.
    """
    worse, here = int(BY_NAME[question.outcome].worse), expected(arm, question.outcome)
    if reference is None:
        return pd.DataFrame({"worse": worse * here, "yes": worse * here > worse * question.worse_than})
    there = expected(reference, question.outcome).reindex(here.index)
    by = worse * (here - there)
    if question.measure is Measure.RELATIVE:
        with np.errstate(divide="ignore", invalid="ignore"):
            by = pd.Series(np.where(by == 0.0, 0.0, by / there), here.index)
    return pd.DataFrame({"worse": by, "yes": by > question.worse_than})
