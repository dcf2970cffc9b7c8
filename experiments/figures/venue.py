"""The venue of figures: the settings of `conf/figure/`, such as the size of a page; none changes the content."""

from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path

LINES: Mapping[str, tuple[float, ...]] = {
    "solid": (),
    "dashed": (5, 1.5),
    "dash_dotted": (6, 1.5, 1.2, 1.5),
    "dotted": (1.2, 1.2),
    "long_dashed": (9, 2),
    "dash_dot_dotted": (5, 1.5, 1.2, 1.5, 1.2, 1.5),
    "short_dashed": (2.5, 1.2),
    "long_short": (9, 2, 2.5, 2),
}
"""Lengths of strokes and gaps, in line widths."""
MARKERS = ("s", "^", "D", "v", "P", "X", "<", "o", "*", "p")


@dataclass(frozen=True, slots=True)
class Look:
    """The look of a scenario in every figure: its colour, hexadecimal, and the names of its line and marker, if given."""

    colour: str
    line: str
    marker: str


@dataclass(frozen=True, slots=True)
class Venue:
    """A page.

    Attributes:
        name: of its folder. `width`: of every figure, inches. `height`: of the highest figure on one page, inches.
        columns: largest number of panels side by side.
        note: whether the note is drawn below the panels.
        draft: whether the origin is drawn at the foot.
        origin: of the numbers: version, commit, arms, keys; for the files' metadata.
        title: of the comparison, given by the analyst, for captions.
        looks: of scenarios, by name.
    """

    name: str = "nature_183"
    width: float = 7.2
    height: float = 6.69
    columns: int = 2
    note: bool = False
    draft: bool = False
    origin: str = ""
    title: str = ""
    looks: tuple[tuple[str, Look], ...] = ()


_CURRENT: ContextVar[Venue] = ContextVar("venue", default=Venue())  # noqa: B039  # frozen


def venue() -> Venue:
    """Return the page in use: both columns of a journal, unless `drawn_for` sets another."""
    return _CURRENT.get()


@contextmanager
def set_to[T](variable: ContextVar[T], value: T) -> Generator[None]:
    """Set a variable within `with`; afterwards it has its former value."""
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)


def drawn_for(page: Venue, origin: str = "", title: str = "") -> AbstractContextManager[None]:
    """Draw figures for a page, with the origin of their numbers, and the title of what they belong to."""
    return set_to(_CURRENT, replace(page, origin=origin, title=title))


def figures_folder(folder: Path, page: Venue) -> Path:
    """Return the folder of the figures of a result, one per venue."""
    return folder / ("figures" if page.name == Venue().name else f"figures-{page.name}")
