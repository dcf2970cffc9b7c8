"""A quantile dotplot of the page and the brief: 50 equally likely worlds, one dot each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from markupsafe import Markup, escape

from experiments.analysis.matters import IS_RATIO, direction, on_scale
from experiments.config.defaults import Headline
from experiments.reports.sentences import amount

WIDTH, HEIGHT = 300.0, 96.0
_BINS, _MOST = 32, 7.4
_A_LETTER = 7.0
"""Width of one letter in the text of a tick."""
_OUTSIDE = 2
"""Most dots at either end that are drawn hollow at the edge; a long tail would press all others together."""
_SIDES = {1: "more", 0: "same", -1: "fewer"}


@dataclass(frozen=True, slots=True)
class Dot:
    """A dot, in units of 1/300 of the width: its side, and whether it stands at the edge because its value lies beyond."""

    x: float
    y: float
    radius: float
    side: str
    is_outside: bool


@dataclass(frozen=True, slots=True)
class Dotplot:
    """A dotplot of `WIDTH` by `HEIGHT`: dots, the place of no difference, and ticks with their place, anchor and text."""

    dots: Sequence[Dot]
    none: float
    ticks: Sequence[tuple[float, str, str]]


def arrange(values: Sequence[float], headline: Headline, matters: float) -> Dotplot | None:
    """Return the dotplot of 50 differences (for IS attacks, 50 ratios); None if a value is unknown."""
    ordered = np.sort(np.asarray(values, dtype=float))
    if np.isnan(ordered).any():
        return None
    is_ratio = headline.in_tables == IS_RATIO or headline.outcome == IS_RATIO
    none = 1.0 if is_ratio else 0.0
    sides = direction(*on_scale(ordered, matters, is_ratio))
    low = min(float(ordered[_OUTSIDE]), none)
    high = max(float(ordered[-1 - _OUTSIDE]), none)
    if low == high:
        low, high = low - 1.0, high + 1.0
    step = (high - low) / _BINS
    first, last = np.ceil((low - none) / step - 0.5), np.floor((high - none) / step + 0.5)
    places = none + np.clip(np.floor((ordered - none) / step + 0.5), first, last) * step
    spacing = min(_MOST, (HEIGHT - 24.0) / max(Counter(places.tolist()).values()))
    left, right = places.min(), places.max()
    wide = (WIDTH - 24.0) / max(right - left, step)
    radius = max(1.2, min(spacing, wide * step) * 0.46)
    stacked: Counter[float] = Counter()
    dots = []
    for value, place, side in zip(ordered, places.tolist(), sides, strict=True):
        x, y = 12.0 + (place - left) * wide, HEIGHT - 20.0 - (stacked[place] + 0.5) * spacing
        stacked[place] += 1
        dots.append(Dot(x, y, radius, _SIDES[int(side)], bool(value < low or value > high)))
    place = 12.0 + (none - left) * wide
    return Dotplot(dots, place, _ticks(place, low, none, high, headline))


def dots_svg(values: Sequence[float], headline: Headline, matters: float, told: str) -> Markup:
    """Return the dotplot as SVG; its accessible name is the sentence that it shows."""
    if (plot := arrange(values, headline, matters)) is None:
        return Markup("")
    parts = [
        f'<circle class="{dot.side}{" out" if dot.is_outside else ""}" cx="{dot.x:.1f}" cy="{dot.y:.1f}" r="{dot.radius:.1f}"/>'
        for dot in plot.dots
    ]
    parts.append(f'<line class="none" x1="{plot.none:.1f}" x2="{plot.none:.1f}" y1="2" y2="{HEIGHT - 18:.0f}"/>')
    parts.append(f'<line class="axis" x1="4" x2="{WIDTH - 4:.0f}" y1="{HEIGHT - 19:.0f}" y2="{HEIGHT - 19:.0f}"/>')
    parts += [
        f'<text x="{x:.1f}" y="{HEIGHT - 6:.0f}" text-anchor="{anchor}">{escape(text)}</text>' for x, anchor, text in plot.ticks
    ]
    frame = f'viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img" aria-label="{escape(told)}"'
    return Markup(f'<svg class="dots" {frame}>{"".join(parts)}</svg>')


def _ticks(place: float, low: float, none: float, high: float, headline: Headline) -> list[tuple[float, str, str]]:
    """Return the places, anchors and texts of the ticks: no difference, and each end that has room beside it."""
    middle, *ends = (amount(value, replace(headline, unit="")) for value in (none, low, high))
    left, right = (_A_LETTER * (len(text) + len(middle) / 2 + 1) for text in ends)
    ticks = [(place, "middle", middle)]
    if place - 12.0 > left:
        ticks.append((12.0, "start", ends[0]))
    if WIDTH - 12.0 - place > right:
        ticks.append((WIDTH - 12.0, "end", ends[1]))
    return ticks
