"""Tabulate a calibration: predictions and reports, posteriors of the parameters, and the equal draws that are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd

from experiments.analysis.generators import generator
from experiments.analysis.weights import effective_size, weighted_quantiles
from experiments.config.arm import Arm, made_with
from experiments.config.posterior import Posterior, priors_of
from experiments.reports.folder import result_folder
from experiments.studies.calibrate.families import Families
from experiments.studies.calibrate.fit import Fit, moments
from experiments.studies.calibrate.settings import Calibration
from experiments.studies.calibrate.waves import Matched, Names
from experiments.studies.calibrate.year_statistics import Counts, Observations
from sim.arrays import Array

_LIBRARIES = ("knockon", "numpy", "scipy", "numba")
LEVELS = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
_CLEAR, _NOTABLE = 3.0, 0.1
"""Fewest standard errors and prior standard deviations by which a parameter must differ to count as moved."""
_COLUMNS = ("low", "lower", "median", "upper", "high")


@dataclass(frozen=True, slots=True)
class Calibrated:
    """Results of a calibration: equal draws; tables by name; and sizes, settings and versions as plain values (`about`)."""

    posterior: Posterior
    tables: Mapping[str, pd.DataFrame]
    about: Mapping[str, Any]


def tabulate(arm: Arm, calibration: Calibration, names: Names, matched: Matched, found: Fit, families: Families) -> Calibrated:
    """Return the tables and the equal draws of a calibration."""
    prior = matched.wave.counts
    prior_weights = np.full(prior["attacks"].shape[-1], 1.0 / prior["attacks"].shape[-1])
    predicted = {"prior": (prior, prior_weights), "posterior": (families.counts, families.weights)}
    parameters, kept = learnt(calibration.fitted, found), keep(arm, names, families)
    matching = {
        "observation": [seen.name for seen in matched.observations],
        "median_implausibility": np.median(matched.implausible, axis=0),
        "ruled_out": (matched.implausible > matched.cutoff).mean(axis=0),
        "emulator_explains": matched.emulator.explained,
    }
    tables = {
        "predictions": predictions(calibration.observations, predicted),
        "parameters": parameters,
        "correlations": correlations([*calibration.fitted, *calibration.beside], found.scores, found.weights),
        "matching": pd.DataFrame(matching),
    }
    about = {
        "model": made_with(arm)["model"],
        "key": result_folder("calibrate", without_steps(calibration), {arm.scenario: arm}).name.rpartition("-")[2],
        "seed": arm.seed,
        "worlds": {"prior": len(prior_weights), "plausible": calibration.worlds, "families": families.weights.size},
        "ruled_out": round(float((matched.implausible.max(axis=1) > matched.cutoff).mean()), 4),
        "accepted": len(found.weights),
        "effective_draws": round(effective_size(found.weights), 1),
        "error_of_contraction": round(float((2.0 * parameters["sd"] * parameters["error_sd"]).max()), 3),
        "family": calibration.family,
        "effective_of_a_family_by_month": [round(float(size), 1) for size in families.sizes.mean(axis=1)],
        "fewest_of_a_family_by_month": [round(float(size), 1) for size in np.quantile(families.sizes, 0.05, axis=1)],
        "kept": kept.draws,
        "different_draws_kept": len(np.unique(kept.quantiles[:, names.places[: names.fitted]], axis=0)),
        "fitted": list(calibration.fitted),
        "moved": parameters.loc[parameters["moved"], "name"].tolist(),
        "observations": [asdict(seen) for seen in calibration.observations],
        "digest": kept.digest,
        "versions": {library: version(library) for library in _LIBRARIES},
    }
    return Calibrated(kept, tables, about)


def keep(arm: Arm, names: Names, families: Families) -> Posterior:
    """Return the draws and the state of one world per family."""
    worlds = families.one_of_each(generator(arm.seed, "keeping worlds").random(len(families.within)))
    priors = priors_of(arm.ledger, names.drawn)
    state = {name: values[:, worlds].astype(np.float32) for name, values in families.state.items()}
    named = tuple(priors[name] for name in names.drawn)
    return Posterior(names.drawn, named, families.quantiles[worlds], state, made_with(arm))


def without_steps(calibration: Calibration) -> dict[str, object]:
    """Return the settings that name the folder of a calibration: all except the steps, which share the folder."""
    return {name: value for name, value in asdict(calibration).items() if name != "steps"}


def predictions(observations: Observations, predicted: Mapping[str, tuple[Counts, Array]]) -> pd.DataFrame:
    """Return the prediction of every observation by each wave; a wave is its counts and the weights of its worlds.

    One row per observation: the observed value, its standard deviation on the scale, whether it was used; and by wave the 5,
    25, 50, 75 and 95 % quantiles and `below`, the weight of worlds below the observed value, ties counting half.
    """
    rows = []
    for seen in observations:
        row: dict[str, object] = {"observation": seen.name, "patterns": " ".join(map(str, seen.patterns))}
        row |= {"observed": seen.value, "scale": seen.scale.value, "sd": float(np.sqrt(seen.variance)), "used": seen.used}
        for wave, (counts, weights) in predicted.items():
            values = seen.measured(counts)
            columns = [f"{wave}_{name}" for name in _COLUMNS]
            row |= dict(zip(columns, weighted_quantiles(values, weights, LEVELS), strict=True))
            row[f"{wave}_below"] = float(weights[values < seen.value].sum() + weights[values == seen.value].sum() / 2.0)
        rows.append({**row, "source": seen.source})
    return pd.DataFrame(rows)


def learnt(names: Sequence[str], found: Fit) -> pd.DataFrame:
    """Return the posterior of each of these parameters (the first of a fit), the most informed first.

    Returns:
        `shift` of the mean and `sd`, both in prior standard deviations; `contraction`, 1 - sd^2; both errors; `explained`;
        `moved`, whether shift or sd is clear of its error and at least a tenth of the prior's standard deviation; and the
        normal scores of the posterior's 5, 50 and 95 %.
    """
    fitted, weights = slice(len(names)), found.weights
    scores, error, error_sd = found.scores[:, fitted], found.error[fitted], found.error_sd[fitted]
    mean, spread = moments(scores, weights)
    table = pd.DataFrame({"name": list(names), "shift": mean, "sd": spread, "contraction": 1.0 - spread**2})
    table = table.assign(error=error, error_sd=error_sd, explained=found.explained[fitted])
    shifted = np.abs(mean) > np.maximum(_CLEAR * error, _NOTABLE)
    table["moved"] = shifted | (np.abs(spread - 1.0) > np.maximum(_CLEAR * error_sd, _NOTABLE))
    quantiles = np.array([weighted_quantiles(values, weights, LEVELS[[0, 2, 4]]) for values in scores.T])
    table[["score_low", "score_median", "score_high"]] = quantiles
    order = (np.abs(mean) + np.abs(np.log(spread))).argsort()[::-1]
    return table.iloc[order].reset_index(drop=True)


def correlations(names: Sequence[str], scores: Array, weights: Array) -> pd.DataFrame:
    """Return the posterior correlation of each pair of parameters, strongest first.

    The priors are independent, so a correlation shows that the observations cannot separate the two parameters. One row per
    pair, from normal scores (draws, names): `one`, `other`, `correlation` and its `error`, (1 - r^2) / sqrt(effective draws).
    """
    apart = scores - weights @ scores
    covariance = (weights[:, None] * apart).T @ apart
    spread = np.sqrt(np.diag(covariance))
    first, second = np.triu_indices(len(names), 1)
    found = (covariance / np.outer(spread, spread))[first, second]
    table = pd.DataFrame({"one": np.array(names)[first], "other": np.array(names)[second], "correlation": found})
    table["error"] = (1.0 - found**2) / np.sqrt(effective_size(weights))
    return table.sort_values("correlation", key=np.abs, ascending=False, ignore_index=True)
