"""Label the records of a block: an xarray dataset of an arm, `world` first."""

from typing import TYPE_CHECKING

import numpy as np

from experiments.config.arm import Arm
from experiments.engine.labelled import Labelled, Variable
from sim.model import IraqModel
from sim.record.outcomes import BY_NAME, labels
from sim.record.recorder import Recorder

if TYPE_CHECKING:
    import xarray as xr


def to_dataset(arm: Arm, model: IraqModel, recorder: Recorder, own: slice = slice(None)) -> "xr.Dataset":
    """Label the outcomes that a block has recorded so far; `own` are the columns of the arm if the block has several arms."""
    return labelled(arm, model, recorder, own).dataset()


def labelled(arm: Arm, model: IraqModel, recorder: Recorder, own: slice = slice(None)) -> Labelled:
    """Label the outcomes as `to_dataset` does, in plain arrays."""
    names = labels(model)
    variables: dict[str, Variable] = {}
    for suffix, axis, recorded in (("", "day", recorder.totals), ("_by_week", "week", recorder.weekly)):
        for name, snapshots in recorded.items():
            if not snapshots:
                continue
            outcome = BY_NAME[name]
            values = np.moveaxis(np.stack([snapshot[:, own] for snapshot in snapshots]), -1, 0)
            dimensions = ["world", axis]
            if outcome.dimension is None:
                values = values[:, :, 0]
            else:
                dimensions.append(outcome.dimension)
            attributes: dict[str, object] = {"long_name": outcome.long_name, "units": outcome.unit}
            attributes |= {"aggregation": outcome.aggregation.value, "worse": int(outcome.worse)}
            variables[name + suffix] = (dimensions, np.ascontiguousarray(values), attributes)
    worlds = model.worlds.numbers[own]
    draws = model.parameters.draws[own].astype(np.int32)
    variables["draw"] = (["world"], draws, {"long_name": "draw of parameters and variants", "units": "number"})
    for switch in arm.ledger.switches.values():
        variants = [variant for variant, _ in switch.weights]
        number = np.zeros(worlds.size, dtype=np.int8)
        for index, variant in enumerate(variants):
            number[model.parameters.variant(switch.name, variant)[0, own] > 0.0] = index
        attributes = {"long_name": f"variant of the switch {switch.name}", "units": "variant", "forms": variants}
        variables[f"form_{switch.name}"] = (["world"], number, attributes)
    used = {dimension for dimensions, _, _ in variables.values() for dimension in dimensions}
    coordinates: dict[str, object] = {"world": worlds.astype(np.int64)}
    if "day" in used:
        coordinates["day"] = list(recorder.days)[: len(next(iter(recorder.totals.values())))]
    if "week" in used:
        coordinates["week"] = np.arange(len(next(iter(recorder.weekly.values()))))
    coordinates |= {dimension: values for dimension, values in names.items() if dimension in used}
    return Labelled(variables, coordinates, {"scenario": arm.scenario, "key": arm.key, "seed": arm.seed})
