"""`report.html`: a comparison as one page that needs no network; its title is the finding, its first screen the answer."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from experiments.analysis.counts import DAYS_A_MONTH
from experiments.analysis.matters import IS_RATIO
from experiments.analysis.paired import Datasets, Tables
from experiments.config.defaults import FOLLOWS, parameters
from experiments.config.files import write_whole
from experiments.config.show import CHOSEN
from experiments.figures.names import arm_name, factor_name, sentence_case
from experiments.figures.page_layout import EXPOSURE, counted
from experiments.reports import sentences as words
from experiments.storage.about import read_about
from experiments.studies.compare.another_world import another_world
from experiments.studies.compare.dotplot import dots_svg
from experiments.studies.compare.figures.draw import QUESTIONS
from experiments.studies.compare.page_parts import figures_of_page, tables_of_page
from experiments.studies.compare.text import answer, asked_about, mechanisms_in_words

_ORIGIN = ("scenario", "reference", "worlds", "days", "seed", "key", "overrides", "version", "commit", "folder")

PAGE = "report.html"
"""The page in the folder of a comparison."""
_GROUPS = {
    "civilians": "Civilians", "islamic_state": "Islamic State", "coalition": "Coalition", "government": "Government",
    "displaced": "Displaced violence", FOLLOWS: f"{words.FOLLOWS_FROM}:", CHOSEN: "Chosen outcomes",
}  # fmt: skip


def write_page(
    folder: Path,
    provenance: pd.DataFrame,
    table: pd.DataFrame,
    behind: Tables,
    grades: Mapping[str, int],
    figures: Path,
    arms: Datasets,
) -> None:
    """Write the page of a comparison after its figures, SVG; `grades` are the numbers of parameters by grade."""
    drawn = {kind: sorted(figures.glob(f"{kind}*.svg")) for kind in QUESTIONS if kind != "dots"}  # they stand in the answer
    pictures = {file.stem: file.read_bytes() for pages in drawn.values() for file in pages}
    written = {name: figures / f"{name}.txt" for name in pictures}
    captions = {name: text.read_text(encoding="utf-8").strip() for name, text in written.items() if text.exists()}
    reference_of = {str(arm): str(reference) for arm, reference in zip(provenance["arm"], provenance["reference"], strict=True)}
    findings = behind.get("findings", pd.DataFrame())
    others = [label for label, reference in reference_of.items() if label != reference]
    first = asked_about(others) if others else ""
    ordered = sorted(others, key=lambda label: label != first)
    told = {label: words.findings_of(findings, label) for label in ordered} if len(findings) else {}
    day = int(table["day"].max())
    origins: list[Any] = list(provenance.itertuples(index=False))
    loader = PackageLoader("experiments.studies.compare")
    pages = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    grounds = behind.get("evidence", pd.DataFrame())
    title = words.title_of(told[first], arm_name(first), arm_name(reference_of[first])) if told else ""
    page = pages.get_template("report.html.j2").render(
        given=str(read_about(folder).get("title", "")),
        title=title or " and ".join(map(arm_name, reference_of)),
        about=_about(first, reference_of, day, provenance, grades),
        arms=[_answer(label, told[label], behind["dots"], grounds) | {"reference": reference_of[label]} for label in told],
        matrix=_matrix(told),
        seen=another_world(arms, first, reference_of[first]) if told else {},
        weights=_weights(told[first]) if told else [],
        errors=words.errors_in_words(told[first]) if told else "",
        alone="" if others else answer(findings, table, 10_000),
        exposure=EXPOSURE,
        mechanisms=mechanisms_in_words(findings),
        figures=figures_of_page(pictures, captions),
        tables=tables_of_page(table, behind, day),
        origins=origins,
        origin_headings=[sentence_case(heading) for heading in _ORIGIN],
        names={label: arm_name(label) for label in reference_of},
        keys=dict(zip(provenance["arm"], provenance["key"], strict=True)),
        seeds=dict(zip(provenance["arm"], provenance["seed"], strict=True)),
        places={label: number for number, label in enumerate(reference_of)},
        trace={
            origin.arm: f"{arm_name(origin.arm)}: key {origin.key}, seed {origin.seed}, {origin.worlds:,} worlds,"
            f" {origin.days} days; reference {arm_name(origin.reference)}"
            for origin in origins
        },
        version=version("knockon"),
        folder=folder.name,
        style=Markup(_template("report.css")),
        script=Markup(_template("report.js")),
    )
    write_whole(folder / PAGE, page)


def _template(name: str) -> str:
    return (files("experiments.studies.compare") / "templates" / name).read_text(encoding="utf-8").strip()


def _about(first: str, reference_of: Mapping[str, str], day: int, provenance: pd.DataFrame, grades: Mapping[str, int]) -> str:
    against = ""
    if first:
        reference = arm_name(reference_of[first])
        against = f"{arm_name(first)} compared with the reference, “{reference}”, on the same random numbers. "
    seeds, judged = ", ".join(map(str, provenance["seed"].unique())), "most of its numbers are judgements"
    if whole := sum(grades.values()):
        judged = f"{grades.get('C', 0)} of the model's {whole} numbers are judgements (grade C)"
    worlds = counted(provenance["worlds"].tolist(), "simulated world")
    return (
        f"{against}{day} days ({day / DAYS_A_MONTH:.0f} months) from 30 September 2020; {worlds} per scenario, seed {seeds}."
        f"{_held(provenance)}"
        f" This is not a forecast: {judged}, and a share of worlds counts only worlds that the model assumes possible."
    )


def _held(provenance: pd.DataFrame) -> str:
    """Return a sentence on the numbers of the model that the command set in all arms; they are not drawn."""
    in_all = set.intersection(*(set(str(overrides).split()) for overrides in provenance["overrides"]))
    pairs = [override.partition("=") for override in sorted(in_all)]
    numbers = [f"{factor_name(name)} = {value}" for name, _, value in pairs if name in parameters()]
    return f" In all scenarios, {', '.join(numbers)} {'is' if len(numbers) == 1 else 'are'} set by hand." if numbers else ""


def _answer(label: str, found: Sequence[words.Finding], dots: pd.DataFrame, evidence: pd.DataFrame) -> dict[str, Any]:
    values = {str(outcome): part["value"].tolist() for outcome, part in dots[dots["arm"] == label].groupby("outcome")}
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in found:
        row = one.whole
        marks, rests_on = words.evidence_in_words(evidence, label, str(row["outcome"]))
        groups.setdefault(one.headline.group, []).append(
            {
                "outcome": row["outcome"],
                "heading": sentence_case(one.headline.heading),
                "there": "" if row["outcome"] == IS_RATIO else words.amount(row["level_there"], one.headline, signed=False),
                "matters": _same(one), "rare": one.is_rare,
                "told": words.finding_in_words(one),
                **{side: words.of_hundred(row[side]) for side in ("more", "same", "fewer")},
                "middle": words.middle_in_words(row, one.headline),
                "dots": dots_svg(values[row["outcome"]], one.headline, row["matters"], words.finding_in_words(one)),
                "hinges": words.hinge_in_words(one, 2),
                "marks": "" if marks < 0 else "\N{BLACK SQUARE}" * marks + "\N{WHITE SQUARE}" * (4 - marks),
                "evidence": rests_on,
                "forms": json.dumps({switch: _shares(rows) for switch, rows in one.forms.items()}),
            }
        )  # fmt: skip
    return {
        "label": label,
        "groups": [{"name": _GROUPS[group], "follows": group == FOLLOWS, "rows": rows} for group, rows in groups.items()],
    }


def _same(finding: words.Finding) -> str:
    """Return the smallest difference that matters; below it, worlds are about the same."""
    row = finding.whole
    if row["outcome"] == IS_RATIO:
        return f"{100.0 * row['matters']:.0f} %"
    return words.amount(row["matters"], replace(finding.headline, spec=".2g" if row["matters"] < 10.0 else ".0f"), signed=False)


def _shares(rows: Sequence[Mapping[Any, Any]]) -> dict[str, list[float]]:
    return {str(row["form"]): [round(float(row[side]), 4) for side in ("more", "same", "fewer")] for row in rows}


def _weights(found: Sequence[words.Finding]) -> list[dict[str, Any]]:
    """Return the switches on which a finding turns, with their forms: the reader can move their weights."""
    meanings, weights = words.meanings_of_switches(), dict[str, dict[str, Any]]()
    for one in found:
        for switch, rows in one.forms.items():
            named = [(row["form"], words.where_of(switch, row["form"]), float(row["weight"])) for row in rows]
            forms = [dict(zip(("name", "where", "weight"), form, strict=True)) for form in named]
            turns_on = sentence_case(meanings[switch]["turns_on"])
            weights.setdefault(switch, {"switch": switch, "turns_on": turns_on, "forms": forms})
    return list(weights.values())


def _matrix(told: Mapping[str, Sequence[words.Finding]]) -> dict[str, Any]:
    """Return the numbers of worlds with more and fewer of each headline, one row per arm; empty for a single arm."""
    if len(told) < 2:
        return {}
    headings = [sentence_case(one.headline.short or one.headline.heading) for one in next(iter(told.values()))]
    rows = [{"arm": label, "cells": [_sides(one) for one in found]} for label, found in told.items()]
    return {"headings": headings, "rows": rows}


def _sides(finding: words.Finding) -> dict[str, Any]:
    more, fewer = finding.whole["more"], finding.whole["fewer"]
    return {"text": f"{words.in_short(more)} : {words.in_short(fewer)}", "value": more - fewer if finding.is_known else None}
