"""The style of every figure: one colour, line and marker per arm, sizes for print, and readable names."""

from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import wraps
from itertools import count
from pathlib import Path
from typing import Any
from zlib import crc32

import matplotlib
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager

from experiments.figures.venue import LINES, MARKERS, Look, venue

DOUBLE_COLUMN = 7.2
"""Width of a paper's double column, inches."""
TITLE, TEXT, LABEL, NOTE = 7.0, 6.5, 6.0, 6.0
"""Sizes of type, points: Nature takes 5 to 7, PNAS 6 to 8."""
FONT = "Liberation Sans"
"""As wide as Arial, and shipped with the package, so a figure is the same on every machine."""
INK, FAINT, HAIRLINE = "#222222", "#8a8a8a", "#d9d9d9"

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#882255")
"""Okabe and Ito (2008); in place of their yellow, which vanishes as a line on white, the wine red of Tol (2021)."""
GREYS = ("#222222", "#707070", "#A0A0A0")
REFERENCE_MARKERS = ("o", "*", "p")
_BROKEN = list(LINES.values())[1:]
_WIDTH, _REFERENCE_WIDTH = 1.2, 1.6
"""Of lines, points."""
_PALEST = 0.6
"""Share of white in the last of several arms of a scenario."""

_MARKER_SPACING = 0.3
"""Between the markers of a line, in diagonals of its panel."""


for _file in sorted((Path(__file__).parent / "fonts").glob("*.ttf")):
    fontManager.addfont(_file)
    fontManager.ttflist.insert(0, fontManager.ttflist.pop())  # before those of the machine, which may have another version
FONTS = [FONT, "DejaVu Sans"]
"""The second has the signs that the first lacks."""

_STYLE = {
    "font.family": FONTS,
    "font.size": TEXT,
    "text.color": INK,
    "text.parse_math": False,
    "axes.facecolor": "white",
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.grid": False,
    "figure.facecolor": "white",
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "knockon",
}


@contextmanager
def own_style() -> Generator[None]:
    """Draw and write in this style alone: neither a matplotlibrc nor settings of a notebook change a figure."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)  # ty: ignore[no-matching-overload]
        yield


FINDING = "finding"
"""Where a figure keeps what it found, for its caption."""


def in_style[**P](question: str) -> Callable[[Callable[P, Figure]], Callable[P, Figure]]:
    """Decorate a function that draws a figure.

    The figure is drawn in `own_style`; its caption consists of the finding, the question and the note.
    """

    def dress(draw: Callable[P, Figure]) -> Callable[P, Figure]:
        @wraps(draw)
        def drawn(*args: P.args, **kwargs: P.kwargs) -> Figure:
            with own_style():
                figure = draw(*args, **kwargs)
            figure.set_label(" ".join(filter(None, (vars(figure).get(FINDING, ""), question, str(figure.get_label())))))
            return figure

        vars(drawn)["question"] = question
        return drawn

    return dress


@dataclass(frozen=True, slots=True)
class ArmStyle:
    """The style of an arm in every figure of a comparison.

    Attributes:
        colour: hexadecimal. `dashes`: lengths of strokes and gaps in line widths, empty for a solid line.
        marker: matplotlib's letter. `width`: of its line, points.
    """

    colour: str
    dashes: tuple[float, ...]
    marker: str
    width: float

    @property
    def line(self) -> tuple[float, tuple[float, ...] | None]:
        """Return the line style as matplotlib takes it."""
        return (0.0, self.dashes or None)

    def drawn(self, number: int) -> dict[str, Any]:
        """Return the style for matplotlib, with markers at places that depend on the number of the arm."""
        return {
            "color": self.colour,
            "linestyle": self.line,
            "linewidth": self.width,
            "marker": self.marker,
            "markersize": 3.5,
            "markeredgewidth": 0.0,
            "markevery": (0.04 + 0.11 * number % _MARKER_SPACING, _MARKER_SPACING),
        }


def style_arms(labels: Sequence[str], references: Collection[str] = ()) -> dict[str, ArmStyle]:
    """Give each arm its colour, line and marker, distinct in greyscale too.

    A scenario has the look that its file sets. If the file sets none, the name of the scenario decides; if another arm has
    this look already, the scenario takes the next free look.
    Further arms of a scenario, with other values, are paler and have other lines. Arms without a name of their own, as in a
    sweep of one scenario, take colours in order. The references, by default the first arm, are wider, and black and grey
    unless their file says otherwise.
    """
    looks, chosen, greys, free = dict(venue().looks), references or labels[:1], count(), count()
    scenarios = {label: label.partition(", ")[0] for label in labels}
    families = [label for label in labels if scenarios[label] in looks]
    used = {looks[scenarios[label]].colour for label in families}
    styles: dict[str, ArmStyle] = {}
    for label, scenario in scenarios.items():
        if scenario in looks:
            siblings = [other for other in families if scenarios[other] == scenario]
            styles[label] = _variant(looks[scenario], siblings.index(label), len(siblings))
        elif label in chosen:
            styles[label] = _grey(next(greys))
        elif "=" in label:
            styles[label] = _numbered(next(free))
        else:
            place = crc32(scenario.encode())
            lap = [place + step for step in range(len(COLOURS))]
            place = next((step for step in lap if COLOURS[step % len(COLOURS)] not in used), place)
            styles[label] = _numbered(place)
            used.add(styles[label].colour)
        if label in chosen:
            styles[label] = replace(styles[label], width=_REFERENCE_WIDTH)
    return styles


def _variant(look: Look, number: int, of: int) -> ArmStyle:
    """Return the look of a scenario, or of its nth arm of several: paler, with the next line and marker."""
    lines, drawn = list(LINES), crc32(look.colour.encode())
    line = lines.index(look.line) if look.line else drawn
    marker = MARKERS.index(look.marker) if look.marker else drawn
    pale = _PALEST * number / max(of - 1, 1)
    red, green, blue = ((1.0 - pale) * part + pale for part in to_rgb(look.colour))
    dashes, letter = LINES[lines[(line + number) % len(lines)]], MARKERS[(marker + number) % len(MARKERS)]
    return ArmStyle(to_hex((red, green, blue)), dashes, letter, _WIDTH)


def _grey(number: int) -> ArmStyle:
    dashes = () if number == 0 else _BROKEN[-number % len(_BROKEN)]
    return ArmStyle(GREYS[number % len(GREYS)], dashes, REFERENCE_MARKERS[number % len(REFERENCE_MARKERS)], _WIDTH)


def _numbered(number: int) -> ArmStyle:
    lap, place = divmod(number, len(COLOURS))
    shifted = (place + lap) % len(_BROKEN)
    return ArmStyle(COLOURS[place], _BROKEN[shifted], MARKERS[(shifted + lap) % len(_BROKEN)], _WIDTH)
