"""Initial states of worlds: as given, or the end of the year before, computed when missing and kept by chunk.

One file per chunk of 1,024 worlds, plain arrays by name, in a folder beside the arms. A hash of all that determines the
states names the folder, so that arms of a sweep can share it. If it cannot be written, the year is computed again.
"""

import contextlib
import io
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from experiments.config.arm import Arm, Start
from experiments.config.files import write_whole
from experiments.config.history import year_before
from sim.history.year_before import begin, carried, carried_state
from sim.model import IraqModel, Observer
from sim.phase import Phase
from sim.record.record import Record
from sim.state import State, check_finite, put
from sim.worlds import CHUNK, Worlds


def build_model(arm: Arm, worlds: Worlds, recorder: Observer | None = None, beside: Sequence[Arm] = ()) -> IraqModel:
    """Return the model of an arm for some worlds, before its first day; arms `beside` it differ in their policies alone."""
    first, *others = ([policy for _, policy in each.policies] for each in (arm, *beside))
    forcings = [event for _, event in arm.forcings]
    model = IraqModel(
        arm.ledger, arm.theatre, arm.calendar, first, worlds, arm.seed, recorder, forcings, arm.phase, beside=others
    )
    put_at_start(model, arm)
    return model


def put_at_start(model: IraqModel, arm: Arm) -> None:
    """Give a model of an arm its initial states, before its first day."""
    if arm.phase is Phase.HISTORY:
        begin(model)
    elif arm.start is Start.HISTORY:
        start, goes_on = start_of(arm, model.worlds), carried(model)
        put(model, {name: values for name, values in start.items() if name in goes_on})


def end_of_year_before(arm: Arm, worlds: Worlds) -> State:
    """Run the year before, and return the initial states of an arm."""
    before = year_before(arm)
    model = build_model(before, worlds)
    model.run(before.days)
    check_finite(model)
    return carried_state(model)


def start_of(arm: Arm, worlds: Worlds) -> State:
    """Return the initial states of worlds: those of their draws of the posterior, or the stored or computed ones."""
    if arm.posterior is not None:
        return arm.posterior.start_of(worlds, arm.ledger.worlds_per_draw)
    parts = []
    for chunk, columns in worlds.chunks():
        whole = _read(file_of(arm, chunk))
        if whole is None or next(iter(whole.values())).shape[-1] < columns.stop:
            design, first = arm.ledger.design, chunk * CHUNK
            count = CHUNK if design is None else min(CHUNK, design.worlds - first)  # the part with rows of the design
            whole = end_of_year_before(arm, Worlds(first, count))
            _write(file_of(arm, chunk), whole)
        parts.append({name: values[:, columns] for name, values in whole.items()})
    return {name: np.tile(np.concatenate([part[name] for part in parts], axis=1), worlds.arms) for name in parts[0]}


def file_of(arm: Arm, chunk: int) -> Path:
    """Return the file with the initial states of a chunk of an arm, in a folder named by all that changes the states."""
    key = replace(year_before(arm), record=Record.TOTALS).key
    return arm.results / "starts" / key / f"{chunk:06d}.npz"


def _read(file: Path) -> State | None:
    try:
        with np.load(file, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files} or None
    # raised by numpy and zipfile for files that are cut, empty, or of another kind
    except (OSError, ValueError, EOFError, AttributeError, TypeError, NotImplementedError, zipfile.BadZipFile, zlib.error):
        return None


def _write(file: Path, state: State) -> None:
    """Write a state, whole or not at all; other processes may be writing the same."""
    with contextlib.suppress(OSError):  # a worker on another machine needs no such folder
        file.parent.mkdir(parents=True, exist_ok=True)
        content = io.BytesIO()
        np.savez_compressed(content, allow_pickle=False, **state)
        write_whole(file, content.getvalue())
