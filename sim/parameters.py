"""The ledger: every number that the model reads, with its value, prior, unit, grade and source.

`Parameter` is one entry, `Ledger` all of them with the structural switches, and `Drawn` what a block of worlds has:
an array (1, worlds) a parameter, (agents, worlds) where it differs by agent.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from sim.priors import Prior, PriorError
from sim.rule import Array
from sim.worlds import CHUNK, Worlds, generator

type Number = float | Mapping[str, float]


class ParameterError(ValueError):
    """An entry of the ledger that cannot be used: says which, what was given and what is allowed."""


class Domain(StrEnum):
    """What any value of a parameter must obey."""

    PROBABILITY = "probability"
    SHARE = "share"
    POSITIVE = "positive"
    NON_NEGATIVE = "non-negative"
    REAL = "real"

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the lowest and the highest value allowed."""
        if self in (Domain.PROBABILITY, Domain.SHARE):
            return 0.0, 1.0
        return (-math.inf if self is Domain.REAL else 0.0), math.inf

    def allows(self, value: float) -> bool:
        """Tell whether a value lies in the domain."""
        low, high = self.bounds
        return math.isfinite(value) and low <= value <= high and not (self is Domain.POSITIVE and value == 0.0)

    def __str__(self) -> str:
        return {"probability": "a probability, 0 to 1", "share": "a share, 0 to 1"}.get(self.value, f"a {self.value} number")


class Uncertainty(StrEnum):
    """Which uncertainty about parameters and structure the worlds carry."""

    NONE = "none"
    PRIOR = "prior"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number (or one for each named agent) that the model reads.

    Attributes:
        name: group and entry, "militias.effect_of_restraint".
        value: a number, or numbers by name as sorted pairs would lose their order: kept as given.
        prior: None for a fixed number.
        each: "member" where every member has a draw of its own around the same value.
    """

    name: str
    value: float | tuple[tuple[str, float], ...]
    prior: Prior | None
    domain: Domain
    unit: str = ""
    meaning: str = ""
    grade: str = ""
    source: str = ""
    symbol: str = ""
    each: str | None = None

    def __post_init__(self) -> None:
        for key, value in self.items():
            where = f"{self.name}.{key}" if key else self.name
            if not self.domain.allows(value):
                raise ParameterError(f"{where}={value:g} is not allowed: it is {self.domain}")
        if self.prior is None:
            return
        low, high = self.prior.bounds()
        if not (low >= self.domain.bounds[0] and high <= self.domain.bounds[1]):
            raise ParameterError(f"the prior {self.prior} of {self.name} leaves its domain: it is {self.domain}")
        if (self.prior.form == "dirichlet") != (self.prior.form == "dirichlet" and isinstance(self.value, tuple)):
            raise ParameterError(f"{self.name}: a dirichlet needs values by name")
        try:
            for _, value in self.items():
                self.prior.quantile(np.array([0.5]), value)
        except PriorError as error:
            raise ParameterError(f"{self.name}: {error}") from None

    def items(self) -> tuple[tuple[str, float], ...]:
        """Return its values by name; the name is empty where there is one value."""
        return self.value if isinstance(self.value, tuple) else (("", self.value),)


def read_parameter(name: str, entry: object, declared: Mapping[str, object] | None = None) -> Parameter:
    """Make a parameter from its entry in a file: a mapping, or a plain number that fixes it.

    Args:
        name: group and entry.
        entry: what the config holds.
        declared: the entry as the ledger's file has it: a plain number keeps its domain, unit and meaning.

    Raises:
        ParameterError: the entry cannot be read.
    """
    if not isinstance(entry, Mapping):
        value = (declared or {}).get("value")
        if isinstance(value, Mapping):
            key = next(iter(value))
            raise ParameterError(f"{name} has a value for each of {', '.join(value)}: write {name}.value.{key}=...")
        entry = {**(declared or {}), "value": _number(name, entry), "fixed": True}
    known = {"value", "prior", "fixed", "domain", "unit", "meaning", "grade", "source", "symbol", "each"}
    for key in entry:
        if key not in known:
            value = entry.get("value")
            hint = f"; write {name}.value.{key}=..." if isinstance(value, Mapping) and key in value else ""
            raise ParameterError(f"{name} has no field {key!r}: there are {', '.join(sorted(known))}{hint}")
    if "value" not in entry:
        raise ParameterError(f"{name} has no value")
    try:
        domain = Domain(entry.get("domain", "real"))
        prior = Prior.read(entry["prior"]) if entry.get("prior") is not None and not entry.get("fixed") else None
    except PriorError as error:
        raise ParameterError(f"{name}.prior: {error}") from None
    except ValueError:
        domains = ", ".join(member.value for member in Domain)
        raise ParameterError(f"{name}.domain={entry['domain']!r} is none of {domains}") from None
    if prior is None and not entry.get("fixed"):
        raise ParameterError(f"{name} has neither a prior nor fixed: true")
    texts = {key: str(entry.get(key, "")) for key in ("unit", "meaning", "grade", "source", "symbol")}
    each = entry.get("each")
    return Parameter(name, _value(name, entry["value"]), prior, domain, each=None if each is None else str(each), **texts)


def _value(name: str, value: object) -> float | tuple[tuple[str, float], ...]:
    if isinstance(value, Mapping):
        return tuple((str(key), _number(f"{name}.{key}", number)) for key, number in value.items())
    return _number(name, value)


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ParameterError(f"{name}={value!r} is not a number")
    return float(value)


@dataclass(frozen=True, slots=True)
class Switch:
    """A structural form that differs by world, drawn with weights.

    Attributes:
        name: such as "exit_rule".
        weights: by form; the first form is used without uncertainty. Forced: one form with weight 1.
    """

    name: str
    weights: tuple[tuple[str, float], ...]

    def __post_init__(self) -> None:
        total = sum(weight for _, weight in self.weights)
        if not self.weights or any(weight < 0.0 for _, weight in self.weights) or not math.isclose(total, 1.0):
            raise ParameterError(f"the weights of switches.{self.name} are not negative and sum to 1, not to {total:g}")


@dataclass(frozen=True, slots=True)
class Ledger:
    """All parameters and switches of an arm, and how worlds are drawn from them.

    Attributes:
        uncertainty: none takes every value as it stands and every switch's first form; prior draws them.
        worlds_per_draw: how many worlds share a draw of the parameters and switches.
    """

    parameters: Mapping[str, Parameter]
    switches: Mapping[str, Switch]
    uncertainty: Uncertainty = Uncertainty.PRIOR
    worlds_per_draw: int = 1
    _groups: Mapping[str, Mapping[str, Parameter]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        groups: dict[str, dict[str, Parameter]] = {}
        for name, parameter in self.parameters.items():
            group, _, entry = name.partition(".")
            groups.setdefault(group, {})[entry] = parameter
        object.__setattr__(self, "_groups", MappingProxyType(groups))

    def groups(self) -> Iterator[tuple[str, Mapping[str, Parameter]]]:
        """Yield each group with its parameters."""
        yield from self._groups.items()


class Drawn:
    """The parameters and switches that a block of worlds has: one attribute a group.

    `drawn.militias.effect_of_restraint` is an array (1, worlds).
    """

    def __init__(self, ledger: Ledger, seed: int, worlds: Worlds) -> None:
        self.ledger = ledger
        self.seed = seed
        self.worlds = worlds
        self.read: set[str] = set()
        """Names of the entries that the model has read."""
        self._groups = {name: Group(name, parameters, self) for name, parameters in ledger.groups()}

    def __getattr__(self, group: str) -> "Group":
        """Return a group of parameters."""
        try:
            return self.__dict__["_groups"][group]  # type: ignore[no-any-return]
        except KeyError:
            raise AttributeError(f"the ledger has no group {group!r}") from None

    def form(self, switch: str, form: str) -> Array:
        """Return 1 in the worlds where a switch has this form, else 0, (1, worlds)."""
        entry = self.ledger.switches[switch]
        forms = [name for name, _ in entry.weights]
        self.read.add(f"switches.{switch}.{form}")
        if form not in forms:
            return np.zeros((1, self.worlds.count))
        if self.ledger.uncertainty is Uncertainty.NONE:
            return np.full((1, self.worlds.count), float(forms.index(form) == 0))
        edges = np.cumsum([weight for _, weight in entry.weights])[:-1]
        uniforms = self._columns([self.uniforms(f"switches.{switch}", draw) for draw in self._draw_chunks()])
        return (np.searchsorted(edges, uniforms, side="right") == forms.index(form)).astype(float)

    def uniforms(self, name: str, chunk: int) -> Array:
        """Return the uniforms (draws,) that a name has in a chunk of parameter draws."""
        return _uniforms(self.seed, name, chunk)

    def values(self, parameter: Parameter, names: Sequence[str] = ()) -> Mapping[str, Array]:
        """Return a parameter's values by name, each (1, worlds)."""
        prior = parameter.prior if self.ledger.uncertainty is not Uncertainty.NONE else None
        keys = parameter.items() if isinstance(parameter.value, tuple) or not names else [(n, parameter.value) for n in names]
        rows = {}
        for key, value in keys:
            if prior is None:
                rows[key] = np.full((1, self.worlds.count), value)
            else:
                name = f"{parameter.name}.{key}" if key else parameter.name
                rows[key] = self._columns([_draws(prior, value, self.seed, name, draw) for draw in self._draw_chunks()])
        if parameter.prior is not None and parameter.prior.form == "dirichlet":
            whole = sum(rows.values())
            rows = {key: row / whole for key, row in rows.items()}
        return rows

    def _draw_chunks(self) -> range:
        each = self.ledger.worlds_per_draw
        last = self.worlds.first + self.worlds.count - 1
        return range(self.worlds.first // each // CHUNK, last // each // CHUNK + 1)

    def _columns(self, chunks: Iterable[Array]) -> Array:
        """Pick the draw of each world from whole chunks of draws, (1, worlds)."""
        draws = self.worlds.numbers // self.ledger.worlds_per_draw - self._draw_chunks().start * CHUNK
        return np.concatenate(list(chunks))[draws].reshape(1, -1)


class Group:
    """The drawn parameters of one group, `drawn.militias`; one attribute an entry."""

    def __init__(self, name: str, parameters: Mapping[str, Parameter], drawn: Drawn) -> None:
        self._name = name
        self._parameters = parameters
        self._drawn = drawn

    def __getattr__(self, entry: str) -> Array:
        """Return a parameter, (1, worlds)."""
        return self.by_name(entry)[""]

    def by_name(self, entry: str, names: Sequence[str] = ()) -> Mapping[str, Array]:
        """Return a parameter's values by name, each (1, worlds)."""
        try:
            parameter = self._parameters[entry]
        except KeyError:
            raise AttributeError(f"the ledger has no {self._name}.{entry}") from None
        self._drawn.read.add(parameter.name)
        return self._drawn.values(parameter, names)

    def rows(self, entry: str, names: Sequence[str], default: float | None = None) -> Array:
        """Return a parameter that differs by agent, (agents, worlds), rows in the order of the names.

        Args:
            entry: of the group.
            names: of the agents.
            default: for the agents that the ledger does not name; without it they are an error.

        Raises:
            ParameterError: a name has no value.
        """
        values = self.by_name(entry, names)
        if default is None and (missing := [name for name in names if name not in values]):
            raise ParameterError(f"{self._name}.{entry} has no value for {', '.join(missing)}")
        absent = np.full((1, self._drawn.worlds.count), default)
        return np.concatenate([values.get(name, absent) for name in names])


@lru_cache(maxsize=4096)
def _uniforms(seed: int, name: str, chunk: int) -> Array:
    return generator(seed, name, chunk).random(CHUNK)


@lru_cache(maxsize=4096)
def _draws(prior: Prior, value: float, seed: int, name: str, chunk: int) -> Array:
    """Return a whole chunk of draws; arms of a sweep share it."""
    return prior.quantile(_uniforms(seed, name, chunk), value)
