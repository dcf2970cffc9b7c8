"""Where figures are shown: the settings of `conf/figure/`, the width and height of a page; none changes what is drawn."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path


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
