"""Trade-off: how much density does a box gain for the coverage that it loses, on draws it has seen and on others?"""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.figures.page_layout import Grid, title
from experiments.figures.style import FAINT, INK, LABEL, NOTE, in_style
from experiments.figures.venue import venue

HALVES: dict[str, dict[str, Any]] = {
    "found on": {"color": "#0072B2", "marker": "o", "linestyle": "-"},
    "held out": {"color": "#D55E00", "marker": "^", "linestyle": (0, (4, 1.5))},
}
_HEIGHT = 2.5
_NOTE = (
    "Each mark is a box of the peeling, from all draws at the lower right upwards. Ring: the box that was chosen, before"
    " its weak sides were dropped. Where the two curves part, what the box gains is luck of the half it was found on."
)


@in_style
def trade_off(trajectory: pd.DataFrame, about: str) -> Figure:
    """Draw coverage against density along the peeling of a `Discovery`, and how many numbers each of its boxes restricts."""
    grid = Grid(2, min(2, venue().columns), _HEIGHT, left=0.55, right=0.15, above=0.34, below=0.42, note=f"{_NOTE} {about}")
    figure, (curve, count) = grid.build()
    chosen = trajectory[trajectory["chosen"]].iloc[0]
    for half, style in HALVES.items():
        coverage, density = 100.0 * trajectory[f"coverage, {half}"], 100.0 * trajectory[f"density, {half}"]
        curve.plot(coverage, density, linewidth=0.9, markersize=2.6, markeredgewidth=0, label=half, zorder=2, **style)
        at = (100.0 * chosen[f"coverage, {half}"], 100.0 * chosen[f"density, {half}"])
        _ring(curve, *at, str(style["color"]), f"chosen, {half}")
    curve.set_xlim(0.0, 103.0)
    curve.set_ylim(0.0, 103.0)
    curve.set_xlabel("coverage: draws of interest inside, %", size=NOTE, labelpad=1)
    curve.set_ylabel("density: yes among those inside, %", size=NOTE, labelpad=1)
    curve.legend(
        loc="lower left", fontsize=LABEL, frameon=False, title="half of the draws", title_fontsize=LABEL, handlelength=2.6
    )
    title(curve, 0, "Coverage and density")
    count.step(100.0 * trajectory["coverage, found on"], trajectory["restricted"], where="post", color=INK, linewidth=1.0)
    _ring(count, 100.0 * chosen["coverage, found on"], float(chosen["restricted"]), INK, "chosen")
    count.set_xlim(0.0, 103.0)
    count.set_ylim(-0.2, float(trajectory["restricted"].max()) + 0.6)
    count.yaxis.set_major_locator(MaxNLocator(integer=True))
    count.set_xlabel("coverage: draws of interest inside, %", size=NOTE, labelpad=1)
    count.set_ylabel("numbers restricted", size=NOTE, labelpad=1)
    title(count, 1, "Restrictions")
    for axes in (curve, count):
        axes.tick_params(labelsize=LABEL)
        axes.grid(color=FAINT, alpha=0.25, linewidth=0.4)
    return figure


def _ring(axes: Axes, x: float, y: float, colour: str, name: str) -> None:
    axes.plot(
        [x], [y], marker="o", markersize=7, markerfacecolor="none", markeredgecolor=colour, markeredgewidth=1.0, linestyle="",
        zorder=4, gid=name,
    )  # fmt: skip
