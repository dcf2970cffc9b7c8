"""What a calibration found, as tables: what was predicted beside what was reported, and what it taught of the parameters."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from experiments.analysis.weights import weighted_quantiles
from experiments.analysis.year_statistics import Counts, Observation
from sim.rule import Array

LEVELS = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
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


def learnt(names: Sequence[str], fitted: Sequence[str], scores: Array, weights: Array) -> pd.DataFrame:
    """Return what the observations taught of each parameter, most first.

    Args:
        names: of the parameters.
        fitted: those of them that were looked for.
        scores: (draws, names) normal scores: standard normal before.
        weights: (draws,) that add up to 1.

    Returns:
        `shift` of the mean and `sd`, both in prior standard deviations; `contraction`, 1 - sd^2; `error` of the shift by the
        finite number of draws; `moved`, whether shift or contraction are clear of it; and the prior's quantiles at which the
        posterior's 5, 50 and 95 % lie.
    """
    size = 1.0 / np.square(weights).sum()
    mean = weights @ scores
    spread = np.sqrt(weights @ np.square(scores - mean))
    table = pd.DataFrame({"name": list(names), "fitted": [name in fitted for name in names], "shift": mean, "sd": spread})
    table["contraction"] = 1.0 - spread**2
    table["error"] = spread / np.sqrt(size)
    clear = 3.0
    table["moved"] = (np.abs(mean) > clear * table["error"]) | (np.abs(spread - 1.0) > clear / np.sqrt(2.0 * size))
    quantiles = np.array([weighted_quantiles(scores[:, place], weights, LEVELS[[0, 2, 4]]) for place in range(len(names))])
    for place, level in enumerate(("low", "median", "high")):
        table[f"score_{level}"] = quantiles[:, place]
    order = (np.abs(mean) + np.abs(np.log(spread))).argsort()[::-1]
    return table.iloc[order].reset_index(drop=True)


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
