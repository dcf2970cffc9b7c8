"""From a wave and what was observed to a posterior of what is looked for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.analysis.weights import effective_size
from experiments.studies.calibrate.regression_abc import regress
from experiments.studies.calibrate.waves import Names, Wave
from experiments.studies.calibrate.year_statistics import Observation, observed, reports
from sim.rule import Array

_PARTS = 8
"""Of a wave, each fitted by itself to see how far they disagree."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A posterior of what is looked for.

    Attributes:
        scores: (draws, places) normal scores. `weights`: (draws,) that add up to 1.
        explained: (places,) share of the prior's variance that reports of any year would explain.
        error, error_sd: (places,) Monte Carlo errors of mean and standard deviation, the regressions' among them, by how far
            parts of the wave disagree.
    """

    scores: Array
    weights: Array
    explained: Array
    error: Array
    error_sd: Array

    @property
    def effective(self) -> float:
        """Return how many equal draws the weighted ones are worth."""
        return effective_size(self.weights)


def fit(
    names: Names,
    wave: Wave,
    observations: Sequence[Observation],
    accepted: float,
    random: np.random.Generator,
    tolerance: float = 1.0,
) -> Fit:
    """Return the posterior given what was observed.

    Args:
        names: of what is looked for.
        wave: a world for each draw.
        observations: that are used.
        accepted: share of the draws that are taken for a posterior.
        random: of the errors that the worlds are reported with.
        tolerance: multiplies their standard deviations.
    """
    errors = tolerance * random.standard_normal((len(wave.quantiles), len(observations)))
    reported, scores, seen = reports(observations, wave.counts, errors), names.scores(wave.quantiles), observed(observations)
    learnt = regress(reported, scores, accepted)
    parts = [regress(reported[part::_PARTS], scores[part::_PARTS], accepted).given(seen) for part in range(_PARTS)]
    moments = np.array([_moments(*part) for part in parts])
    error, error_sd = moments.std(axis=0, ddof=1) / np.sqrt(_PARTS)
    return Fit(*learnt.given(seen), learnt.explained, error, error_sd)


def _moments(scores: Array, weights: Array) -> tuple[Array, Array]:
    mean = weights @ scores
    return mean, np.sqrt(weights @ np.square(scores - mean))
