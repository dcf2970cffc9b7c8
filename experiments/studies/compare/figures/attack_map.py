"""Map: where do the militias attack, by arm?"""

from collections.abc import Iterable, Mapping
from typing import Any, cast

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, LinearSegmentedColormap, PowerNorm
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.spines import Spine

from experiments.figures.page_layout import Grid, folded, provenance, title
from experiments.figures.style import FAINT, INK, TEXT, TITLE, arm_name, in_style, place_name
from experiments.figures.venue import venue
from sim.rule import Array

ATTACKS = "attacks_by_governorate"
COLUMNS, MANY = 3, 9
"""Maps side by side, and the number of arms from which on there is one more."""
NARROWEST = 1.7
"""Inches of a map with its numbers."""
LATITUDE = 33.0
"""Of the middle of Iraq: a degree of longitude is cos 33 of a degree of latitude."""
PRINTED_FROM = 1.0
"""Attacks; fewer are left to the colour."""
BESIDE = {"baghdad": (47.0, 34.3)}
"""Places of the numbers of governorates that are too small for them, degrees east and north."""
_SHADES = ["#ffffff", "#fee5c0", "#fdae6b", "#e6550d", "#a63603", "#5a1a02"]
COLOUR_MAP: Colormap = LinearSegmentedColormap.from_list("attacks", _SHADES)
"""From white to dark brown, ever darker, so that it works in greyscale."""
_NUMBER = 6.5
_BAR_ROOM, _AROUND = 0.5, 1.1
"""Inches: for the bar of the scale, and for this and a title on a page of one row of maps."""


@in_style("Map: where do the militias attack, by arm?")
def attack_map(arms: Mapping[str, xr.Dataset], outlines: Mapping[str, Any], top: float | None = None) -> Figure:
    """Draw the median of militia attacks by governorate on the last day, displaced ones included, one map per arm.

    `outlines` are parsed GeoJSON of the governorates, whose `properties.name` is their label; `top` are the attacks at the
    end of the common scale of colour, by default the most of any governorate.
    """
    medians = {label: median_attacks(data) for label, data in arms.items()}
    shapes = {key_of(feature["properties"]["name"]): outline(feature["geometry"]) for feature in outlines["features"]}
    boxes = np.array([path.get_extents().get_points() for path in shapes.values()])
    low, high = boxes[:, 0].min(axis=0) - 0.05, boxes[:, 1].max(axis=0) + 0.05
    aspect = 1.0 / np.cos(np.radians(LATITUDE))
    page, shape = venue().width, aspect * (high[1] - low[1]) / (high[0] - low[0])
    columns = min(COLUMNS + (len(arms) > MANY), len(arms), int(page / NARROWEST))
    width = min(page / columns - 0.1, 3.3, (venue().height - _AROUND) / shape)
    titles = [folded(arm_name(label), width - 0.2, TITLE) for label in arms]
    above = 0.26 + 0.15 * max(name.count("\n") for name in titles)
    side = (page / columns - width) / 2
    drawn = {key for by_key in medians.values() for key in by_key}
    note = _note(arms, set(shapes) <= drawn)
    grid = Grid(len(arms), columns, width * shape, left=side, right=side, above=above, below=0.04, note=note)
    figure, panels = grid.build(extra=_BAR_ROOM)
    norm = PowerNorm(0.5, 0.0, top or most_attacks(medians.values()))
    for number, (label, axes) in enumerate(zip(arms, panels, strict=True)):
        axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), xticks=[], yticks=[], aspect=aspect)
        axes.spines[:].set_visible(False)
        _draw(axes, shapes, medians[label], norm)
        title(axes, number, titles[number], rise=4.0)
    _colour_bar(figure, norm, grid)
    return figure


def most_attacks(medians: Iterable[Mapping[str, float]]) -> float:
    """Return the most attacks of any governorate of any arm, at least 1: the end of the scale."""
    return max([1.0, *(value for by_key in medians for value in by_key.values())])


def median_attacks(data: xr.Dataset) -> dict[str, float]:
    """Return the median over worlds by the last day, by key of the governorate."""
    middle = np.median(data[ATTACKS].isel(day=-1).transpose("world", "governorate").values.astype(float), axis=0)
    return dict(zip(map(str, data["governorate"].values), map(float, middle), strict=True))


def key_of(name: str) -> str:
    """Return the key of a governorate from its label: "Salah al-Din" -> "salah_al_din"."""
    return name.lower().replace("-", "_").replace(" ", "_")


def outline(geometry: Mapping[str, Any]) -> Path:
    """Return a GeoJSON polygon, or several, as one path."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return Path.make_compound_path(*(Path(np.asarray(ring), closed=True) for polygon in polygons for ring in polygon))


def centre_of(path: Path) -> tuple[float, float]:
    """Return the centroid of the largest ring of an outline."""
    rings = [np.asarray(ring) for ring in path.to_polygons()]
    x, y = max(rings, key=lambda ring: abs(_area(ring))).T
    cross = x[:-1] * y[1:] - x[1:] * y[:-1]
    middles = (x[:-1] + x[1:]) * cross, (y[:-1] + y[1:]) * cross
    return float(middles[0].sum() / (3 * cross.sum())), float(middles[1].sum() / (3 * cross.sum()))


def _area(ring: Array) -> float:
    x, y = ring.T
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2)


def _draw(axes: Axes, shapes: Mapping[str, Path], attacks: Mapping[str, float], norm: PowerNorm) -> None:
    smallest_last = sorted(shapes, key=lambda key: -float(np.prod(shapes[key].get_extents().size)))
    for key in smallest_last:
        value = attacks.get(key)
        face = "#e8e8e8" if value is None else COLOUR_MAP(norm(value))
        axes.add_patch(PathPatch(shapes[key], facecolor=face, edgecolor="#777777", linewidth=0.4, gid=key))
        if value is None or value < PRINTED_FROM:
            continue
        centre, dark = centre_of(shapes[key]), norm(value) > 0.6
        text: dict[str, Any] = {"size": _NUMBER, "ha": "center", "va": "center", "gid": "number"}
        if key in BESIDE:
            line = {"arrowstyle": "-", "color": FAINT, "linewidth": 0.6, "shrinkA": 1, "shrinkB": 0}
            axes.annotate(f"{place_name(key)} {_number(value)}", centre, BESIDE[key], arrowprops=line, **text)
        else:
            axes.text(*centre, _number(value), color="white" if dark else INK, **text)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10.0 else f"{value:.1f}"


def _colour_bar(figure: Figure, norm: PowerNorm, grid: Grid) -> None:
    total, top = figure.get_figheight(), float(norm.vmax or 1.0)
    bottom = total - -(-grid.panels // grid.columns) * (grid.above + grid.height + grid.below) - 0.16
    box = figure.add_axes((0.3, bottom / total, 0.4, 0.09 / total))
    steps = [value for value in (0, 1, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000) if value <= top]
    bar = figure.colorbar(ScalarMappable(norm, COLOUR_MAP), cax=box, orientation="horizontal", ticks=steps)
    cast(Spine, bar.outline).set_linewidth(0.4)
    box.tick_params(length=2, width=0.5, labelsize=TEXT, pad=1.5)
    box.xaxis.set_major_formatter("{x:,g}")
    box.minorticks_off()
    box.set_xlabel("median militia attacks (square-root scale)", size=TEXT, labelpad=1.5)


def _note(arms: Mapping[str, xr.Dataset], complete: bool) -> str:
    by = max(int(data["day"].values.max()) for data in arms.values())
    return (
        f"Median over worlds of the militias' attacks by day {by}, on sites and displaced; numbers from {PRINTED_FROM:.0f} up."
        " Counts, not rates. Assumed, not simulated: attacks on convoys are spread by population over the governorates with a"
        " convoy route; displaced attacks are placed in Baghdad, those on the Kurdish region in Erbil."
        f" Baghdad's outline is the city's core only.{'' if complete else ' Grey: not in the model.'} {provenance(arms)}"
    )
