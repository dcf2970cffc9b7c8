"""What `knockon sensitivity` asks, as its config says."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from experiments.analysis.quantities import analysable
from experiments.config.fields import choice, listed, section, whole
from experiments.errors import InputError, nearest

_KEYS = {"arm", "relative_to", "outcomes", "steps", "trajectories", "keep", "points", "worlds_per_row", "rest"}
_MOST_TRAJECTORIES, _MOST_KEPT, _MOST_POINTS, _MOST_WORLDS_A_ROW = 1000, 1000, 2**16, 1000
"""Ten to a hundred times what a paper has: what is beyond is a slip, and its design would not fit into memory."""


class Step(StrEnum):
    """One of the things that are done, in this order."""

    SCREENING = "screening"
    """Morris: which numbers move anything at all."""
    INDICES = "indices"
    """Sobol: which share of the variance each of those that were kept explains."""
    ABLATION = "ablation"
    """Each mechanism off alone, and the core beside the full model."""


class Rest(StrEnum):
    """What the numbers do that were not kept for the indices."""

    DRAWN = "drawn"
    """Drawn from their priors, another draw a world: noise as chance is."""
    FIXED = "fixed"
    """At their values, switches at their first form."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is asked.

    Attributes:
        arm: scenario whose outcomes are asked about. `relative_to`: the scenario that it is compared with; None for none.
        outcomes: their names.
        steps: in the order of `Step`.
        trajectories: of the screening. `keep`: how many factors it keeps at most. `points`: of a Sobol base sample.
        worlds_per_row: worlds that share a row of either sample.
        rest: what the numbers do that were not kept.
    """

    arm: str
    relative_to: str | None
    outcomes: tuple[str, ...]
    steps: tuple[Step, ...]
    trajectories: int
    keep: int
    points: int
    worlds_per_row: int
    rest: Rest


def read_settings(plain: Mapping[str, Any]) -> Settings:
    """Check the config's section `sensitivity`.

    Raises:
        InputError: something in it cannot be used.
    """
    given = section(plain, "sensitivity", _KEYS)
    steps = {
        choice("sensitivity.steps", step, Step) for step in listed("sensitivity.steps", given["steps"], "[screening,indices]")
    }
    if Step.INDICES in steps and Step.SCREENING not in steps:
        raise InputError("sensitivity.steps: indices are those of the factors that screening keeps; ask for both")
    relative_to = None if given["relative_to"] is None else str(given["relative_to"])
    if relative_to == str(given["arm"]):
        raise InputError(f"sensitivity.relative_to={relative_to} is the arm itself: name another scenario, or null")
    points = whole("sensitivity.points", given["points"], 4, _MOST_POINTS)
    if points & (points - 1):
        raise InputError(f"sensitivity.points={points} is no power of 2: a Sobol' sequence is balanced for 256, 512, 1024 ...")
    return Settings(
        arm=str(given["arm"]),
        relative_to=relative_to,
        outcomes=read_outcomes("sensitivity.outcomes", given["outcomes"]),
        steps=tuple(step for step in Step if step in steps),
        trajectories=whole("sensitivity.trajectories", given["trajectories"], 2, _MOST_TRAJECTORIES),
        keep=whole("sensitivity.keep", given["keep"], 2, _MOST_KEPT),
        points=points,
        worlds_per_row=whole("sensitivity.worlds_per_row", given["worlds_per_row"], 2, _MOST_WORLDS_A_ROW),
        rest=choice("sensitivity.rest", given["rest"], Rest),
    )


def read_outcomes(name: str, value: object) -> tuple[str, ...]:
    """Return the names of outcomes with one number in every world.

    Raises:
        InputError: there is no such outcome, or it has no number in every world.
    """
    known = analysable()
    outcomes = [str(entry) for entry in listed(name, value, "[attacks,civilian_deaths]")]
    for outcome in outcomes:
        if outcome not in known:
            hint = nearest(outcome, known) or f"; there are {', '.join(known)}"
            raise InputError(f"{name}: {outcome} is no outcome with one number in every world{hint}")
    return tuple(dict.fromkeys(outcomes))
