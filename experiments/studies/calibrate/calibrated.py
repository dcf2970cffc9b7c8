"""Compute what a calibration found: predictions beside reports, what was learnt of each parameter, equal draws kept."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd

from experiments.analysis.weights import effective_size, weighted_quantiles
from experiments.config.arm import Arm, made_with
from experiments.config.posterior import Posterior, priors_of
from experiments.reports.folder import result_folder
from experiments.studies.calibrate.families import Families
from experiments.studies.calibrate.fit import Fit
from experiments.studies.calibrate.settings import Calibration
from experiments.studies.calibrate.waves import Matched, Names
from experiments.studies.calibrate.year_statistics import Counts, Observation
from sim.rule import Array
from sim.worlds import generator

_LIBRARIES = ("knockon", "numpy", "scipy", "numba")
LEVELS = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
_CLEAR, _NOTABLE = 3.0, 0.1
"""Fewest standard errors and prior standard deviations by which a parameter that counts as moved differs."""
_COLUMNS = ("low", "lower", "median", "upper", "high")


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What a calibration found: equal draws, tables, and sizes, settings and versions as plain values (`about`)."""

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
    predicted = {"prior": (prior, prior_weights), "posterior": (families.counts, families.weights)}
    kept = keep(arm, names, families)
    table = learnt_of(calibration, found)
    about = {
        "model": made_with(arm)["model"],
        "key": result_folder("calibrate", asked_of(calibration), {arm.scenario: arm}).name.rpartition("-")[2],
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
    matching = pd.DataFrame(
        {
            "observation": [seen.name for seen in matched.observations],
            "median_implausibility": np.median(matched.implausible, axis=0),
            "ruled_out": (matched.implausible > matched.cutoff).mean(axis=0),
            "emulator_explains": matched.emulator.explained,
        }
    )
    pairs = correlations([*calibration.fitted, *calibration.beside], found.scores, found.weights)
    return Calibrated(kept, predictions(calibration.observations, predicted), table, pairs, matching, about)


def learnt_of(calibration: Calibration, found: Fit) -> pd.DataFrame:
    """Return the table `learnt` of what is fitted."""
    fitted = slice(len(calibration.fitted))
    of_all = (found.explained, found.error, found.error_sd)
    return learnt(calibration.fitted, found.scores[:, fitted], found.weights, *(values[fitted] for values in of_all))


def keep(arm: Arm, names: Names, families: Families) -> Posterior:
    """Return the draws and the state of one world per family."""
    worlds = families.one_of_each(generator(arm.seed, "keeping worlds", 0).random(len(families.shared)))
    priors = priors_of(arm.ledger, names.drawn, [member.name for member in arm.theatre.members])
    state = {name: values[:, worlds].astype(np.float32) for name, values in families.state.items()}
    named = tuple(priors[name] for name in names.drawn)
    return Posterior(names.drawn, named, families.quantiles[worlds], state, made_with(arm))


def asked_of(calibration: Calibration) -> dict[str, object]:
    """Return all that a calibration depends on besides its arm; steps share a folder."""
    return {name: value for name, value in asdict(calibration).items() if name != "steps"}


def predictions(observations: Sequence[Observation], predicted: Mapping[str, tuple[Counts, Array]]) -> pd.DataFrame:
    """Return what each wave, with its counts and the weights of its worlds, predicts for every observation, one row each.

    Columns: the observed value, its standard deviation on the scale, whether it was used; and by wave the 5, 25, 50, 75 and
    95 % quantiles and `below`, the weight of worlds below the observed value, ties counting half.
    """
    rows = []
    for seen in observations:
        row: dict[str, object] = {
            "observation": seen.name,
            "patterns": " ".join(map(str, seen.patterns)),
            "observed": seen.value,
            "scale": seen.scale.value,
            "sd": float(np.sqrt(seen.variance)),
            "used": seen.used,
        }
        for wave, (counts, weights) in predicted.items():
            values = seen.measured(counts)
            columns = [f"{wave}_{name}" for name in _COLUMNS]
            row |= dict(zip(columns, weighted_quantiles(values, weights, LEVELS), strict=True))
            row[f"{wave}_below"] = float(weights[values < seen.value].sum() + weights[values == seen.value].sum() / 2.0)
        rows.append({**row, "source": seen.source})
    return pd.DataFrame(rows)


def learnt(
    names: Sequence[str], scores: Array, weights: Array, explained: Array, error: Array, error_sd: Array
) -> pd.DataFrame:
    """Return what was learnt of each parameter, the most informed first.

    Args:
        names: of the parameters.
        scores: (draws, names) normal scores: standard normal under the prior.
        weights: (draws,) that add up to 1.
        explained: (names,) share of the prior's variance that reports of any year would explain.
        error: (names,) Monte Carlo error of each mean.
        error_sd: (names,) Monte Carlo error of each standard deviation.

    Returns:
        `shift` of the mean and `sd`, both in prior standard deviations; `contraction`, 1 - sd^2; both errors; `explained`;
        `moved`, whether shift or sd is clear of its error and at least a tenth of the prior's standard deviation; and the
        normal scores of the posterior's 5, 50 and 95 %.
    """
    mean = weights @ scores
    spread = np.sqrt(weights @ np.square(scores - mean))
    table = pd.DataFrame({"name": list(names), "shift": mean, "sd": spread, "contraction": 1.0 - spread**2})
    table["error"], table["error_sd"], table["explained"] = error, error_sd, explained
    shifted = np.abs(mean) > np.maximum(_CLEAR * table["error"], _NOTABLE)
    table["moved"] = shifted | (np.abs(spread - 1.0) > np.maximum(_CLEAR * table["error_sd"], _NOTABLE))
    quantiles = np.array([weighted_quantiles(values, weights, LEVELS[[0, 2, 4]]) for values in scores.T])
    table[["score_low", "score_median", "score_high"]] = quantiles
    order = (np.abs(mean) + np.abs(np.log(spread))).argsort()[::-1]
    return table.iloc[order].reset_index(drop=True)


def correlations(names: Sequence[str], scores: Array, weights: Array) -> pd.DataFrame:
    """Return the posterior correlation of each pair of parameters, strongest first.

    Their priors are independent: the observations cannot separate parameters that are correlated now. One row per pair, from
    normal scores (draws, names): `one`, `other`, `correlation` and its `error`, (1 - r^2) / sqrt(effective draws).
    """
    apart = scores - weights @ scores
    covariance = (weights[:, None] * apart).T @ apart
    spread = np.sqrt(np.diag(covariance))
    first, second = np.triu_indices(len(names), 1)
    found = (covariance / np.outer(spread, spread))[first, second]
    table = pd.DataFrame({"one": np.array(names)[first], "other": np.array(names)[second], "correlation": found})
    table["error"] = (1.0 - found**2) / np.sqrt(effective_size(weights))
    return table.sort_values("correlation", key=np.abs, ascending=False, ignore_index=True)
