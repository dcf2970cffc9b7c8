"""Worlds to blocks to workers to a dataset."""

import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import joblib
import numpy as np
import xarray as xr
from tqdm import tqdm

from experiments.setup import Setup
from experiments.store import ArmStore
from sim.model import IraqModel
from sim.outcomes import BY_NAME, DAYS_A_WEEK, Recorder, labels
from sim.rule import Array, mark_rules_compiled, rules_are_compiled
from sim.worlds import CHUNK, Worlds

_FEW_WORLDS = Worlds(0, 2)
"""More than one: an array (agents, 1) must not be taken for one of all worlds."""
_LIBRARIES = ("knockon", "mesa", "numpy", "scipy", "numba", "xarray", "zarr", "hydra-core")


def build_model(setup: Setup, worlds: Worlds, recorder: Recorder | None = None) -> IraqModel:
    """Return the model of an arm for some worlds, before its first day."""
    return IraqModel(
        setup.ledger,
        setup.theatre,
        setup.calendar,
        [policy for _, policy in setup.policies],
        worlds,
        setup.seed,
        recorder,
    )


def run_block(setup: Setup, worlds: Worlds) -> xr.Dataset:
    """Run a block of worlds to the horizon.

    Returns:
        All outcomes, `world` first; weekly ones end in `_by_week`. What differs by world besides: `draw`, and the form
        that each switch had.
    """
    recorder = Recorder(setup.days, setup.record)
    model = build_model(setup, worlds, recorder)
    model.run(setup.days)
    return to_dataset(setup, model, recorder)


def to_dataset(setup: Setup, model: IraqModel, recorder: Recorder) -> xr.Dataset:
    """Label what a block recorded."""
    names = labels(model)
    variables: dict[str, tuple[list[str], Array, dict[str, object]]] = {}
    series = (
        ("", "day", recorder.totals),
        ("_by_week", "week", recorder.weekly),
    )
    for suffix, axis, recorded in series:
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
    variables["draw"] = (["world"], draws, {"long_name": "draw of parameters and forms", "units": "number"})
    for switch in setup.ledger.switches.values():
        forms = [form for form, _ in switch.weights]
        number = np.zeros(model.worlds.count, dtype=np.int8)
        for index, form in enumerate(forms):
            number[model.parameters.form(switch.name, form)[0] > 0.0] = index
        attributes = {"long_name": f"form of the switch {switch.name}", "units": "form", "forms": forms}
        variables[f"form_{switch.name}"] = (["world"], number, attributes)
    used = {dimension for dimensions, _, _ in variables.values() for dimension in dimensions}
    coordinates: dict[str, object] = {"world": model.worlds.numbers.astype(np.int64), "day": list(recorder.days)}
    if "week" in used:
        coordinates["week"] = np.arange(-(-setup.days // DAYS_A_WEEK))
    coordinates |= {dimension: values for dimension, values in names.items() if dimension in used}
    return xr.Dataset(variables, coords=coordinates, attrs={"scenario": setup.scenario, "key": setup.key, "seed": setup.seed})


def compile_rules(setup: Setup) -> None:
    """Compile all rules to the disk if these sources never were: another process begins at the end of the day."""
    if rules_are_compiled():
        return
    print("compiling the rules, once for this version ...", file=sys.stderr, flush=True)
    other = joblib.Parallel(n_jobs=2, return_as="generator")(joblib.delayed(_compile_backwards)(setup) for _ in range(1))
    build_model(setup, _FEW_WORLDS, Recorder(setup.days, setup.record)).run(1)
    for _ in other:
        pass
    mark_rules_compiled()


def _compile_backwards(setup: Setup) -> None:
    build_model(setup, _FEW_WORLDS).compile_backwards()


def blocks_of(chunk: int, count: int, block: int) -> list[Worlds]:
    """Cut a chunk's first worlds into blocks."""
    first = chunk * CHUNK
    return [Worlds(first + low, min(block, count - low)) for low in range(0, count, block)]


def run_arm(setup: Setup, label: str = "") -> ArmStore:
    """Compute what is missing of an arm and store it.

    Args:
        setup: of the arm.
        label: shown beside the progress.

    Raises:
        InputError: the results folder cannot be written.
    """
    store = ArmStore(setup.folder)
    missing = store.missing(setup.worlds)
    if not missing:
        return store
    store.begin(setup.resolved)
    compile_rules(setup)
    began = time.perf_counter()
    with tqdm(
        total=sum(count for _, count in missing),
        desc=label or setup.scenario,
        unit=" worlds",
        file=sys.stderr,
        disable=not sys.stderr.isatty(),
        leave=False,
    ) as progress:
        for chunk, data in _chunks(setup, missing, progress):
            store.write_chunk(chunk, data)
    seconds = time.perf_counter() - began
    store.write_manifest(_manifest(setup, sum(count for _, count in missing), seconds))
    return store


def _chunks(setup: Setup, missing: Sequence[tuple[int, int]], progress: tqdm) -> Iterator[tuple[int, xr.Dataset]]:
    """Yield each missing chunk when all its blocks are done, in order."""
    jobs = [worlds for chunk, count in missing for worlds in blocks_of(chunk, count, min(setup.block, CHUNK))]
    parallel = joblib.Parallel(n_jobs=setup.workers, return_as="generator", pre_dispatch="2*n_jobs")
    done = parallel(joblib.delayed(run_block)(setup, worlds) for worlds in jobs)
    for chunk, count in missing:
        parts = []
        for _ in blocks_of(chunk, count, min(setup.block, CHUNK)):
            parts.append(next(done))
            progress.update(parts[-1].sizes["world"])
        yield (
            chunk,
            xr.concat(parts, dim="world", data_vars="minimal", coords="minimal", compat="override")
            if len(parts) > 1
            else parts[0],
        )


def _manifest(setup: Setup, computed: int, seconds: float) -> dict[str, object]:
    return {
        "scenario": setup.scenario,
        "key": setup.key,
        "seed": setup.seed,
        "days": setup.days,
        "worlds": setup.worlds,
        "swept": list(setup.swept),
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "worlds_computed": computed,
        "seconds": round(seconds, 2),
        "worlds_per_second": round(computed / seconds, 1),
        "workers": setup.workers,
        "block": setup.block,
        "versions": {library: version(library) for library in _LIBRARIES},
        "python": sys.version.split()[0],
        "commit": _commit(),
        "identity": setup.identity,
    }


def _commit() -> str | None:
    """Return the git commit of the code, None outside a checkout."""
    head = Path(__file__).parent.parent / ".git" / "HEAD"
    try:
        text = head.read_text(encoding="utf-8").strip()
        if not text.startswith("ref: "):
            return text
        return (head.parent / text.removeprefix("ref: ")).read_text(encoding="utf-8").strip()
    except OSError:
        return None
