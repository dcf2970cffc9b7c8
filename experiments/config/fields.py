"""Settings, checked at the border: dataclasses say what is allowed, pydantic checks it, one line says what is wrong."""

import functools
import importlib
import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from enum import Enum
from typing import Annotated, Any, ClassVar, cast, overload

from experiments.errors import InputError, nearest

MOST_WORLDS = 10**8
"""The most that one arm can hold."""
_LONGEST_VALUE = 60
_HERE = "{where}"
"""Stands in a message for the name of the setting."""
_MEANT = {
    "string_type": "is not a name",
    "tuple_type": "is not a list",
    "list_type": "is not a list",
    "dict_type": "is not a mapping",
}


class Section:
    """Base of what a section of a config holds: frozen dataclasses whose fields are its keys.

    A key is missed where its field has no default. An underscore ends the name of a field whose key is a word of Python.
    `__post_init__` checks fields against each other and raises InputError with the whole line.
    """

    __slots__ = ()
    __pydantic_config__: ClassVar[Mapping[str, object]] = {"coerce_numbers_to_str": True}

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: Any) -> Any:
        """Return what pydantic checks: the keys, then the values."""
        from pydantic_core import core_schema

        schema: Any = dict(handler.resolve_ref_schema(handler(source)))
        ref = schema.pop("ref", None)  # else a second use of the class would leave out the keys
        return core_schema.no_info_before_validator_function(cls._by_field, schema, ref=ref)

    @classmethod
    def _by_field(cls, given: object) -> object:
        keys = {field.name.rstrip("_"): field for field in fields(cast(Any, cls))}
        needed = [key for key, field in keys.items() if field.default is MISSING]
        try:
            check_keys("", given, keys, needed)
        except InputError:
            raise _KeysError(keys, needed) from None
        return {keys[key].name: value for key, value in cast(Mapping[str, object], given).items()}


class _KeysError(ValueError):
    """Keys of a mapping are not the known and needed ones; where it stands is known further up."""


def check_keys(where: str, given: object, known: Collection[str], needed: Collection[str] = ()) -> None:
    """Refuse what is no mapping, keys that are not known, and the lack of those that are needed."""
    if not isinstance(given, Mapping):
        raise InputError(f"{where}={given!r} is not a mapping with {', '.join(sorted(known))}")
    for key in given:
        if key not in known:
            name = f"{where}.{key}" if where else str(key)
            names = {f"{where}.{entry}" if where else entry for entry in known}
            hint = nearest(name, names) or f"; allowed are {', '.join(sorted(known))}"
            raise InputError(f"{name}={given[key]!r} is no setting{hint}")
    if missing := sorted(set(needed) - set(given)):
        raise InputError(f"{where} misses {', '.join(missing)}: change its value, it cannot be taken out")


@overload
def read[T](kind: type[T], where: str, given: object, context: object = None) -> T: ...
@overload
def read(kind: Any, where: str, given: object, context: object = None) -> Any: ...
def read(kind: Any, where: str, given: object, context: object = None) -> Any:
    """Return what a config holds as the type that it should have.

    Args:
        kind: settings, or an annotated type such as `Share`.
        where: the setting, for the message.
        given: plain values.
        context: for checks that want one.
    """
    from pydantic import ValidationError  # here: help and describe need not wait half a second for it

    try:
        return _adapter(kind).validate_python(given, context=context)
    except ValidationError as error:
        raise InputError(_in_one_line(where, error)) from None


@functools.cache
def _adapter(kind: Any) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def _in_one_line(where: str, error: Any) -> str:
    first = error.errors(include_url=False)[0]
    place = where + "".join(f"[{key}]" if isinstance(key, int) else f".{key.rstrip('_')}" for key in first["loc"])
    given, cause = first["input"], first.get("ctx", {}).get("error")
    if isinstance(cause, _KeysError):
        check_keys(place, given, *cause.args)
    if isinstance(cause, InputError):
        return str(cause)
    if first["type"] == "enum":
        allowed = re.findall(r"'([^']*)'", first["ctx"]["expected"])
        meant = f"is none of {', '.join(allowed)}{nearest(str(given), allowed)}"
    else:
        meant = str(cause).replace(_HERE, place) if cause else _MEANT.get(first["type"], first["msg"])
    if isinstance(given, Mapping) and cause:
        return f"{place} {meant}"
    text = repr(given)
    return f"{place}={text if len(text) <= _LONGEST_VALUE else f'{text[:_LONGEST_VALUE]}...'} {meant}"


@dataclass(frozen=True)
class Check:
    """Metadata of an annotated type: a check that returns the value, or raises ValueError with "is not a date", say.

    Attributes:
        check: called with the value, and with the context of `read` where it wants that.
        is_last: whether it comes after the check of the type.
    """

    check: Callable[..., object]
    is_last: bool = False
    wants_context: bool = False

    def __get_pydantic_core_schema__(self, source: object, handler: Any) -> Any:
        """Return what pydantic checks."""
        from pydantic_core import core_schema

        if self.wants_context:
            return core_schema.with_info_before_validator_function(
                lambda value, info: self.check(value, info.context), handler(source)
            )
        if self.is_last:
            return core_schema.no_info_after_validator_function(self.check, handler(source))
        return core_schema.no_info_before_validator_function(self.check, handler(source))


def whole(low: int, high: int) -> Check:
    """Allow whole numbers from low to high: without a high, a slip of the keyboard would run for ever."""

    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"is not a whole number from {low} to {high}")
        return value

    return Check(check)


def number(what: str = "a number", allows: Callable[[float], bool] = lambda _: True) -> Check:
    """Allow finite numbers of a kind; true and false are none."""

    def check(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ValueError(f"is not {what}")
        try:
            found = float(value)
        except OverflowError:  # a whole number of more digits than a float has room for
            found = math.inf
        if not math.isfinite(found):
            raise ValueError("is not a finite number")
        if not allows(found):
            raise ValueError(f"is not {what}")
        return found

    return Check(check)


def listed(example: str, null: tuple[object, ...] | None = None, or_empty: bool = False) -> Check:
    """Allow lists that hold something, or an empty one where it may be; null where it stands for something."""

    def check(value: object) -> object:
        if value is None and null is not None:
            return null
        if not isinstance(value, list) or not (value or or_empty):
            raise ValueError(f"is not a list such as '{_HERE}={example}'")
        return value

    return Check(check)


def named(known: Callable[[], Collection[str]], what: str) -> Check:
    """Allow names out of a collection; `what` is said of others, "is no outcome"."""

    def check(value: object) -> str:
        if str(value) not in known():
            raise ValueError(f"{what}{nearest(str(value), known()) or f'; there are {", ".join(known())}'}")
        return str(value)

    return Check(check)


def _in_order(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(sorted(set(values), key=lambda value: list(type(value)).index(value) if isinstance(value, Enum) else value))


def _yes_or_no(value: object) -> object:
    if not isinstance(value, bool):
        raise ValueError("is neither true nor false")
    return value


def _day(value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError("is not a date such as 2020-09-30") from None


IN_ORDER = Check(_in_order, is_last=True)
"""Each entry of a list once, rising, or as the enumeration has them."""
EACH_ONCE = Check(lambda values: tuple(dict.fromkeys(values)), is_last=True)
"""Each entry of a list once."""
YesNo = Annotated[bool, Check(_yes_or_no)]
Day = Annotated[date, Check(_day)]
Number = Annotated[float, number()]
Positive = Annotated[float, number("a positive number", lambda value: value > 0.0)]
NotNegative = Annotated[float, number("a number of at least 0", lambda value: value >= 0.0)]
Share = Annotated[float, number("a share above 0 and up to 1", lambda value: 0.0 < value <= 1.0)]


def class_named[T](where: str, target: object, base: type[T]) -> type[T]:
    """Return the class of a dotted name.

    Args:
        where: the setting that names it, for the message.
        target: dotted name, "my_policies.Escort".
        base: what it must be a subclass of.
    """
    module, _, attribute = str(target).rpartition(".")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except Exception as error:  # whatever the analyst's own module raises
        raise InputError(f"{where}={target!r} cannot be imported ({type(error).__name__}: {error})") from None
    if not (isinstance(found, type) and issubclass(found, base)):
        raise InputError(f"{where}={target!r} is not a {base.__name__.lower()}: it must be a subclass of {_name(base)}")
    return found


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"
