"""Run the arms of a question, answer it for each draw, and search for a box among the values of the draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from experiments.analysis.paired import Datasets
from experiments.config.arm import Arm, Start
from experiments.config.history import year_before
from experiments.config.ledger import copies
from experiments.config.policies import shipped_policies
from experiments.engine.draws import drawn_values
from experiments.engine.initial_state import build_model
from experiments.engine.run import run_arms
from experiments.studies.discover.boxes import Discovery, NoBoxError, discover
from experiments.studies.discover.settings import Question, answers
from sim.worlds import Worlds

_FEW_WORLDS = Worlds(0, 2)


@dataclass(frozen=True, slots=True)
class Search:
    """The result of a search.

    Attributes:
        data: outcomes by arm.
        answered: table of `answers`.
        found: None if there is no box; `why` is the reason.
    """

    data: Datasets
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
    """Return the columns of numbers that a rule of the arms reads; other numbers cannot explain an answer."""
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
