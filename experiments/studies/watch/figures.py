"""Draw the signs of an ending, and how well they foretell it: scores by week and within scenarios, and calibration."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.names import arm_name, sentence_case
from experiments.figures.page_layout import LINE_SPACING, POINTS, Grid, folded, tick_rows, title, width_of, write_at
from experiments.figures.style import FAINT, INK, LABEL, NOTE, in_style
from experiments.figures.venue import venue
from experiments.studies.watch.score import ALL

AUC, CALIBRATION, WITHIN = "auc", "calibration", "within"
METHODS: dict[str, dict[str, Any]] = {
    "logistic": {"color": "#0072B2", "marker": "o", "linestyle": "-"},
    "tree": {"color": "#D55E00", "marker": "^", "linestyle": (0, (4, 1.5))},
}
_NAMES = {"logistic": "score", "tree": "tree"}
_LEAVES = 4  # of a tree at most: those with the highest and the lowest shares
_LEFT, _RIGHT, _HEIGHT = 0.5, 0.12, 1.3
_WORDS, _GAP = 0.46, 0.08  # of a panel of signs: share of its width for words, inches between these, the axis and the numbers
_APART = 0.075  # of two names at the ends of lines, AUC
_NOTE = (
    "All numbers come from held-out draws of the parameters. AUC: probability that a world with the ending has a"
    " higher score than a world without it; 0.5 is chance. Bars: 95 % intervals over draws. Signs: share with the ending among"
    " the worlds with the sign; dotted: among all worlds. Hollow: not beyond chance."
)


def parts_of(scores: pd.DataFrame) -> list[str | int]:
    """Return the panels: three of scores (two for one arm), and one of signs per week of observation."""
    within = [WITHIN] if (scores["worlds_of"] != ALL).any() else []
    return [AUC, CALIBRATION, *within, *map(int, scores["weeks"].unique())]


@in_style("Signs: what should one watch in the first weeks to know how the world ends, and how reliable are these signs?")
def signs_figure(tables: Mapping[str, pd.DataFrame], parts: Sequence[str | int], about: str) -> Figure:
    """Draw some panels of the tables of `knockon watch`."""
    columns = min(venue().columns, len(parts))
    room = venue().width / columns - _LEFT - _RIGHT
    told = {part: _told(tables["signs"], part, room) for part in parts if isinstance(part, int)}
    lines = max([0, *(sum(2 + text.count("\n") for text in rows["text"]) for rows in told.values())])
    height = max(_HEIGHT, lines * NOTE * LINE_SPACING / POINTS)
    grid = Grid(len(parts), columns, height, left=_LEFT, right=_RIGHT, above=0.34, below=0.42, note=f"{_NOTE} {about}")
    figure, panels = grid.build()
    last = int(tables["scores"]["weeks"].max())
    for number, (part, axes) in enumerate(zip(parts, panels, strict=True)):
        axes.tick_params(labelsize=LABEL)
        if isinstance(part, int):
            _signs(axes, told[part])
            title(axes, number, f"Signs after {part} weeks", outdent=POINTS * (_LEFT - _GAP))
        elif part == AUC:
            _by_week(axes, tables["scores"][tables["scores"]["worlds_of"] == ALL])
            title(axes, number, "Accuracy of the early signs")
        elif part == CALIBRATION:
            _calibration(axes, tables, last)
            title(axes, number, f"Calibration of the score, {last} weeks")
        else:
            _within(axes, tables["scores"], last)
            title(axes, number, f"Score within scenarios, {last} weeks")
    return figure


def _by_week(axes: Axes, scores: pd.DataFrame) -> None:
    ends: dict[str, float] = {}
    weeks = sorted(scores["weeks"].unique())
    nudge = 0.06 * max(1.0, weeks[-1] - weeks[0]) / len(weeks)
    for side, (method, style) in zip((-1, 1), METHODS.items(), strict=True):
        rows = scores[scores["method"] == method]
        at = rows["weeks"] + side * nudge
        axes.plot(at, rows["auc"], linewidth=1.0, markersize=4, gid=method, **style)
        axes.vlines(at, rows["auc_low"], rows["auc_high"], color=style["color"], linewidth=1.0, gid="interval")
        ends[method] = float(rows["auc"].iloc[-1])
    middle, (above, below) = sum(ends.values()) / 2, sorted(ends, key=lambda method: -ends[method])
    gap = max(_APART, ends[above] - ends[below]) / 2
    for method, height in ((above, middle + gap), (below, middle - gap)):
        look: dict[str, Any] = {"size": LABEL, "va": "center", "color": METHODS[method]["color"], "gid": "method"}
        write_at(axes, _NAMES[method], (1, height), (-2, 0), ha="right", **look)
    axes.axhline(0.5, color=FAINT, linewidth=0.8, linestyle=(0, (1, 2)), zorder=0)
    write_at(axes, "chance", (1, 0.5), (-2, 2), size=NOTE, ha="right", color="#555555")
    span = max(2, weeks[-1] - weeks[0])
    axes.set_xlim(weeks[0] - 0.12 * span, weeks[-1] + 0.3 * span)
    axes.set_ylim(min(0.45, float(scores["auc_low"].min()) - 0.03), 1.01)
    axes.set_xticks(weeks)
    axes.set_xlabel("weeks of observation", size=NOTE, labelpad=1)
    axes.set_ylabel("AUC on held-out draws", size=NOTE, labelpad=1)


def _calibration(axes: Axes, tables: Mapping[str, pd.DataFrame], weeks: int) -> None:
    rows, scores = (tables[name][tables[name]["weeks"] == weeks] for name in ("calibration", "scores"))
    brier = scores[(scores["worlds_of"] == ALL) & (scores["method"] == "logistic")].iloc[0]
    colour = str(METHODS["logistic"]["color"])
    axes.plot([0.0, 100.0], [0.0, 100.0], color=FAINT, linewidth=0.8, linestyle=(0, (1, 2)), zorder=0)
    axes.vlines(100.0 * rows["predicted"], 100.0 * rows["share_low"], 100.0 * rows["share_high"], color=colour, linewidth=1.0)
    axes.plot(
        100.0 * rows["predicted"], 100.0 * rows["share"], color=colour, marker="o", markersize=4, linewidth=0.8, gid="bins"
    )
    most = min(100.0, 110.0 * float(max(rows["predicted"].max(), rows["share_high"].max())))
    axes.set(xlim=(-0.02 * most, most), ylim=(-0.02 * most, most))
    axes.set_xlabel("predicted, %", size=NOTE, labelpad=1)
    axes.set_ylabel("worlds with the ending, %", size=NOTE, labelpad=1)
    said = f"Brier {brier['brier']:.3f}\nbase rate alone {brier['brier_base']:.3f}"
    write_at(axes, said, (0.03, 0.97), (0, 0), up="axes fraction", size=NOTE, va="top", gid="brier")


def _within(axes: Axes, scores: pd.DataFrame, weeks: int) -> None:
    rows = scores[(scores["weeks"] == weeks) & (scores["method"] == "logistic")]
    room = venue().width / min(venue().columns, 2) - _LEFT - _RIGHT
    names = ["All, pooled" if name == ALL else arm_name(name) for name in rows["worlds_of"]]
    for place, row in enumerate(rows.to_dict("records")):
        _interval(axes, place, row, "auc", bool(row["found"]))
        write_at(axes, folded(names[place], 0.42 * room, NOTE), (0, place), (0, 0), size=NOTE, va="center", gid="arm")
    axes.axvline(0.5, color=FAINT, linewidth=0.8, linestyle=(0, (1, 2)), zorder=0)
    low = min(0.4, float(rows["auc_low"].min()))
    axes.set_xlim(low - 0.85 * (1.0 - low), 1.02)
    axes.set_xticks([0.5, 0.75, 1.0])
    axes.spines["bottom"].set_bounds(low, 1.0)
    axes.set_xlabel("AUC; scenarios with few endings are left out", size=NOTE, labelpad=1)
    tick_rows(axes, [""] * len(rows))
    axes.set_ylim(len(rows) - 0.4, -0.6)


def _told(signs: pd.DataFrame, weeks: int, room: float) -> dict[str, Any]:
    """Return the drawn leaves of a tree with their words in lines, and the limits of the panel, whose axis is 0 to 100."""
    rows = signs[signs["weeks"] == weeks]
    if len(rows) > _LEAVES:
        rows = pd.concat([rows.head(_LEAVES // 2), rows.tail(_LEAVES // 2)])
    words, numbers = _WORDS * room, width_of("100 (100\N{EN DASH}100)", NOTE) + _GAP
    an_inch = 100.0 / (room - words - numbers)
    texts = [folded(sentence_case(str(text)), words + _LEFT - 2 * _GAP, NOTE) for text in rows["signs"]]
    return {"rows": rows, "text": texts, "limits": (-words * an_inch, 100.0 + numbers * an_inch)}


def _signs(axes: Axes, told: Mapping[str, Any]) -> None:
    rows = told["rows"]
    base = 100.0 * float(rows["base"].iloc[0])
    low, high = axes.set_xlim(*told["limits"])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    for place, (row, text) in enumerate(zip(rows.to_dict("records"), told["text"], strict=True)):
        look: dict[str, Any] = {"size": NOTE, "va": "center", "linespacing": 1.1}
        write_at(axes, text, (0, place), (-POINTS * (_LEFT - _GAP), 0), gid="sign", **look)
        if np.isnan(row["share"]):
            write_at(axes, "no world", (1, place), (0, 0), ha="right", gid="share", **look)
            continue
        percent = {name: 100.0 * row[name] for name in ("share", "share_low", "share_high")}
        _interval(axes, place, percent, "share", bool(row["holds"]))
        said = "{share:.0f} ({share_low:.0f}\N{EN DASH}{share_high:.0f})".format(**percent)
        write_at(axes, said, (1, place), (0, 0), ha="right", gid="share", **look)
    axes.plot([base, base], [-0.5, len(rows) - 0.5], color=INK, linewidth=0.8, linestyle=(0, (1, 2)), zorder=0, gid="base")
    axes.set_xticks([0.0, 50.0, 100.0])
    axes.spines["bottom"].set_bounds(0.0, 100.0)
    axes.set_xlabel(f"worlds in 100; all worlds: {base:.0f}", size=NOTE, labelpad=1, x=(50.0 - low) / (high - low))
    tick_rows(axes, [""] * len(rows))


def _interval(axes: Axes, place: int, row: Mapping[Any, Any], name: str, is_clear: bool) -> None:
    style = METHODS["logistic" if name == "auc" else "tree"]
    look: dict[str, Any] = {"color": style["color"], "markerfacecolor": style["color"] if is_clear else "white"}
    axes.plot([row[f"{name}_low"], row[f"{name}_high"]], [place, place], color=style["color"], linewidth=1.2, zorder=2)
    look |= {"marker": style["marker"], "gid": "clear" if is_clear else "chance"}
    axes.plot([row[name]], [place], markersize=4.5, linestyle="", zorder=3, **look)
