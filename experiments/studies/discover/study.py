"""The arms of a question, its answers by draw, and the box among the values that the draws have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import xarray as xr

from experiments.config.arm import Arm, Start
from experiments.config.history import year_before
from experiments.config.ledger import drawn_numbers
from experiments.config.policies import shipped_policies
from experiments.engine.initial_state import build_model
from experiments.engine.run import run_arms
from experiments.errors import InputError
from experiments.studies.discover.boxes import Discovery, NoBoxError, discover
from experiments.studies.discover.settings import Settings, answers
from sim.ledger.parameters import Ledger, Uncertainty
from sim.ledger.sampled_parameters import Drawn
from sim.rule import Array
from sim.worlds import Worlds


def drawn_values(arm: Arm, draws: int) -> pd.DataFrame:
    """Return what differs between the draws of an arm.

    Returns:
        One row per draw; one column per number that is drawn, by its address, with the value that the model reads, and one per
        switch ("switches.exit_rule") with the name of the form. What is the same in all draws is left out.
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
        number = np.argmax([drawn.variant(switch.name, form)[0] for form in forms], axis=0)
        if np.ptp(number) > 0:
            columns[f"switches.{switch.name}"] = pd.Categorical([forms[place] for place in number], forms)
    return pd.DataFrame(columns, index=pd.RangeIndex(draws, name="draw"))


def copies(arm: Arm, draws: int) -> Array:
    """Return a number that draws share whose rows of the design are the same: a posterior's heavy draws are kept several times.

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


_FEW_WORLDS = Worlds(0, 2)


@dataclass(frozen=True, slots=True)
class Search:
    """What a search came to.

    Attributes:
        data: outcomes by arm. `answered`: as `answers` makes it.
        found: None where there is no box; `why` says why.
    """

    data: Mapping[str, xr.Dataset]
    answered: pd.DataFrame
    found: Discovery | None
    why: str = ""


def search(arms: Mapping[str, Arm], settings: Settings) -> Search:
    """Run what is missing of the arms and look for a box.

    The arms, by label: the one asked about, and the one that it is compared with if there is one.
    """
    first, *_ = arms.values()
    values = in_play(drawn_values(first, -(-first.worlds // first.ledger.worlds_per_draw)), list(arms.values()))
    data = run_arms(arms)
    outcomes, *reference = data.values()
    answered = answers(settings.question, outcomes, reference[0] if reference else None)
    try:
        kinds = copies(first, len(values))[answered.index]
        found = discover(values.loc[answered.index], answered["yes"].to_numpy(), settings.least_coverage, kinds)
    except NoBoxError as error:
        return Search(data, answered, None, str(error))
    return Search(data, answered, found)


def in_play(values: pd.DataFrame, arms: Sequence[Arm]) -> pd.DataFrame:
    """Return the values of draws without those of numbers that no rule of the arms reads: they can explain nothing."""
    read, in_force = set[str](), set[str]()
    for arm in arms:
        model = build_model(arm, _FEW_WORLDS)
        model.run(arm.days)  # some numbers are read when a policy begins
        read |= model.parameters.read
        in_force |= {name for name, _ in arm.policies}
        if arm.start is Start.HISTORY:
            before = build_model(year_before(arm), _FEW_WORLDS)
            read |= before.parameters.read
    idle = {name for policy, (kind, _) in shipped_policies().items() if policy not in in_force for name in kind.alone}

    def is_read(column: str) -> bool:
        if column.startswith("policies."):
            return True
        if column.startswith("switches."):
            return any(name.startswith(f"{column}.") for name in read)
        return any(name in read - idle for name in (column, column.rpartition(".")[0]))

    return values[[column for column in values if is_read(str(column))]]
