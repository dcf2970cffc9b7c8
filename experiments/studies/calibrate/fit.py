"""Approximate Bayesian computation by regression: which parameters go with what was reported, learnt from draws of the prior.

Each draw made a world, and its world would have been reported so or so, errors included. A regression of the parameters on
the reports says what reports tell of each of them (semi-automatic summaries: Fearnhead and Prangle 2012,
doi:10.1111/j.1467-9868.2011.01010.x). Those draws whose reports tell nearly what the observed ones tell are the posterior,
each moved by a local regression over the gap that is left (Beaumont, Zhang and Balding 2002, doi:10.1093/genetics/162.4.2025).

All in normal scores of the parameters: their prior is then a standard normal, whatever its form.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.analysis.weights import effective_size
from experiments.studies.calibrate.waves import Names, Wave
from experiments.studies.calibrate.year_statistics import Observation, observed, reports
from sim.rule import Array

_HELD_OUT = 0.25


@dataclass(frozen=True, slots=True)
class Regression:
    """What reports tell of parameters.

    Attributes:
        scores: (draws, parameters). `told`: (draws, parameters) mean of each given the reports of the draw.
        coefficients: (1 + reports, parameters).
        explained: (parameters,) share of the variance of held-out draws that reports explain: 0, and they tell nothing.
        accepted: how many draws are taken for a posterior.
    """

    scores: Array
    told: Array
    coefficients: Array
    explained: Array
    accepted: int

    def given(self, reports: Array) -> tuple[Array, Array]:
        """Return the posterior given reports, (reports,): scores, (accepted, parameters), and weights that add up to 1."""
        (wanted,) = _terms(reports[None, :]) @ self.coefficients
        gap = self.told - wanted
        distance = np.square(gap).sum(axis=1)
        near = np.argpartition(distance, self.accepted - 1)[: self.accepted]
        weights = 1.0 - distance[near] / (distance[near].max() * (1.0 + 1e-9))
        root = np.sqrt(weights)[:, None]
        slopes, *_ = np.linalg.lstsq(root * _terms(gap[near]), root * self.scores[near], rcond=None)
        return self.scores[near] - gap[near] @ slopes[1:], weights / weights.sum()


def regress(reports: Array, scores: Array, accepted: float) -> Regression:
    """Learn what reports tell of the parameters.

    Args:
        reports: (draws, reports) with their errors, on their scales.
        scores: (draws, parameters) normal scores that made them.
        accepted: share of the draws that are taken for a posterior.
    """
    terms = _terms(reports)
    tried = round(len(scores) * (1.0 - _HELD_OUT))
    first, *_ = np.linalg.lstsq(terms[:tried], scores[:tried], rcond=None)
    missed = scores[tried:] - terms[tried:] @ first
    coefficients, *_ = np.linalg.lstsq(terms, scores, rcond=None)
    explained = 1.0 - np.square(missed).mean(axis=0) / scores[tried:].var(axis=0)
    return Regression(scores, terms @ coefficients, coefficients, explained, round(len(scores) * accepted))


def _terms(values: Array) -> Array:
    return np.column_stack([np.ones(len(values)), values])


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
