"""Write, draw and print a calibration: the posterior with its source, tables and figures."""

import json
from functools import partial
from pathlib import Path
from typing import cast

import numpy as np

from experiments.analysis.counts import aligned
from experiments.config.arm import Arm
from experiments.config.files import writable
from experiments.config.posterior import write_posterior
from experiments.figures import draw as figures
from experiments.figures.names import arm_name
from experiments.reports.folder import figures_of, write_tables
from experiments.studies.calibrate.calibrated import Calibrated
from experiments.studies.calibrate.calibration_figures import PARTS, Learnt, predicted_year, priors_and_posteriors
from sim.ledger.priors import Prior

_PAIRS = 6
"""Most correlations that are printed; the table has all of them."""


def write_calibrated(folder: Path, calibrated: Calibrated) -> None:
    """Write the posterior, its source and tables."""
    with writable(folder.parent):
        write_posterior(folder / "posterior.npz", calibrated.posterior)
        (folder / "posterior.json").write_text(json.dumps(calibrated.about, indent=1) + "\n", encoding="utf-8")
    write_tables(folder, calibrated.tables)


def summary(calibrated: Calibrated) -> str:
    """Return the sizes, the predictions with the reports, and the posteriors of the parameters, as text."""
    about, tables = calibrated.about, calibrated.tables
    year = [["observation", "observed", "prior, 5-50-95 %", "posterior, 5-50-95 %"]]
    for row in tables["predictions"].to_dict("records"):
        spans = [
            "{:.3g} - {:.3g} - {:.3g}".format(*(row[f"{wave}_{level}"] for level in ("low", "median", "high")))
            for wave in ("prior", "posterior")
        ]
        year.append([row["observation"] + ("" if row["used"] else " (not used)"), f"{row['observed']:g}", *spans])
    fitted = [["fitted", "shift", "spread", "explained", ""]]
    for row in tables["parameters"].to_dict("records"):
        numbers = [f"{row['shift']:+.2f} ± {row['error']:.2f}", f"{row['sd']:.2f}", f"{row['explained']:.2f}"]
        fitted.append([row["name"], *numbers, "" if row["moved"] else "not moved"])
    pairs = [
        f"  {row['one']} and {row['other']}: {row['correlation']:+.2f} ± {row['error']:.2f}"
        for row in tables["correlations"].head(_PAIRS).to_dict("records")
    ]
    return "\n".join(
        [
            f"{about['worlds']['prior']:,} worlds were run from the prior, and {about['ruled_out']:.0%} of their draws were"
            f" ruled out. Then {about['worlds']['plausible']:,} worlds ran the year with new draws, of which none is ruled out",
            f"Posterior: the {about['accepted']:,} nearest of these worlds; with their weights, they tell as much as"
            f" {about['effective_draws']:,.0f} draws of equal weight",
            f"Kept: {about['kept']:,} draws, {about['different_draws_kept']:,} of them different. The year was run in"
            f" {about['family']} worlds per draw, and one of these worlds is kept with the draw",
            f"\n{aligned(year)}",
            f"\n{aligned(fitted)}",
            "Shift and spread in prior standard deviations; explained: share of the prior's variance that reports explain",
            "\nHardest to separate (posterior correlation; 0 in the prior):",
            *pairs,
        ]
    )


def draw_calibrated(folder: Path, arm: Arm, calibrated: Calibrated) -> None:
    """Draw the year and the parameters by prior and posterior, as PDF and PNG."""
    sizes = calibrated.about["worlds"]
    subject = f"Prior: {sizes['prior']:,} worlds; posterior: {sizes['families']:,} worlds; seed {arm.seed}."
    about = {"Subject": subject, "Keywords": f"calibration {calibrated.about['key']}"}
    with figures_of(folder, {arm.scenario: arm}) as place:
        pages = figures.on_pages(list(PARTS), partial(predicted_year, calibrated.tables["predictions"], calibrated.about))
        figures.write(pages, place / "year", {"Title": "The year before, predicted by prior and posterior", **about})
        pages = figures.on_pages(_learnt(arm, calibrated), partial(priors_and_posteriors, about=calibrated.about))
        figures.write(pages, place / "parameters", {"Title": "Parameters: prior and posterior", **about})


def _learnt(arm: Arm, calibrated: Calibrated) -> list[Learnt]:
    """Return the fitted numbers and switches with their values under prior and posterior, in the order of the settings."""
    numbers, posterior = arm.ledger.numbers(), calibrated.posterior
    contraction = calibrated.tables["parameters"].set_index("name")["contraction"]
    evenly = (np.arange(posterior.draws) + 0.5) / posterior.draws
    found = []
    for name in calibrated.about["fitted"]:
        both = evenly, posterior.quantiles[:, posterior.names.index(name)]
        label, gone = arm_name(name.rpartition(".")[2]), float(contraction[name])
        if name.startswith("switches."):
            variants, weights = zip(*arm.ledger.switches[name.removeprefix("switches.")].weights, strict=True)
            edges = np.cumsum(weights)[:-1]
            before, now = (np.searchsorted(edges, quantiles, side="right") for quantiles in both)
            found.append(Learnt(label, "", before, now, gone, variants))
            continue
        parameter = numbers[name]
        value = dict(parameter.items()).get(name.removeprefix(parameter.name).removeprefix("."), 0.0)
        before, now = (cast(Prior, parameter.prior).quantile(quantiles, value) for quantiles in both)
        found.append(Learnt(label, parameter.unit, before, now, gone))
    return found
