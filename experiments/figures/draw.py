"""Pure functions: tables in, a matplotlib Figure out. One kind of figure a file."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from experiments.figures.attack_map import ATTACKS, attack_map, median_attacks, most_attacks
from experiments.figures.convergence import convergence
from experiments.figures.exceedance import exceedance
from experiments.figures.exceedance import shown_of as exceeded
from experiments.figures.fans import DEFAULT, fans
from experiments.figures.forest import forest, outcomes_of
from experiments.figures.overview import columns_of, most_columns, overview
from experiments.figures.page_layout import provenance
from experiments.figures.ridgelines import ridgelines
from experiments.figures.ridgelines import shown_of as spread_out
from experiments.figures.style import arm_name, own_style, question_of
from experiments.figures.survival import EXIT_DAY, TROOPS, survival
from experiments.figures.variance_bars import variance_bars
from experiments.figures.venue import venue
from experiments.figures.weeks import is_weekly

__all__ = [
    "QUESTIONS",
    "attack_map",
    "convergence",
    "draw_comparison",
    "exceedance",
    "fans",
    "forest",
    "on_pages",
    "overview",
    "pages_of",
    "read_outlines",
    "save",
    "survival",
    "write",
]

PIXELS_AN_INCH = 300
QUESTIONS = {
    kind.__name__: question_of(kind)
    for kind in (overview, fans, forest, ridgelines, exceedance, survival, attack_map, variance_bars, convergence)
}
"""What each figure of a comparison asks, by its kind, the most telling first."""


def draw_comparison(
    folder: Path,
    arms: Mapping[str, xr.Dataset],
    table: pd.DataFrame,
    behind: Mapping[str, pd.DataFrame],
    kinds: Collection[str] = tuple(QUESTIONS),
) -> None:
    """Draw the figures of a comparison that its outcomes allow, for the venue in force, and write them as PDF and PNG.

    Args:
        folder: of the figures; made where it is missing.
        arms: dataset by label.
        table: of `compare_arms`.
        behind: of `explained`; what it has not, is not drawn.
        kinds: which of them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for kind, pages in _drawn(arms, table, behind).items():
        figures = pages() if kind in kinds else []
        for old in [*folder.glob(f"{kind}.*"), *folder.glob(f"{kind}_[0-9]*.*")] if figures else ():
            old.unlink()
        save(figures, folder / kind, arms)


def _drawn(
    arms: Mapping[str, xr.Dataset], table: pd.DataFrame, behind: Mapping[str, pd.DataFrame]
) -> dict[str, Callable[[], list[Figure]]]:
    """Return what draws the pages of each kind of figure that the outcomes allow."""
    references = set(table["reference"])
    everywhere = set.intersection(*({str(name) for name in data.data_vars} for data in arms.values()))
    seeds = {int(data.attrs["seed"]) for data in arms.values() if "seed" in data.attrs}
    seed = min(seeds) if len(seeds) == 1 else None
    weekly = [name for name in DEFAULT if all(is_weekly(data, name) for data in arms.values())]
    drawn: dict[str, Callable[[], list[Figure]]] = {}
    if weekly:
        drawn["fans"] = lambda: on_pages(weekly, lambda names: fans(arms, names, references=references))
    if (table["arm"] != table["reference"]).any():
        drawn["forest"] = lambda: on_pages(outcomes_of(table), lambda names: forest(table, seed=seed, only=names))
        drawn["overview"] = lambda: on_pages(
            columns_of(table), lambda columns: overview(table, seed=seed, only=columns), most_columns()
        )
    if {EXIT_DAY, TROOPS} <= everywhere:
        drawn["survival"] = lambda: [survival(arms, references)]
    if exceeded(arms):
        drawn["exceedance"] = lambda: on_pages(exceeded(arms), lambda names: exceedance(arms, names, references))
    if spread_out(arms):
        drawn["ridgelines"] = lambda: on_pages(spread_out(arms), lambda names: ridgelines(arms, names, references))
    if ATTACKS in everywhere:
        drawn["attack_map"] = lambda: _maps(arms)
    if "variance" in behind and (behind["variance"]["of"] == "difference").any():
        divided = behind["variance"]
        compared = list(dict.fromkeys(divided.loc[divided["of"] == "difference", "arm"]))
        drawn["variance_bars"] = lambda: on_pages(compared, lambda some: variance_bars(divided, provenance(arms), some))
    if "convergence" in behind:
        drawn["convergence"] = lambda: pages_of(
            behind["convergence"], "outcome", partial(convergence, labels=list(arms), note=provenance(arms))
        )
    return drawn


def _maps(arms: Mapping[str, xr.Dataset]) -> list[Figure]:
    """Draw the maps of all arms on one scale, however many pages they take."""
    top, outlines = most_attacks(map(median_attacks, arms.values())), read_outlines()
    return on_pages(list(arms), lambda labels: attack_map({label: arms[label] for label in labels}, outlines, top=top))


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
    """Write a figure of arms, or its pages, with what it shows in the files' metadata.

    Args:
        pages: to write.
        path: of the files, without their ending.
        arms: what it shows.
    """
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


def read_outlines() -> Mapping[str, Any]:
    """Return the outlines of the governorates, GeoJSON."""
    return json.loads((files("sim") / "data" / "iraq_governorates.geojson").read_text(encoding="utf-8"))  # type: ignore[no-any-return]
