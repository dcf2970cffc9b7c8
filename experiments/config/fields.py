"""Check settings: dataclasses declare the allowed values, pydantic checks them, and one line says what is wrong."""

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
"""The largest number of worlds of one arm."""
_LONGEST_VALUE = 60
_HERE = "{where}"
"""Placeholder in a message for the name of the setting."""
_MEANT = {
    "string_type": "is not a name",
    "tuple_type": "is not a list",
    "list_type": "is not a list",
    "dict_type": "is not a mapping",
}


class Section:
    """Base of the sections of a config: frozen dataclasses whose fields are the keys.

    A key is required if its field has no default. A field with a key that is a keyword of Python ends in an underscore.
    `__post_init__` checks fields against each other and raises InputError with the whole line.
    """

    __slots__ = ()
    __pydantic_config__: ClassVar[Mapping[str, object]] = {"coerce_numbers_to_str": True}

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: Any) -> Any:
        """Return the schema: first the keys are checked, then the values."""
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
    """A mapping has unknown keys or lacks required ones; the caller knows the place of the mapping."""


def check_keys(where: str, given: object, known: Collection[str], needed: Collection[str] = ()) -> None:
    """Refuse values that are not a mapping, unknown keys, and missing required keys."""
    if not isinstance(given, Mapping):
        raise InputError(f"{where}={given!r} is not a mapping with {', '.join(sorted(known))}")
    for key in given:
        if key not in known:
            name = f"{where}.{key}" if where else str(key)
            names = {f"{where}.{entry}" if where else entry for entry in known}
            hint = nearest(name, names) or f"; allowed are {', '.join(sorted(known))}"
            raise InputError(f"{name}={given[key]!r} is no setting{hint}")
    if missing := sorted(set(needed) - set(given)):
        raise InputError(f"{where} misses {', '.join(missing)}: a value can be changed, but its key cannot be removed")


@overload
def read[T](kind: type[T], where: str, given: object, context: object = None) -> T: ...
@overload
def read(kind: Any, where: str, given: object, context: object = None) -> Any: ...
def read(kind: Any, where: str, given: object, context: object = None) -> Any:
    """Return a value of a config, given as plain values, as its type; InputError names the first bad setting.

    The kind is a `Section`, or an annotated type such as `Share`; `context` is for checks that need one.
    """
    from pydantic import ValidationError  # here, since its import takes half a second, which help and describe can save

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
    """Metadata of an annotated type: a check that returns the value or raises ValueError, for example "is not a date".

    Attributes:
        check: called with the value, and with the context of `read` if `wants_context`.
        is_last: whether this check follows the check of the type.
    """

    check: Callable[..., object]
    is_last: bool = False
    wants_context: bool = False

    def __get_pydantic_core_schema__(self, source: object, handler: Any) -> Any:
        """Return the schema with the check."""
        from pydantic_core import core_schema

        if self.wants_context:
            return core_schema.with_info_before_validator_function(
                lambda value, info: self.check(value, info.context), handler(source)
            )
        if self.is_last:
            return core_schema.no_info_after_validator_function(self.check, handler(source))
        return core_schema.no_info_before_validator_function(self.check, handler(source))


def whole(low: int, high: int) -> Check:
    """Allow whole numbers from low to high; without an upper limit, a run with a typing error would never end."""

    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"is not a whole number from {low} to {high}")
        return value

    return Check(check)


def number(what: str = "a number", allows: Callable[[float], bool] = lambda _: True) -> Check:
    """Allow finite numbers of a kind, but not true and false."""

    def check(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ValueError(f"is not {what}")
        try:
            found = float(value)
        except OverflowError:  # a whole number beyond the range of floats
            found = math.inf
        if not math.isfinite(found):
            raise ValueError("is not a finite number")
        if not allows(found):
            raise ValueError(f"is not {what}")
        return found

    return Check(check)


def listed(example: str, null: tuple[object, ...] | None = None, or_empty: bool = False) -> Check:
    """Allow lists, empty ones only with `or_empty`; `null` is the value that null stands for."""

    def check(value: object) -> object:
        if value is None and null is not None:
            return null
        if not isinstance(value, list) or not (value or or_empty):
            raise ValueError(f"is not a list such as '{_HERE}={example}'")
        return value

    return Check(check)


def named(known: Callable[[], Collection[str]], what: str) -> Check:
    """Allow names of a collection; `what` is the message about other names, "is no outcome"."""

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
"""Each entry of a list once, ascending, or in the order of its enumeration."""
EACH_ONCE = Check(lambda values: tuple(dict.fromkeys(values)), is_last=True)
"""Each entry of a list once."""
YesNo = Annotated[bool, Check(_yes_or_no)]
Day = Annotated[date, Check(_day)]
Number = Annotated[float, number()]
Positive = Annotated[float, number("a positive number", lambda value: value > 0.0)]
NotNegative = Annotated[float, number("a number of at least 0", lambda value: value >= 0.0)]
Share = Annotated[float, number("a share above 0 and up to 1", lambda value: 0.0 < value <= 1.0)]


def class_named[T](where: str, target: object, base: type[T]) -> type[T]:
    """Return the subclass of `base` with the dotted name in a setting, "my_policies.Escort"."""
    module, _, attribute = str(target).rpartition(".")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except Exception as error:  # of any kind, from the analyst's own module
        raise InputError(f"{where}={target!r} cannot be imported ({type(error).__name__}: {error})") from None
    if not (isinstance(found, type) and issubclass(found, base)):
        wanted = f"{base.__module__}.{base.__qualname__}"
        raise InputError(f"{where}={target!r} is not a {base.__name__.lower()}: it must be a subclass of {wanted}")
    return found
