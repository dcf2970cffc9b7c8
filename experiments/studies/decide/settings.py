"""What `knockon decide` asks, as its config says."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from experiments.analysis.by_draw import judged
from experiments.config.fields import check_keys, listed, number, section
from experiments.errors import InputError, nearest
from experiments.studies.decide.satisficing import Threshold

_KEYS = {"arms", "outcomes", "thresholds", "doses"}
_THRESHOLD = {"outcome", "at_most", "at_least", "relative_to"}
_DOSE = {"name", "scenario", "vary"}
_MOST_VARIED = 2
_MOST_DOSES = 200
"""Arms of a dose: each is composed and stored."""
_PLAIN = re.compile(r"[\w-]+")


@dataclass(frozen=True, slots=True)
class Dose:
    """A scenario whose settings are varied.

    Attributes:
        name: of its tables and figures. `scenario`: whose settings.
        vary: values by the name of a setting; one or two settings.
    """

    name: str
    scenario: str
    vary: tuple[tuple[str, tuple[float, ...]], ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """What is asked.

    Attributes:
        arms: scenarios that regret and thresholds are about; the first is what thresholds and doses may be relative to.
        outcomes: their names.
    """

    arms: tuple[str, ...]
    outcomes: tuple[str, ...]
    thresholds: tuple[Threshold, ...]
    doses: tuple[Dose, ...]


def read_settings(plain: Mapping[str, Any]) -> Settings:
    """Check the config's section `decide`.

    Raises:
        InputError: something in it cannot be used.
    """
    given = section(plain, "decide", _KEYS)
    arms = tuple(dict.fromkeys(str(arm) for arm in listed("decide.arms", given["arms"], "[stay,us_pullout]")))
    if len(arms) < 2:
        raise InputError(f"decide.arms={list(arms)}: a decision has at least two arms")
    outcomes = listed("decide.outcomes", given["outcomes"], "[attacks,civilian_deaths]")
    thresholds = [] if given["thresholds"] is None else listed("decide.thresholds", given["thresholds"], _EXAMPLE)
    entries = [] if given["doses"] is None else listed("decide.doses", given["doses"], _EXAMPLE_DOSE)
    doses = tuple(_dose(place, entry) for place, entry in enumerate(entries))
    if len({dose.name for dose in doses}) < len(doses):
        raise InputError(f"decide.doses: the names {', '.join(dose.name for dose in doses)} are not all different")
    return Settings(
        arms=arms,
        outcomes=tuple(dict.fromkeys(_outcome("decide.outcomes", outcome) for outcome in outcomes)),
        thresholds=tuple(_threshold(place, entry, arms) for place, entry in enumerate(thresholds)),
        doses=doses,
    )


_EXAMPLE = "[{outcome: civilian_deaths, at_most: 1.1, relative_to: stay}]"
_EXAMPLE_DOSE = "[{name: start, scenario: us_pullout, vary: {policies.full_pullout.start: [14, 60]}}]"


def _outcome(name: str, value: object) -> str:
    if str(value) not in judged():
        hint = nearest(str(value), judged()) or f"; there are {', '.join(judged())}"
        raise InputError(f"{name}: {value} is no outcome with one number in every world that can be worse{hint}")
    return str(value)


def _threshold(place: int, entry: object, arms: tuple[str, ...]) -> Threshold:
    where = f"decide.thresholds.{place}"
    check_keys(where, entry, _THRESHOLD)
    given = dict(entry) if isinstance(entry, Mapping) else {}
    sides = [side for side in ("at_most", "at_least") if given.get(side) is not None]
    if len(sides) != 1 or "outcome" not in given:
        raise InputError(f"{where}={given} is no threshold such as {_EXAMPLE[1:-1]}: an outcome, and at_most or at_least")
    relative_to = None if given.get("relative_to") is None else str(given["relative_to"])
    if relative_to is not None and relative_to not in arms:
        hint = nearest(relative_to, arms) or f"; they are {', '.join(arms)}"
        raise InputError(f"{where}.relative_to={relative_to} is none of decide.arms{hint}")
    limit = number(f"{where}.{sides[0]}", given[sides[0]])
    return Threshold(_outcome(where, given["outcome"]), limit, sides[0] == "at_most", relative_to)


def _dose(place: int, entry: object) -> Dose:
    where = f"decide.doses.{place}"
    check_keys(where, entry, _DOSE)
    given = dict(entry) if isinstance(entry, Mapping) else {}
    vary = given.get("vary")
    if not isinstance(vary, Mapping) or not 1 <= len(vary) <= _MOST_VARIED or not {"name", "scenario"} <= set(given):
        raise InputError(f"{where} needs a name, a scenario, and vary: one or two settings with a list of values each")
    name = str(given["name"])
    if not _PLAIN.fullmatch(name):
        raise InputError(f"{where}.name={name} names a file: letters, digits, - and _ alone")
    varied = []
    for setting, values in vary.items():
        doses = listed(f"{where}.vary.{setting}", values, "[0,0.5,1]")
        varied.append((str(setting), tuple(sorted({number(f"{where}.vary.{setting}", dose) for dose in doses}))))
    if (arms := math.prod(len(doses) for _, doses in varied)) > _MOST_DOSES:
        raise InputError(f"{where}.vary asks for {arms:,} arms, more than {_MOST_DOSES}: name fewer values")
    return Dose(name, str(given["scenario"]), tuple(varied))
