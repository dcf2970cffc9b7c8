"""Survival of the coalition: the troops still there, and the members without a decision to leave for good."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.analysis.counts import DAYS_A_MONTH
from experiments.analysis.paired import Datasets
from experiments.figures.draw import axis_of_months, is_weekly, name_policy_start, weekly
from experiments.figures.page_layout import Grid, provenance, title, wrap
from experiments.figures.style import TITLE, ArmStyle, in_style
from experiments.figures.venue import venue
from experiments.studies.compare.figures.focus import named, others, styles_of, whose, with_bands
from experiments.studies.compare.figures.groups import told_of, two_groups
from experiments.studies.compare.figures.line_ends import LineEnd, label_line_ends, room_for
from experiments.studies.compare.text import asked_about
from sim.arrays import Array
from sim.record.outcomes import DAYS_A_WEEK

TROOPS_GONE, EXIT_DAY, TROOPS = "members_troops_gone", "exit_day_by_member", "troops_by_member"
QUANTILES = (0.05, 0.5, 0.95)
_THERE = "Members' troops still there, %"
_WORLDS_AT_ONCE = 16384


@dataclass(frozen=True, slots=True)
class Survival:
    """Members that have not decided to leave for good.

    Attributes:
        days: of the steps, from day 0. `share`: of member-worlds from each step on.
        grid: days of the Monte Carlo `error` of the share: the standard error over worlds, since the members of one world
            are not independent.
    """

    days: Array
    share: Array
    grid: Array
    error: Array


@in_style("Survival of the coalition: how much of it is left, and when do its members decide to leave for good?")
def survival(arms: Datasets, references: Collection[str] = ()) -> Figure:
    """Draw the share of the members' troops still there, and of the members without a decision to leave for good.

    Without weekly outcomes the troops are left out; the reference is the first arm by default.
    """
    styles, shown_by_name = styles_of(list(arms), references), named(list(arms), references)
    banded = with_bands(list(arms), references)[:2]
    troops = all(is_weekly(data, TROOPS_GONE) for data in arms.values())
    members = members_that_can_leave(arms)
    curves = {label: survival_of(data, members) for label, data in arms.items()}
    room, stack = room_for(shown_by_name)
    note = _note(arms, banded, len(members), troops)
    found = ""
    if troops:
        asked = asked_about([label for label in arms if label not in (references or list(arms)[:1])] or list(arms))
        there = 1.0 - weekly(arms[asked], TROOPS_GONE)[1][:, -1]
        found = told_of(asked, [two_groups(_THERE, there, 100.0)])
    columns = min(venue().columns, 1 + troops)
    below = 0.24 if columns > troops else 0.46
    grid = Grid(
        1 + troops, columns, max(2.0, 0.9 * stack), left=0.5, right=room + 0.06, above=0.36, below=below,
        note=note, finding=found,
    )  # fmt: skip
    figure, panels = grid.build(extra=0.42 - below)
    widest = grid.panel_width + room + 0.2
    horizon = max(int(data["day"].values.max()) for data in arms.values())
    for axes in panels:
        axes.set_ylim(0.0, 104.0)
        axis_of_months(axes, horizon)
    if troops:
        ends = _draw_troops(panels[0], arms, styles, banded)
        label_line_ends(panels[0], [end for end in ends if end.label in shown_by_name])
        title(panels[0], 0, _THERE, widest, outdent=28)
    ends = _draw_members(panels[-1], curves, styles)
    label_line_ends(panels[-1], [end for end in ends if end.label in shown_by_name])
    heading = wrap("Members that mean to stay, %", widest, TITLE)
    title(panels[-1], int(troops), "\n".join(heading), outdent=28)
    name_policy_start(panels[-1], 0.1)
    return figure


def members_that_can_leave(arms: Datasets) -> list[str]:
    """Return the members that have troops on a reporting day or decide to leave, in at least one world of one arm."""
    there: dict[str, bool] = {}
    for data in arms.values():
        for part in _parts(data[[TROOPS, EXIT_DAY]]):
            troops = (part[TROOPS] > 0).any([dim for dim in part[TROOPS].dims if dim != "member"])
            decided = part[EXIT_DAY].notnull().any([dim for dim in part[EXIT_DAY].dims if dim != "member"])
            for member, is_there in zip(part["member"].values, (troops | decided).values, strict=True):
                there[str(member)] = there.get(str(member), False) or bool(is_there)
    return [member for member, is_there in there.items() if is_there]


def _parts(data: xr.Dataset) -> Iterator[xr.Dataset]:
    """Yield an arm in parts that fit into memory, whatever its number of worlds."""
    for first in range(0, data.sizes["world"], _WORLDS_AT_ONCE):
        yield data.isel(world=slice(first, first + _WORLDS_AT_ONCE)).load()


def survival_of(data: xr.Dataset, members: Sequence[str]) -> Survival:
    """Return the Kaplan-Meier estimate of staying, pooled over worlds and members.

    Members without a decision are censored at the horizon, never earlier (Kaplan and Meier 1958,
    10.1080/01621459.1958.10501452), so the estimate is the counted share of those without a decision.
    """
    horizon, worlds = int(data["day"].values.max()), data.sizes["world"]
    grid = np.append(np.arange(0.0, horizon, DAYS_A_WEEK), horizon)
    decisions: Counter[float] = Counter()
    left, left_squared = np.zeros(grid.size), np.zeros(grid.size)
    for part in _parts(data[[EXIT_DAY]]):
        day = part[EXIT_DAY].sel(day=horizon, member=list(members)).transpose("world", "member").values.astype(float)
        decisions.update(dict(zip(*np.unique(day[~np.isnan(day)], return_counts=True), strict=True)))
        staying = np.stack([(np.isnan(day) | (day > time)).sum(axis=1) for time in grid])
        left, left_squared = left + staying.sum(axis=1), left_squared + (staying**2).sum(axis=1)
    count = len(members)
    squares = np.maximum(left_squared - left**2 / worlds, 0.0)
    days = np.array(sorted(decisions))
    decided = np.cumsum([decisions[day] for day in days]) if days.size else np.empty(0)
    share = np.concatenate([[1.0], 1.0 - decided / (worlds * count)])
    return Survival(
        days=np.concatenate([[0.0], days, [float(horizon)]]),
        share=np.append(share, share[-1]),
        grid=grid,
        error=np.sqrt(squares / (worlds - 1) / worlds) / count if worlds > 1 else np.full(grid.size, np.nan),
    )


def _draw_troops(axes: Axes, arms: Datasets, styles: Mapping[str, ArmStyle], banded: Sequence[str]) -> list[LineEnd]:
    ends = []
    for number, (label, data) in enumerate(arms.items()):
        style, (months, gone) = styles[label], weekly(data, TROOPS_GONE)
        low, median, high = 100.0 * np.quantile(1.0 - gone, QUANTILES, axis=0)
        if label in banded:
            axes.fill_between(months, low, high, color=style.colour, alpha=0.13, linewidth=0, zorder=1)
            for edge in (low, high):
                axes.plot(months, edge, color=style.colour, linestyle=style.line, linewidth=0.5, zorder=2)
        axes.plot(months, median, zorder=3, label=label, **style.drawn(number))
        ends.append(LineEnd(label, float(months[-1]), float(median[-1]), style))
    return ends


def _draw_members(axes: Axes, curves: Mapping[str, Survival], styles: Mapping[str, ArmStyle]) -> list[LineEnd]:
    ends = []
    for number, (label, curve) in enumerate(curves.items()):
        style, months = styles[label], curve.days / DAYS_A_MONTH
        at_grid = curve.share[np.searchsorted(curve.days, curve.grid, side="right") - 1]
        low, high = 100.0 * (at_grid - 2 * curve.error), 100.0 * (at_grid + 2 * curve.error)
        axes.fill_between(curve.grid / DAYS_A_MONTH, low, high, color=style.colour, alpha=0.18, linewidth=0, zorder=1)
        axes.step(months, 100.0 * curve.share, where="post", zorder=3, label=label, **style.drawn(number))
        ends.append(LineEnd(label, float(months[-1]), 100.0 * float(curve.share[-1]), style))
    return ends


def _note(arms: Datasets, banded: Sequence[str], members: int, troops: bool) -> str:
    first, second = ("(a) ", "(b) ") if troops else ("", "")
    left = f"{first}Median and, between thin lines, central 90 % of worlds{whose(banded, arms)}; relocated troops are gone. "
    return (
        f"{left if troops else ''}{second}Share of member-worlds ({members} members there at the start, times worlds) that has"
        " not decided to leave for good (Kaplan-Meier, censored at the end). A decision counts from the day of the"
        " decision, not from the end of the drawdown; relocation alone is no decision. Bands: two Monte Carlo standard errors"
        f" over worlds either way.{others(list(arms))} {provenance(arms)}"
    )
