"""Where figures are shown: the settings of `conf/figure/`, the width and height of a page; none changes what is drawn."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from experiments.errors import InputError
from experiments.values import number, section, whole, yes_or_no

_KEYS = {"name", "width", "height", "columns", "note", "draft"}
_NARROWEST, _WIDEST = 3.3, 12.0
_LOWEST, _HIGHEST = 3.0, 30.0
_MOST_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class Venue:
    """A page.

    Attributes:
        name: of its folder. `width`: of every figure, inches. `height`: beyond which a figure is drawn as several, inches.
        columns: panels beside each other at most.
        note: whether the note is drawn below the panels.
        draft: whether the origin is drawn at the foot.
        origin: what the figures rest on: version, commit, arms, keys; for the files' metadata.
    """

    name: str = "paper_double"
    width: float = 7.2
    height: float = 9.4
    columns: int = 2
    note: bool = True
    draft: bool = False
    origin: str = ""


_CURRENT: ContextVar[Venue] = ContextVar("venue", default=Venue())  # noqa: B039  # frozen


def venue() -> Venue:
    """Return the page that is drawn for: the double column of a paper, unless `drawn_for` says otherwise."""
    return _CURRENT.get()


@contextmanager
def drawn_for(page: Venue, origin: str = "") -> Generator[None]:
    """Let figures be drawn for a page, their numbers of this origin."""
    token = _CURRENT.set(replace(page, origin=origin))
    try:
        yield
    finally:
        _CURRENT.reset(token)


def figures_folder(folder: Path, page: Venue) -> Path:
    """Return the folder of the figures of a result: one a venue."""
    return folder / ("figures" if page.name == Venue().name else f"figures-{page.name}")


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
