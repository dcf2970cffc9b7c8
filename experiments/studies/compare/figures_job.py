"""Draw the figures of a stored comparison again, for a paper or slides: knockon figures figure=slides."""

from collections.abc import Collection

import pandas as pd
from omegaconf import DictConfig

from experiments.analysis.paired import compare_arms
from experiments.config.compute import read_venue
from experiments.config.files import check_writable, place_of
from experiments.config.read import resolved
from experiments.config.show import read_show
from experiments.errors import InputError, nearest
from experiments.figures.venue import drawn_for, figures_folder
from experiments.reports.folder import origin_of_comparison
from experiments.storage.about import as_asked, read_about
from experiments.storage.comparison import read_comparison, the_only_comparison
from experiments.studies.compare.figures.draw import QUESTIONS, draw_comparison
from experiments.studies.compare.headlines import explained, months_of
from experiments.studies.compare.swept_numbers import response_of
from experiments.studies.compare.text import columns
from experiments.studies.runner import in_one_line

_EXPLAINED = {"dots", "overview", "variance_bars", "convergence"}  # kinds that need the analysis behind the headlines


def main(config: DictConfig) -> None:
    """Draw the figures that the config asks for, and print their folder."""
    with in_one_line():
        plain = resolved(config)
        venue, kinds, given = read_venue(plain), _kinds(plain["kinds"]), plain["comparison"]
        place = the_only_comparison(place_of(str(plain["results"]))) if given is None else place_of(str(given))
        comparison = read_comparison(place)
        folder = figures_folder(comparison.folder, venue)
        check_writable(folder)
        about = read_about(comparison.folder)
        about["show"] = show = {**(about.get("show") or {}), **{name: value for name, value in plain["show"].items() if value}}
        with as_asked(about), drawn_for(venue, origin_of_comparison(comparison.provenance), str(about.get("title", ""))):
            shown = [column.outcome for column in columns()]
            table = compare_arms(comparison.data, comparison.references, shown, comparison.matters)
            behind: dict[str, pd.DataFrame] = {}
            if _EXPLAINED.intersection(kinds):
                behind |= explained(comparison.data, comparison.references, comparison.matters)
            behind |= response_of(comparison) if "response" in kinds else {}
            if show.get("months") and comparison.start is not None:
                behind["months"] = months_of(comparison, read_show(about), comparison.start)
            draw_comparison(folder, comparison.in_memory, table, behind, kinds)
    print(f"Figures: {folder}", flush=True)


def _kinds(given: object) -> Collection[str]:
    if given is None:
        return tuple(QUESTIONS)
    kinds = [str(kind) for kind in given] if isinstance(given, list) else [str(given)]
    for kind in kinds:
        if kind not in QUESTIONS:
            hint = f"{nearest(kind, QUESTIONS)}; they are {', '.join(QUESTIONS)}"
            raise InputError(f"kinds={kind} is no figure of a comparison{hint}")
    return kinds
