"""What a calibration leaves: the posterior with its manifest, tables and figures."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd

from experiments.config.arm import Arm, made_with
from experiments.config.files import writable
from experiments.config.posterior import Posterior, priors_of, write_posterior
from experiments.figures import draw as figures
from experiments.figures.style import arm_name
from experiments.reports.folder import figures_of, result_folder, write_tables
from experiments.studies.calibrate.calibrated import correlations, learnt, matching, predictions
from experiments.studies.calibrate.calibration_figures import PARTS, Learnt, predicted_year, priors_and_posteriors
from experiments.studies.calibrate.families import Families
from experiments.studies.calibrate.fit import Fit
from experiments.studies.calibrate.settings import Calibration
from experiments.studies.calibrate.waves import Matched, Names
from sim.ledger.priors import Prior
from sim.worlds import generator

_PAIRS = 6
"""Correlations that are told; all are in their table."""
_LIBRARIES = ("knockon", "numpy", "scipy", "numba")


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What a calibration found.

    Attributes:
        posterior: equal draws.
        predictions, learnt, correlations, matching: tables of `experiments.studies.calibrate.calibrated`.
        about: sizes, settings and versions as plain values.
    """

    posterior: Posterior
    predictions: pd.DataFrame
    learnt: pd.DataFrame
    correlations: pd.DataFrame
    matching: pd.DataFrame
    about: Mapping[str, Any]


def put_together(
    arm: Arm, calibration: Calibration, names: Names, matched: Matched, found: Fit, families: Families
) -> Calibrated:
    """Make tables and equal draws of what was found."""
    prior = matched.wave.counts
    prior_weights = np.full(prior["attacks"].shape[-1], 1.0 / prior["attacks"].shape[-1])
    predicted = {"prior": (prior, prior_weights), "posterior": (families.counts(), families.weights)}
    kept = keep(arm, names, families)
    looked_for = [*calibration.fitted, *calibration.beside]
    table = taught(calibration, found)
    about = {
        "model": made_with(arm)["model"],
        "key": calibration_folder(arm, calibration).name.rpartition("-")[2],
        "seed": arm.seed,
        "worlds": {"prior": len(prior_weights), "plausible": calibration.worlds, "families": families.weights.size},
        "ruled_out": round(float(matched.ruled_out.mean()), 4),
        "accepted": len(found.weights),
        "effective_draws": round(found.effective, 1),
        "error_of_contraction": round(float((2.0 * table["sd"] * table["error_sd"]).max()), 3),
        "family": calibration.family,
        "effective_of_a_family_by_month": [round(float(size), 1) for size in families.sizes.mean(axis=1)],
        "fewest_of_a_family_by_month": [round(float(size), 1) for size in np.quantile(families.sizes, 0.05, axis=1)],
        "kept": kept.draws,
        "different_draws_kept": len(np.unique(families.shared, axis=0)),
        "fitted": list(calibration.fitted),
        "moved": table.loc[table["moved"], "name"].tolist(),
        "observations": [asdict(seen) for seen in calibration.observations],
        "digest": kept.digest,
        "versions": {library: version(library) for library in _LIBRARIES},
    }
    ruled = matching(matched.observations, matched.implausible, matched.cutoff, matched.emulator.explained)
    pairs = correlations(looked_for, found.scores, found.weights)
    return Calibrated(kept, predictions(calibration.observations, predicted), table, pairs, ruled, about)


def taught(calibration: Calibration, found: Fit) -> pd.DataFrame:
    """Return what the observations taught of what is fitted."""
    fitted = slice(len(calibration.fitted))
    of_all = (found.explained, found.error, found.error_sd)
    return learnt(calibration.fitted, found.scores[:, fitted], found.weights, *(values[fitted] for values in of_all))


def keep(arm: Arm, names: Names, families: Families) -> Posterior:
    """Return one world of each family: all that it drew, since its state goes with that, and its state."""
    worlds = families.one_of_each(generator(arm.seed, "keeping worlds", 0).random(len(families.shared)))
    priors = priors_of(arm.ledger, names.drawn, [member.name for member in arm.theatre.members])
    state = {name: values.astype(np.float32) for name, values in families.state(worlds).items()}
    named = tuple(priors[name] for name in names.drawn)
    return Posterior(names.drawn, named, families.quantiles(worlds), state, made_with(arm))


def asked_of(calibration: Calibration) -> dict[str, object]:
    """Return all that a calibration depends on besides its arm; steps share a folder."""
    return {name: value for name, value in asdict(calibration).items() if name != "steps"}


def calibration_folder(arm: Arm, calibration: Calibration) -> Path:
    """Return the folder of a calibration."""
    return result_folder("calibrate", asked_of(calibration), {arm.scenario: arm})


def write_calibrated(folder: Path, calibrated: Calibrated) -> None:
    """Write posterior, its source and tables.

    Raises:
        InputError: the folder cannot be written.
    """
    with writable(folder.parent):
        write_posterior(folder / "posterior.npz", calibrated.posterior)
        (folder / "posterior.json").write_text(json.dumps(calibrated.about, indent=1) + "\n", encoding="utf-8")
    write_tables(folder, tables(calibrated))


def tables(calibrated: Calibrated) -> dict[str, pd.DataFrame]:
    """Return the tables by name."""
    return {
        "predictions": calibrated.predictions,
        "parameters": calibrated.learnt,
        "correlations": calibrated.correlations,
        "matching": calibrated.matching,
    }


def summary(calibrated: Calibrated) -> str:
    """Return what an analyst reads first."""
    about, table = calibrated.about, calibrated.predictions
    lines = [
        f"{about['worlds']['prior']:,} worlds from the prior, {about['ruled_out']:.0%} of their draws ruled out;"
        f" {about['worlds']['plausible']:,} worlds of others lived through the year",
        f"Posterior: the {about['accepted']:,} nearest of them, worth {about['effective_draws']:,.0f} equal draws",
        f"Kept: {about['kept']:,} draws, {about['different_draws_kept']:,} of them different, each with one of"
        f" {about['family']} worlds that lived through the year with it",
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
        "What was fitted (shift and spread in prior standard deviations; the share of its variance that reports explain):",
    ]
    lines += [
        f"  {row['name']:<48}{row['shift']:+.2f} ± {row['error']:.2f}  {row['sd']:.2f}  {row['explained']:.2f}"
        f"{'' if row['moved'] else '  not moved'}"
        for row in calibrated.learnt.to_dict("records")
    ]
    lines += ["", "Least told apart (posterior correlation, 0 before):"]
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
        figures.write(
            figures.on_pages(list(PARTS), partial(predicted_year, calibrated.predictions, calibrated.about)),
            place / "year",
            {"Title": "The year before, predicted before and after it was looked at", **about},
        )
        figures.write(
            figures.on_pages(_learnt(arm, calibrated), partial(priors_and_posteriors, about=calibrated.about)),
            place / "parameters",
            {"Title": "Parameters: prior and posterior", **about},
        )


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
