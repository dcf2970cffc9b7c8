"""Convergence: are there enough worlds, or would more of them move a headline?"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator, StrMethodFormatter

from experiments.analysis.quantities import shown_unit
from experiments.figures.page_layout import Grid, title
from experiments.figures.style import FAINT, LABEL, NOTE, ArmStyle, in_style, outcome_name, style_arms
from experiments.figures.venue import venue
from experiments.studies.compare.figures.line_ends import LineEnd, label_line_ends, room_for

_TICKS = tuple(factor * 10**power for power in range(1, 7) for factor in (1, 2, 5))
_MOST_TICKS = 5


@in_style
def convergence(table: pd.DataFrame, labels: list[str], note: str) -> Figure:
    """Draw the paired difference from the first worlds, from more of them and from all, with its Monte Carlo error.

    Args:
        table: of `experiments.studies.compare.convergence`.
        labels: of all arms of the comparison, references too, on which the styles depend.
        note: what the figure rests on.
    """
    references = set(table["reference"])
    styles = style_arms(labels, references)
    arms, outcomes = list(dict.fromkeys(table["arm"])), list(dict.fromkeys(table["outcome"]))
    room, stack = room_for(arms)
    columns = min(venue().columns, len(outcomes))
    text = (
        "Median paired difference (of hazards the mean, in probability) by the last day from the first worlds of the ensemble,"
        f" and two Monte Carlo standard errors either way. A point's worlds are among those of the next. {note}"
    )
    grid = Grid(len(outcomes), columns, max(1.1, 0.9 * stack), left=0.55, right=room + 0.06, above=0.36, below=0.24, note=text)
    figure, panels = grid.build(extra=0.18)
    for number, (outcome, axes) in enumerate(zip(outcomes, panels, strict=True)):
        rows = table[table["outcome"] == outcome]
        _panel(axes, rows, {arm: styles[arm] for arm in arms})
        heading = f"{outcome_name(outcome)}, difference, {shown_unit(outcome)}"
        title(axes, number, heading, grid.panel_width + 0.6 * room, outdent=30)
        if number >= len(outcomes) - columns:
            axes.set_xlabel("worlds", size=NOTE, labelpad=1)
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, styles: dict[str, ArmStyle]) -> None:
    axes.set_xscale("log")
    axes.axhline(0.0, color=FAINT, linewidth=0.8, zorder=0, gid="no difference")
    ends = []
    for number, (arm, style) in enumerate(styles.items()):
        here = rows[rows["arm"] == arm].sort_values("worlds")
        worlds, estimate = here["worlds"].to_numpy(float), here["estimate"].to_numpy(float)
        error = 2.0 * here["error"].to_numpy(float)
        axes.fill_between(worlds, estimate - error, estimate + error, color=style.colour, alpha=0.15, linewidth=0, zorder=1)
        axes.plot(worlds, estimate, zorder=3, **style.drawn(number))
        ends.append(LineEnd(arm, float(worlds[-1]), float(estimate[-1]), style))
    low, high = float(rows["worlds"].min()), float(rows["worlds"].max())
    axes.set_xlim(0.97 * low, 1.03 * high)
    ticks = [tick for tick in _TICKS if low <= tick <= high]
    axes.xaxis.set_major_locator(FixedLocator(ticks[:: -(-len(ticks) // _MOST_TICKS)] if ticks else sorted({low, high})))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    axes.tick_params(labelsize=LABEL)
    label_line_ends(axes, ends)
