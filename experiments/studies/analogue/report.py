"""What an analogue leaves on disk: tables, figures, and the posterior with its source."""

import json
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.analysis.weights import effective_size, systematic, weighted_quantiles
from experiments.figures.draw import on_pages, write
from experiments.reports.folder import figures_of, write_result
from experiments.studies.analogue.estimate import (
    COVARIATE,
    END_OF_MANDATE,
    LEVELS,
    MEANINGS,
    RENEWALS,
    ROUNDS,
    TYPICAL_DEPENDENCE,
    designed_names,
)
from experiments.studies.analogue.findings import PRIOR, Findings
from experiments.studies.analogue.past_coalition import effect_by_reading, prior_and_posterior, survival_of_past
from experiments.studies.analogue.settings import table_name
from experiments.studies.analogue.study import LEAD, PARAMETERS, PEERS
from experiments.studies.analogue.text import verdict
from sim.theatre.tables import table_path

DRAWS_KEPT = 500
"""Of the posterior, each as good as another, by reading."""
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
    " with these exits in view: no independent evidence"
)


def write_findings(findings: Findings) -> Path:
    """Write tables, figures and the posterior with its source.

    Returns:
        The folder.
    """
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
            "posterior.json": json.dumps(source_of(findings), indent=1),
        },
    )
    with figures_of(folder, arms) as place:
        _draw(findings, place)
    return folder


def posterior_of(findings: Findings) -> pd.DataFrame:
    """Return draws of the posterior, each as good as another, by reading: what a later run may start from."""
    parts = []
    for reading in (COVARIATE, RENEWALS):
        if reading not in findings.main.log_weights:
            continue
        taken = systematic(findings.main.weights(reading), DRAWS_KEPT, 0.5)
        draws = {name: values[taken] for name, values in findings.main.draws.items()}
        columns = {f"coalition.{name}": draws[name] for name in PARAMETERS}
        columns |= {"lead_as_it_acts": draws[LEAD], "end_of_mandate": draws[END_OF_MANDATE]}
        forms = [form for form, _ in findings.main.arm.ledger.switches["knock_on_form"].weights]
        which = np.argmax([draws[form] for form in forms], axis=0)
        parts.append(pd.DataFrame({"reading": reading, **columns, "switches.knock_on_form": np.array(forms)[which]}))
    return pd.concat(parts, ignore_index=True)


def source_of(findings: Findings) -> dict[str, object]:
    """Return what the posterior was fitted to and made with."""
    analogue, arm, main = findings.analogue, findings.analogue.arm, findings.main
    mandate = analogue.mandate
    parameters = arm.ledger.parameters
    return {
        "what": "draws of the parameters of the exits, given the exits of a past coalition and the model's own rule",
        "caution": _CAUTION,
        "theatre": analogue.name,
        "table": table_name(analogue.table),
        "table_sha256": _hash_of(analogue.table),
        "lead": analogue.past.lead,
        "announced": analogue.past.announced.isoformat(),
        "observed": {"from": arm.theatre.start.isoformat(), "days": arm.days},
        "readings": {name: MEANINGS[name] for name in main.log_weights},
        "effective_draws": {name: round(effective_size(findings.main.weights(name)), 1) for name in findings.main.log_weights},
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
    note = f"{findings.analogue.name}, {arm.worlds:,} worlds a round, seed {arm.seed}."
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
