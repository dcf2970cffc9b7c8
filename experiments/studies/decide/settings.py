"""The settings of `knockon decide`."""

import math
import re
from dataclasses import dataclass
from typing import Annotated

from experiments.config.defaults import HEADLINE_OUTCOMES
from experiments.config.fields import EACH_ONCE, IN_ORDER, Check, Number, Section, listed
from experiments.errors import InputError, nearest
from experiments.studies.decide.criteria import Judged, Threshold

_MOST_DOSES = 200  # arms of a dose; each is composed and stored
_LIMITS = "[{outcome: civilian_deaths, at_most: 1.1, relative_to: stay}]"
_DOSES = "[{name: start, scenario: us_pullout, vary: {policies.full_pullout.start: [14, 60]}}]"


def _file_name(value: object) -> str:
    if not re.fullmatch(r"[\w-]+", str(value)):
        raise ValueError("is used as the name of a file: it may have only letters, digits, - and _")
    return str(value)


@dataclass(frozen=True, slots=True, eq=False)
class Dose(Section):
    """A scenario with one or two settings that vary.

    Attributes:
        name: of its tables and figures.
        vary: values by the name of a setting.
    """

    name: Annotated[str, Check(_file_name)]
    scenario: str
    vary: dict[str, Annotated[tuple[Number, ...], listed("[0,0.5,1]"), IN_ORDER]]

    def __post_init__(self) -> None:
        if not 1 <= len(self.vary) <= 2:
            raise ValueError("needs one or two settings under 'vary', with a list of values for each")
        if (arms := math.prod(map(len, self.vary.values()))) > _MOST_DOSES:
            raise ValueError(f"asks for {arms:,} arms, more than {_MOST_DOSES}: name fewer values")


@dataclass(frozen=True, slots=True)
class Settings(Section):
    """The section.

    Attributes:
        arms: scenarios to weigh; the first is the reference of doses.
        outcomes: their names; null in YAML for the headline outcomes.
    """

    arms: Annotated[tuple[str, ...], listed("[stay,us_pullout]"), EACH_ONCE]
    outcomes: Annotated[tuple[Judged, ...], listed("[attacks,civilian_deaths]", null=HEADLINE_OUTCOMES), EACH_ONCE]
    thresholds: Annotated[tuple[Threshold, ...], listed(_LIMITS, null=())]
    doses: Annotated[tuple[Dose, ...], listed(_DOSES, null=())]

    def __post_init__(self) -> None:
        if len(self.arms) < 2:
            raise InputError(f"decide.arms={list(self.arms)}: a decision has at least two arms")
        for place, threshold in enumerate(self.thresholds):
            if threshold.relative_to not in (None, *self.arms):
                hint = nearest(str(threshold.relative_to), self.arms) or f"; they are {', '.join(self.arms)}"
                where = f"decide.thresholds[{place}].relative_to={threshold.relative_to}"
                raise InputError(f"{where} is none of decide.arms{hint}")
        names = [dose.name for dose in self.doses]
        if len(set(names)) < len(names):
            raise InputError(f"decide.doses: the names {', '.join(names)} are not all different")
