"""Approximate Bayesian computation by regression: draws of the prior show which parameters produce which reports.

Each draw gives one world, whose year is observed with the error of the reports. A regression of the parameters on the reports
gives semi-automatic summaries (Fearnhead and Prangle 2012, doi:10.1111/j.1467-9868.2011.01010.x). The posterior consists of
the draws whose summaries are nearest to those of the observed reports, each moved by a local regression over the remaining gap
(Beaumont, Zhang and Balding 2002, doi:10.1093/genetics/162.4.2025).

All computations use normal scores of the parameters, in which every prior is a standard normal.
"""

from dataclasses import dataclass

import numpy as np

from experiments.studies.calibrate.waves import Names, Wave, least_squares, terms_of
from experiments.studies.calibrate.year_statistics import Observations, observed, reports
from sim.arrays import Array

_PARTS = 8
"""Parts of a wave that are fitted separately, for Monte Carlo errors."""


@dataclass(frozen=True, slots=True)
class Regression:
    """A regression of parameters on reports.

    Attributes:
        scores: (draws, parameters). `predicted`: their means given the reports of each draw.
        coefficients: (1 + reports, parameters).
        explained: (parameters,) share of the variance of held-out draws that reports explain.
        accepted: number of draws in a posterior.
    """

    scores: Array
    predicted: Array
    coefficients: Array
    explained: Array
    accepted: int

    def given(self, reports: Array) -> tuple[Array, Array]:
        """Return the posterior given reports, (reports,): scores, (accepted, parameters), and weights that add up to 1."""
        (wanted,) = terms_of(reports[None, :]) @ self.coefficients
        gap = self.predicted - wanted
        distance = np.square(gap).sum(axis=1)
        near = np.argpartition(distance, self.accepted - 1)[: self.accepted]
        weights = 1.0 - distance[near] / (distance[near].max() * (1.0 + 1e-9))
        root = np.sqrt(weights)[:, None]
        slopes, *_ = np.linalg.lstsq(root * terms_of(gap[near]), root * self.scores[near], rcond=None)
        return self.scores[near] - gap[near] @ slopes[1:], weights / weights.sum()


def regress(reports: Array, scores: Array, accepted: float) -> Regression:
    """Regress normal scores, (draws, parameters), on reports with errors, (draws, reports), each report on its scale.

    `accepted` is the share of draws that make a posterior.
    """
    terms = terms_of(reports)
    coefficients, missed, held_out = least_squares(terms, scores)
    explained = 1.0 - np.square(missed).mean(axis=0) / held_out.var(axis=0)
    return Regression(scores, terms @ coefficients, coefficients, explained, round(len(scores) * accepted))


@dataclass(frozen=True, slots=True)
class Fit:
    """A posterior.

    Attributes:
        scores: (draws, parameters) normal scores. `weights`: (draws,) that add up to 1.
        explained: (parameters,) share of the prior's variance that reports of any year would explain.
        error, error_sd: (parameters,) Monte Carlo errors of mean and standard deviation, from differences between parts of the
            wave.
    """

    scores: Array
    weights: Array
    explained: Array
    error: Array
    error_sd: Array


def fit(
    names: Names, wave: Wave, observations: Observations, accepted: float, random: np.random.Generator, tolerance: float = 1.0
) -> Fit:
    """Return the posterior given the observations, from a share `accepted` of a wave with one world per draw.

    `random` draws the errors of reports; `tolerance` multiplies their standard deviations.
    """
    errors = tolerance * random.standard_normal((len(wave.quantiles), len(observations)))
    reported, scores, seen = reports(observations, wave.counts, errors), names.scores(wave.quantiles), observed(observations)
    regression = regress(reported, scores, accepted)
    parts = [regress(reported[part::_PARTS], scores[part::_PARTS], accepted).given(seen) for part in range(_PARTS)]
    error, error_sd = np.array([moments(*part) for part in parts]).std(axis=0, ddof=1) / np.sqrt(_PARTS)
    return Fit(*regression.given(seen), regression.explained, error, error_sd)


def moments(scores: Array, weights: Array) -> tuple[Array, Array]:
    """Return mean and standard deviation of weighted scores, (parameters,) each."""
    mean = weights @ scores
    return mean, np.sqrt(weights @ np.square(scores - mean))
