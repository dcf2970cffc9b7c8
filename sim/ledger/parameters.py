"""The ledger: every number that the model reads, with its value, prior, unit, grade and source.

`Parameter` is one entry. `Ledger` holds all entries and the structural switches, and says how worlds draw their values.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from sim.ledger.design import Design, DesignError
from sim.ledger.priors import LARGEST, SMALLEST, Prior, PriorError, sane

type Number = float | Mapping[str, float]

GRADES = ("A", "B", "C")
"""Of what a number rests on: data, literature or a few cases, judgement."""
_LARGEST_REAL = 100.0
"""Real numbers are logarithms of rates and of odds: e to the 100 is beyond all of them."""
_TIMES_LESS, _TIMES_MORE, _TIMES_MORE_OF_AN_EXPONENT = 1e6, 1e3, 10.0
"""How far a number may be from what its entry declares: beyond that it is a slip, and the day's draws would take for ever."""
_EXPONENTS = ("log", "dimensionless", "1/sqrt")
"""How units begin of numbers that stand in an exponent."""
"""Marks an entry of which every member has a draw of its own."""


class ParameterError(ValueError):
    """An entry of the ledger that cannot be used: says which, what was given and what is allowed."""


class Domain(StrEnum):
    """The domain of allowed values of a parameter."""

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

    @property
    def largest(self) -> float:
        """Return the largest absolute value of a number with which the model can compute."""
        return _LARGEST_REAL if self is Domain.REAL else LARGEST

    def allows(self, value: float) -> bool:
        """Tell whether a value lies in the domain."""
        low, high = self.bounds
        return math.isfinite(value) and low <= value <= high and not (self is Domain.POSITIVE and value == 0.0)

    def __str__(self) -> str:
        return {"probability": "a probability, 0 to 1", "share": "a share, 0 to 1"}.get(self.value, f"a {self.value} number")


class Uncertainty(StrEnum):
    """The uncertainty about parameters and structure in the worlds."""

    NONE = "none"
    PRIOR = "prior"
    POSTERIOR = "posterior"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number (or one for each named agent) that the model reads.

    Attributes:
        name: group and entry, "militias.effect_of_restraint".
        value: a number, or numbers by name as pairs in the given order.
        prior: None for a fixed number.
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

    def __post_init__(self) -> None:
        for key, value in self.items():
            where = f"{self.name}.{key}" if key else self.name
            if not self.domain.allows(value):
                raise ParameterError(f"{where}={value:g} is not allowed: it must be {self.domain}")
            if not sane(value) or abs(value) > self.domain.largest:
                allowed = f"0, or of a size from {SMALLEST:g} to {self.domain.largest:g}"
                raise ParameterError(f"{where}={value:g} is not allowed: it must be {allowed}")
        if self.prior is None:
            return
        low, high = self.prior.bounds()
        if not all(self.domain.allows(end) and abs(end) <= self.domain.largest for end in (low, high)):
            raise ParameterError(f"the prior {self.prior} of {self.name} leaves its domain: it is {self.domain}")
        if (self.prior.family == "dirichlet") != (self.prior.family == "dirichlet" and isinstance(self.value, tuple)):
            raise ParameterError(f"{self.name}: a dirichlet needs values by name")
        try:
            for _, value in self.items():
                self.prior.check(value)
            if self.prior.family == "dirichlet":
                self.prior.check_has_a_sum([value for _, value in self.items()])
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
    known = {"value", "prior", "fixed", "domain", "unit", "meaning", "grade", "source", "symbol"}
    for key in entry:
        if key not in known:
            value = entry.get("value")
            hint = f"; write {name}.value.{key}=..." if isinstance(value, Mapping) and key in value else ""
            raise ParameterError(f"{name} has no field {key!r}: there are {', '.join(sorted(known))}{hint}")
    if "value" not in entry:
        raise ParameterError(f"{name} has no value")
    if not isinstance(entry.get("fixed", False), bool):
        raise ParameterError(f"{name}.fixed={entry['fixed']!r} is neither true nor false")
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
    if "grade" in entry and entry["grade"] not in GRADES:
        raise ParameterError(f"{name}.grade={entry['grade']!r} is none of A (data), B (literature, a few cases), C (judgement)")
    texts = {key: str(entry.get(key, "")) for key in ("unit", "meaning", "grade", "source", "symbol")}
    parameter = Parameter(name, _value(name, entry["value"]), prior, domain, **texts)
    if declared is not None:
        _check_size(parameter, declared)
    return parameter


def _check_size(parameter: Parameter, declared: Mapping[str, object]) -> None:
    """Refuse sizes far outside the entry's prior; shares and probabilities need no such check.

    Raises:
        ParameterError: the size of a value, or of an end of the prior, is out of proportion.
    """
    if parameter.domain in (Domain.SHARE, Domain.PROBABILITY):
        return
    value = declared["value"]
    sizes = list(value.values()) if isinstance(value, Mapping) else [value]
    if not declared.get("fixed"):
        sizes += Prior.read(declared["prior"]).bounds()
    sizes = [abs(size) for size in sizes if size]
    is_exponent = parameter.domain is not Domain.REAL and parameter.unit.startswith(_EXPONENTS)
    low, high = min(sizes) / _TIMES_LESS, max(sizes) * (_TIMES_MORE_OF_AN_EXPONENT if is_exponent else _TIMES_MORE)
    if parameter.unit == "days" or parameter.name.endswith("_hazard"):
        high = LARGEST  # so long a memory never fades, so high a hazard is met today
    if is_exponent or parameter.name.endswith("_hazard"):
        low = SMALLEST  # as good as none: noise that is not seen, what never happens
    given = [(f"{parameter.name}.{key}" if key else parameter.name, value) for key, value in parameter.items()]
    if parameter.prior is not None:
        given += [(f"{parameter.name}.prior={parameter.prior}", end) for end in parameter.prior.bounds()]
    for where, number in given:
        if number and not low <= abs(number) <= high:
            allowed = f"0, or of a size from {low:g} to {high:g}"
            raise ParameterError(f"{where}: {number:g} is out of all proportion; it must be {allowed}")


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
    """A structural variant that differs by world, drawn with weights.

    Attributes:
        name: such as "displacement".
        weights: by variant; the first variant is used without uncertainty. Forced: one variant with weight 1.
    """

    name: str
    weights: tuple[tuple[str, float], ...]

    def __post_init__(self) -> None:
        for variant, weight in self.weights:
            if weight < 0.0:
                raise ParameterError(f"switches.{self.name}.{variant}={weight:g} is not allowed: a weight must not be negative")
        total = sum(weight for _, weight in self.weights)
        if not math.isclose(total, 1.0):
            raise ParameterError(f"the weights of switches.{self.name} must sum to 1, not to {total:g}")


@dataclass(frozen=True, slots=True)
class Ledger:
    """All parameters and switches of an arm, and how worlds are drawn from them.

    Attributes:
        uncertainty: none takes every value as it is and the first variant of every switch. prior draws all of them. posterior
            draws those that the design does not name.
        worlds_per_draw: how many worlds share a draw of the parameters and switches.
        design: the quantiles of the numbers and switches that it names. They hold under every setting of `uncertainty`.

    Raises:
        DesignError: the design names a number that is not drawn, or only some of the shares that sum to one.
    """

    parameters: Mapping[str, Parameter]
    switches: Mapping[str, Switch]
    uncertainty: Uncertainty = Uncertainty.PRIOR
    worlds_per_draw: int = 1
    design: Design | None = None
    _groups: Mapping[str, Mapping[str, Parameter]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        groups: dict[str, dict[str, Parameter]] = {}
        for name, parameter in self.parameters.items():
            group, _, entry = name.partition(".")
            groups.setdefault(group, {})[entry] = parameter
        object.__setattr__(self, "_groups", MappingProxyType(groups))
        if self.design is not None:
            self._check_design(self.design)

    def numbers(self) -> dict[str, Parameter]:
        """Return the numbers that are drawn from priors, by address: "group.entry", with ".KEY" if there are values by name."""
        found = {}
        for parameter in self.parameters.values():
            if parameter.prior is None:
                continue
            for key, _ in parameter.items():
                found[f"{parameter.name}.{key}" if key else parameter.name] = parameter
        return found

    def _check_design(self, design: Design) -> None:
        drawn = {*self.numbers(), *(f"switches.{name}" for name in self.switches)}
        for name in design.names:
            if not (name in drawn or name.startswith("policies.")):
                raise DesignError(f"the design names {name}, which is not drawn: there is no such number, or it is fixed")
        for name, parameter in self.parameters.items():
            if parameter.prior is not None and parameter.prior.family == "dirichlet":
                keys = [f"{name}.{key}" for key, _ in parameter.items()]
                if 0 < len(set(keys) & set(design.names)) < len(keys):
                    raise DesignError(f"the design names a part of {name}, which sums to one: it needs {', '.join(keys)}")

    def groups(self) -> Iterator[tuple[str, Mapping[str, Parameter]]]:
        """Yield each group with its parameters."""
        yield from self._groups.items()
