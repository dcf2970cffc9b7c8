"""The settings of `knockon sensitivity`."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from experiments.config.fields import IN_ORDER, Section, listed, whole
from experiments.config.ledger import Rest
from experiments.config.show import Outcomes
from experiments.errors import InputError


class Step(StrEnum):
    """The steps of the analysis, in this order."""

    SCREENING = "screening"
    """Morris: which numbers change an outcome at all."""
    INDICES = "indices"
    """Sobol: the share of the variance that each kept number explains."""
    ABLATION = "ablation"
    """The full model without each single mechanism, and the core of the model."""


@dataclass(frozen=True, slots=True)
class Settings(Section):
    """The section. The limits are ten to a hundred times the sizes in papers; larger designs do not fit into memory.

    Attributes:
        arm: scenario of the outcomes. `relative_to`: the scenario that it is compared with, None for none.
        outcomes: their names; null in YAML for the headline outcomes.
        trajectories: of the screening. `keep`: how many factors it keeps at most. `points`: of a Sobol base sample.
        worlds_per_row: worlds that share a row of either sample.
    """

    arm: str
    relative_to: str | None
    outcomes: Outcomes
    steps: Annotated[tuple[Step, ...], listed("[screening,indices]"), IN_ORDER]
    trajectories: Annotated[int, whole(2, 1000)]
    keep: Annotated[int, whole(2, 1000)]
    points: Annotated[int, whole(4, 2**16)]
    worlds_per_row: Annotated[int, whole(2, 1000)]
    rest: Rest

    def __post_init__(self) -> None:
        if Step.INDICES in self.steps and Step.SCREENING not in self.steps:
            raise InputError("sensitivity.steps: indices need the factors that screening keeps; ask for both")
        if self.relative_to == self.arm:
            raise InputError(f"sensitivity.relative_to={self.arm} is the arm itself: name another scenario, or null")
        if self.points & (self.points - 1):
            balanced = "a Sobol' sequence is balanced for 256, 512, 1024 ..."
            raise InputError(f"sensitivity.points={self.points} is no power of 2: {balanced}")
