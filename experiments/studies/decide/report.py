"""Report a decision on the screen and on disk: regret, thresholds and doses side by side, and no overall score."""

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import batched
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from experiments.config.arm import Arm
from experiments.figures.doses import dose_curves, dose_surface
from experiments.figures.draw import on_pages, pages_of, save
from experiments.figures.names import arm_name
from experiments.figures.page_layout import exposure, provenance
from experiments.reports.folder import figures_of, write_result
from experiments.studies.decide.figures import OUTCOME, PANELS, THRESHOLD, most_columns, regret_heatmap, satisficing_heatmap
from experiments.studies.decide.settings import Dose, Settings
from experiments.studies.decide.study import Doses, Weighed, every_arm
from sim.record.outcomes import BY_NAME


def write_decision(arms: Mapping[str, Arm], doses: Mapping[Dose, Doses], settings: Settings, weighed: Weighed) -> Path:
    """Write tables and figures."""
    asked = {
        "arms": settings.arms,
        "outcomes": settings.outcomes,
        "thresholds": [str(threshold) for threshold in settings.thresholds],
        "doses": {dose.name: [dose.scenario, dose.vary] for dose in settings.doses},
    }
    every = every_arm(arms, doses)
    tables = {"regret": weighed.regret, "satisficing": weighed.satisficing}
    folder = write_result("decide", asked, every, tables | {f"dose_{name}": table for name, table in weighed.doses.items()})
    about = provenance(weighed.data) + exposure(settings.outcomes)
    with figures_of(folder, every) as place:
        save(regret_pages(weighed.regret, about), place / "regret", weighed.data)
        if weighed.satisficing is not None:
            draw = partial(satisficing_heatmap, about=about)
            pages = pages_of(weighed.satisficing, "threshold", draw, most_columns(THRESHOLD))
            save(pages, place / "satisficing", weighed.data)
        for dose in settings.doses:
            varied = list(dose.vary)
            note = f"{arm_name(dose.scenario)} minus {arm_name(settings.arms[0])}, world by world. {about}"
            draw = partial(dose_surface, settings=varied) if len(varied) > 1 else partial(dose_curves, setting=varied[0])
            pages = pages_of(weighed.doses[dose.name], "outcome", partial(draw, about=note))
            save(pages, place / f"dose_{dose.name}", weighed.data)
    return folder


def regret_pages(table: pd.DataFrame, about: str) -> list[Figure]:
    """Draw regrets on as few pages as possible: outcomes side by side, summaries one below the other."""
    outcomes = list(dict.fromkeys(table["outcome"]))
    pages = -(-len(outcomes) // most_columns(OUTCOME))
    tables = [table[table["outcome"].isin(some)] for some in batched(outcomes, -(-len(outcomes) // pages))]
    return [page for some in tables for page in on_pages(list(PANELS), partial(regret_heatmap, some, about))]


def summary(settings: Settings, weighed: Weighed) -> str:
    """Return the findings in words."""
    return "\n".join(_lines(settings, weighed))


def _lines(settings: Settings, weighed: Weighed) -> Iterator[str]:
    table = weighed.regret
    draws = int(table["draws"].iloc[0])
    yield f"Regret over {draws} draws of the parameters, by outcome: arm with the smallest mean; arm with the smallest maximum"
    for outcome in settings.outcomes:
        rows = table[table["outcome"] == outcome].set_index("arm")
        by_mean, by_max = str(rows["mean"].idxmin()), str(rows["max"].idxmin())
        unit = rows["unit"].iloc[0]
        yield (
            f"  {BY_NAME[outcome].long_name}: {by_mean} ({rows.loc[by_mean, 'mean']:.3g} {unit}; best in"
            f" {rows.loc[by_mean, 'best']:.0%} of draws); smallest maximum: {by_max} ({rows.loc[by_max, 'max']:.3g})"
        )
    if weighed.satisficing is not None:
        yield "Share of draws that meet the thresholds, with 95 % interval:"
        for arm, rows in weighed.satisficing.groupby("arm", sort=False):
            row = rows.iloc[-1]
            yield f"  {arm}: {row['threshold']} in {row['share']:.0%} ({row['low']:.0%} to {row['high']:.0%})"
    yield from (f"Dose {name}: tables/dose_{name}.csv" for name in weighed.doses)
