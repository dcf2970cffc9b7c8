"""Report a scenario discovery: the box in words, its tables and figures, or the reason why there is no box."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.analysis.counts import share_in_words
from experiments.config.arm import Arm
from experiments.figures.draw import save
from experiments.figures.names import arm_name
from experiments.figures.page_layout import provenance
from experiments.reports.folder import figures_of, write_result
from experiments.studies.discover.boxes import HALVES, Discovery
from experiments.studies.discover.figures import box, trade_off
from experiments.studies.discover.settings import Question
from experiments.studies.discover.study import Search


def write_discovery(arms: Mapping[str, Arm], question: Question, search: Search) -> Path:
    """Write tables and figures; if there is no box, write only the answers."""
    found, tables = search.found, {"answers": search.answered.reset_index(names="draw")}
    told = {"answer.txt": f"{summary(question, search)}\n"}
    if found is None:
        return write_result("discover", asdict(question), arms, tables, files=told)
    tables |= {"box": found.restrictions, "fit": found.fit, "trajectory": found.trajectory}
    folder = write_result("discover", asdict(question), arms, tables, files=told)
    about = f"{question.sentence(arm_name)} The expected outcome of each draw gives its answer. {provenance(search.data)}"
    with figures_of(folder, arms) as place:
        known = next(iter(arms.values())).ledger.parameters
        units = [known[name].unit if name in known else "" for name in map(str, found.restrictions["factor"])]
        save(box(found.restrictions.assign(unit=units), found.fit, about), place / "box", search.data)
        save(trade_off(found.trajectory, about), place / "trade_off", search.data)
    return folder


def summary(question: Question, search: Search) -> str:
    """Return the answer as text."""
    yes = float(search.answered["yes"].mean())
    head = f"{question}\nYes in {yes:.0%} of {len(search.answered):,} draws of the parameters."
    return f"{head}\nNo box: {search.why}." if search.found is None else "\n".join([head, *_lines(search.found)])


def _lines(found: Discovery) -> Iterator[str]:
    yield "The answer is mostly yes where:"
    for row in found.restrictions.to_dict("records"):
        yield f"  {_limit_in_words(row)}  (quasi-p {row['quasi_p']:.1g})"
    for row in found.fit[found.fit["half"] != "no box"].to_dict("records"):
        yield (
            f"Half that was {HALVES[str(row['half'])]}: yes in {share_in_words(row, 'density')} of the draws in the box. The"
            f" box contains {share_in_words(row, 'coverage')} of all draws that answer yes, and {row['mass']:.0%} of all draws."
        )


def _limit_in_words(row: Mapping[Hashable, Any]) -> str:
    """Return a restriction: "militias.mean_rocket_rate at least 0.12 (upper 40 % of draws)"."""
    if row["forms"]:
        return f"{row['factor']} is {row['forms']} ({row['to_share']:.0%} of draws)"
    low, high = row["low"], row["high"]
    share = 100.0 * (row["to_share"] - row["from_share"])
    if pd.isna(high):
        return f"{row['factor']} at least {low:.3g} (the upper {share:.0f} % of draws)"
    if pd.isna(low):
        return f"{row['factor']} at most {high:.3g} (the lower {share:.0f} % of draws)"
    return f"{row['factor']} from {low:.3g} to {high:.3g} ({share:.0f} % of draws)"
