"""Return the drawn values of an arm without running a world."""

from dataclasses import replace

import numpy as np
import pandas as pd

from experiments.analysis.evidence import STRUCTURE
from experiments.config.arm import Arm
from experiments.config.ledger import drawn_numbers
from experiments.errors import InputError
from sim.ledger.design import Design
from sim.ledger.parameters import Ledger, Uncertainty
from sim.ledger.sampled_parameters import Drawn
from sim.worlds import Worlds


def drawn_values(arm: Arm, draws: int) -> pd.DataFrame:
    """Return the values that differ between the draws of an arm.

    Returns:
        One row per draw; one column per drawn number, by its address, with the value that the model reads, and one per switch
        ("switches.strikes") with the name of the variant. Columns with one value in all draws are left out.
    """
    return _values(arm, _one_world_per_draw(arm, draws), draws)


def values_in_rows(arm: Arm, design: Design) -> pd.DataFrame:
    """Return the values of the numbers of a design in its rows, as `drawn_values` does; `arm` has the design."""
    ledger = replace(arm.ledger, worlds_per_draw=1, design=replace(design, worlds_per_row=1))
    table = _values(arm, ledger, len(design.quantiles))
    return table[[name for name in design.names if name in table]]


def _values(arm: Arm, ledger: Ledger, draws: int) -> pd.DataFrame:
    drawn = Drawn(ledger, arm.seed, Worlds(0, draws))
    columns: dict[str, object] = {}
    for parameter in dict.fromkeys(drawn_numbers(arm).values()):
        for key, values in drawn.values(parameter).items():
            if np.ptp(values) > 0.0:
                columns[f"{parameter.name}.{key}" if key else parameter.name] = values[0]
    for switch in ledger.switches.values():
        variants = [variant for variant, _ in switch.weights]
        number = np.argmax([drawn.variant(switch.name, variant)[0] for variant in variants], axis=0)
        if np.ptp(number) > 0:
            columns[f"switches.{switch.name}"] = pd.Categorical([variants[place] for place in number], variants)
    return pd.DataFrame(columns, index=pd.RangeIndex(draws, name="draw"))


def _one_world_per_draw(arm: Arm, draws: int) -> Ledger:
    ledger, design = arm.ledger, arm.ledger.design
    if design is None:
        if ledger.uncertainty is Uncertainty.NONE:
            raise InputError("ensemble.uncertainty=none: nothing differs between draws; keep the default")
        return replace(ledger, worlds_per_draw=1)
    if design.repeats and draws > len(design.quantiles):
        most = len(design.quantiles) * ledger.worlds_per_draw
        raise InputError(
            f"ensemble.worlds={arm.worlds}: the draws of the posterior would repeat; it has enough draws for {most} worlds"
        )
    if design.rows_per_round is not None or design.worlds_per_row != ledger.worlds_per_draw:
        raise InputError(
            f"{arm.scenario}: its worlds cannot be reduced to one world per draw: for this, each row of its design needs"
            " exactly one draw, of its own, of the numbers outside the design"
        )
    return replace(ledger, worlds_per_draw=1, design=replace(design, worlds_per_row=1))


def grades_of(arm: Arm, values: pd.DataFrame) -> dict[str, str]:
    """Return the grade of each column of `drawn_values`: A, B or C; C for a policy's own number, `STRUCTURE` for a switch."""
    found = {}
    for column in map(str, values):
        entry = arm.ledger.parameters.get(column) or arm.ledger.parameters.get(column.rpartition(".")[0])
        found[column] = STRUCTURE if column.startswith("switches.") else entry.grade if entry and entry.grade else "C"
    return found
