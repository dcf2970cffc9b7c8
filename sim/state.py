"""The state of a block of worlds: plain arrays that tomorrow depends on, by kind and name.

`take` copies the state out of a model, `put` writes it into another model of the same theatre. A model that is given the state
and the day of another model continues exactly as the other model does.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from sim.arrays import Array

if TYPE_CHECKING:
    from sim.model import IraqModel

type State = dict[str, Array]
"""Arrays (agents or 1, worlds) by name, "militias.grievance"."""


class StateError(ValueError):
    """A state that a model cannot take: says which array, and what is wanted."""


class NotFiniteError(ArithmeticError):
    """A value that must be a number is NaN or infinite: says which value, and in which worlds."""


def check_finite(model: "IraqModel") -> None:
    """Check that every value of a state is a finite number, or the value that means never in this state.

    One check at the end of a run is enough: a value that is not finite stays in the memory.

    Raises:
        NotFiniteError: a value is neither.
    """
    for kind, held in model.kinds().items():
        for name, array in held.memory.items():
            refuse_not_finite(f"the state {kind}.{name}", array, model.worlds.numbers, held.never.get(name))


def refuse_not_finite(what: str, array: Array, worlds: Array, never: float | None = None) -> None:
    """Check that an array is finite, but for one value that has a meaning.

    Args:
        what: name of the array, for the message.
        array: (..., worlds).
        worlds: their numbers, (worlds,).
        never: the value that is allowed: NaN or an infinity.

    Raises:
        NotFiniteError: a value is not finite and not `never`.
    """
    if np.isfinite(array).all():
        return
    wrong = ~np.isfinite(array)
    if never is not None:
        wrong &= ~np.isnan(array) if np.isnan(never) else array != never
    if wrong.any():
        value, where = array[wrong][0], wrong.reshape(-1, worlds.size).any(axis=0)
        raise NotFiniteError(
            f"{what} is {value} in {where.sum():,} of {worlds.size:,} worlds, the first of them world {worlds[where][0]}:"
            " a parameter is too extreme for the model"
        )


def take(model: "IraqModel") -> State:
    """Copy the memory of all kinds."""
    return {name: array.copy() for name, array in memory(model).items()}


def put(model: "IraqModel", state: Mapping[str, Array]) -> None:
    """Write a state, or a part of one, into a model.

    Raises:
        StateError: the model has no such array, or one of another shape.
    """
    places = memory(model)
    for name, values in state.items():
        place = places.get(name)
        if place is None:
            raise StateError(f"the model remembers no {name}")
        if place.shape != values.shape:
            raise StateError(f"{name} is {place.shape} in the model, (agents, worlds), not {values.shape}")
        np.copyto(place, values)


def memory(model: "IraqModel") -> State:
    """Return the memory of all kinds by name: the arrays themselves."""
    return {f"{kind}.{name}": array for kind, held in model.kinds().items() for name, array in held.memory.items()}
