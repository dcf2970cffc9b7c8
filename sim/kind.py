"""A kind: all agents of one Mesa class, which share one array (agents, worlds) per state.

Stages of the day are methods of the kind. Each Mesa agent is a named row of the kind: `agent.troops` is the agent's row of the
shared array, with one entry per world. To read or write `agent.troops` is to read or write the array.

A kind is a class in a module of `sim/agents/`. The model finds the class there; no list names it. The kind is an
attribute of the model with the name of its module, such as `model.coalition`, unless the class gives another name.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

import mesa
import numpy as np

from sim.arrays import Array, Value
from sim.dice import Dice, key_of

if TYPE_CHECKING:
    from sim.model import IraqModel


CARRIED = "carried over"
"""A state with this mark starts a scenario at its last value of the year before. Other states start anew, each for a reason."""
OF_THE_DAY = "computed anew each day before any rule reads it"
BY_POLICY = "set by policies, which begin with the scenario"
SINCE_DAY_0 = "counted from day 0"


class WorldAgent(mesa.Agent):
    """One actor in many worlds at once: a named row of its kind.

    Attributes:
        name: of the actor, stable: it addresses the actor's random numbers.
        kind: the container that holds the states.
        row: of the actor in the kind's arrays.
    """

    def __init__(self, kind: "Kind", row: int) -> None:
        super().__init__(kind.model)
        self.name = kind.names[row]
        self.kind = kind
        self.row = row

    def __repr__(self) -> str:
        """Return the actor's name, its states and the number of worlds."""
        states = ", ".join(self.kind.states)
        return f"<{type(self).__name__} {self.name} in {self.kind.model.worlds.count:,} worlds: {states or 'no state'}>"

    def __getattr__(self, name: str) -> Array:
        """Return the actor's row of a state of its kind, (worlds,): a view."""
        return _state(self, name)[self.row]

    def __setattr__(self, name: str, value: Any) -> None:
        """Write the actor's row of a state, or set an ordinary attribute."""
        if "row" in self.__dict__ and name in self.kind.states:
            _state(self, name)[self.row] = value
        else:
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        """List the states beside the ordinary attributes."""
        return [*super().__dir__(), *self.kind.states]


def _state(agent: WorldAgent, name: str) -> Array:
    kind: Kind | None = agent.__dict__.get("kind")
    if kind is None or name not in kind.states:
        raise AttributeError(f"{type(agent).__name__} has no {name}")
    state: Array = getattr(kind, name)
    return state


class Kind:
    """The agents of one Mesa class side by side.

    Attributes:
        names: of the agents, in the order of the rows.
        draws: today's uniforms by decision.
        states: names of the attributes that are states, arrays (agents, worlds).
        memory: all arrays that tomorrow depends on, by name: the states, and the arrays given to `remembered`.
        never: by name of such an array, the value that means never or none, if that value is not a finite number.
        at_day_0: by name of such an array, `CARRIED`, or the reason why a scenario starts the array anew.
    """

    name: ClassVar[str] = ""
    """The name of the model's attribute that holds the kind."""
    agent_class: ClassVar[type[WorldAgent] | None] = None
    """The Mesa class of the agents, made from the kind's name; None for a condition of the theatre that is no actor."""
    decisions: ClassVar[tuple[str, ...]] = ()
    """What each agent draws a uniform for, every day."""
    normals: ClassVar[tuple[str, ...]] = ()
    """The decisions that need a standard normal."""

    def __init_subclass__(cls, agent: str | None = "", name: str = "") -> None:
        """Make the kind's Mesa class.

        Args:
            agent: name of that class, by default the kind's own; None for a condition that is no actor.
            name: of the model's attribute, by default that of the module.
        """
        cls.name = name or cls.__module__.rpartition(".")[2]
        if agent is not None:
            cls.agent_class = type(agent or cls.__name__, (WorldAgent,), {"__doc__": cls.__doc__, "__module__": cls.__module__})

    def __init__(self, model: "IraqModel", names: Sequence[str]) -> None:
        self.model = model
        self.names = tuple(names)
        self.states: list[str] = []
        self.memory: dict[str, Array] = {}
        self.never: dict[str, float] = {}
        self.at_day_0: dict[str, str] = {}
        self.draws = self.dice(self.names, self.decisions, self.normals)
        self.agents = [self.agent_class(self, row) for row in range(len(self.names))] if self.agent_class else []

    def __setattr__(self, name: str, value: Any) -> None:
        """Set an attribute; an array stays the same one for the whole run, since recorded calls and the record hold it.

        Raises:
            AttributeError: the attribute holds another array.
        """
        before = self.__dict__.get(name)
        if isinstance(before, np.ndarray) and before is not value:
            raise AttributeError(f"{self.name}.{name} is one array for the whole run: fill it, {name}[:] = ...")
        super().__setattr__(name, value)

    def dice(self, names: Sequence[str], decisions: Sequence[str], normals: Sequence[str] = ()) -> Dice:
        """Return the daily uniforms of these names.

        Raises:
            ValueError: a name has draws already: two agents must never share their dice.
        """
        model = self.model
        keys = {key_of(model.seed_of_worlds, model.phase, name): name for name in names if decisions}
        if len(keys) < len(names if decisions else ()) or not model.addresses.isdisjoint(keys):
            raise ValueError(
                f"one of {', '.join(names)} has draws already: a name selects its dice, so no two agents may share a name"
            )
        model.addresses.update(keys)
        return Dice(model.seed_of_worlds, model.phase, names, decisions, model.worlds, model.today.day, normals)

    def state(
        self, name: str, start: Value = 0.0, dtype: type = np.float64, never: float | None = None, at_day_0: str = OF_THE_DAY
    ) -> Array:
        """Make a state, (agents, worlds), with its start value; numbers and (1 or agents, 1 or worlds) broadcast."""
        array = self.array(start, dtype)
        self.states.append(name)
        return self.remembered(name, array, never, at_day_0)

    def remembered(self, name: str, array: Array, never: float | None = None, at_day_0: str = OF_THE_DAY) -> Array:
        """Note that an array is memory: tomorrow depends on it. It is written in place, never replaced.

        Args:
            name: of the array.
            array: the array.
            never: NaN or an infinity, if it has a meaning in this array. Any other value that is not finite is a fault.
            at_day_0: `CARRIED` for a level or a memory that continues from the year before (a day of the model must not). Else
                the reason why a scenario starts the array anew.
        """
        self.at_day_0[name] = at_day_0
        self.memory[name] = array
        if never is not None:
            self.never[name] = never
        return array

    def array(self, start: Value = 0.0, dtype: type = np.float64) -> Array:
        """Make an array (agents, worlds) that is not a state: a constant or a scratch space."""
        array = np.empty((len(self.names), self.model.worlds.count), dtype=dtype)
        array[...] = start
        return array

    def vector(self, start: Value = 0.0, dtype: type = np.float64) -> Array:
        """Make an array (1, worlds): the same for all agents."""
        array = np.empty((1, self.model.worlds.count), dtype=dtype)
        array[...] = start
        return array

    def column(self, values: Sequence[Any], dtype: type = np.float64) -> Array:
        """Make an array (agents, 1): a constant of each agent, the same in all worlds."""
        return np.array(values, dtype=dtype).reshape(len(self.names), 1)


@cache
def kinds() -> Mapping[str, type[Kind]]:
    """Return every kind in the modules of `sim/agents/`, by the name of the model's attribute that holds it."""
    modules = import_module("sim.agents").modules()
    classes = [value for name in modules for value in vars(import_module(name)).values() if isinstance(value, type)]
    return {kind.name: kind for kind in classes if issubclass(kind, Kind) and kind is not Kind}
