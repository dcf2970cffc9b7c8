"""What was found out about a past coalition, as an analyst reads it."""

from collections.abc import Hashable, Mapping

import numpy as np

from experiments.analysis.text import aligned
from experiments.studies.analogue.estimate import COVARIATE, MEANINGS, NO_MANDATE, RENEWALS, TYPICAL_DEPENDENCE
from experiments.studies.analogue.findings import Findings, main_reading
from experiments.studies.analogue.study import LEAD

TIED = -0.5
"""Correlation below which two effects are told apart by their sum."""


def findings_text(findings: Findings) -> str:
    """Return what was found, as an analyst reads it."""
    return "\n\n".join([_rates(findings), _exits(findings), _readings(findings), _parameters(findings), verdict(findings)])


def _rates(findings: Findings) -> str:
    past, rates = findings.analogue.past, findings.rates.set_index("period")
    lines = [f"{findings.analogue.name}: {len(past.stays)} members; the lead announced its exit on {past.announced}."]
    for period in ("before", "after"):
        row = rates.loc[period]
        lines.append(
            f"  {period:<6}  {row['exits']:.0f} exits in {row['member_months']:.0f} member-months:"
            f" {row['hazard']:.4f} a member-month ({row['low']:.4f} to {row['high']:.4f})"
        )
    return "\n".join(lines)


def _exits(findings: Findings) -> str:
    names = [column.removesuffix("_median") for column in map(str, findings.exits) if column.endswith("_median")]
    rows = [["statistic", "observed", *names]]
    for row in findings.exits.to_dict("records"):
        cells = [f"{row[f'{n}_median']:.3g} ({row[f'{n}_q05']:.3g} to {row[f'{n}_q95']:.3g})" for n in names]
        marks = ["" if row[f"{n}_inside"] else " !" for n in names]
        written = [cell.replace("inf", "never") + mark for cell, mark in zip(cells, marks, strict=True)]
        rows.append([str(row["statistic"]), f"{row['observed']:.3g}", *written])
    return f"{aligned(rows)}\nWorlds of the model, median (5 % to 95 %); ! marks an observed value outside."


def _readings(findings: Findings) -> str:
    rows = [["announced", "reading", "lead's effect", "hazard ratio", "cascade", "contraction", "with end", "draws"]]
    for row in findings.readings.to_dict("records"):
        rows.append(
            [
                str(row["announced"]),
                str(row["reading"]),
                f"{row['median']:.2f} ({row['q05']:.2f} to {row['q95']:.2f})",
                f"{row['ratio_median']:.1f} ({row['ratio_q05']:.1f} to {row['ratio_q95']:.1f})",
                f"{row['cascade']:.0%}",
                f"{row['contraction']:.2f}",
                "" if np.isnan(row["correlation_with_end"]) else f"{row['correlation_with_end']:.2f}",
                f"{row['effective_draws']:.0f}",
            ]
        )
    shown = [f"  {name}: {MEANINGS[name]}" for name in dict.fromkeys(findings.readings["reading"])]
    return (
        f"{aligned(rows)}\n"
        "Lead's effect as it acts, on the log hazard of a fully dependent member; hazard ratio at a dependence of"
        f" {TYPICAL_DEPENDENCE:g}. cascade: its probability. contraction: part of the prior's variance that is gone. with end:"
        " correlation with the effect of an end of mandate. draws: effective ones.\n" + "\n".join(shown)
    )


def _parameters(findings: Findings) -> str:
    reading = main_reading(findings)
    rows = [["parameter", "prior", "posterior", "contraction"]]
    for row in findings.parameters[findings.parameters["reading"] == reading].to_dict("records"):
        cells = [f"{row[f'{w}_median']:.3g} ({row[f'{w}_q05']:.3g} to {row[f'{w}_q95']:.3g})" for w in ("prior", "posterior")]
        rows.append([str(row["parameter"]), *cells, f"{row['contraction']:.2f}"])
    return f"Under the reading '{reading}':\n{aligned(rows)}"


def verdict(findings: Findings) -> str:
    """Return in words how much of the lead's effect is identified."""
    past, mandate = findings.analogue.past, findings.analogue.mandate
    after = [stay for stay in past.stays if stay.exit and stay.exit >= past.announced]
    here = findings.readings[findings.readings["announced"] == past.announced.isoformat()]
    rows = {str(row["reading"]): row for row in here.to_dict("records")}
    if mandate is None or COVARIATE not in rows:
        row = rows[RENEWALS]
        return (
            f"{len(after)} exits after the announcement: the lead's effect is {_spread(row)}, {row['contraction']:.0%} of the"
            " prior's variance gone. No end of a mandate is given."
        )
    coded = sum(stay.trigger in mandate.triggers for stay in after)
    replaced = sum(stay.trigger in mandate.agreements for stay in after)
    alone, together, apart = (rows[name] for name in (NO_MANDATE, COVARIATE, list(rows)[-1]))
    medians = findings.readings["median"]
    tied = ": what is known is rather their sum than either" if together["correlation_with_end"] < TIED else ""
    sentences = (
        f"Of {len(after)} exits after the announcement the source puts {coded} down to the end of the mandate and {replaced}"
        " to the end of what replaced it.",
        f"If mandates play no part, the lead's effect is {_spread(alone)}; with the end of the mandate as a covariate it is"
        f" {_spread(together)}, {max(together['contraction'], 0.0):.0%} of the prior's variance gone, and correlates with that"
        f" of the mandate's end by {together['correlation_with_end']:.2f}{tied}.",
        f"With these exits set apart it is {_spread(apart)}.{_bounds(findings, rows)}",
        f"Over all readings and days of the announcement its median runs from {medians.min():.1f} to {medians.max():.1f}.",
        "The priors were set with these exits in view: read the posterior as a check, not as evidence of its own.",
    )
    return " ".join(sentences)


def _bounds(findings: Findings, rows: Mapping[str, Mapping[Hashable, float]]) -> str:
    """Return the readings under which the prior, not the exits, bounds the effect; empty where there are none."""
    parameters = findings.parameters
    top = float(parameters.loc[parameters["parameter"] == LEAD, "prior_q95"].iloc[0])
    leaning = [f"'{name}'" for name, row in rows.items() if row["median"] > top]
    if not leaning:
        return ""
    return f" Under {' and '.join(leaning)} it leans on the upper bound of its prior: a judgement limits it, not the exits."


def _spread(row: Mapping[Hashable, float]) -> str:
    return f"{row['median']:.1f} ({row['q05']:.1f} to {row['q95']:.1f})"
