"""Draw a benchmark: speed of the model and of its bare draws, stages of the day, throughput by processes, memory."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, LogLocator, MaxNLocator, NullFormatter, NullLocator, StrMethodFormatter
from matplotlib.transforms import Bbox

from experiments.figures.names import arm_name
from experiments.figures.page_layout import POINTS, Grid, counted, title, width_of, write_at
from experiments.figures.style import COLOURS, GREYS, INK, LABEL, NOTE, TEXT, in_style
from experiments.figures.venue import venue
from experiments.studies.benchmark.timings import best_block

_BAR, _HEIGHT, _BETWEEN, _BESIDE = 0.145, 1.2, 0.68, 0.55
"""Inches: a stage's bar with its gap, a small panel, the room between two panels, and the room at their left."""
_HIGHEST = 2.0
"""Largest height of a small panel next to the stages, inches."""
_OTHERS = {"draws": "Uniforms", "normals": "Normals from uniforms", "around": "Around the stages"}
"""Labels of rows that are not stages."""
_MODEL, _DRAWS = COLOURS[0], GREYS[2]
_DASHED = (0, (4, 1.5))
_LINE: Mapping[str, Any] = {"markersize": 3.5, "linewidth": 1.3, "elinewidth": 0.8, "capsize": 1.8}


@in_style("Benchmark: how fast is the model, and which stages take the time?")
def benchmark(tables: Mapping[str, pd.DataFrame], about: Mapping[str, Any]) -> Figure:
    """Draw speed by block, throughput by workers and memory in small panels, and the stages of the day beside them."""
    small = [part for part in _SMALL if part in tables]
    bars = _bars(tables["stages"]) if "stages" in tables else None
    columns = min(venue().columns, len(small)) if bars is None else 1 + bool(small)
    count = len(small) if bars is None else columns * max(1, len(small))
    rows = -(-count // columns)
    needed = 0.0 if bars is None else len(bars) * _BAR
    height = max(_HEIGHT, (needed - (rows - 1) * _BETWEEN) / rows)
    grid = Grid(count, columns, height, left=_BESIDE, right=0.1, above=0.3, below=_BETWEEN - 0.3, note=_note(tables, about))
    figure, panels = grid.build()
    if bars is not None:
        _stages(_merged(figure, panels[columns - 1 :: columns], list(bars["label"])), len(small), bars, int(about["block"]))
        panels = panels[::columns]
    for number, (part, axes) in enumerate(zip(small, panels, strict=False)):
        heading, draw = _SMALL[part]
        place, share = axes.get_position(), min(1.0, _HIGHEST / height)
        axes.set_position((place.x0, place.y1 - share * place.height, place.width, share * place.height))
        title(axes, number, heading, outdent=34)
        draw(axes, tables[part])
    return figure


def most_parts() -> int | None:
    """Return the number of parts that fit on a page; None if that depends on the height of the page."""
    return 1 if venue().columns == 1 else None


def _merged(figure: Figure, panels: Sequence[Axes], names: Sequence[str]) -> Axes:
    """Merge panels above each other into one, with room for names at its left."""
    whole = Bbox.union([axes.get_position() for axes in panels])
    room = (max(width_of(name, LABEL) for name in names) - _BESIDE + 0.2) / venue().width
    panels[0].set_position((whole.x0 + room, whole.y0, whole.width - room, whole.height))
    for axes in panels[1:]:
        axes.remove()
    return panels[0]


def _blocks(axes: Axes, table: pd.DataFrame) -> None:
    model = _speed(axes, table, "milliseconds_per_world_year", color=_MODEL, marker="o")
    draws = _speed(axes, table, "floor_milliseconds_per_world_year", color=_DRAWS, marker="s", linestyle=_DASHED)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_ylim(model.min() / 2, draws.max() * 3)
    axes.yaxis.set_major_locator(LogLocator(10))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    _axis_of_blocks(axes, table["block"])
    slowest = 1e3 / table["milliseconds_per_world_year_high"].tail(3).max()
    best = best_block(table)
    middle = 1e3 / np.sqrt(best["milliseconds_per_world_year"] * best["floor_milliseconds_per_world_year"])
    for text, height, rise, side in (
        ("draws alone", draws.max(), 5, "bottom"),
        (f"fastest: {best['ratio']:.1f} times the draws", middle, 0, "center"),
        ("model", slowest, -3, "top"),
    ):
        write_at(axes, text, (1, height), (0, rise), size=NOTE, ha="right", va=side)


def _speed(axes: Axes, table: pd.DataFrame, time: str, **style: Any) -> pd.Series:
    """Draw a time per world-year as world-years per second, and return these."""
    speed = 1e3 / table[time]
    reach = [speed - 1e3 / table[f"{time}_high"], 1e3 / table[f"{time}_low"] - speed]
    axes.errorbar(table["block"], speed, yerr=reach, gid=time, **_LINE, **style)
    return speed


def _axis_of_blocks(axes: Axes, blocks: pd.Series) -> None:
    axes.xaxis.set_major_locator(FixedLocator([float(block) for block in blocks]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    axes.tick_params(axis="x", labelsize=NOTE)
    axes.set_xlabel("worlds per block", size=TEXT, labelpad=1)


def _workers(axes: Axes, table: pd.DataFrame) -> None:
    speed, workers = table["worlds_per_second"], table["workers"]
    reach = [speed - table["worlds_per_second_low"], table["worlds_per_second_high"] - speed]
    axes.plot(workers, speed.iloc[0] * workers / workers.iloc[0], color=_DRAWS, linewidth=1.0, linestyle=_DASHED, gid="ideal")
    axes.errorbar(workers, speed, yerr=reach, color=_MODEL, marker="o", **_LINE)
    axes.set_ylim(bottom=0.0)
    axes.set_xlim(workers.min() - 0.3, workers.max() + 0.3)
    axes.xaxis.set_major_locator(FixedLocator([float(number) for number in workers]))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.set_xlabel("processes; dashed: in proportion", size=TEXT, labelpad=1)


def _memory(axes: Axes, table: pd.DataFrame) -> None:
    before = table["before"].median()
    axes.axhline(before, color=_DRAWS, linewidth=1.0, linestyle=_DASHED, gid="before")
    axes.plot(table["block"], table["peak"], color=_MODEL, marker="o", markersize=3.5, linewidth=1.3)
    write_at(axes, "before the block is set up", (1, before), (0, -3), size=NOTE, ha="right", va="top")
    axes.set_xscale("log", base=2)
    axes.set_ylim(0.0, 1.1 * table["peak"].max())
    axes.yaxis.set_major_locator(MaxNLocator(4))
    _axis_of_blocks(axes, table["block"])


def _bars(stages: pd.DataFrame) -> pd.DataFrame:
    """Return the drawn rows of the stages, the longest first, with labels."""
    bars = stages[stages["group"] != "plain"].sort_values("microseconds", ascending=False)
    parts = bars["name"].str.partition(".")
    of_stages = parts[0].map(arm_name) + ": " + parts[2].str.replace("_", " ")  # "Coalition: decide" of coalition.decide
    return bars.assign(label=bars["name"].map(_OTHERS).fillna(of_stages))


def _stages(axes: Axes, number: int, bars: pd.DataFrame, block: int) -> None:
    places = np.arange(len(bars))
    of_stage = (bars["group"] == "stage").to_numpy()
    length = bars["microseconds"].to_numpy()
    axes.barh(places[of_stage], length[of_stage], height=0.68, color=_MODEL, gid="stage")
    axes.barh(places[~of_stage], length[~of_stage], height=0.68, color=_DRAWS, gid="around")
    reach = [bars["microseconds"] - bars["microseconds_low"], bars["microseconds_high"] - bars["microseconds"]]
    axes.errorbar(bars["microseconds"], places, xerr=reach, color=INK, linestyle="", elinewidth=0.8, capsize=1.2, gid="range")
    axes.set_ylim(len(bars) - 0.4, -0.6)
    axes.set_yticks(places, bars["label"])
    axes.tick_params(axis="y", length=0, labelsize=LABEL)
    axes.set_xlim(left=0.0)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    axes.set_xlabel("microseconds per day", size=TEXT, labelpad=1)
    room = POINTS * max(width_of(name, LABEL) for name in bars["label"])
    title(axes, number, f"A day of {block:,} worlds, stage by stage", outdent=room + 4)


_SMALL: Mapping[str, tuple[str, Callable[[Axes, pd.DataFrame], None]]] = {
    "blocks": ("World-years per second, one core", _blocks),
    "workers": ("Worlds per second by processes", _workers),
    "memory": ("Peak memory of a process, MiB", _memory),
}
"""The small panels: title and function."""


def _note(tables: Mapping[str, pd.DataFrame], about: Mapping[str, Any]) -> str:
    machine, uncertainty = about["machine"], {"prior": "drawn from priors", "none": "at their values"}[about["uncertainty"]]
    sentences = [
        f"Medians and ranges of {counted([about['repetitions']], 'repetition')}.",
        f"Times are processor time{'; in the panel by processes, wall-clock time' if 'workers' in tables else ''}.",
        "Grey: work outside the stages." if "stages" in tables else "",
        f"{arm_name(about['scenario'])}, {about['days']} days, parameters {uncertainty}, seed {about['seed']}.",
        f"{machine['processor']}, {counted([machine['cores']], 'core')}, load {machine['load']} before;"
        f" Python {machine['python']}, numba {machine['versions']['numba']}.",
    ]
    return " ".join(filter(None, sentences))
