"""What a calibration found, as tables: what was predicted beside what was reported, and what it taught of the parameters."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from experiments.analysis.weights import weighted_quantiles
from experiments.analysis.year_statistics import Counts, Observation
from sim.rule import Array

LEVELS = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
_CLEAR = 3.0
"""Standard errors from which on a parameter counts as moved."""
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


def learnt(names: Sequence[str], fitted: Sequence[str], scores: Array, weights: Array, islands: Array) -> pd.DataFrame:
    """Return what the observations taught of each parameter, most first.

    Args:
        names: of the parameters.
        fitted: those of them that were looked for.
        scores: (draws, names) normal scores: standard normal before.
        weights: (draws,) that add up to 1.
        islands: (draws,) number of the island of each; islands are independent of each other.

    Returns:
        `shift` of the mean and `sd`, both in prior standard deviations; `contraction`, 1 - sd^2; `error` of the shift and
        `error_sd` of the sd, by how far islands disagree; `moved`, whether one of both is clear of it; and the normal scores
        at which the posterior's 5, 50 and 95 % lie.
    """
    mean = weights @ scores
    spread = np.sqrt(weights @ np.square(scores - mean))
    table = pd.DataFrame({"name": list(names), "fitted": [name in fitted for name in names], "shift": mean, "sd": spread})
    table["contraction"] = 1.0 - spread**2
    table["error"] = _error_of_mean(scores, weights, islands)
    table["error_sd"] = _error_of_mean(np.square(scores - mean), weights, islands) / (2.0 * spread)
    table["moved"] = (np.abs(mean) > _CLEAR * table["error"]) | (np.abs(spread - 1.0) > _CLEAR * table["error_sd"])
    quantiles = np.array([weighted_quantiles(scores[:, place], weights, LEVELS[[0, 2, 4]]) for place in range(len(names))])
    for place, level in enumerate(("low", "median", "high")):
        table[f"score_{level}"] = quantiles[:, place]
    order = (np.abs(mean) + np.abs(np.log(spread))).argsort()[::-1]
    return table.iloc[order].reset_index(drop=True)


def _error_of_mean(values: Array, weights: Array, islands: Array) -> Array:
    """Return the standard error of weighted means, (values,): a ratio estimator over independent islands (Cochran 1977, 6.4).

    Args:
        values: (draws, values).
        weights: (draws,) that add up to 1.
        islands: (draws,).
    """
    apart = values - weights @ values
    count = int(islands.max()) + 1
    parts = np.array([weights[islands == island] @ apart[islands == island] for island in range(count)])
    return np.sqrt(np.square(parts).sum(axis=0) * count / max(count - 1, 1))


def correlations(names: Sequence[str], scores: Array, weights: Array, islands: Array) -> pd.DataFrame:
    """Return the posterior correlation of each pair of parameters, strongest first.

    They were drawn independently of each other: what is correlated now cannot be told apart by the observations.

    Args:
        names: of the parameters.
        scores: (draws, names) normal scores.
        weights: (draws,) that add up to 1.
        islands: (draws,) number of the island of each.

    Returns:
        A row a pair: `one`, `other`, `correlation` and its `error`, by how far islands disagree.
    """
    apart = scores - weights @ scores
    apart /= np.sqrt(weights @ np.square(apart))
    first, second = np.triu_indices(len(names), 1)
    products = apart[:, first] * apart[:, second]
    table = pd.DataFrame({"one": np.array(names)[first], "other": np.array(names)[second], "correlation": weights @ products})
    table["error"] = _error_of_mean(products, weights, islands)
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
