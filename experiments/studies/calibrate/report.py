"""Write, draw and print a calibration: the posterior with its source, tables and figures."""

import json
from functools import partial
from pathlib import Path
from typing import cast

import numpy as np

from experiments.config.arm import Arm
from experiments.config.files import writable
from experiments.config.posterior import write_posterior
from experiments.figures import draw as figures
from experiments.figures.style import arm_name
from experiments.reports.folder import figures_of, write_tables
from experiments.studies.calibrate.calibrated import Calibrated
from experiments.studies.calibrate.calibration_figures import PARTS, Learnt, predicted_year, priors_and_posteriors
from sim.ledger.priors import Prior

_PAIRS = 6
"""Correlations that are printed; all are in their table."""


def write_calibrated(folder: Path, calibrated: Calibrated) -> None:
    """Write the posterior, its source and tables."""
    with writable(folder.parent):
        write_posterior(folder / "posterior.npz", calibrated.posterior)
        (folder / "posterior.json").write_text(json.dumps(calibrated.about, indent=1) + "\n", encoding="utf-8")
    names = {"predictions": "predictions", "parameters": "learnt", "correlations": "correlations", "matching": "matching"}
    write_tables(folder, {name: getattr(calibrated, table) for name, table in names.items()})


def summary(calibrated: Calibrated) -> str:
    """Return sizes, predictions beside reports, and what was learnt, as text."""
    about, table = calibrated.about, calibrated.predictions
    lines = [
        f"{about['worlds']['prior']:,} worlds from the prior, {about['ruled_out']:.0%} of their draws ruled out;"
        f" {about['worlds']['plausible']:,} worlds of others ran the year",
        f"Posterior: the {about['accepted']:,} nearest of them, worth {about['effective_draws']:,.0f} equal draws",
        f"Kept: {about['kept']:,} draws, {about['different_draws_kept']:,} of them different, each with one of"
        f" {about['family']} worlds that ran the year with it",
        "",
        f"{'observation':<34}{'observed':>10}  {'prior, 5-50-95 %':>24}  {'posterior, 5-50-95 %':>24}",
    ]
    for row in table.to_dict("records"):
        spans = [
            "{:.3g} - {:.3g} - {:.3g}".format(*(row[f"{wave}_{level}"] for level in ("low", "median", "high")))
            for wave in ("prior", "posterior")
        ]
        mark = "" if row["used"] else " (not used)"
        lines.append(f"{row['observation'] + mark:<34}{row['observed']:>10g}  {spans[0]:>24}  {spans[1]:>24}")
    lines += [
        "",
        "Fitted (shift and spread in prior standard deviations; share of its variance that reports explain):",
    ]
    lines += [
        f"  {row['name']:<48}{row['shift']:+.2f} ± {row['error']:.2f}  {row['sd']:.2f}  {row['explained']:.2f}"
        f"{'' if row['moved'] else '  not moved'}"
        for row in calibrated.learnt.to_dict("records")
    ]
    lines += ["", "Hardest to separate (posterior correlation; 0 in the prior):"]
    lines += [
        f"  {row['one']} and {row['other']}: {row['correlation']:+.2f} ± {row['error']:.2f}"
        for row in calibrated.correlations.head(_PAIRS).to_dict("records")
    ]
    return "\n".join(lines)


def draw_calibrated(folder: Path, arm: Arm, calibrated: Calibrated) -> None:
    """Draw the year and the parameters, before and after, as PDF and PNG."""
    sizes = calibrated.about["worlds"]
    rests_on = f"{sizes['prior']:,} worlds before, {sizes['families']:,} after, seed {arm.seed}."
    about = {"Subject": rests_on, "Keywords": f"calibration {calibrated.about['key']}"}
    with figures_of(folder, {arm.scenario: arm}) as place:
        pages = figures.on_pages(list(PARTS), partial(predicted_year, calibrated.predictions, calibrated.about))
        figures.write(pages, place / "year", {"Title": "The year before, predicted by prior and posterior", **about})
        pages = figures.on_pages(_learnt(arm, calibrated), partial(priors_and_posteriors, about=calibrated.about))
        figures.write(pages, place / "parameters", {"Title": "Parameters: prior and posterior", **about})


def _learnt(arm: Arm, calibrated: Calibrated) -> list[Learnt]:
    """Return the fitted numbers and switches with their values, before and after, in the order of the settings."""
    numbers, posterior = arm.ledger.numbers(()), calibrated.posterior
    contraction = dict(zip(calibrated.learnt["name"], calibrated.learnt["contraction"], strict=True))
    evenly = (np.arange(posterior.draws) + 0.5) / posterior.draws
    found = []
    for name in calibrated.about["fitted"]:
        after, gone = posterior.quantiles[:, posterior.names.index(name)], float(contraction[name])
        label = arm_name(name.rpartition(".")[2])
        if name.startswith("switches."):
            weights = arm.ledger.switches[name.removeprefix("switches.")].weights
            edges = np.cumsum([weight for _, weight in weights])[:-1]
            before, now = (np.searchsorted(edges, quantiles, side="right") for quantiles in (evenly, after))
            found.append(Learnt(label, "", before, now, gone, tuple(form for form, _ in weights)))
            continue
        parameter = numbers[name]
        value = dict(parameter.items()).get(name.removeprefix(parameter.name).removeprefix("."), 0.0)
        before, now = (cast(Prior, parameter.prior).quantile(quantiles, value) for quantiles in (evenly, after))
        found.append(Learnt(label, parameter.unit, before, now, gone))
    return found
