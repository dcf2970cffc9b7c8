"""All figures of a comparison, on as few pages as possible."""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from experiments.analysis.findings import dots as equally_likely
from experiments.analysis.findings import find
from experiments.analysis.matters import Matters
from experiments.analysis.paired import Datasets, Tables
from experiments.config.show import are_chosen, headlines, outcomes_shown
from experiments.engine.forked import each_forked
from experiments.errors import tell
from experiments.figures.draw import is_weekly, on_pages, pages_of, save, shared_out
from experiments.figures.page_layout import provenance
from experiments.figures.venue import venue
from experiments.storage.comparison import are_small
from experiments.studies.compare.figures.distributions import EXCEEDED, RIDGES, exceedance, exceeding, recorded, ridgelines
from experiments.studies.compare.figures.dots import MOST_ARMS, dots, most_arms
from experiments.studies.compare.figures.fans import by_week, fans
from experiments.studies.compare.figures.focus import named
from experiments.studies.compare.figures.months import months
from experiments.studies.compare.figures.overview import most_columns, ordered, overview
from experiments.studies.compare.figures.response import pages_of_response, response_curves
from experiments.studies.compare.figures.shares import headlines_in
from experiments.studies.compare.figures.spread import convergence, variance_bars
from experiments.studies.compare.figures.survival import EXIT_DAY, TROOPS, survival
from experiments.studies.compare.figures.tile_map import SERIES, tile_map
from experiments.studies.compare.text import asked_about

QUESTIONS: dict[str, str] = {"response": vars(response_curves)["question"]} | {
    kind.__name__: vars(kind)["question"]
    for kind in (dots, overview, fans, months, ridgelines, exceedance, survival, tile_map, variance_bars, convergence)
}
"""The question of each figure of a comparison, by its kind, the most informative first."""


def draw_comparison(
    folder: Path, arms: Datasets, table: pd.DataFrame, behind: Tables, kinds: Collection[str] = tuple(QUESTIONS)
) -> None:
    """Draw the figures that the outcomes and the tables `behind` (of `explained`) allow, and write them as PDF and PNG."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {kind: pages for kind, pages in _drawn(arms, table, behind).items() if kind in kinds}

    def draw(kind: str) -> None:
        figures = drawn[kind]()
        for old in [*folder.glob(f"{kind}.*"), *folder.glob(f"{kind}_[0-9]*.*")] if figures else ():
            old.unlink()
        save(figures, folder / kind, arms)

    done = each_forked(draw, list(drawn)) if are_small(arms) else map(draw, drawn)  # several would need the memory of several
    for number, _ in enumerate(done, 1):
        tell(f"drawing figures: {number} of {len(drawn)} done")


def _drawn(arms: Datasets, table: pd.DataFrame, behind: Tables) -> dict[str, Callable[[], list[Figure]]]:
    """Return the function that draws the pages of each kind of figure that the outcomes allow."""
    references = set(table["reference"])
    everywhere = set.intersection(*({str(name) for name in data.data_vars} for data in arms.values()))
    weekly = [name for name in by_week() if all(is_weekly(data, name) for data in arms.values())]
    drawn: dict[str, Callable[[], list[Figure]]] = {}
    if weekly:
        drawn["fans"] = lambda: on_pages(weekly, lambda names: fans(arms, names, references=references))
    if (table["arm"] != table["reference"]).any():
        values, shares = _differences(arms, table, behind)
        if len(values):
            drawn["dots"] = lambda: _dots(values, shares, provenance(arms))
            drawn["overview"] = lambda: _overview(table, shares, provenance(arms))
    if {EXIT_DAY, TROOPS} <= everywhere:
        drawn["survival"] = lambda: [survival(arms, references)]
    if len(by_month := behind.get("months", pd.DataFrame())):
        drawn["months"] = lambda: pages_of(by_month, "outcome", partial(months, about=provenance(arms)))
    if exceeded := exceeding(arms, _counts(EXCEEDED)):
        drawn["exceedance"] = lambda: on_pages(exceeded, lambda names: exceedance(arms, names, references))
    if ridges := recorded(arms, _counts(RIDGES)):
        drawn["ridgelines"] = lambda: _ridgelines(arms, ridges, references)
    if "response" in behind:
        drawn["response"] = partial(_response, behind, provenance(arms))
    reference_of = dict(zip(table["arm"], table["reference"], strict=True))
    others = [arm for arm in arms if reference_of.get(arm, arm) != arm]
    if others and (mapped := [name for name in SERIES if name in everywhere]):
        arm = asked_about(others)
        pair = arm, arms[arm], reference_of[arm], arms[reference_of[arm]]
        drawn["tile_map"] = lambda: on_pages(mapped, partial(tile_map, *pair))
    if "variance" in behind and (behind["variance"]["of"] == "difference").any():
        divided = behind["variance"]
        compared = list(dict.fromkeys(divided.loc[divided["of"] == "difference", "arm"]))
        drawn["variance_bars"] = lambda: on_pages(compared, lambda some: variance_bars(divided, provenance(arms), some))
    if "convergence" in behind:
        drawn["convergence"] = lambda: pages_of(
            behind["convergence"], "outcome", partial(convergence, labels=list(arms), note=provenance(arms))
        )
    return drawn


def _differences(arms: Datasets, table: pd.DataFrame, behind: Tables) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return 50 differences and the shares of worlds of each arm and headline, from the stored tables if there are any."""
    if not {"dots", "findings"} <= set(behind):
        references = {str(arm): str(there) for arm, there in zip(table["arm"], table["reference"], strict=True)}
        shown = [name for name in outcomes_shown() if all(name in data for data in arms.values())]
        return equally_likely(arms, references, shown), find(arms, references, shown, Matters(), by_form=False)
    findings = behind["findings"]
    return behind["dots"], findings[findings["switch"].isna() | (findings["switch"] == "")]


def _response(behind: Tables, about: str) -> list[Figure]:
    table, nothing = behind["response"], pd.DataFrame(columns=["series", "outcome", "value", "threshold"])
    settings = [str(name) for name in table.columns if "." in str(name)]
    priors = {str(name): rows["value"].tolist() for name, rows in behind["priors"].groupby("setting")}
    return pages_of_response(table, behind.get("crossings", nothing), settings, priors, about)


def _overview(table: pd.DataFrame, shares: pd.DataFrame, about: str) -> list[Figure]:
    """Draw as many readable columns side by side, and as many arms below each other, as the page holds."""
    columns, pages = headlines_in(shares), list[Figure]()
    for few in shared_out(columns, -(-len(columns) // most_columns())):
        pages += on_pages(ordered(shares), lambda some: overview(table, shares[shares["arm"].isin(some)], about, few))  # noqa: B023
    return pages


def _counts(default: Sequence[str]) -> Sequence[str]:
    """Return the counts among the outcomes that an analyst chose, or the default counts."""
    counts = [one.outcome for one in headlines() if one.scale == 1.0 and (one.spec == ".0f" or one.in_tables)]
    return counts if are_chosen() else default


def _ridgelines(arms: Datasets, outcomes: Sequence[str], references: Collection[str]) -> list[Figure]:
    """Draw all arms; if a page has no room for them, draw the reference and the arm asked about."""
    for only in (list(arms), named(list(arms), references)):
        pages = on_pages(outcomes, partial(ridgelines, arms, references=references, only=only))
        if max(page.get_figheight() for page in pages) <= venue().height:
            break
    return pages


def _dots(values: pd.DataFrame, shares: pd.DataFrame, about: str) -> list[Figure]:
    """Draw the dots of all arms if they are few, as many side by side as have room; else draw the arm asked about."""
    arms = list(dict.fromkeys(values["arm"]))
    shown = arms if len(arms) <= MOST_ARMS else [asked_about(arms)]
    pages: list[Figure] = []
    for first in range(0, len(shown), side := most_arms()):
        here, among = (rows[rows["arm"].isin(shown[first : first + side])] for rows in (values, shares))
        pages += on_pages(headlines_in(here), partial(dots, here, among, about))
    return pages
