"""The outcomes and months in the tables, page and figures of a comparison: the section `show`, which changes no world."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Annotated, Any

from experiments.config.defaults import HEADLINE_OUTCOMES, HEADLINES, Headline, names_in
from experiments.config.fields import EACH_ONCE, IN_ORDER, Section, listed, named, read, whole
from experiments.errors import InputError
from experiments.figures.venue import set_to
from sim.record.outcomes import BY_NAME, Aggregation, analysable

CHOSEN = "chosen"
"""The group of outcomes that are no headlines."""
_MOST_MONTHS = 120
_FRACTIONS = ("index", "weight", "relative", "attacks/day", "0 or 1")
"""Beginnings of units whose numbers are no counts."""
_Outcome = Annotated[str, named(analysable, "is no outcome with one number in every world")]
type Outcomes = Annotated[tuple[_Outcome, ...], listed("[attacks,civilian_deaths]", null=HEADLINE_OUTCOMES), EACH_ONCE]
"""Outcomes with one number in every world; null in YAML for the headline outcomes."""


@dataclass(frozen=True, slots=True)
class Show(Section):
    """The outcomes and months that a comparison shows.

    Attributes:
        outcomes: their names; the headline outcomes by default.
        months: months since the start whose ends are shown; by default all, but only in their own table.
    """

    outcomes: Outcomes = HEADLINE_OUTCOMES
    months: Annotated[tuple[Annotated[int, whole(1, _MOST_MONTHS)], ...], listed("[6,12,18]", null=()), IN_ORDER] = ()

    def plain(self) -> dict[str, list[str] | list[int] | None]:
        """Return the section as it is written in YAML."""
        is_default = self.outcomes == HEADLINE_OUTCOMES
        return {"outcomes": None if is_default else list(self.outcomes), "months": list(self.months) or None}


def read_show(plain: Mapping[str, Any]) -> Show:
    """Read the section `show` of a config; without one, return the default."""
    return read(Show, "show", plain["show"]) if plain.get("show") is not None else Show()


_References = Annotated[
    tuple[Annotated[str, named(lambda: names_in("scenario"), "is no scenario")], ...],
    listed("[as_of_30_september,stay]"),
    EACH_ONCE,
]


def read_references(plain: Mapping[str, Any]) -> tuple[str, ...]:
    """Read the references, with which the arms are compared one after the other; empty if `reference` names a single one."""
    return read(_References, "references", plain["references"]) if plain.get("references") is not None else ()


def with_leading_reference(plain: dict[str, Any], swept: Sequence[str]) -> dict[str, Any]:
    """Return a config whose `reference` is the first of several, if there are several."""
    if not (references := read_references(plain)):
        return plain
    for given in swept:
        if given.startswith("reference=") and given != f"reference={references[0]}":
            raise InputError(
                f"{given} and references=[{','.join(references)}]: give one of the two;"
                " with references, the first of them is the reference"
            )
    return {**plain, "reference": references[0]}


_SHOWN: ContextVar[tuple[str, ...]] = ContextVar("shown", default=HEADLINE_OUTCOMES)


def showing(show: Show) -> AbstractContextManager[None]:
    """Let `headlines` return the analyst's choice."""
    return set_to(_SHOWN, show.outcomes)


def outcomes_shown() -> tuple[str, ...]:
    """Return the names of the outcomes to show: those of `showing`, by default the headline outcomes."""
    return _SHOWN.get()


def are_chosen() -> bool:
    """Tell whether an analyst chose the shown outcomes."""
    return outcomes_shown() != HEADLINE_OUTCOMES


def headlines() -> tuple[Headline, ...]:
    """Return the headlines to show, in the requested order."""
    known = {headline.outcome: headline for headline in HEADLINES}
    return tuple(known.get(outcome) or _headline_of(outcome) for outcome in outcomes_shown())


def _headline_of(outcome: str) -> Headline:
    """Return a headline for an outcome that is not among the shipped headlines."""
    declared = BY_NAME[outcome]
    name = declared.long_name
    about: dict[str, Any] = {"heading": name, "group": CHOSEN, "more": f"{name}: more", "fewer": f"{name}: fewer"}
    if declared.rare:
        about |= {"scale": 100.0, "spec": ".1f", "unit": "of 100 worlds"}
    elif declared.unit == "share":
        about |= {"scale": 100.0, "spec": ".1f", "unit": "points"}
    elif declared.unit.startswith(_FRACTIONS) or declared.aggregation is Aggregation.RATIO:
        about |= {"spec": ".2f"}
    return Headline(outcome, by_week=outcome, **about)
