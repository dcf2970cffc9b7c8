"""Shared drawing: pages and axes of weeks, tables of shaded cells, and files (PDF, PNG, caption) with their provenance."""

import math
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from fontTools import subset
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MultipleLocator

from experiments.analysis.counts import DAYS_A_MONTH
from experiments.analysis.paired import Datasets
from experiments.figures.names import arm_name
from experiments.figures.page_layout import HIGHEST, TooHighError, provenance, wrap
from experiments.figures.style import FAINT, INK, LABEL, NOTE, TEXT, own_style
from experiments.figures.venue import set_to, venue
from sim.arrays import Array
from sim.record.outcomes import BY_NAME, DAYS_A_WEEK, Aggregation

PIXELS_AN_INCH = 300
_PNG = {"compress_level": 3}
"""Half of the time of the usual 6, for files a tenth larger."""


# embed fonts in PDF without tables for composing text: PDF needs none, and the tables took a third of the time
_left_out: list[str] = getattr(subset.Options, "_drop_tables_default", [])
_left_out += [table for table in ("GDEF", "GPOS", "GSUB") if table not in _left_out]


def on_pages[T](parts: Sequence[T], draw: Callable[[Sequence[T]], Figure], most: int | None = None) -> list[Figure]:
    """Draw parts on as few pages as possible, equally many on each: at most `most`, by default as many as its height allows."""
    pages = 1 if most is None else -(-len(parts) // most)
    while True:
        is_last = pages >= len(parts)
        try:
            with set_to(HIGHEST, math.inf if is_last else venue().height):
                figures = [draw(some) for some in shared_out(parts, pages)]
            highest = max(figure.get_figheight() for figure in figures)
        except TooHighError as page:
            highest = page.height
        else:
            if highest <= venue().height or is_last:
                return figures
        pages = min(len(parts), max(pages + 1, int(pages * highest / venue().height)))


def shared_out[T](parts: Sequence[T], pages: int) -> list[Sequence[T]]:
    """Return parts in this many groups, equally many in each."""
    ends = [round(page * len(parts) / pages) for page in range(pages + 1)]
    return [parts[low:high] for low, high in pairwise(ends)]


def pages_of(table: pd.DataFrame, column: str, draw: Callable[[pd.DataFrame], Figure], most: int | None = None) -> list[Figure]:
    """Draw a table on as few pages as possible.

    A page has at most `most` values of a column. All rows with one value are on the same page.
    """
    values = list(dict.fromkeys(table[column]))
    return on_pages(values, lambda some: draw(table[table[column].isin(some)]), most)


def save(pages: Figure | Sequence[Figure], path: Path, arms: Datasets) -> None:
    """Write a figure of arms, or its pages, with its provenance in the metadata of the files."""
    title = f"{path.name.replace('_', ' ').capitalize()}: {', '.join(map(arm_name, arms))}"
    keys = "; ".join(f"{label}: {data.attrs.get('key', 'no key')}" for label, data in arms.items())
    write(pages, path, {"Title": title, "Subject": provenance(arms), "Keywords": f"arms {keys}"})


def write(pages: Figure | Sequence[Figure], path: Path, about: Mapping[str, str]) -> None:
    """Write a figure as PDF and SVG with text as text, as PNG, and its caption; the same figure gives the same bytes.

    The `path` is without an ending; several pages are numbered, `fans_1`, `fans_2`. The metadata `about` them are `Title`,
    `Subject` and `Keywords`.
    """
    figures = [pages] if isinstance(pages, Figure) else pages
    given = venue().title
    heading = f"{given}{'' if given.endswith(('.', '?', '!')) else '.'} " if given else ""
    metadata = {
        **about,
        "Title": f"{heading}{about.get('Title', '')}",
        "Subject": f"{about.get('Subject', '')} {venue().origin}".strip(),
        "Creator": f"Knock-on {version('knockon')}",
    }
    for number, figure in enumerate(figures, 1):
        name = path.name if len(figures) == 1 else f"{path.name}_{number}"
        with own_style():
            figure.savefig(path.with_name(f"{name}.pdf"), metadata=metadata | {"CreationDate": None})  # type: ignore[arg-type]
            figure.savefig(path.with_name(f"{name}.png"), dpi=PIXELS_AN_INCH, metadata=metadata, pil_kwargs=_PNG)
            figure.savefig(path.with_name(f"{name}.svg"), metadata=_for_svg(metadata))
        path.with_name(f"{name}.txt").write_text(f"{heading}{figure.get_label()}\n", encoding="utf-8")


def _for_svg(about: Mapping[str, str]) -> dict[str, Any]:
    """Return metadata under the names that SVG has for them, without the date of drawing."""
    named = {"Title": "Title", "Subject": "Description", "Keywords": "Keywords", "Creator": "Creator"}
    return {"Date": None, **{named[name]: value for name, value in about.items() if name in named}}


POLICY_START = 14
"""Day of the start of policies in every shipped scenario; no member leaves before it."""


def is_weekly(data: xr.Dataset, outcome: str) -> bool:
    """Tell whether an outcome was recorded by week."""
    return f"{outcome}_by_week" in data


def weekly(data: xr.Dataset, outcome: str, rate: bool = False) -> tuple[Array, Array]:
    """Return the months since the start, (weeks,), and an outcome at the end of each week, (worlds, weeks).

    Flows, which are stored as increments per week, are summed from the start, or with `rate` returned as they are, without a
    last week of fewer than seven days.
    """
    values = data[f"{outcome}_by_week"].transpose("world", "week").values.astype(float)
    horizon = int(data["day"].values.max())
    days = np.minimum(DAYS_A_WEEK * np.arange(1.0, values.shape[1] + 1), horizon)
    if BY_NAME[outcome].aggregation is not Aggregation.FLOW:
        return days / DAYS_A_MONTH, values
    if rate:
        whole = horizon // DAYS_A_WEEK
        return days[:whole] / DAYS_A_MONTH, values[:, :whole]
    added = np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)
    return np.concatenate([[0.0], days]) / DAYS_A_MONTH, added


def axis_of_months(axes: Axes, horizon: float, policies: bool = True) -> None:
    """Set the x axis in months since the start, and mark the start of policies."""
    axes.set_xlim(0.0, horizon / DAYS_A_MONTH)
    months = horizon / DAYS_A_MONTH
    axes.xaxis.set_major_locator(MultipleLocator(6 if months > 9 else 3 if months > 4 else 1))
    if policies and horizon > POLICY_START:
        axes.axvline(POLICY_START / DAYS_A_MONTH, color=FAINT, linewidth=0.6, linestyle=(0, (1, 2)), zorder=0)
    axes.set_xlabel("months after 30 September 2020", size=TEXT, labelpad=2)


def name_policy_start(axes: Axes, top: float) -> None:
    """Name the mark of the policies' start, at a height in axes units."""
    if axes.get_xlim()[1] <= POLICY_START / DAYS_A_MONTH:
        return
    place = (POLICY_START / DAYS_A_MONTH, top)
    look: dict[str, Any] = {"textcoords": "offset points", "size": NOTE, "color": "#666666", "va": "top"}
    axes.annotate(f"policies start, day {POLICY_START}", place, (2, 0), xycoords=("data", "axes fraction"), **look)


WORSE: Colormap = LinearSegmentedColormap.from_list("worse", ["#ffffff", "#fdd0a2", "#fd8d3c", "#a63603"])
"""From white to dark brown: darker is worse."""
MET: Colormap = LinearSegmentedColormap.from_list("met", ["#ffffff", "#c6dbef", "#6baed6", "#08519c"])
"""From white to dark blue: darker is more often."""
SIGNED: Colormap = LinearSegmentedColormap.from_list("signed", ["#2166ac", "#ffffff", "#b35806"])
"""From blue (less) over white to brown (more); both ends are equally dark, so numbers need their signs."""
_UNKNOWN = "#e6e6e6"
_SIZE = 6.5


def draw_cells(axes: Axes, shades: Array, texts: Sequence[Sequence[str]], colours: Colormap) -> None:
    """Draw a table of cells, the first row at the top, with texts and with shades, (rows, columns) 0 to 1; NaN is grey."""
    rows, columns = shades.shape
    axes.set(xlim=(0, columns), ylim=(rows, 0))
    for row in range(rows):
        for column in range(columns):
            shade = float(shades[row, column])
            face = _UNKNOWN if np.isnan(shade) else colours(shade)
            axes.add_patch(Rectangle((column, row), 1, 1, facecolor=face, edgecolor="white", linewidth=0.8, gid="cell"))
            dark = not np.isnan(shade) and _lightness(colours(shade)) < 0.5
            axes.text(
                column + 0.5, row + 0.5, texts[row][column], size=_SIZE, ha="center", va="center",
                color="white" if dark else INK, gid="number",
            )  # fmt: skip
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, labelsize=LABEL)


def name_rows(axes: Axes, names: Sequence[str], room: float) -> None:
    """Write the names of the rows at the left, in a room of this many inches."""
    axes.set_yticks(np.arange(len(names)) + 0.5, ["\n".join(wrap(name, room, LABEL)) for name in names], size=LABEL)


def name_columns(axes: Axes, names: Sequence[str], room: float) -> None:
    """Write the names of the columns above, each in a room of this many inches."""
    axes.xaxis.tick_top()
    axes.set_xticks(np.arange(len(names)) + 0.5, ["\n".join(wrap(name, room, LABEL)) for name in names], size=LABEL)
    axes.tick_params(axis="x", pad=1.5)


def _lightness(colour: Sequence[float]) -> float:
    """Return the perceived lightness of a colour, 0 black to 1 white."""
    red, green, blue, *_ = colour
    return 0.299 * red + 0.587 * green + 0.114 * blue


def short(value: float, signed: bool = False) -> str:
    """Return a number with at most three significant digits and a proper minus sign."""
    if np.isnan(value):
        return "–"
    digits = f"{value:+,.0f}" if abs(value) >= 100 else f"{value:+.3g}" if abs(value) >= 10 else f"{value:+.2g}"
    text = digits if signed or digits.startswith("-") else digits[1:]
    return ("0" if float(digits.replace(",", "")) == 0.0 else text).replace("-", "\N{MINUS SIGN}")
