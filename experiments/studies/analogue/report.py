"""Write the test on a past coalition: text, tables, figures, and the posterior with its source."""

import json
from collections.abc import Hashable, Mapping
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.analysis.counts import aligned
from experiments.analysis.weights import effective_size, systematic, weighted_quantiles
from experiments.figures.draw import on_pages, write
from experiments.reports.folder import figures_of, write_result
from experiments.studies.analogue.figures import effect_by_reading, prior_and_posterior, survival_of_past
from experiments.studies.analogue.findings import (
    COVARIATE,
    END_OF_MANDATE,
    LEVELS,
    MEANINGS,
    NO_MANDATE,
    PRIOR,
    QUANTILES,
    RENEWALS,
    ROUNDS,
    TYPICAL_DEPENDENCE,
    Findings,
    designed_names,
    main_reading,
)
from experiments.studies.analogue.study import LEAD, PARAMETERS, PEERS
from sim.theatre.tables import table_path

DRAWS_KEPT = 500
"""Equal draws of the posterior per reading."""
_TIED = -0.5
"""Correlation below which only the sum of two effects is known well."""
_TITLES = {
    "exit_hazard": "Base hazard, 1/day",
    LEAD: "Lead's exit, as it acts",
    PEERS: "Peers' exits, as they act",
    "effect_of_framework_nation_exit": "Framework nation's exit",
    "effect_of_mandate_renewal": "Yearly renewal of a mandate",
    END_OF_MANDATE: "End of a mandate (covariate)",
    "peer_memory_days": "Memory of peers' exits, days",
    "exit_duration_days": "A departure, days",
}
_CAUTION = (
    "the priors of exit_hazard, effect_of_lead_exit, effect_of_mandate_renewal and effect_of_framework_nation_exit were set"
    " with knowledge of these exits, so this is no independent evidence"
)


def write_findings(findings: Findings) -> Path:
    """Write tables, figures and the posterior with its source; return the folder."""
    analogue = findings.analogue
    arms, past = {analogue.name: analogue.arm}, analogue.past
    names = ("rates", "readings", "parameters", "exits", "survival")
    asked = {"table": _hash_of(analogue.table), "announced": past.announced, "others": list(map(str, analogue.others))}
    folder = write_result(
        f"analogue-{analogue.name}",
        {**asked, "mandate": repr(analogue.mandate), "days": analogue.arm.days},
        arms,
        {name: getattr(findings, name) for name in names},
        files={
            "verdict.txt": verdict(findings) + "\n",
            "posterior.csv": posterior_of(findings).to_csv(index=False, float_format="%.4g"),
            "posterior.json": json.dumps(_source_of(findings), indent=1),
        },
    )
    with figures_of(folder, arms) as place:
        _draw(findings, place)
    return folder


def posterior_of(findings: Findings) -> pd.DataFrame:
    """Return equal draws of the posterior by reading: a later run may start from them."""
    main, parts = findings.main, []
    variants = np.array([variant for variant, _ in main.arm.ledger.switches["knock_on_form"].weights])
    for reading in (name for name in (COVARIATE, RENEWALS) if name in main.log_weights):
        taken = systematic(main.weights(reading), DRAWS_KEPT, 0.5)
        draws = {name: values[taken] for name, values in main.draws.items()}
        columns = {f"coalition.{name}": draws[name] for name in PARAMETERS}
        columns |= {"lead_as_it_acts": draws[LEAD], "end_of_mandate": draws[END_OF_MANDATE]}
        which = np.argmax([draws[variant] for variant in variants], axis=0)
        parts.append(pd.DataFrame({"reading": reading, **columns, "switches.knock_on_form": variants[which]}))
    return pd.concat(parts, ignore_index=True)


def _source_of(findings: Findings) -> dict[str, object]:
    analogue, arm, main = findings.analogue, findings.analogue.arm, findings.main
    mandate, parameters = analogue.mandate, arm.ledger.parameters
    return {
        "what": "draws of the parameters of the exits, given the exits of a past coalition and the model's own rule",
        "caution": _CAUTION,
        "theatre": analogue.name,
        "table": Path(analogue.table).name,
        "table_sha256": _hash_of(analogue.table),
        "lead": analogue.past.lead,
        "announced": analogue.past.announced.isoformat(),
        "observed": {"from": arm.theatre.start.isoformat(), "days": arm.days},
        "readings": {name: MEANINGS[name] for name in main.log_weights},
        "effective_draws": {name: round(effective_size(main.weights(name)), 1) for name in main.log_weights},
        "ends_of_mandate": [] if mandate is None else [end.isoformat() for end in mandate.ends],
        "days_before_an_end": None if mandate is None else mandate.days_before,
        "priors": {name: str(parameters[name].prior) for name in designed_names(arm) if name in parameters}
        | ({} if mandate is None else {"end_of_mandate": str(mandate.effect)}),
        "worlds_of_a_round": arm.worlds,
        "rounds": ROUNDS,
        "seed": arm.seed,
        "overrides": list(arm.swept),
        "version": version("knockon"),
        "draws_kept": DRAWS_KEPT,
    }


def _hash_of(table: str) -> str:
    return sha256(table_path(table).read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def _draw(findings: Findings, folder: Path) -> None:
    arm, main = findings.analogue.arm, findings.main
    note = f"{findings.analogue.name}, {arm.worlds:,} worlds per round, seed {arm.seed}."
    about = {"Title": f"Past coalition: {findings.analogue.name}", "Subject": note, "Keywords": f"key {arm.key}"}
    names = {PRIOR: "Prior", RENEWALS: "Posterior, the model's own rule", COVARIATE: "Posterior, with the covariate"}
    worlds = {name: label for name, label in names.items() if f"{name}_median" in findings.survival}
    pages = on_pages(list(worlds), lambda some: survival_of_past(findings.survival, {n: worlds[n] for n in some}, note))
    write(pages, folder / "survival", about)
    shown = {title: main.draws[name] for name, title in _TITLES.items() if np.ptp(main.draws[name]) > 0.0}
    posteriors = {name: main.weights(name) for name in (COVARIATE, RENEWALS) if name in main.log_weights}
    pages = on_pages(
        list(shown), lambda some: prior_and_posterior({name: shown[name] for name in some}, main.prior, posteriors, note)
    )
    write(pages, folder / "prior_and_posterior", about)
    low, median, high = map(float, weighted_quantiles(main.draws[LEAD], main.prior, LEVELS))
    figure = effect_by_reading(findings.readings, (low, median, high), TYPICAL_DEPENDENCE, note)
    write(figure, folder / "effect_of_the_lead", about)


def findings_text(findings: Findings) -> str:
    """Return the results as text."""
    past = findings.analogue.past
    rates = [f"{findings.analogue.name}: {len(past.stays)} members; the lead announced its exit on {past.announced}."]
    rates += [
        f"  {row['period']:<6}  {row['exits']:.0f} exits in {row['member_months']:.0f} member-months:"
        f" {row['hazard']:.4f} per member-month ({row['low']:.4f} to {row['high']:.4f})"
        for row in findings.rates.to_dict("records")
    ]
    return "\n\n".join(["\n".join(rates), _exits(findings), _readings(findings), _parameters(findings), verdict(findings)])


def _interval(row: Mapping[Hashable, float], prefix: str = "", spec: str = ".3g") -> str:
    """Return a median with its 90 % interval, "1.2 (0.8 to 1.9)"."""
    low, median, high = (format(row[f"{prefix}{name}"], spec) for name in QUANTILES)
    return f"{median} ({low} to {high})"


def _exits(findings: Findings) -> str:
    names = [column.removesuffix("_median") for column in map(str, findings.exits) if column.endswith("_median")]
    rows = [["statistic", "observed", *names]]
    for row in findings.exits.to_dict("records"):
        cells = [_interval(row, f"{n}_").replace("inf", "never") + ("" if row[f"{n}_inside"] else " !") for n in names]
        rows.append([str(row["statistic"]), f"{row['observed']:.3g}", *cells])
    return f"{aligned(rows)}\nWorlds of the model: median (5 % to 95 %). ! marks an observed value outside this range."


def _readings(findings: Findings) -> str:
    rows = [["announced", "reading", "lead's effect", "hazard ratio", "cascade", "contraction", "with end", "draws"]]
    for row in findings.readings.to_dict("records"):
        effects = [_interval(row, spec=".2f"), _interval(row, "ratio_", ".1f")]
        tied = "" if np.isnan(row["correlation_with_end"]) else f"{row['correlation_with_end']:.2f}"
        learnt = [f"{row['cascade']:.0%}", f"{row['contraction']:.2f}", tied, f"{row['effective_draws']:.0f}"]
        rows.append([str(row["announced"]), str(row["reading"]), *effects, *learnt])
    shown = [f"  {name}: {MEANINGS[name]}" for name in dict.fromkeys(findings.readings["reading"])]
    return (
        f"{aligned(rows)}\n"
        "lead's effect: as it acts, on the log hazard of a fully dependent member. hazard ratio: at a dependence of"
        f" {TYPICAL_DEPENDENCE:g}. cascade: posterior probability of the variant 'cascade'. contraction: share of the prior's"
        " variance that the exits remove."
        " with end: correlation with the effect of an end of mandate. draws: effective draws.\n" + "\n".join(shown)
    )


def _parameters(findings: Findings) -> str:
    reading = main_reading(findings)
    rows = [["parameter", "prior", "posterior", "contraction"]]
    for row in findings.parameters[findings.parameters["reading"] == reading].to_dict("records"):
        cells = [_interval(row, "prior_"), _interval(row, "posterior_"), f"{row['contraction']:.2f}"]
        rows.append([str(row["parameter"]), *cells])
    return f"Under the reading '{reading}':\n{aligned(rows)}"


def verdict(findings: Findings) -> str:
    """Return a text on how well the exits identify the lead's effect."""
    past, mandate = findings.analogue.past, findings.analogue.mandate
    after = [stay for stay in past.stays if stay.exit and stay.exit >= past.announced]
    here = findings.readings[findings.readings["announced"] == past.announced.isoformat()]
    rows = {str(row["reading"]): row for row in here.to_dict("records")}
    if mandate is None or COVARIATE not in rows:
        row = rows[RENEWALS]
        return (
            f"{len(after)} exits after the announcement: the lead's effect is {_effect(row)}; the exits remove"
            f" {row['contraction']:.0%} of the prior's variance. No end of a mandate is given."
        )
    coded = sum(stay.trigger in mandate.triggers for stay in after)
    replaced = sum(stay.trigger in mandate.agreements for stay in after)
    alone, together, apart = (rows[name] for name in (NO_MANDATE, COVARIATE, list(rows)[-1]))
    medians = findings.readings["median"]
    tied = ": the sum of the two effects is better known than either effect" if together["correlation_with_end"] < _TIED else ""
    parameters = findings.parameters
    top = float(parameters.loc[parameters["parameter"] == LEAD, "prior_q95"].iloc[0])
    limited = [f"'{name}'" for name, row in rows.items() if row["median"] > top]
    bound = f"Under {' and '.join(limited)}, the upper bound of the prior limits the lead's effect; this bound is a judgement."
    sentences = (
        f"Of {len(after)} exits after the announcement the source attributes {coded} to the end of the mandate and {replaced}"
        " to the end of its replacement.",
        f"If mandates have no effect, the lead's effect is {_effect(alone)}. With the end of the mandate as a covariate, the"
        f" lead's effect is {_effect(together)}, and the exits remove {max(together['contraction'], 0.0):.0%} of the prior's"
        " variance. The correlation of both effects, of the lead and of the mandate's end, is"
        f" {together['correlation_with_end']:.2f}{tied}.",
        f"Without these {coded + replaced} exits, the lead's effect is {_effect(apart)}.",
        *([bound] if limited else []),
        "Over all readings and days of the announcement, the median of the lead's effect runs from"
        f" {medians.min():.1f} to {medians.max():.1f}.",
        "The priors were set with knowledge of these exits: the posterior is a check, not independent evidence.",
    )
    return " ".join(sentences)


def _effect(row: Mapping[Hashable, float]) -> str:
    return _interval(row, spec=".1f")
