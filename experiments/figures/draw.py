"""Figures on pages, and pages in files: PDF, PNG and a caption, with what they rest on in their metadata."""

from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from experiments.figures.page_layout import provenance
from experiments.figures.style import arm_name, own_style
from experiments.figures.venue import venue

PIXELS_AN_INCH = 300


def on_pages[T](parts: Sequence[T], draw: Callable[[Sequence[T]], Figure], most: int | None = None) -> list[Figure]:
    """Draw parts on as few pages as hold them.

    Args:
        parts: what can stand on one page or on several, in order.
        draw: draws some of them.
        most: of them on a page; as many as its height allows by default.
    """
    pages = 1 if most is None else -(-len(parts) // most)
    while True:
        figures = [draw(part) for part in _shared_out(parts, pages)]
        highest = max(figure.get_figheight() for figure in figures)
        if highest <= venue().height or pages >= len(parts):
            return figures
        pages = min(len(parts), max(pages + 1, int(pages * highest / venue().height)))


def pages_of(table: pd.DataFrame, column: str, draw: Callable[[pd.DataFrame], Figure], most: int | None = None) -> list[Figure]:
    """Draw a table on as few pages as hold it; what has the same value in the column stays together.

    Args:
        table: of at least one row.
        column: its values are in order.
        draw: draws the rows of some of the values.
        most: values on a page; as many as its height allows by default.
    """
    values = list(dict.fromkeys(table[column]))
    return on_pages(values, lambda some: draw(table[table[column].isin(some)]), most)


def _shared_out[T](parts: Sequence[T], pages: int) -> list[Sequence[T]]:
    """Share parts out over pages, as many on each but for the last ones."""
    ends = [round(page * len(parts) / pages) for page in range(pages + 1)]
    return [parts[low:high] for low, high in pairwise(ends)]


def save(pages: Figure | Sequence[Figure], path: Path, arms: Mapping[str, xr.Dataset]) -> None:
    """Write a figure of arms, or its pages, with what it shows in the files' metadata."""
    title = f"{path.name.replace('_', ' ').capitalize()}: {', '.join(map(arm_name, arms))}"
    keys = "; ".join(f"{label}: {data.attrs.get('key', 'no key')}" for label, data in arms.items())
    write(pages, path, {"Title": title, "Subject": provenance(arms), "Keywords": f"arms {keys}"})


def write(pages: Figure | Sequence[Figure], path: Path, about: Mapping[str, str]) -> None:
    """Write a figure as PDF, its letters as letters, and as PNG, its caption beside it; the same figure gives the same bytes.

    Args:
        pages: the figure, or the pages that it takes, which are numbered: `fans_1`, `fans_2`.
        path: of the files, without their ending.
        about: metadata: `Title`, `Subject`, `Keywords`.
    """
    figures = [pages] if isinstance(pages, Figure) else pages
    metadata = {
        **about,
        "Subject": f"{about.get('Subject', '')} {venue().origin}".strip(),
        "Creator": f"Knock-on {version('knockon')}",
    }
    for number, figure in enumerate(figures, 1):
        name = path.name if len(figures) == 1 else f"{path.name}_{number}"
        with own_style():
            figure.savefig(path.with_name(f"{name}.pdf"), metadata=metadata | {"CreationDate": None})  # type: ignore[arg-type]
            figure.savefig(path.with_name(f"{name}.png"), dpi=PIXELS_AN_INCH, metadata=metadata)
        path.with_name(f"{name}.txt").write_text(f"{figure.get_label()}\n", encoding="utf-8")
