"""What a comparison leaves: a sentence and a table on the screen, tables and figures on disk."""

import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from experiments.analysis.paired import compare_arms
from experiments.config.files import write_whole
from experiments.config.own import keep_own
from experiments.errors import UNFINISHED, fail, full_disk_in_one_line, say
from experiments.figures.venue import drawn_for, figures_folder
from experiments.reports.provenance import in_one_line, origin_of
from experiments.storage.arms import Arm, can_be_compared
from experiments.storage.comparison import ARMS, name_of
from experiments.studies.compare.figures.draw import draw_comparison
from experiments.studies.compare.headlines import explained
from experiments.studies.compare.hinges import hinges
from experiments.studies.compare.html import write_page
from experiments.studies.compare.tables import list_of_arms, write_tables
from experiments.studies.compare.text import answer, headline_table

_WIDEST, _NARROWEST = 200, 80


def report(arms: Sequence[Arm]) -> None:
    """Compare the finished arms of a sweep, and end the process with an error where others are not finished."""
    finished, lines = can_be_compared(arms)
    if finished:
        with full_disk_in_one_line():
            compare_finished(finished)
    for line in lines:
        say(line)
    if lines:
        fail("the sweep is not finished: the same command goes on with what is missing", UNFINISHED)


def compare_finished(arms: Sequence[Arm]) -> pd.DataFrame:
    """Compare finished arms: print the answer, write tables and figures, say where they are.

    Args:
        arms: of one sweep, all of them stored.

    Returns:
        The tidy table of the comparison.
    """
    data = {arm.label: arm.open() for arm in arms}
    reference_of = {arm.label: arm.reference for arm in arms}
    table = compare_arms(data, reference_of)
    folder = comparison_folder(arms)
    behind = explained(data, reference_of)
    (folder / ARMS).unlink(missing_ok=True)  # written last: what has it is finished
    write_tables(folder, arms, table, behind)
    keep_own(folder, (arm.setup for arm in arms))
    origins = [origin_of(arm.label, arm.reference, arm.store, data[arm.label]) for arm in arms]
    figures = figures_folder(folder, arms[0].setup.venue)
    with drawn_for(arms[0].setup.venue, in_one_line(origins)):
        draw_comparison(figures, data, table, behind)
    grades = Counter(parameter.grade for parameter in arms[0].setup.ledger.parameters.values())
    page = write_page(folder, origins, table, behind, grades, figures)
    write_whole(folder / ARMS, list_of_arms(arms).to_csv(index=False))
    width = min(max(shutil.get_terminal_size((120, 50)).columns, _NARROWEST), _WIDEST)
    sentences = "\n".join(filter(None, (answer(table), hinges(table))))
    # printed last: what reads it may go away, and what is written stays
    print(f"\n{sentences}\n\n{headline_table(table, width)}\n")
    print(f"Report:  {page}")
    print(f"Tables:  {folder / 'tables'}")
    print(f"Figures: {figures}")
    print(f"Arms:    {arms[0].setup.results / 'arms'} ({', '.join(arm.setup.folder.name for arm in arms)})", flush=True)
    return table


def comparison_folder(arms: Sequence[Arm]) -> Path:
    """Return the folder of a comparison, named by what is compared."""
    return arms[0].setup.results / name_of([(arm.label, arm.setup.key, arm.setup.worlds, arm.reference) for arm in arms])
