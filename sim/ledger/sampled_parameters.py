"""The parameters of a block of worlds: one array (1, worlds) per parameter, (agents, worlds) if it differs by agent."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.dice import uniforms_of
from sim.ledger.parameters import Ledger, Parameter, ParameterError, Uncertainty
from sim.ledger.priors import Prior
from sim.rule import Rule
from sim.worlds import Worlds


class Drawn:
    """The parameters and switches that a block of worlds has: one attribute per group.

    `drawn.militias.effect_of_restraint` is an array (1, worlds).
    """

    def __init__(self, ledger: Ledger, seed: int, worlds: Worlds) -> None:
        self.ledger = ledger
        self.seed = seed
        self.worlds = worlds
        self._rows = None if ledger.design is None else ledger.design.rows(worlds)
        self._each, self._place = (None, None) if self._rows is None else np.unique(self._rows, return_inverse=True)
        self._draws = worlds.dice // ledger.worlds_per_draw
        self.read: set[str] = set()
        """Names of the entries that the model has read."""
        self._groups = {name: Group(name, parameters, self) for name, parameters in ledger.groups()}

    def __getattr__(self, group: str) -> "Group":
        """Return a group of parameters."""
        try:
            return self.__dict__["_groups"][group]  # type: ignore[no-any-return]
        except KeyError:
            raise AttributeError(f"the ledger has no group {group!r}") from None

    def variant(self, switch: str, variant: str) -> Array:
        """Return 1 in the worlds where a switch has this variant, else 0, (1, worlds)."""
        entry = self.ledger.switches[switch]
        variants = [name for name, _ in entry.weights]
        self.read.add(f"switches.{switch}.{variant}")
        if variant not in variants:
            return np.zeros((1, self.worlds.count))
        edges = np.cumsum([weight for _, weight in entry.weights])[:-1]
        uniforms = self._designed(f"switches.{switch}")
        if uniforms is None and self.ledger.uncertainty is Uncertainty.NONE:
            return np.full((1, self.worlds.count), float(variants.index(variant) == 0))
        if uniforms is None:
            uniforms = uniforms_of(self.seed, [f"switches.{switch}"], self._draws)
        return (np.searchsorted(edges, uniforms, side="right") == variants.index(variant)).astype(float)

    @property
    def draws(self) -> Array:
        """Return the draw of each world, (worlds,): its row of the design or, without a design, the number of its draw."""
        return self._draws if self._rows is None else self._rows

    def values(self, parameter: Parameter) -> Mapping[str, Array]:
        """Return a parameter's values by name, each (1, worlds)."""
        rows = {
            key: self._value(parameter.prior, value, f"{parameter.name}.{key}" if key else parameter.name)
            for key, value in parameter.items()
        }
        if parameter.prior is not None and parameter.prior.family == "dirichlet":
            whole = sum(rows.values())
            rows = {key: row / whole for key, row in rows.items()}
        return rows

    def _value(self, prior: Prior | None, value: float, name: str) -> Array:
        """Return one number, (1, worlds): taken from the design, drawn, or at its fixed value."""
        if prior is None:
            return np.full((1, self.worlds.count), value)
        if (column := self._column(name)) is not None:
            return _quantiles(prior, value, column[self._each].tobytes())[self._place].reshape(1, -1)
        if self.ledger.uncertainty is Uncertainty.NONE:
            return np.full((1, self.worlds.count), value)
        first, end = int(self._draws.min()), int(self._draws.max()) + 1
        return _draws(prior, value, self.seed, name, first, end)[self._draws - first].reshape(1, -1)

    def _designed(self, name: str) -> Array | None:
        """Return the quantiles that the design gives a name, (1, worlds); None where it does not name it."""
        column = self._column(name)
        return None if column is None else column[self._rows].reshape(1, -1)

    def _column(self, name: str) -> Array | None:
        """Return the quantiles that the design gives a name, by row of the design; None where it does not name it."""
        return None if self.ledger.design is None else self.ledger.design.column(name)


class Group:
    """The drawn parameters of one group, `drawn.militias`; one attribute per entry."""

    def __init__(self, name: str, parameters: Mapping[str, Parameter], drawn: Drawn) -> None:
        self._name = name
        self._parameters = parameters
        self._drawn = drawn

    def __getattr__(self, entry: str) -> Array:
        """Return a parameter, (1, worlds)."""
        return self.by_name(entry)[""]

    def by_name(self, entry: str) -> Mapping[str, Array]:
        """Return a parameter's values by name, each (1, worlds)."""
        try:
            parameter = self._parameters[entry]
        except KeyError:
            raise AttributeError(f"the ledger has no {self._name}.{entry}") from None
        self._drawn.read.add(parameter.name)
        return self._drawn.values(parameter)

    def inputs_of(self, rule: Rule[Any, Any], names: Sequence[str] = ()) -> dict[str, Array]:
        """Return by name the inputs of a rule that have the name of an entry of this group.

        An entry may have values by name. If the rule has an input with the name of this entry, the input gets rows in the order
        of `names`. If the rule has an input `ENTRY_KEY`, that input gets the value of this key.

        Args:
            rule: whose inputs are wanted.
            names: of the agents, for entries that differ by agent.
        """
        inputs: dict[str, Array] = {}
        for entry, parameter in self._parameters.items():
            by_name = isinstance(parameter.value, tuple)
            if entry in rule.names and by_name:
                inputs |= {entry: self.rows(entry, names)} if names else {}
            elif entry in rule.names:
                inputs[entry] = getattr(self, entry)
            elif by_name and (keys := [key for key, _ in parameter.items() if f"{entry}_{key}" in rule.names]):
                inputs |= {f"{entry}_{key}": self.by_name(entry)[key] for key in keys}
        return inputs

    def rows(self, entry: str, names: Sequence[str], default: float | None = None) -> Array:
        """Return a parameter that differs by agent, (agents, worlds), rows in the order of the names.

        Args:
            entry: of the group.
            names: of the agents.
            default: the value of agents that the ledger does not name; without a default, such an agent is an error.

        Raises:
            ParameterError: a name has no value.
        """
        values = self.by_name(entry)
        if default is None and (missing := [name for name in names if name not in values]):
            raise ParameterError(f"{self._name}.{entry} has no value for {', '.join(missing)}")
        absent = np.full((1, self._drawn.worlds.count), default)
        return np.concatenate([values.get(name, absent) for name in names])


@lru_cache(maxsize=4096)
def _draws(prior: Prior, value: float, seed: int, name: str, first: int, end: int) -> Array:
    """Return a series of draws from a prior, cached because the arms of a sweep share it."""
    return prior.quantile(uniforms_of(seed, [name], np.arange(first, end))[0], value)


@lru_cache(maxsize=4096)
def _quantiles(prior: Prior, value: float, levels: bytes) -> Array:
    """Return the quantiles of a prior at a design's levels. They are cached for the next model of the same worlds."""
    return prior.quantile(np.frombuffer(levels), value)
