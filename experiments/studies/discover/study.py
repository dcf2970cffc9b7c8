"""Run the arms of a question, answer it for each draw, and search for a box among the values of the draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import xarray as xr

from experiments.config.arm import Arm, Start
from experiments.config.history import year_before
from experiments.config.ledger import copies, drawn_numbers
from experiments.config.policies import shipped_policies
from experiments.engine.initial_state import build_model
from experiments.engine.run import run_arms
from experiments.errors import InputError
from experiments.studies.discover.boxes import Discovery, NoBoxError, discover
from experiments.studies.discover.settings import Question, answers
from sim.ledger.parameters import Ledger, Uncertainty
from sim.ledger.sampled_parameters import Drawn
from sim.worlds import Worlds

_FEW_WORLDS = Worlds(0, 2)


def drawn_values(arm: Arm, draws: int) -> pd.DataFrame:
    """Return the values that differ between the draws of an arm.

    Returns:
        One row per draw; one column per drawn number, by its address, with the value that the model reads, and one per switch
        ("switches.strikes") with the name of the variant. Columns with one value in all draws are left out.
    """
    ledger = _one_world_per_draw(arm, draws)
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
            raise InputError("ensemble.uncertainty=none: nothing differs between draws; keep its default")
        return replace(ledger, worlds_per_draw=1)
    if design.repeats and draws > len(design.quantiles):
        most = len(design.quantiles) * ledger.worlds_per_draw
        raise InputError(
            f"ensemble.worlds={arm.worlds}: the draws of the posterior would repeat; it has draws for {most} worlds"
        )
    if design.rows_per_round is not None or design.worlds_per_row != ledger.worlds_per_draw:
        raise InputError(f"{arm.scenario}: the worlds of a row of its design have different draws of the other numbers")
    return replace(ledger, worlds_per_draw=1, design=replace(design, worlds_per_row=1))


@dataclass(frozen=True, slots=True)
class Search:
    """The result of a search.

    Attributes:
        data: outcomes by arm.
        answered: table of `answers`.
        found: None where there is no box, for the reason `why`.
    """

    data: Mapping[str, xr.Dataset]
    answered: pd.DataFrame
    found: Discovery | None
    why: str = ""


def search(arms: Mapping[str, Arm], question: Question) -> Search:
    """Run the missing worlds of the arms, the question's arm first and its reference second, and search for a box."""
    first, *_ = arms.values()
    values = in_play(drawn_values(first, -(-first.worlds // first.ledger.worlds_per_draw)), list(arms.values()))
    data = run_arms(arms)
    outcomes, *reference = data.values()
    answered = answers(question, outcomes, reference[0] if reference else None)
    try:
        kinds = copies(first.ledger, len(values))[answered.index]
        found = discover(values.loc[answered.index], answered["yes"].to_numpy(), question.least_coverage, kinds)
    except NoBoxError as error:
        return Search(data, answered, None, str(error))
    return Search(data, answered, found)


def in_play(values: pd.DataFrame, arms: Sequence[Arm]) -> pd.DataFrame:
    """Return the columns of numbers that a rule of the arms reads: others can explain nothing."""
    read, in_force = set[str](), set[str]()
    for arm in arms:
        model = build_model(arm, _FEW_WORLDS)
        model.run(arm.days)  # some numbers are read when a policy begins
        read |= model.parameters.read
        in_force |= {name for name, _ in arm.policies}
        if arm.start is Start.HISTORY:
            read |= build_model(year_before(arm), _FEW_WORLDS).parameters.read
    read -= {name for policy, (kind, _) in shipped_policies().items() if policy not in in_force for name in kind.alone}
    switches = {name.rpartition(".")[0] for name in read if name.startswith("switches.")}
    kept = [
        str(column)
        for column in values
        if str(column).startswith("policies.") or {column, str(column).rpartition(".")[0]} & read or column in switches
    ]
    return values[kept]
