"""From a wave and what was observed to a posterior of what is looked for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.analysis.regression_abc import regress
from experiments.analysis.weights import effective_size
from experiments.analysis.year_statistics import Observation, observed, reports
from experiments.calibration.waves import Names, Wave
from sim.rule import Array


@dataclass(frozen=True, slots=True)
class Fit:
    """A posterior of what is looked for.

    Attributes:
        scores: (draws, places) normal scores. `weights`: (draws,) that add up to 1.
        explained: (places,) share of the prior's variance that reports of any year would explain.
    """

    scores: Array
    weights: Array
    explained: Array

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
    learnt = regress(reports(observations, wave.counts, errors), names.scores(wave.quantiles), accepted)
    return Fit(*learnt.given(observed(observations)), learnt.explained)
