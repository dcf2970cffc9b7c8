"""The values that an ensemble's draws have: never stored, they follow from seed and draw."""

from dataclasses import replace

import numpy as np
import pandas as pd

from experiments.config.arm import Arm
from experiments.engine.designs import drawn_numbers
from experiments.errors import InputError
from sim.ledger.parameters import Ledger, Uncertainty
from sim.ledger.sampled_parameters import Drawn
from sim.rule import Array
from sim.worlds import Worlds


def drawn_values(arm: Arm, draws: int) -> pd.DataFrame:
    """Return what differs between the draws of an arm.

    Args:
        arm: one, composed.
        draws: how many, from draw 0 on.

    Returns:
        A row a draw: a column a number that is drawn, by its address, with the value that the model reads, and a column a
        switch, "switches.exit_rule", with the name of the form. What is the same in all draws is left out.

    Raises:
        InputError: the arm has no draws, or not so many different ones.
    """
    ledger = _one_world_a_draw(arm, draws)
    drawn = Drawn(ledger, arm.seed, Worlds(0, draws))
    members = [member.name for member in arm.theatre.members]
    columns: dict[str, object] = {}
    for parameter in dict.fromkeys(drawn_numbers(arm).values()):
        names = members if parameter.each and len(parameter.items()) == 1 else ()
        for key, values in drawn.values(parameter, names).items():
            if np.ptp(values) > 0.0:
                columns[f"{parameter.name}.{key}" if key else parameter.name] = values[0]
    for switch in ledger.switches.values():
        forms = [form for form, _ in switch.weights]
        number = np.argmax([drawn.form(switch.name, form)[0] for form in forms], axis=0)
        if np.ptp(number) > 0:
            columns[f"switches.{switch.name}"] = pd.Categorical([forms[place] for place in number], forms)
    return pd.DataFrame(columns, index=pd.RangeIndex(draws, name="draw"))


def copies(arm: Arm, draws: int) -> Array:
    """Return a number that draws share whose rows of the design are the same: a posterior's heavy draws are kept several times.

    Args:
        arm: one, composed.
        draws: how many, from draw 0 on.

    Returns:
        (draws,); all different where the draws come from priors.
    """
    design = arm.ledger.design
    if design is None:
        return np.arange(draws)
    return np.unique(design.quantiles[:draws], axis=0, return_inverse=True)[1].reshape(-1)


def _one_world_a_draw(arm: Arm, draws: int) -> Ledger:
    ledger, design = arm.ledger, arm.ledger.design
    if design is None and ledger.uncertainty is Uncertainty.NONE:
        raise InputError("ensemble.uncertainty=none: nothing differs between draws; leave it as it is by default")
    if design is None:
        return replace(ledger, worlds_per_draw=1)
    if design.repeats and draws > len(design.quantiles):
        most = len(design.quantiles) * ledger.worlds_per_draw
        raise InputError(f"ensemble.worlds={arm.worlds}: the posterior's draws would come again; it has some for {most} worlds")
    if design.rows_per_round is not None or design.worlds_per_row != ledger.worlds_per_draw:
        raise InputError(f"{arm.scenario}: the worlds of a row of its design have different draws of the other numbers")
    return replace(ledger, worlds_per_draw=1, design=replace(design, worlds_per_row=1))
