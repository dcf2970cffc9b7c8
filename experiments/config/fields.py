"""Values of a config, checked: mappings with known keys, numbers, words out of a list."""

import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, cast

from experiments.errors import InputError, nearest

MOST_WORLDS = 10**8
"""The most that one arm can hold."""


def check_keys(where: str, given: object, known: set[str]) -> None:
    """Refuse what is no mapping, and keys that are not known.

    Raises:
        InputError: names the key and the nearest known one.
    """
    if not isinstance(given, Mapping):
        raise InputError(f"{where}={given!r} is not a mapping with {', '.join(sorted(known))}")
    for key in given:
        if key not in known:
            name = f"{where}.{key}" if where else str(key)
            names = {f"{where}.{entry}" if where else entry for entry in known}
            hint = nearest(name, names) or f"; allowed are {', '.join(sorted(known))}"
            raise InputError(f"{name}={given[key]!r} is no setting{hint}")


def section(plain: Mapping[str, Any], name: str, keys: set[str], where: str | None = None) -> Mapping[str, Any]:
    """Return a section of the config that has exactly these keys; `where` it stands, if not at the root."""
    given = plain[name]
    check_keys(where or name, given, keys)
    missing = keys - set(given)
    if missing:
        raise InputError(f"{where or name} misses {', '.join(sorted(missing))}: change its value, it cannot be taken out")
    return cast(Mapping[str, Any], given)


def listed(name: str, value: object, example: str) -> list[object]:
    """Return a list that holds something; the example is told where it does not."""
    if not isinstance(value, list) or not value:
        raise InputError(f"{name}={value!r} is not a list such as '{name}={example}'")
    return value


def whole(name: str, value: object, low: int, high: int) -> int:
    """Return a whole number from low to high: without a high, a slip of the keyboard would run for ever."""
    allowed = f"a whole number from {low} to {high}"
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(f"{name}={value!r} is not {allowed}")
    if not low <= value <= high:
        raise InputError(f"{name}={value} is not {allowed}")
    return value


def number(name: str, value: object) -> float:
    """Return a finite number as a float; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InputError(f"{name}={value!r} is not a number")
    try:
        if math.isfinite(value):
            return float(value)
    except OverflowError:  # a whole number of more digits than a float has room for
        pass
    raise InputError(f"{name}={value!s:.20} is not a finite number")


def yes_or_no(name: str, value: object) -> bool:
    """Return true or false; no other word or number stands for them."""
    if not isinstance(value, bool):
        raise InputError(f"{name}={value!r} is neither true nor false")
    return value


def choice[E: StrEnum](name: str, value: object, kind: type[E]) -> E:
    """Return the member of an enumeration that a word names."""
    try:
        return kind(str(value))
    except ValueError:
        allowed = [member.value for member in kind]
        raise InputError(f"{name}={value!r} is none of {', '.join(allowed)}{nearest(str(value), allowed)}") from None
