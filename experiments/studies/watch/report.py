"""Report what to watch in natural frequencies, tables and a figure, or report that nothing was found."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.analysis.counts import aligned
from experiments.analysis.paired import Datasets, Tables
from experiments.config.arm import Arm
from experiments.figures.draw import on_pages, save
from experiments.figures.page_layout import provenance
from experiments.reports.folder import figures_of, write_result
from experiments.studies.watch.figures import parts_of, signs_figure
from experiments.studies.watch.score import ALL
from experiments.studies.watch.settings import Settings
from experiments.studies.watch.study import Watched


def tables_of(settings: Settings, found: Sequence[Watched]) -> dict[str, pd.DataFrame]:
    """Return the tables by name: scores, signs (the leaves of the trees, in words) and calibration, by week of observation."""
    tables: dict[str, list[pd.DataFrame]] = {"scores": [], "signs": [], "calibration": []}
    for one in found:
        if one.judged is None:
            continue
        judged = one.judged
        words = [" and ".join(settings.words_of(*condition) for condition in leaf) for leaf in judged.conditions]
        signs = judged.leaves.drop(columns="group").assign(signs=words)
        for name, table in (("scores", judged.scores), ("signs", signs), ("calibration", judged.calibration)):
            weeks = {"weeks": one.weeks, **({"left_out": one.left_out} if name == "scores" else {})}
            tables[name].append(table.assign(**weeks)[[*weeks, *table.columns]])
    return {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items() if parts}


def write_watched(arms: Mapping[str, Arm], settings: Settings, data: Datasets, found: Sequence[Watched]) -> Path:
    """Write tables and the figure; if nothing could be judged, write only the reasons."""
    tables = tables_of(settings, found)
    said = {f"after {one.weeks} weeks": "; ".join(_said(settings, one, tables)) for one in found}
    folder = write_result("watch", asdict(settings), arms, tables, found=said)
    if tables:
        about = f"Ending: {settings.sought}. {provenance(data)}"
        with figures_of(folder, arms) as place:
            draw = partial(signs_figure, tables, about=about)
            save(on_pages(parts_of(tables["scores"]), draw), place / "signs", data)
    return folder


def summary(settings: Settings, data: Datasets, found: Sequence[Watched]) -> str:
    """Return the answer as text."""
    tables = tables_of(settings, found)
    pooled = f"the pooled worlds of {', '.join(data)}" if len(data) > 1 else f"the worlds of {next(iter(data))}"
    lines = [f"Which early signs say that {settings.sought}? In {pooled}, judged on held-out draws of the parameters:", ""]
    if tables:
        lines += [aligned([_HEADINGS, *_rows(tables["scores"])]), ""]
    for one in found:
        lines += _said(settings, one, tables)
    if len(data) > 1:
        lines.append("The share in all worlds pools these scenarios in equal numbers, so it is not a probability.")
    unseen = [name for name in settings.observables if all(f"{name}_by_week" not in arm for arm in data.values())]
    if unseen:
        lines.append(f"These outcomes are watched only with ensemble.record=detailed: {', '.join(unseen)}.")
    return "\n".join(lines)


_HEADINGS = ("after", "worlds", "AUC of the score", "AUC of the tree", "Brier, score", "tree", "base rate", "left out: over")


def _rows(scores: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    for (weeks, who), both in scores.groupby(["weeks", "worlds_of"], sort=False):
        tree, score = (both[both["method"] == method].iloc[0] for method in ("tree", "logistic"))
        briers = (f"{value:.3f}" for value in (score["brier"], tree["brier"], tree["brier_base"]))
        left_out = str(tree["left_out"]) if who == ALL else ""
        yield f"{weeks} weeks", str(who), _with_interval(score), _with_interval(tree), *briers, left_out


def _with_interval(row: Mapping[Any, Any] | pd.Series) -> str:
    return f"{row['auc']:.2f} ({row['auc_low']:.2f} to {row['auc_high']:.2f})"


def _said(settings: Settings, one: Watched, tables: Tables) -> Iterator[str]:
    """Yield the claims after some weeks: only those that hold on held-out draws."""
    when = f"After {one.weeks} weeks"
    if one.judged is None:
        yield f"{when}: nothing found: {one.why}."
        return
    whole = one.judged.scores[one.judged.scores["worlds_of"] == ALL].set_index("method")
    if not whole["found"].any():
        yield f"{when}: nothing found: on held-out draws, no sign separates the endings better than chance."
        return
    signs = tables["signs"]
    leaves = signs[(signs["weeks"] == one.weeks) & signs["holds"]].to_dict("records")
    if not leaves:
        yield f"{when}: the score separates the endings, but no single sign does."
    for leaf in leaves[:1] + leaves[1:][-1:]:
        share, low, high, base = (f"{100.0 * leaf[name]:.0f}" for name in ("share", "share_low", "share_high", "base"))
        yield (
            f"{when}: if {leaf['signs']}, then {settings.sought} in {share} of 100 worlds ({low} to {high});"
            f" among all worlds, in {base} of 100."
        )
