"""The section `figure` of a config: the page that figures are drawn for."""

from collections.abc import Mapping
from typing import Any

from experiments.config.fields import number, section, whole, yes_or_no
from experiments.errors import InputError
from experiments.figures.venue import Venue

_KEYS = {"name", "width", "height", "columns", "note", "draft"}
_NARROWEST, _WIDEST = 3.3, 12.0
_LOWEST, _HIGHEST = 3.0, 30.0
_MOST_COLUMNS = 4


def read_venue(plain: Mapping[str, Any]) -> Venue:
    """Check the section `figure` of a config; without one, return the default.

    Raises:
        InputError: a setting cannot be used.
    """
    if "figure" not in plain:
        return Venue()
    given = section(plain, "figure", _KEYS)
    return Venue(
        name=_name(given["name"]),
        width=_inches("figure.width", given["width"], _NARROWEST, _WIDEST),
        height=_inches("figure.height", given["height"], _LOWEST, _HIGHEST),
        columns=whole("figure.columns", given["columns"], 1, _MOST_COLUMNS),
        note=yes_or_no("figure.note", given["note"]),
        draft=yes_or_no("figure.draft", given["draft"]),
    )


def _name(value: object) -> str:
    name = str(value)
    if not name.replace("_", "").replace("-", "").isalnum():
        raise InputError(f"figure.name={name!r} is no name for a folder: letters, digits, - and _")
    return name


def _inches(name: str, value: object, low: float, high: float) -> float:
    inches = number(name, value)
    if not low <= inches <= high:
        raise InputError(f"{name}={inches:g} is not from {low:g} to {high:g} inches")
    return inches
