"""The arms of a question, its answers by draw, and the box among the values that the draws have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import xarray as xr

from experiments.config.arm import Arm, Start
from experiments.config.history import year_before
from experiments.config.policies import shipped_policies
from experiments.engine.initial_state import build_model
from experiments.engine.run import run_arms
from experiments.studies.discover.boxes import Discovery, NoBoxError, discover
from experiments.studies.discover.draws import copies, drawn_values
from experiments.studies.discover.question import answers
from experiments.studies.discover.settings import Settings
from sim.worlds import Worlds

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

    Args:
        arms: the arm asked about, and the one that it is compared with if there is one, by label.
        settings: of the job.

    Raises:
        InputError: the arms have no draws of parameters.
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
    """Return the values of draws without those of numbers that no rule of the arms reads: they can explain nothing.

    Args:
        values: a column a number or switch, by its address.
        arms: the arms.
    """
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
