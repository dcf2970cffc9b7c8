"""Draw the figures of a stored comparison again, for any venue: no world is run, no config composed."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from experiments.analysis.paired import compare_arms
from experiments.config.compute import read_venue
from experiments.config.files import check_writable, place_of
from experiments.errors import InputError, nearest
from experiments.figures.venue import drawn_for, figures_folder
from experiments.reports.folder import in_one_line
from experiments.storage.comparison import read_comparison, the_only_comparison
from experiments.studies.compare.figures.draw import QUESTIONS, draw_comparison
from experiments.studies.compare.figures.overview import SHOWN
from experiments.studies.compare.headlines import explained

_EXPLAINED = {"variance_bars", "convergence"}  # kinds that need the analysis behind the headlines


def redraw(plain: Mapping[str, Any]) -> Path:
    """Draw the figures that a config of the job `figures` asks for, and return their folder."""
    venue, kinds = read_venue(plain), _kinds(plain["kinds"])
    given = plain["comparison"]
    comparison = read_comparison(
        the_only_comparison(place_of(str(plain["results"]))) if given is None else place_of(str(given))
    )
    folder = figures_folder(comparison.folder, venue)
    check_writable(folder)
    shown = [column.outcome for column in SHOWN]  # those of the forest are among them
    table = compare_arms(comparison.data, comparison.references, shown)
    behind = explained(comparison.data, comparison.references) if _EXPLAINED.intersection(kinds) else {}
    with drawn_for(venue, in_one_line(comparison.provenance)):
        draw_comparison(folder, comparison.data, table, behind, kinds)
    return folder


def _kinds(given: object) -> Collection[str]:
    """Return the kinds of figures that are asked for."""
    if given is None:
        return tuple(QUESTIONS)
    kinds = [str(kind) for kind in given] if isinstance(given, list) else [str(given)]
    for kind in kinds:
        if kind not in QUESTIONS:
            raise InputError(
                f"kinds={kind} is no figure of a comparison{nearest(kind, QUESTIONS)}; they are {', '.join(QUESTIONS)}"
            )
    return kinds
