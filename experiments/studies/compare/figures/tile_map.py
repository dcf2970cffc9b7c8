"""Tile map: where are there more attacks, and where fewer, than in the reference?"""

from collections.abc import Mapping, Sequence
from typing import Any

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from experiments.analysis.paired import common_worlds
from experiments.figures.draw import SIGNED, short
from experiments.figures.names import arm_name, place_name
from experiments.figures.page_layout import Grid, provenance, title
from experiments.figures.style import FAINT, INK, NOTE, in_style
from experiments.figures.venue import venue

SERIES = {"attacks_by_governorate": "Militia attacks", "islamic_state_attacks_by_governorate": "IS attacks"}
"""Outcomes by governorate, and their names."""
PLACED = ("baghdad", "erbil")
"""The governorates that displaced militia attacks are assigned to, by assumption."""
TILES = (
    ("duhok", 1, 0), ("nineveh", 0, 1), ("erbil", 1, 1), ("sulaymaniyah", 2, 1), ("salah_al_din", 0, 2), ("kirkuk", 1, 2),
    ("diyala", 2, 2), ("anbar", 0, 3), ("baghdad", 1, 3), ("wasit", 2, 3), ("karbala", 0, 4), ("babil", 1, 4),
    ("qadisiyah", 2, 4), ("maysan", 3, 4), ("najaf", 0, 5), ("muthanna", 1, 5), ("dhi_qar", 2, 5), ("basra", 3, 5),
)  # fmt: skip
"""Governorates by column and row; equal tiles, as near to the true places as possible."""
_WIDTH, _HEIGHT = 0.72, 0.3  # inches, of a tile
_SHADES = "#f2f2f2", "#4d4d4d"


@in_style("Map: where do attacks happen in the reference, and where do other arms differ from it?")
def tile_map(arm: str, data: xr.Dataset, reference: str, base: xr.Dataset, only: Sequence[str] = tuple(SERIES)) -> Figure:
    """Draw the mean attacks of the reference by governorate, and beside them the mean differences of an arm."""
    here, there = common_worlds(data, base)
    shown = [name for name in only if name in here and name in there]
    columns = 2 if venue().width >= 2 * 4 * 0.62 else 1
    wide = min(4 * _WIDTH, venue().width / columns - 0.16)
    side = (venue().width / columns - wide) / 2
    level, difference = ({name: _means(each, name) for name in shown} for each in (there, here))
    where = max(shown, key=lambda name: _most(difference[name], level[name])[1])
    place, most = _most(difference[where], level[where])
    change = short(most, signed=True)
    found = f"{arm_name(arm)}: {SERIES[where]} change most in {place_name(place)}, by {change} per world."
    note = (
        "Mean attacks by the last day; tiles near their governorates. Grey: the reference; brown: more,"
        " blue: fewer, each panel shaded by its own largest value. Dashed frame: displaced militia attacks are put in Baghdad,"
        " or in Erbil if they hit the Kurdish region. Attacks on convoys are spread by population. Both are assumptions."
        f" {provenance({arm: data, reference: base})}"
    )
    grid = Grid(2 * len(shown), columns, 6 * _HEIGHT, left=side, right=side, above=0.4, below=0.1, note=note, finding=found)
    figure, panels = grid.build()
    for row, name in enumerate(shown):
        moved = {key: difference[name][key] - level[name][key] for key in level[name]}
        for column, (values, signed) in enumerate(((level[name], False), (moved, True))):
            axes = panels[2 * row + column]
            _draw(axes, values, signed, PLACED if name == "attacks_by_governorate" else ())
            whose = f"{arm_name(arm)}: difference" if signed else arm_name(reference)
            title(axes, 2 * row + column, f"{SERIES[name]}, {whose}", wide)
    return figure


def _means(data: xr.Dataset, name: str) -> dict[str, float]:
    last = data[name].isel(day=-1).mean("world", dtype=float)
    return dict(zip(map(str, last[last.dims[0]].values), map(float, last.values), strict=True))


def _most(there: Mapping[str, float], here: Mapping[str, float]) -> tuple[str, float]:
    """Return the governorate with the largest change, and the change."""
    key = max(here, key=lambda each: abs(there[each] - here[each]))
    return key, there[key] - here[key]


def _draw(axes: Axes, values: Mapping[str, float], signed: bool, placed: tuple[str, ...]) -> None:
    axes.set(xlim=(-0.03, 4.03), ylim=(6.03, -0.03), xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    largest = max(map(abs, values.values()), default=0.0) or 1.0
    for key, column, row in TILES:
        known = key in values
        share = values.get(key, 0.0) / largest
        grey = 0.95 - 0.55 * share
        face: Any = "white" if not known else SIGNED(0.5 + 0.5 * share) if signed else (grey, grey, grey)
        edge = (INK, 0.8, (0, (3, 2))) if key in placed else (FAINT, 0.4, "-")
        look = dict(zip(("edgecolor", "linewidth", "linestyle"), edge, strict=True))
        axes.add_patch(Rectangle((column + 0.02, row + 0.03), 0.96, 0.94, facecolor=face, gid=key, **look))  # ty: ignore
        dark = known and (abs(share) > 0.75 if signed else grey < 0.5)
        text = f"{place_name(key)}\n{short(values[key], signed=signed) if known else 'not modelled'}"
        axes.text(column + 0.5, row + 0.5, text, size=NOTE, ha="center", va="center", linespacing=1.05,
                  color="white" if dark else INK, gid="tile")  # fmt: skip
