"""Write, draw and print a benchmark."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from experiments.config.arm import Arm
from experiments.figures.draw import on_pages, write
from experiments.reports.folder import figures_of, write_result
from experiments.studies.benchmark.benchmark_figure import benchmark as drawn
from experiments.studies.benchmark.benchmark_figure import most_parts
from experiments.studies.benchmark.settings import Part, Settings
from experiments.studies.benchmark.study import Benchmark
from experiments.studies.benchmark.timings import AROUND, PLAIN, best_block, cost_of_a_day

_BUSY = 0.6
"""Load a core from which others disturb the timings."""


def write_benchmark(arm: Arm, settings: Settings, benchmark: Benchmark) -> Path:
    """Write what was measured and draw it; return the folder. The same command replaces it."""
    arms, asked = {arm.scenario: arm}, {"block": arm.compute.block, **asdict(settings)}
    measured = {part.value: table for part, table in benchmark.tables.items()}
    folder = write_result("benchmark", asked, arms, measured, found=benchmark.about)
    tables = {part: table for part, table in benchmark.tables.items() if part is not Part.COMPILE}
    if not tables:  # of compiling alone
        return folder
    machine = benchmark.about["machine"]
    subject = f"{machine['processor']}, {machine['cores']} cores"
    about = {"Title": "Benchmark", "Subject": subject, "Keywords": benchmark.about["key"]}
    with figures_of(folder, arms) as place:
        pages = on_pages(list(tables), lambda some: drawn({part: tables[part] for part in some}, benchmark.about), most_parts())
        write(pages, place / "benchmark", about)
    return folder


def summary(benchmark: Benchmark) -> str:
    """Return the tables as an analyst reads them."""
    about, machine = benchmark.about, benchmark.about["machine"]
    head = (
        f"{machine['processor']}, {machine['cores']} cores, load {machine['load']} before; Python {machine['python']},"
        f" numba {machine['versions']['numba']}\n{about['scenario']}, {about['days']} days, uncertainty {about['uncertainty']},"
        f" recorded: {about['record']}; medians of {about['repetitions']} repetitions with their range"
    )
    if machine["load"] > _BUSY * machine["cores"]:
        head += "\nThe machine was busy: times are too long, ratios less so; repeat when it is idle"
    texts: dict[Part, Callable[[pd.DataFrame, int], str]] = {
        Part.BLOCKS: _blocks,
        Part.STAGES: _stages,
        Part.WORKERS: _workers,
        Part.MEMORY: _memory,
        Part.COMPILE: _compiling,
    }
    return "\n\n".join([head, *(texts[part](table, about["block"]) for part, table in benchmark.tables.items())])


def _blocks(table: pd.DataFrame, _: int) -> str:
    best, cost = best_block(table), ""
    if len(table) > 1:
        fixed, per_world = cost_of_a_day(table)
        cost = f"\nBesides its draws, a day takes {fixed:.2f} ms whatever the block and {per_world:.2f} µs per world"
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
        " labelling; the rest: its days alone; below 1,024 worlds a block draws those of its whole chunk)\n"
        f"{_table(shown)}\n"
        f"Fastest: {best['block']:,.0f} worlds, {best['ratio']:.2f} times the draws alone"
        f" ({best['ratio_low']:.2f} to {best['ratio_high']:.2f}),"
        f" {strictest:.2f} times those of the block that draws fastest{cost}"
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
        f"By stage, a block of {block:,}, processor time (drawing apart)\n"
        f"{_table(shown, left=('stage', 'what happens'))}\n"
        f"In all {whole:,.0f} µs per day; {_ranges(plain, 'microseconds', '{:,.0f}').iloc[0]} without the watch"
    )


def _workers(table: pd.DataFrame, _: int) -> str:
    shown = {
        "workers": table["workers"].map(str),
        "worlds/s": _ranges(table, "worlds_per_second", "{:,.0f}"),
        "speed-up": _ranges(table, "speed_up", "{:.2f}"),
    }
    return f"By workers, clock on the wall\n{_table(shown)}"


def _memory(table: pd.DataFrame, _: int) -> str:
    shown = {
        "block": table["block"].map("{:,}".format),
        "MiB before": table["before"].map("{:,.0f}".format),
        "MiB at peak": table["peak"].map("{:,.0f}".format),
    }
    return f"Memory of a process that runs one block\n{_table(shown)}"


def _compiling(table: pd.DataFrame, _: int) -> str:
    shown = {
        "cache of rules": table["cache"],
        "s compiling": table["compiling"].map("{:.2f}".format),
        "s first day": table["first_day"].map("{:.2f}".format),
        "s first day again": table["second_first_day"].map("{:.2f}".format),
        "s whole process": table["process"].map("{:.2f}".format),
    }
    return f"To the first day of a new process, clock on the wall\n{_table(shown)}"


def _ranges(table: pd.DataFrame, value: str, form: str) -> pd.Series:
    """Return medians with their ranges, "5.9 (5.7-6.2)"."""
    columns = [table[value + ending].map(form.format) for ending in ("", "_low", "_high")]
    return columns[0] + " (" + columns[1] + "-" + columns[2] + ")"


def _table(columns: dict[str, pd.Series], left: Sequence[str] = ()) -> str:
    widths = {name: max(len(name), *(len(text) for text in texts)) for name, texts in columns.items()}
    rows = [dict(zip(columns, columns, strict=True)), *(pd.DataFrame(columns).to_dict("records"))]
    return "\n".join(
        "  ".join(
            f"{row[name]:<{width}}" if name in left else f"{row[name]:>{width}}" for name, width in widths.items()
        ).rstrip()
        for row in rows
    )
