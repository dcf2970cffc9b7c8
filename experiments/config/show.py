"""What tables show: the section `show`, which changes no world."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from experiments.config.defaults import HEADLINE_OUTCOMES
from experiments.config.fields import EACH_ONCE, IN_ORDER, Section, listed, named, read, whole
from sim.record.outcomes import BY_NAME

SHOW = "show"
_MOST_MONTHS = 120
_Outcome = Annotated[str, named(lambda: BY_NAME, "is no outcome")]


@dataclass(frozen=True, slots=True)
class Show(Section):
    """What tables by month show.

    Attributes:
        outcomes: their names; the headline outcomes by default.
        months: since the start, at whose ends; all by default.
    """

    outcomes: Annotated[tuple[_Outcome, ...], listed("[attacks,civilian_deaths]", null=HEADLINE_OUTCOMES), EACH_ONCE] = (
        HEADLINE_OUTCOMES
    )
    months: Annotated[tuple[Annotated[int, whole(1, _MOST_MONTHS)], ...], listed("[6,12,18]", null=()), IN_ORDER] = ()


def read_show(plain: Mapping[str, Any]) -> Show:
    """Read the section `show` of a config; without one, return the default."""
    return read(Show, SHOW, plain[SHOW]) if plain.get(SHOW) is not None else Show()
