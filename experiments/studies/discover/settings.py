"""What `knockon discover` asks, as its config says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from experiments.analysis.by_draw import judged
from experiments.config.fields import choice, number, section
from experiments.errors import InputError, nearest
from experiments.studies.discover.question import Measure, Question

_KEYS = {"outcome", "arm", "relative_to", "worse_than", "measure", "least_coverage"}


@dataclass(frozen=True, slots=True)
class Settings:
    """What is asked.

    Attributes:
        question: that every draw answers. `least_coverage`: of the box: so many of the draws that answer yes.
    """

    question: Question
    least_coverage: float


def read_settings(plain: Mapping[str, Any]) -> Settings:
    """Check the config's section `discover`.

    Raises:
        InputError: something in it cannot be used.
    """
    given = section(plain, "discover", _KEYS)
    outcome, arm = str(given["outcome"]), str(given["arm"])
    if outcome not in judged():
        hint = nearest(outcome, judged()) or f"; there are {', '.join(judged())}"
        raise InputError(f"discover.outcome={outcome} is no outcome with one number in every world that can be worse{hint}")
    measure = choice("discover.measure", given["measure"], Measure)
    relative_to = None if given["relative_to"] is None else str(given["relative_to"])
    if (relative_to is None) != (measure is Measure.VALUE):
        what = "leave discover.measure=value" if relative_to is None else "set discover.relative_to=null"
        raise InputError(f"discover.measure={measure} with relative_to={given['relative_to']}: without a reference {what}")
    if relative_to == arm:
        raise InputError(f"discover.relative_to={relative_to} is the arm itself: name another scenario")
    least = number("discover.least_coverage", given["least_coverage"])
    if not 0.0 < least <= 1.0:
        raise InputError(f"discover.least_coverage={least:g} is no share above 0, up to 1")
    worse_than = number("discover.worse_than", given["worse_than"])
    return Settings(Question(outcome, arm, relative_to, worse_than, measure), least)
