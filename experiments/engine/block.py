"""Run one block of worlds to the horizon, and label its outcomes."""

import functools
import gc
import multiprocessing
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import loky
from loky.process_executor import BrokenProcessPool

from experiments.config.arm import Arm, Start
from experiments.engine.initial_state import build_model
from experiments.engine.progress import PROGRESS
from experiments.engine.side_by_side import SideBySide
from experiments.errors import say, tell
from sim.cache import cache_folder, mark_rules_compiled, rules_are_compiled
from sim.record.recorder import Recorder
from sim.worlds import Worlds

if TYPE_CHECKING:
    import xarray as xr


@functools.cache
def why_none() -> str | None:
    """Return the reason why no further process can be started; None if one can."""
    if multiprocessing.current_process().daemon:
        return "this process is a worker, and a worker may not start processes"
    try:
        multiprocessing.get_context().Semaphore()
    except (OSError, ImportError) as error:
        return f"this machine has no semaphores, which worker processes need ({error})"
    return None


_FEW_WORLDS = Worlds(0, 2)
"""More than one, because an array (agents, 1) would look like one with the same value for all worlds."""


_LARGE = 1024
"""Fewest worlds of a block whose memory is freed early, although this takes a tenth of a second."""
STOPPED = threading.Event()
"""Set when a run with threads is stopped: threads cannot be ended from outside."""


def run_block(arm: Arm, worlds: Worlds) -> "xr.Dataset":
    """Run a block of worlds of one arm to the horizon, as `run_block_of` does."""
    (data,) = run_block_of([arm], worlds)
    return data


def run_block_of(arms: Sequence[Arm], worlds: Worlds) -> "list[xr.Dataset]":
    """Run a block of worlds to the horizon, in one model for arms that differ in their policies alone.

    Returns:
        By arm all outcomes, `world` first; weekly ones end in `_by_week`. Also by world: `draw`, and the variant per switch.

    Raises:
        NotFiniteError: a state or an outcome has become NaN or infinite, so no number can be trusted.
    """
    block = SideBySide(arms, worlds)
    for day in block.run():
        PROGRESS.block(worlds, day / arms[0].days)
        if STOPPED.is_set():
            raise RuntimeError("the run was stopped")
    data = block.datasets()
    del block
    if len(arms) * worlds.count >= _LARGE:
        gc.collect()  # models refer to themselves: a run of many blocks would hold several gigabytes of earlier ones
    return data


def joined(blocks: "Sequence[xr.Dataset]") -> "xr.Dataset":
    """Join blocks in the order of their worlds; the numbers of the worlds are the index."""
    import xarray as xr  # here: a process that only compiles rules needs no xarray

    ordered = sorted(blocks, key=lambda block: int(block.indexes["world"][0]))
    if len(ordered) == 1:
        return ordered[0]
    return xr.concat(ordered, dim="world", data_vars="minimal", coords="minimal", compat="override")


def compile_rules(arm: Arm) -> None:
    """Compile all rules of new sources and keep them on the disk; if that is impossible, for this process."""
    if rules_are_compiled():
        return
    is_kept, given = _announce_compiling(), replace(arm, start=Start.GIVEN)  # its days have the same rules
    with _beside(functools.partial(_compile_backwards, given)) if is_kept else nullcontext():
        build_model(given, _FEW_WORLDS, Recorder(given.days, given.record)).run(1)
    mark_rules_compiled()


@functools.cache
def _announce_compiling() -> bool:
    """Print once that rules are compiled, and return whether they will be kept."""
    folder, others = cache_folder()
    for reason in others:
        say(f"note: {reason}; compiled rules are not kept there")
    tell(f"compiling the rules, once {'for this version' if folder else 'a run'} ...")
    return folder is not None


@contextmanager
def _beside(work: Callable[[], None]) -> Generator[None]:
    """Within `with`, let another process do the work, if one can be started; wait for its end."""
    with ExitStack() as open_pools:
        other = None
        if why_none() is None:
            with suppress(OSError):
                # its own pool, ended here: a reusable worker would keep a process that is itself a worker from ending
                other = open_pools.enter_context(loky.ProcessPoolExecutor(1)).submit(work)
        yield
        if other is not None:
            with suppress(BrokenProcessPool):  # it was killed: the other rules are compiled at their first use
                other.result()


def _compile_backwards(arm: Arm) -> None:
    build_model(arm, _FEW_WORLDS).compile_backwards()
