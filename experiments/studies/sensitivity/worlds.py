"""The worlds of a design: the same rows in every arm, on the same dice."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import xarray as xr

from experiments.analysis.quantities import difference, value
from experiments.config.arm import Arm
from experiments.engine.designs import drawn_numbers, with_design
from experiments.errors import InputError
from sim.ledger.design import Design
from sim.ledger.parameters import Uncertainty
from sim.rule import Array


def designed(arms: Mapping[str, Arm], design: Design, uncertainty: Uncertainty) -> dict[str, Arm]:
    """Return the arms with a design; an arm leaves out the policies' dials that it does not have.

    What the design does not name has another draw in every world.
    """
    found = {}
    for label, arm in arms.items():
        own = drawn_numbers(arm)
        absent = [name for name in design.names if name.startswith("policies.") and name not in own]
        rows = design.without(absent)
        if rows is None:
            raise InputError(f"{label} has none of the numbers that the design varies")
        found[label] = with_design(arm, rows, uncertainty, worlds_per_draw=1)
    return found


def quantities(data: Sequence[xr.Dataset], outcomes: Sequence[str]) -> Iterator[tuple[str, str, Array]]:
    """Yield each outcome of the first arm, and its difference from the second if there is one, on its scale.

    Yields:
        The outcome, "outcome" or "difference", and the values (worlds,).
    """
    for outcome in outcomes:
        yield outcome, "outcome", value(data[0], outcome)
        if len(data) > 1:
            yield outcome, "difference", difference(data[0], data[1], outcome)


def by_row(values: Array, rows: int) -> Array:
    """Return means over the worlds of each row, (rows,)."""
    return np.asarray(values.reshape(rows, -1).mean(axis=1))
