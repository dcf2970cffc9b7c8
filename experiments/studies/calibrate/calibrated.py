"""What a calibration found, as tables: what was predicted beside what was reported, and what it taught of the parameters."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from experiments.analysis.weights import effective_size, weighted_quantiles
from experiments.studies.calibrate.year_statistics import Counts, Observation
from sim.rule import Array

LEVELS = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
_CLEAR = 3.0
_NOTABLE = 0.1
"""Standard errors, and prior standard deviations, from which on a parameter counts as moved."""
_COLUMNS = ("low", "lower", "median", "upper", "high")


def predictions(observations: Sequence[Observation], predicted: Mapping[str, tuple[Counts, Array]]) -> pd.DataFrame:
    """Return what each wave says of every observation.

    Args:
        observations: used or reported.
        predicted: counts, worlds last, and weights of the worlds, by wave.

    Returns:
        A row an observation: what was observed, its standard deviation on the scale, whether it was used; and by wave the
        5, 25, 50, 75 and 95 % quantiles and `below`, the weight of worlds below what was observed, half of those at it.
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
            row |= {
                f"{wave}_{name}": value
                for name, value in zip(_COLUMNS, weighted_quantiles(values, weights, LEVELS), strict=True)
            }
            row[f"{wave}_below"] = float(weights[values < seen.value].sum() + weights[values == seen.value].sum() / 2.0)
        rows.append({**row, "source": seen.source})
    return pd.DataFrame(rows)


def learnt(
    names: Sequence[str], scores: Array, weights: Array, explained: Array, error: Array, error_sd: Array
) -> pd.DataFrame:
    """Return what the observations taught of each parameter, most first.

    Args:
        names: of the parameters.
        scores: (draws, names) normal scores: standard normal before.
        weights: (draws,) that add up to 1.
        explained: (names,) share of the prior's variance that reports of any year would explain.
        error: (names,) Monte Carlo error of each mean.
        error_sd: (names,) Monte Carlo error of each standard deviation.

    Returns:
        `shift` of the mean and `sd`, both in prior standard deviations; `contraction`, 1 - sd^2; `error` of the shift and
        `error_sd` of the sd; `explained`; `moved`, whether shift or sd is clear of its error and worth a tenth of the prior's
        standard deviation; and the normal scores at which the posterior's 5, 50 and 95 % lie.
    """
    mean = weights @ scores
    spread = np.sqrt(weights @ np.square(scores - mean))
    table = pd.DataFrame({"name": list(names), "shift": mean, "sd": spread, "contraction": 1.0 - spread**2})
    table["error"], table["error_sd"], table["explained"] = error, error_sd, explained
    shifted = np.abs(mean) > np.maximum(_CLEAR * table["error"], _NOTABLE)
    table["moved"] = shifted | (np.abs(spread - 1.0) > np.maximum(_CLEAR * table["error_sd"], _NOTABLE))
    quantiles = np.array([weighted_quantiles(values, weights, LEVELS[[0, 2, 4]]) for values in scores.T])
    for place, level in enumerate(("low", "median", "high")):
        table[f"score_{level}"] = quantiles[:, place]
    order = (np.abs(mean) + np.abs(np.log(spread))).argsort()[::-1]
    return table.iloc[order].reset_index(drop=True)


def correlations(names: Sequence[str], scores: Array, weights: Array) -> pd.DataFrame:
    """Return the posterior correlation of each pair of parameters, strongest first.

    They were drawn independently of each other: what is correlated now cannot be told apart by the observations.

    Args:
        names: of the parameters.
        scores: (draws, names) normal scores.
        weights: (draws,) that add up to 1.

    Returns:
        A row a pair: `one`, `other`, `correlation` and its `error`, (1 - r^2) / sqrt(effective draws).
    """
    apart = scores - weights @ scores
    covariance = (weights[:, None] * apart).T @ apart
    spread = np.sqrt(np.diag(covariance))
    first, second = np.triu_indices(len(names), 1)
    found = (covariance / np.outer(spread, spread))[first, second]
    table = pd.DataFrame({"one": np.array(names)[first], "other": np.array(names)[second], "correlation": found})
    table["error"] = (1.0 - found**2) / np.sqrt(effective_size(weights))
    return table.sort_values("correlation", key=np.abs, ascending=False, ignore_index=True)


def matching(observations: Sequence[Observation], implausible: Array, cutoff: float, explained: Array) -> pd.DataFrame:
    """Return how history matching went, a row an observation.

    Args:
        observations: that were looked at.
        implausible: (draws, observations) standard deviations from what was observed.
        cutoff: from which a draw is ruled out.
        explained: (observations,) share of the variance between draws that the emulator explains.
    """
    return pd.DataFrame(
        {
            "observation": [seen.name for seen in observations],
            "median_implausibility": np.median(implausible, axis=0),
            "ruled_out": (implausible > cutoff).mean(axis=0),
            "emulator_explains": explained,
        }
    )
