"""Write the tables of a design, and the problem as SALib takes it."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from experiments.config.arm import Arm
from experiments.figures.page_layout import counted
from experiments.reports.folder import write_result
from experiments.studies.design.settings import Settings
from experiments.studies.design.study import problem_of
from sim.ledger.design import Design

PROBLEM = "problem.json"


def write_design(arms: Mapping[str, Arm], design: Design, settings: Settings, tables: Mapping[str, pd.DataFrame]) -> Path:
    """Write the tables of worlds and rows, and the problem."""
    asked = {**asdict(settings), "digest": design.digest}
    problem = json.dumps(problem_of(tables["rows"], design.names), indent=1) + "\n"
    return write_result("design", asked, arms, tables, files={PROBLEM: problem})


def summary(design: Design, settings: Settings, tables: Mapping[str, pd.DataFrame]) -> str:
    """Return what was run in words."""
    what = f"{counted([len(design.quantiles)], 'row')} of {counted([settings.worlds_per_row], 'world')}"
    return (
        f"{what}, over {', '.join(design.names)}: rows.csv has the means by row, worlds.csv has"
        f" {len(tables['worlds']):,} worlds, {PROBLEM} the numbers and their ranges for SALib."
    )
