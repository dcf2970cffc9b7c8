"""Run one block of worlds to the horizon, and label its outcomes."""

import functools
import multiprocessing
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import replace

import loky
import numpy as np
import xarray as xr
from loky.process_executor import BrokenProcessPool

from experiments.config.arm import Arm, Start
from experiments.engine.initial_state import build_model
from experiments.errors import say, tell
from sim.compiled import cache_folder, mark_rules_compiled, rules_are_compiled
from sim.model import IraqModel
from sim.record.outcomes import BY_NAME, DAYS_A_WEEK, labels
from sim.record.recorder import Recorder
from sim.rule import Array
from sim.state import check_finite
from sim.worlds import Worlds


@functools.cache
def why_none() -> str | None:
    """Return why no process can be started beside this one, None if it can."""
    if multiprocessing.current_process().daemon:
        return "this process is itself a worker, which may start none"
    try:
        multiprocessing.get_context().Semaphore()
    except (OSError, ImportError) as error:
        return f"this machine has no semaphores for them ({error})"
    return None


_FEW_WORLDS = Worlds(0, 2)
"""More than one: an array (agents, 1) must not be mistaken for one of all worlds."""


STOPPED = threading.Event()
"""Set when a run is stopped whose blocks are computed in threads: nobody else can end these."""
_LOOK_EVERY_DAYS = 30


def run_block(arm: Arm, worlds: Worlds) -> xr.Dataset:
    """Run a block of worlds to the horizon.

    Returns:
        All outcomes, `world` first; weekly ones end in `_by_week`. Also by world: `draw`, and the variant of each switch.

    Raises:
        NotFiniteError: a state or an outcome has become NaN or infinite, so no number can be trusted.
    """
    recorder = Recorder(arm.days, arm.record)
    model = build_model(arm, worlds, recorder)
    for day in range(0, arm.days, _LOOK_EVERY_DAYS):
        if STOPPED.is_set():
            raise RuntimeError("the run was stopped")
        model.run(min(_LOOK_EVERY_DAYS, arm.days - day))
    check_finite(model)
    recorder.check_finite(model.worlds.numbers)
    return to_dataset(arm, model, recorder)


def to_dataset(arm: Arm, model: IraqModel, recorder: Recorder) -> xr.Dataset:
    """Label the outcomes that a block recorded."""
    names = labels(model)
    variables: dict[str, tuple[list[str], Array, dict[str, object]]] = {}
    for suffix, axis, recorded in (("", "day", recorder.totals), ("_by_week", "week", recorder.weekly)):
        for name, snapshots in recorded.items():
            outcome = BY_NAME[name]
            values = np.moveaxis(np.stack(snapshots), -1, 0)
            dimensions = ["world", axis]
            if outcome.dimension is None:
                values = values[:, :, 0]
            else:
                dimensions.append(outcome.dimension)
            attributes: dict[str, object] = {
                "long_name": outcome.long_name,
                "units": outcome.unit,
                "aggregation": outcome.aggregation.value,
                "worse": int(outcome.worse),
            }
            variables[name + suffix] = (dimensions, np.ascontiguousarray(values), attributes)
    draws = model.parameters.draws.astype(np.int32)
    variables["draw"] = (["world"], draws, {"long_name": "draw of parameters and variants", "units": "number"})
    for switch in arm.ledger.switches.values():
        variants = [variant for variant, _ in switch.weights]
        number = np.zeros(model.worlds.count, dtype=np.int8)
        for index, variant in enumerate(variants):
            number[model.parameters.variant(switch.name, variant)[0] > 0.0] = index
        attributes = {"long_name": f"variant of the switch {switch.name}", "units": "variant", "forms": variants}
        variables[f"form_{switch.name}"] = (["world"], number, attributes)
    used = {dimension for dimensions, _, _ in variables.values() for dimension in dimensions}
    coordinates: dict[str, object] = {"world": model.worlds.numbers.astype(np.int64), "day": list(recorder.days)}
    if "week" in used:
        coordinates["week"] = np.arange(-(-arm.days // DAYS_A_WEEK))
    coordinates |= {dimension: values for dimension, values in names.items() if dimension in used}
    return xr.Dataset(variables, coords=coordinates, attrs={"scenario": arm.scenario, "key": arm.key, "seed": arm.seed})


def joined(blocks: Sequence[xr.Dataset]) -> xr.Dataset:
    """Join blocks in the order of their worlds, whose numbers are their index."""
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
    """Let another process work meanwhile, if one can be started, and wait for it."""
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
