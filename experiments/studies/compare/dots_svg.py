"""A quantile dotplot of the page, as SVG: 50 equally likely worlds, one dot each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from markupsafe import Markup, escape

from experiments.analysis.matters import IS_RATIO
from experiments.config.defaults import Headline
from experiments.reports.sentences import amount
from sim.rule import Array

_WIDTH, _HEIGHT, _BINS, _MOST = 300.0, 96.0, 32, 7.4
_OUTSIDE = 2
"""Dots at either end that stand at the edge, hollow: the tails would press all others together."""
_COLOURS = {1: "more", 0: "same", -1: "fewer"}


def dots_svg(values: Sequence[float], headline: Headline, matters: float, told: str) -> Markup:
    """Return the dotplot of 50 differences, of IS attacks of 50 ratios; its name is the sentence that it shows."""
    ordered = np.sort(np.asarray(values, dtype=float))
    if np.isnan(ordered).any():
        return Markup("")
    is_ratio = headline.in_tables == IS_RATIO or headline.outcome == IS_RATIO
    none = 1.0 if is_ratio else 0.0
    sides = np.where(ordered - none > 0, 1, -1) * (_distance(ordered, is_ratio) >= matters) * (ordered != none)
    low = min(float(ordered[_OUTSIDE]), none)
    high = max(float(ordered[-1 - _OUTSIDE]), none)
    if low == high:
        low, high = low - 1.0, high + 1.0
    step = (high - low) / _BINS
    bins = np.clip(
        np.floor((ordered - none) / step + 0.5), np.ceil((low - none) / step - 0.5), np.floor((high - none) / step + 0.5)
    )
    places = none + bins * step
    spacing = min(_MOST, (_HEIGHT - 24.0) / max(Counter(places.tolist()).values()))
    left, right = places.min(), places.max()
    wide = (_WIDTH - 24.0) / max(right - left, step)
    radius = max(1.2, min(spacing, wide * step) * 0.46)
    stacked: Counter[float] = Counter()
    parts = []
    for value, place, side in zip(ordered, places.tolist(), sides, strict=True):
        x, y = 12.0 + (place - left) * wide, _HEIGHT - 20.0 - (stacked[place] + 0.5) * spacing
        stacked[place] += 1
        hollow = " out" if value < low or value > high else ""
        parts.append(f'<circle class="{_COLOURS[int(side)]}{hollow}" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>')
    zero = 12.0 + (none - left) * wide
    parts.append(f'<line class="none" x1="{zero:.1f}" x2="{zero:.1f}" y1="2" y2="{_HEIGHT - 18:.0f}"/>')
    parts.append(f'<line class="axis" x1="4" x2="{_WIDTH - 4:.0f}" y1="{_HEIGHT - 19:.0f}" y2="{_HEIGHT - 19:.0f}"/>')
    parts += [
        f'<text x="{12.0 + (at - left) * wide:.1f}" y="{_HEIGHT - 6:.0f}" text-anchor="{anchor}">{escape(text)}</text>'
        for at, anchor, text in _ticks(left, right, none, wide, headline)
    ]
    frame = f'viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" role="img" aria-label="{escape(told)}"'
    return Markup(f'<svg class="dots" {frame}>{"".join(parts)}</svg>')


def _distance(values: Array, is_ratio: bool) -> Array:
    """Return how far values are from no difference; half as many are as far as twice as many."""
    with np.errstate(divide="ignore"):
        return np.expm1(np.abs(np.log(values))) if is_ratio else np.abs(values)


def _ticks(left: float, right: float, none: float, wide: float, headline: Headline) -> list[tuple[float, str, str]]:
    """Return the places, anchors and texts of the ticks: no difference, and both ends that have room beside it."""
    bare, beside = replace(headline, unit=""), 60.0
    ticks = [(none, "middle", amount(none, bare))]
    if (none - left) * wide > beside:
        ticks.append((left, "start", amount(left, bare)))
    if (right - none) * wide > beside:
        ticks.append((right, "end", amount(right, bare)))
    if len(ticks) > 1 and (none - left) * wide < 24.0:
        ticks[0] = (left, "start", ticks[0][2])
    if len(ticks) > 1 and (right - none) * wide < 24.0:
        ticks[0] = (right, "end", ticks[0][2])
    return ticks
