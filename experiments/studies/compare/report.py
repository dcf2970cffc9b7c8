"""What a comparison leaves: a sentence and a table on the screen, tables and figures on disk."""

import shutil
from collections import Counter
from collections.abc import Collection, Mapping

from experiments.config.arm import Arm
from experiments.config.files import write_whole
from experiments.config.hydra_run import leave
from experiments.config.own import keep_own
from experiments.errors import UNFINISHED, fail, full_disk_in_one_line, say
from experiments.figures.venue import drawn_for, figures_folder
from experiments.reports.folder import in_one_line
from experiments.storage.comparison import ARMS, COLUMNS, Comparison, unfinished
from experiments.studies.compare.figures.draw import draw_comparison
from experiments.studies.compare.headlines import explained
from experiments.studies.compare.hinges import hinges
from experiments.studies.compare.html import write_page
from experiments.studies.compare.tables import write_tables
from experiments.studies.compare.text import answer, headline_table

_WIDEST, _NARROWEST = 200, 80


def report(arms: Mapping[str, Arm]) -> None:
    """Compare the finished arms of a sweep, and end the process with an error where others are not finished."""
    reasons = unfinished(arms)
    if len(reasons) < len(arms):
        with full_disk_in_one_line():
            leave(compare_finished(arms, [label for label in arms if label not in reasons]).folder)
    for label, reason in reasons.items():
        say(f"{label} is not compared: {reason}")
    if reasons:
        fail("the sweep is not finished: the same command goes on with what is missing", UNFINISHED)


def compare_finished(arms: Mapping[str, Arm], labels: Collection[str] | None = None) -> Comparison:
    """Compare finished arms: print the answer, write tables and figures, say where they are.

    Args:
        arms: of one sweep, by label.
        labels: of those that are stored; all by default.
    """
    comparison = Comparison.of(arms, labels)
    folder, table, provenance = comparison.folder, comparison.table, comparison.provenance
    first, *_ = (arms[label] for label in comparison.stores)
    behind = explained(comparison.data, comparison.references)
    (folder / ARMS).unlink(missing_ok=True)  # written last: what has it is finished
    write_tables(folder, provenance, table, behind)
    keep_own(folder, (arms[label] for label in comparison.stores))
    figures = figures_folder(folder, first.venue)
    with drawn_for(first.venue, in_one_line(provenance)):
        draw_comparison(figures, comparison.data, table, behind)
    grades = Counter(parameter.grade for parameter in first.ledger.parameters.values())
    page = write_page(folder, provenance, table, behind, grades, figures)
    write_whole(folder / ARMS, provenance[COLUMNS].to_csv(index=False))
    width = min(max(shutil.get_terminal_size((120, 50)).columns, _NARROWEST), _WIDEST)
    sentences = "\n".join(filter(None, (answer(table), hinges(table))))
    # printed last: what reads it may go away, and what is written stays
    print(f"\n{sentences}\n\n{headline_table(table, width)}\n")
    print(f"Report:  {page}")
    print(f"Tables:  {folder / 'tables'}")
    print(f"Figures: {figures}")
    print(f"Arms:    {first.results / 'arms'} ({', '.join(provenance['folder'])})", flush=True)
    return comparison
