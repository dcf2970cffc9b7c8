"""Timeline of one world, or of two arms of it, row by row below each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from experiments.analysis.counts import DAYS_A_MONTH
from experiments.figures.draw import axis_of_months
from experiments.figures.names import arm_name
from experiments.figures.page_layout import Grid, key_below, width_of, write_at
from experiments.figures.style import HAIRLINE, INK, NOTE, in_style, style_arms
from sim.record.logged_event import LoggedKind as Kind
from sim.record.outcomes import DAYS_A_WEEK

_ROW, _APART = 0.14, 0.35
"""Height of the row of an arm, inches; room between lanes, as a share of a row."""
_SMALL = 6.5
_FULL = 0.8  # of a row's height, for the largest week or the longest tick


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of the timeline.

    Attributes:
        marks: marker by kind of event, and whether it is filled.
        weekly: kinds whose magnitudes are summed by week and drawn as bars; with `counts`, the numbers of events.
        spell: the kinds of event at the start and the end of a bar.
    """

    name: str
    marks: Mapping[Kind, tuple[str, bool]] | None = None
    weekly: tuple[Kind, ...] = ()
    counts: bool = False
    spell: tuple[Kind, Kind] | None = None


LANES: tuple[Lane, ...] = (
    Lane("Policies", {Kind.POLICY: ("D", False)}),
    Lane("Lead's exit", {
        Kind.FULL_EXIT: ("v", True), Kind.PARTIAL_EXIT: ("v", False),
        Kind.DIPLOMATS_LEAVE: ("v", False), Kind.WITHDRAWN: ("^", False), Kind.EXIT_COMPLETE: ("s", True)}),
    Lane("Ultimatum", {
        Kind.ULTIMATUM_ISSUED: ("v", False), Kind.ULTIMATUM_EXTENDED: (">", False),
        Kind.ULTIMATUM_EXECUTED: ("v", True), Kind.ULTIMATUM_ENDED: ("^", False)}),
    Lane("Members decide to leave", weekly=(Kind.DECIDES_TO_LEAVE, Kind.KNOCKED_ON), counts=True),
    Lane("of them by the knock-on", weekly=(Kind.KNOCKED_ON,), counts=True),
    Lane("Members' moves", {Kind.RELOCATES: ("o", False), Kind.RETURNS: ("^", False), Kind.ARRIVES: ("^", True)}),
    Lane("Lead's strikes", {Kind.STRIKE: ("*", True)}),
    Lane("Truce", spell=(Kind.TRUCE_BEGINS, Kind.TRUCE_ENDS)),
    Lane("Attacks on sites", weekly=(Kind.ATTACK,)),
    Lane("Displaced attacks", weekly=(Kind.DISPLACED_ATTACK,)),
    Lane("Coalition deaths", weekly=(Kind.COALITION_DEATHS,)),
    Lane("Iraqi civilian deaths", weekly=(Kind.CIVILIAN_DEATHS,)),
    Lane("Government", {
        Kind.FALL: ("X", True), Kind.CABINET: ("o", False), Kind.EARLY_ELECTION: ("D", False), Kind.ARREST: ("|", True),
        Kind.ARREST_REVERSED: ("x", True)}),
    Lane("Crowd and mission", {
        Kind.INCIDENT: ("o", False), Kind.BREACH: ("o", True), Kind.LETHAL_BREACH: ("X", True),
        Kind.MISSION_REDUCED: ("v", False), Kind.MISSION_MOVED: (">", False), Kind.MISSION_CLOSED: ("s", True),
        Kind.MISSION_OPEN: ("^", False)}),
    Lane("IS attacks", weekly=(Kind.IS_ATTACK,)),
    Lane("IS resurgence", {Kind.RESURGENCE: ("^", False), Kind.SEVERE_RESURGENCE: ("^", True)}),
)  # fmt: skip
"""From the lead nation down to the Islamic State."""

_GLYPHS = {
    ("v", True): "▼", ("v", False): "▽", ("^", True): "▲", ("^", False): "△", (">", False): "▷", ("s", True): "■",
    ("o", True): "●", ("o", False): "○", ("D", False): "◇", ("X", True): "✖", ("*", True): "★", ("|", True): "|",
    ("x", True): "×",
}  # fmt: skip
"""The marks as characters in the note."""


def lanes_of(events: pd.DataFrame) -> list[str]:
    """Return the names of the lanes in which something happened, from the lead nation down to the Islamic State."""
    happened = set(events["event"])
    return [lane.name for lane in LANES if happened & {*(lane.marks or ()), *lane.weekly, *(lane.spell or ())}]


@in_style("Timeline of one world: what happened when, and when do two arms of this world diverge?")
def timeline(
    events: pd.DataFrame,
    days: int,
    world: int,
    seed: int,
    parts_on: int | None = None,
    labels: Sequence[str] = (),
    only: Sequence[str] | None = None,
) -> Figure:
    """Draw the timeline of one world in one arm, or in two arms row below row, from the events of `Replayed`.

    `parts_on` is the first day of a difference between the arms, if any. `labels` are the labels of the arms in order, by
    default those in the events. `only` names the lanes to draw, by default all of `lanes_of`.
    """
    arms = list(labels or dict.fromkeys(events["arm"]))
    lanes = [lane for lane in LANES if lane.name in (lanes_of(events) if only is None else only)]
    styles, pitch = style_arms(arms), len(arms) + _APART
    grid = Grid(
        1, 1, _ROW * pitch * len(lanes), left=1.62, right=0.5, above=0.3, below=0.42,
        note=_note(events, world, days, seed, lanes), finding=_parting(arms, parts_on),
    )  # fmt: skip
    figure, (axes,) = grid.build(extra=0.2)
    for row, lane in enumerate(lanes):
        lowest = (len(lanes) - 1.0 - row) * pitch
        rows = {arm: lowest + len(arms) - 1.0 - number for number, arm in enumerate(arms)}
        _draw(axes, events, lane, days, rows, {arm: style.colour for arm, style in styles.items()})
    middles = [(len(lanes) - 1.0 - row) * pitch + len(arms) / 2 for row in range(len(lanes))]
    axes.set_ylim(-0.06, pitch * len(lanes) - _APART + 0.06)
    axes.set_yticks(middles, [lane.name for lane in lanes])
    axes.tick_params(axis="y", length=0.0, pad=4)
    axes.spines["left"].set_visible(False)
    axis_of_months(axes, days, policies=False)
    if any(lane.weekly for lane in lanes):
        look: dict[str, Any] = {"size": _SMALL, "va": "bottom", "color": "#555555", "linespacing": 1.0}
        write_at(axes, "largest\nweek", (1.0, 1.0), (3, 0), up="axes fraction", **look)
    if parts_on is not None and parts_on >= 0:
        _mark_parting(axes, parts_on, parts_on / days * grid.panel_width, grid.panel_width)
    key_below(figure, axes, [Patch(color=styles[arm].colour) for arm in arms], [arm_name(arm) for arm in arms], drop=0.56)
    return figure


def _by_week(lane: Lane, events: pd.DataFrame, days: int) -> np.ndarray:
    """Return the sums of a lane by week, (weeks,)."""
    chosen = events[events["event"].isin([kind.value for kind in lane.weekly])]
    weights = None if lane.counts else chosen["magnitude"]
    return np.bincount(chosen["day"] // DAYS_A_WEEK, weights=weights, minlength=-(-days // DAYS_A_WEEK)).astype(float)


def _draw(
    axes: Axes, events: pd.DataFrame, lane: Lane, days: int, rows: Mapping[str, float], colours: Mapping[str, str]
) -> None:
    """Draw a lane, the row of each arm on its height; weeks of all arms are on one scale."""
    own = {arm: events[events["arm"] == arm] for arm in rows}
    weeks = {arm: _by_week(lane, happened, days) for arm, happened in own.items()} if lane.weekly else {}
    peak = max((float(each.max()) for each in weeks.values()), default=0.0)
    for arm, base in rows.items():
        axes.axhline(base, color=HAIRLINE, linewidth=0.5, zorder=0)
        if lane.weekly:
            edges = np.minimum(np.arange(len(weeks[arm]) + 1) * DAYS_A_WEEK, days) / DAYS_A_MONTH
            height = _FULL * weeks[arm] / peak if peak > 0.0 else weeks[arm]
            axes.stairs(base + height, edges, baseline=base, fill=True, color=colours[arm], linewidth=0, zorder=2, gid=arm)
        elif lane.spell:
            _draw_spells(axes, base, own[arm], lane.spell, days, colours[arm])
        for kind, mark in (lane.marks or {}).items():
            _draw_marks(axes, base + _FULL / 2, own[arm].loc[own[arm]["event"] == kind.value, "day"], mark, colours[arm])
    if lane.weekly:
        text = f"{peak:,.0f}" if peak >= 10.0 else f"{peak:.2g}"
        middle = (min(rows.values()) + max(rows.values()) + 1.0) / 2
        write_at(axes, text, (1.0, middle), (3, 0), size=NOTE, va="center", color=INK)


def _draw_marks(axes: Axes, height: float, days: pd.Series, mark: tuple[str, bool], colour: str) -> None:
    """Draw a mark on each day, with the number of events if there are several."""
    marker, filled = mark
    for day, number in days.value_counts(sort=False).items():
        month = float(str(day)) / DAYS_A_MONTH
        axes.plot(
            month, height, marker=marker, markersize=4.2, clip_on=False, color=colour,
            markerfacecolor=colour if filled else "white", markeredgewidth=0.7, zorder=3,
        )  # fmt: skip
        if number > 1:
            look: dict[str, Any] = {"size": NOTE, "va": "center_baseline", "color": INK}
            axes.annotate(str(number), (month, height), (3.5, 0), textcoords="offset points", **look)


def _draw_spells(axes: Axes, base: float, events: pd.DataFrame, spell: tuple[Kind, Kind], days: int, colour: str) -> None:
    begins, ends = (events.loc[events["event"] == kind.value, "day"].tolist() for kind in spell)
    for start in begins:
        end = next((day for day in ends if day > start), days)
        axes.barh(
            base + _FULL / 2, (end - start) / DAYS_A_MONTH, left=start / DAYS_A_MONTH, height=0.45,
            color=colour, linewidth=0, zorder=2,
        )  # fmt: skip


def _mark_parting(axes: Axes, day: int, place: float, width: float) -> None:
    axes.axvline(day / DAYS_A_MONTH, color=INK, linewidth=0.9, linestyle=(0, (4, 2)), zorder=1)
    text = f"the arms diverge, day {day}"
    late = place + width_of(text, NOTE) > width
    axes.annotate(
        text, (day / DAYS_A_MONTH, 1.0), (-3 if late else 3, 2), size=NOTE, va="bottom", color=INK,
        xycoords=("data", "axes fraction"), textcoords="offset points", ha="right" if late else "left",
    )  # fmt: skip


def _parting(arms: Sequence[str], parts_on: int | None) -> str:
    if len(arms) < 2 or parts_on is None:
        return ""
    names = " and ".join(map(arm_name, arms))
    return f"{names} diverge on day {parts_on}." if parts_on >= 0 else f"{names} differ already in their initial states."


def _note(events: pd.DataFrame, world: int, days: int, seed: int, lanes: Sequence[Lane]) -> str:
    happened = set(events["event"])
    keys = []
    for lane in lanes:
        marks = [f"{_GLYPHS[mark]} {kind.value}" for kind, mark in (lane.marks or {}).items() if kind.value in happened]
        if marks:
            keys.append(f"{lane.name}: {', '.join(marks)}.")
    truces = " Thin bars: truces." if Kind.TRUCE_BEGINS.value in happened else ""
    return (
        f"World {world}, one history of thousands: it shows how events followed each other, not what is likely. One row per"
        f" arm, in its colour. Bars: counts per week. Right: the largest weekly count of all arms; its bar fills the"
        f" row.{truces} Deaths from IS attacks are expected deaths. A number beside a mark: events on that day."
        f" {' '.join(keys)} {days:,} days from 30 September 2020, seed {seed}."
    )
