"""The arms of a question, its answers by draw, and the box among the values that the draws have."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import xarray as xr

from experiments.analysis.boxes import Discovery, NoBoxError, discover
from experiments.analysis.question import answers
from experiments.discovery.settings import Settings
from experiments.draws import copies, drawn_values
from experiments.ensemble import run_arm
from experiments.setup import Setup


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


def search(setups: Mapping[str, Setup], settings: Settings) -> Search:
    """Run what is missing of the arms and look for a box.

    Args:
        setups: the arm asked about, and the one that it is compared with if there is one, by label.
        settings: of the job.

    Raises:
        InputError: the arms have no draws of parameters.
    """
    first, *_ = setups.values()
    values = drawn_values(first, -(-first.worlds // first.ledger.worlds_per_draw))
    data = {label: run_arm(setup, label).open(setup.worlds) for label, setup in setups.items()}
    arm, *reference = data.values()
    answered = answers(settings.question, arm, reference[0] if reference else None)
    try:
        kinds = copies(first, len(values))[answered.index]
        found = discover(values.loc[answered.index], answered["yes"].to_numpy(), settings.least_coverage, kinds)
    except NoBoxError as error:
        return Search(data, answered, None, str(error))
    return Search(data, answered, found)
