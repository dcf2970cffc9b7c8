"""Write, draw and print a benchmark."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.analysis.counts import aligned
from experiments.config.arm import Arm
from experiments.figures.draw import on_pages, write
from experiments.reports.folder import figures_of, write_result
from experiments.studies.benchmark.benchmark_figure import benchmark, most_parts
from experiments.studies.benchmark.settings import Part, Settings
from experiments.studies.benchmark.timings import AROUND, PLAIN, best_block, cost_of_a_day

_BUSY = 0.6
"""Load per core above which other processes disturb the timings."""


def write_benchmark(arm: Arm, settings: Settings, about: Mapping[str, Any], tables: Mapping[Part, pd.DataFrame]) -> Path:
    """Write and draw the tables of `measure`; return the folder. The same command replaces it."""
    arms, asked = {arm.scenario: arm}, {"block": arm.compute.block, **asdict(settings)}
    folder = write_result("benchmark", asked, arms, {part.value: table for part, table in tables.items()}, found=about)
    drawn = {part: table for part, table in tables.items() if part is not Part.COMPILE}
    if drawn:
        subject = f"{about['machine']['processor']}, {about['machine']['cores']} cores"
        with figures_of(folder, arms) as place:
            pages = on_pages(list(drawn), lambda some: benchmark({part: drawn[part] for part in some}, about), most_parts())
            write(pages, place / "benchmark", {"Title": "Benchmark", "Subject": subject, "Keywords": about["key"]})
    return folder


def summary(about: Mapping[str, Any], tables: Mapping[Part, pd.DataFrame]) -> str:
    """Return the tables of `measure` as text."""
    machine = about["machine"]
    head = (
        f"{machine['processor']}, {machine['cores']} cores, load {machine['load']} before; Python {machine['python']},"
        f" numba {machine['versions']['numba']}\n{about['scenario']}, {about['days']} days, uncertainty {about['uncertainty']},"
        f" recorded: {about['record']}; medians of {about['repetitions']} repetitions with their range"
    )
    if machine["load"] > _BUSY * machine["cores"]:
        head += "\nThe machine was busy: times are too long, and ratios are slightly wrong. Repeat when the machine is idle."
    return "\n\n".join([head, *(_text(part, table, about["block"]) for part, table in tables.items())])


def _text(part: Part, table: pd.DataFrame, block: int) -> str:
    match part:
        case Part.BLOCKS:
            return _blocks(table)
        case Part.STAGES:
            return _stages(table, block)
        case Part.WORKERS:
            speeds = {"workers": table["workers"].map(str), "worlds/s": _ranges(table, "worlds_per_second", "{:,.0f}")}
            speeds["speed-up"] = _ranges(table, "speed_up", "{:.2f}")
            return f"By workers, wall-clock time\n{_table(speeds)}"
        case Part.MEMORY:
            names = {"block": "block", "MiB before": "before", "MiB at peak": "peak"}
            mebibytes = {heading: table[name].map("{:,.0f}".format) for heading, name in names.items()}
            return f"Memory of a process that runs one block\n{_table(mebibytes)}"
        case Part.COMPILE:
            names = {"compiling": "compiling", "first day": "first_day", "first day again": "second_first_day"}
            names |= {"whole process": "process"}
            seconds = {f"s {heading}": table[name].map("{:.2f}".format) for heading, name in names.items()}
            seconds = {"cache of rules": table["cache"], **seconds}
            return f"To the first day of a new process, wall-clock time\n{_table(seconds)}"


def _blocks(table: pd.DataFrame) -> str:
    best, cost = best_block(table), ""
    if len(table) > 1:
        fixed, per_world = cost_of_a_day(table)
        cost = f"\nWithout its draws, a day takes {fixed:.2f} ms per block and {per_world:.2f} µs per world"
    strictest = best["milliseconds_per_world_year"] / table["floor_milliseconds_per_world_year"].min()
    shown = {
        "block": table["block"].map("{:,}".format),
        "worlds/s": _ranges(table, "worlds_per_second", "{:,.0f}"),
        "ns/agent-day": _ranges(table, "nanoseconds_per_agent_day", "{:.1f}"),
        "ms/world-year": _ranges(table, "milliseconds_per_world_year", "{:.3f}"),
        "draws alone": _ranges(table, "floor_milliseconds_per_world_year", "{:.3f}"),
        "times the draws": _ranges(table, "ratio", "{:.2f}"),
        "days' share": table["share_of_days"].map("{:.0%}".format),
    }
    return (
        f"By block, {table['agents'].iloc[0]} agents, one core, processor time (worlds/s: a whole block with set-up and"
        " labelling; other columns: its days alone)\n"
        f"{_table(shown)}\n"
        f"The fastest block has {best['block']:,.0f} worlds. Its days take {best['ratio']:.2f} times as long as drawing its"
        f" random numbers alone ({best['ratio_low']:.2f} to {best['ratio_high']:.2f}). Per world, its days"
        f" take {strictest:.2f} times as long as the draws alone in the block that draws fastest{cost}"
    )


def _stages(table: pd.DataFrame, block: int) -> str:
    plain, parts = table[table["group"] == PLAIN], table[table["group"] != PLAIN]
    whole = parts["microseconds"].sum()
    order = parts.assign(last=parts["group"] == AROUND).sort_values(["last", "microseconds"], ascending=[True, False])
    shown = {
        "stage": order["name"],
        "µs/day": _ranges(order, "microseconds", "{:,.0f}"),
        "share": (order["microseconds"] / whole).map("{:.1%}".format),
        "what happens": order["story"],
    }
    return (
        f"By stage, a block of {block:,}, processor time (drawing has its own rows)\n{_table(shown)}\n"
        f"In all {whole:,.0f} µs per day; {_ranges(plain, 'microseconds', '{:,.0f}').iloc[0]} without timers"
    )


def _ranges(table: pd.DataFrame, value: str, spec: str) -> pd.Series:
    """Return medians with their ranges, "5.9 (5.7-6.2)"."""
    columns = [table[value + ending].map(spec.format) for ending in ("", "_low", "_high")]
    return columns[0] + " (" + columns[1] + "-" + columns[2] + ")"


def _table(columns: Mapping[str, pd.Series]) -> str:
    return aligned([list(columns), *zip(*columns.values(), strict=True)])
