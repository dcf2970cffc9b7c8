"""The settings of `knockon watch`: which ending is bad, and what is observed for how many days."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from experiments.config.fields import EACH_ONCE, IN_ORDER, Number, Section, listed, named, whole
from experiments.errors import InputError, nearest
from experiments.figures.names import place_name
from sim.record.outcomes import BY_NAME, DAYS_A_WEEK, OUTCOMES, Aggregation

_MOST_DAYS = 3653


def flow_of(outcome: str) -> str:
    """Return the outcome summed from the start that matches one of the last month; return other outcomes unchanged."""
    return outcome.removesuffix("_last_month")


def _can_end() -> list[str]:
    return [
        o.name for o in OUTCOMES
        if o.dimension is None and not o.rare and o.aggregation is not Aggregation.RATIO and flow_of(o.name) in BY_NAME
    ]  # fmt: skip


def _observable() -> list[str]:
    """Return the outcomes that can be observed: they happen in a world and are recorded by week. Hazards are never observed."""
    return [o.name for o in OUTCOMES if not o.rare and o.aggregation in (Aggregation.FLOW, Aggregation.LEVEL)]


@dataclass(frozen=True, slots=True)
class Ending(Section):
    """A bad end: an outcome that reaches a limit.

    Attributes:
        day: a reporting day. `at_least`, `at_most`: the limit; only one of the two.
        words: for the ending, with {} for the limit; if empty, the outcome's long name.
    """

    outcome: Annotated[str, named(_can_end, "is no outcome with one number in every world")]
    day: Annotated[int, whole(1, _MOST_DAYS)]
    at_least: Number | None = None
    at_most: Number | None = None
    words: str = ""

    def __post_init__(self) -> None:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("needs one of at_least and at_most")
        if BY_NAME[self.outcome].aggregation is Aggregation.FIRST_DAY and self.at_most is None:
            raise ValueError(f"needs at_most: {self.outcome} is a day")

    def __str__(self) -> str:
        is_low, limit = self.at_least is None, self.at_most if self.at_least is None else self.at_least
        words = self.words or f"{BY_NAME[self.outcome].long_name}: {{}} by day {self.day}"
        return words.replace("{}", f"{limit:g} or {'less' if is_low else 'more'}")


@dataclass(frozen=True, slots=True)
class Settings(Section):
    """The section.

    Attributes:
        arms: scenarios whose worlds are pooled.
        days: of observation, ascending. `depth`: of the tree.
        ending: name of the chosen ending among `endings`.
        observables: words of what is observed, by outcome.
    """

    arms: Annotated[tuple[str, ...], listed("[stay,us_pullout]"), EACH_ONCE]
    days: Annotated[tuple[Annotated[int, whole(DAYS_A_WEEK, _MOST_DAYS)], ...], listed("[30,60,90]"), IN_ORDER]
    depth: Annotated[int, whole(1, 3)]
    ending: str
    endings: dict[str, Ending]
    observables: dict[Annotated[str, named(_observable, "is no outcome that can be observed week by week")], str]

    def __post_init__(self) -> None:
        if self.ending not in self.endings:
            hint = nearest(self.ending, self.endings) or f"; they are {', '.join(self.endings)}"
            raise InputError(f"watch.ending={self.ending} is none of watch.endings{hint}")
        if self.days[-1] >= self.sought.day:
            raise InputError(
                f"watch.days={list(self.days)}: {self.ending} is known on day {self.sought.day}; observe fewer days"
            )
        if not self.observables:
            raise InputError("watch.observables={} leaves nothing to watch: name at least one outcome and describe it in words")

    @property
    def sought(self) -> Ending:
        """Return the chosen ending."""
        return self.endings[self.ending]

    def words_of(self, sign: str, low: float, high: float, is_count: bool) -> str:
        """Return an observation in words, "2 or more members have announced their exit".

        The `sign` is "outcome" or "outcome.place". Its value is at least `low` and less than `high`; both may be infinite.
        """
        outcome, _, place = sign.partition(".")
        if np.isinf(high):
            amount = f"{_shown(low)} or more"
        elif np.isinf(low):
            amount = "no" if is_count and high == 1 else f"{'fewer than' if is_count else 'under'} {_shown(high)}"
        else:
            amount = f"{_shown(low)} to {_shown(high - is_count)}"
            if is_count and high == low + 1:
                amount = f"at least {_shown(low)} but fewer than {_shown(high)}"
        return self.observables[outcome].replace("{}", amount).replace("[]", place_name(place))


def _shown(limit: float) -> str:
    return f"{limit:,.0f}" if limit >= 100 else f"{limit:.3g}"
