"""Report a sensitivity analysis: sentences on the screen, tables and figures on disk."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.config.arm import Arm
from experiments.config.ledger import Rest
from experiments.figures.draw import pages_of, save, write
from experiments.figures.names import arm_name
from experiments.figures.page_layout import counted, exposure, provenance
from experiments.reports.folder import figures_of, write_result
from experiments.studies.sensitivity.ablation import CORE
from experiments.studies.sensitivity.figures import ablation, sobol
from experiments.studies.sensitivity.settings import Settings, Step
from experiments.studies.sensitivity.sobol import Found
from experiments.studies.sensitivity.study import Study
from experiments.studies.sensitivity.tornado import tornado
from sim.record.outcomes import BY_NAME

_NAMED = 3  # factors of an outcome that the screen names


def write_study(study: Study, arms: Mapping[str, Arm], settings: Settings) -> Path:
    """Write tables and figures."""
    tables = {"screening": study.screening, "ablation": study.ablation}
    if study.found is not None:
        tables |= {"indices": study.found.indices, "variances": study.found.variances, "swings": study.found.swings}
    folder = write_result("sensitivity", asdict(settings), arms, tables, every=study.arms)
    with figures_of(folder, study.arms) as place:
        if study.found is not None:
            _draw_indices(place, study, study.found, settings)
        if study.ablation is not None:
            _draw_ablation(place, study.arms[settings.arm], study.ablation, settings)
    return folder


def _draw_indices(folder: Path, study: Study, found: Found, settings: Settings) -> None:
    for of in dict.fromkeys(found.indices["of"]):
        about = _about(study, settings, of)
        indices, variances, swings = (table[table["of"] == of] for table in (found.indices, found.variances, found.swings))
        pages = pages_of(indices, "outcome", partial(sobol, variances=variances, about=about))
        save(pages, folder / f"sobol_{of}", study.sampled)
        save(pages_of(swings, "outcome", partial(tornado, of=of, about=about)), folder / f"tornado_{of}", study.sampled)


def _draw_ablation(folder: Path, arm: Arm, table: pd.DataFrame, settings: Settings) -> None:
    rests_on = f"{counted([arm.worlds], 'world')} per arm, {counted([arm.days], 'day')}, seed {arm.seed}."
    for of in dict.fromkeys(table["of"]):
        about = f"{_what(settings, of)}. {rests_on}{exposure(settings.outcomes)}"
        pages = pages_of(table[table["of"] == of], "outcome", partial(ablation, of=of, core=CORE, about=about))
        write(pages, folder / f"ablation_{of}", {"Title": f"Ablation: {_what(settings, of)}", "Subject": rests_on})


def _what(settings: Settings, of: str) -> str:
    what = arm_name(settings.arm)
    if of == "difference" and settings.relative_to is not None:
        what += f" minus {arm_name(settings.relative_to)}, world by world"
    return what


def _about(study: Study, settings: Settings, of: str) -> str:
    rest = "drawn anew in every world" if settings.rest is Rest.DRAWN else "at their values"
    return (
        f"{_what(settings, of)}. {len(study.kept)} of {len(study.factors)} factors were kept by a screening and vary over their"
        f" priors; the other factors are {rest}. {settings.points:,} points, {settings.worlds_per_row} worlds per row;"
        f" {provenance(study.sampled)}{exposure(settings.outcomes)}"
    )


def summary(study: Study, settings: Settings) -> str:
    """Return the findings in words, one paragraph per step."""
    parts: list[Iterable[str]] = []
    if study.screening is not None:
        clear = study.screening[study.screening["clear"]]["factor"].nunique()
        head = f"{clear} of {len(study.factors)} factors change an outcome or a difference beyond chance. Kept for the indices:"
        parts.append([head, f"  {', '.join(study.kept) or 'none'}"])
    if study.found is not None:
        parts.append(_indices(study.found.indices, study.found.variances, settings))
    elif study.screening is not None and Step.INDICES in settings.steps:
        parts.append(["No indices: fewer than two factors change an outcome or a difference beyond chance."])
    if study.ablation is not None:
        parts.append(_ablated(study.ablation))
    return "\n\n".join("\n".join(part) for part in parts)


def _indices(indices: pd.DataFrame, variances: pd.DataFrame, settings: Settings) -> Iterator[str]:
    of = "difference" if settings.relative_to is not None else "outcome"
    what = settings.arm if settings.relative_to is None else f"the difference of {settings.arm} from {settings.relative_to}"
    yield f"Factors that {what} depends on (%: share of a world's variance that all kept factors explain;"
    yield "numbers: total Sobol index with 95 % interval):"
    for outcome in settings.outcomes:
        rows = indices[(indices["of"] == of) & (indices["outcome"] == outcome)]
        clear = rows[rows["total_clear"]].sort_values("total", ascending=False).head(_NAMED).to_dict("records")
        each = (f"{row['factor']} {row['total']:.2f} ({row['total_low']:.2f} to {row['total_high']:.2f})" for row in clear)
        share = variances.loc[(variances["of"] == of) & (variances["outcome"] == outcome), "share"].iloc[0]
        yield f"  {BY_NAME[outcome].long_name}, {share:.0%}: {'; '.join(each) or 'no index lies clearly above zero'}"


def _ablated(table: pd.DataFrame) -> Iterator[str]:
    of = "difference" if (table["of"] == "difference").any() else "outcome"
    yield f"Changes without a mechanism (median {of}, hazards: mean; only changes of more than two Monte Carlo errors):"
    for off, rows in table[table["of"] == of].groupby("off", sort=False):
        moved = [row for row in rows.to_dict("records") if abs(row["change"]) > 2.0 * row["change_error"]]
        named = [f"{row['outcome']} {_number(row['full'])} -> {_number(row['without'])}" for row in moved]
        yield f"  {off}: {'; '.join(named) or 'nothing'}"


def _number(value: float) -> str:
    return f"{value:+.3g}".replace("-", "\N{MINUS SIGN}") if np.isfinite(value) else "unknown"
