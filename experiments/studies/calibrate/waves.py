"""Waves of draws from the prior: their worlds run the year before, and history matching rules out implausible draws.

A draw is implausible for an observation if its mean lies far from the observed value. The unit of this distance combines all
that could explain the gap: the error of the report, the model's discrepancy, chance, and the error of an emulator (Vernon,
Goldstein and Bower 2010, doi:10.1214/10-BA524; Andrianakis et al. 2015, doi:10.1371/journal.pcbi.1003968).
"""

import functools
from dataclasses import dataclass

import numpy as np
from scipy.stats import qmc

from experiments.analysis.generators import address
from experiments.analysis.weights import scores_of
from experiments.config.arm import Arm
from experiments.config.ledger import drawn_numbers, drawn_switches, with_design
from experiments.engine.run import run_whole
from experiments.errors import InputError
from experiments.studies.calibrate.settings import Calibration
from experiments.studies.calibrate.year_statistics import Observation, count_year_before, counts_of, observed
from sim.arrays import Array
from sim.ledger.design import Design

_MATCHED, _PLAUSIBLE = "prior predictive", "plausible draws"
_ENOUGH = 2
"""Points per wanted draw, since some draws are ruled out."""
_HELD_OUT = 0.25
"""Share of the draws on which a regression is tested; these are the last draws."""


def least_squares(terms: Array, values: Array) -> tuple[Array, Array, Array]:
    """Regress values, (draws, values), on terms, (draws, terms).

    Returns:
        The coefficients; for the last quarter of the draws, the residuals of a regression on the other draws, and the values.
    """
    tried = round(len(values) * (1.0 - _HELD_OUT))
    first, *_ = np.linalg.lstsq(terms[:tried], values[:tried], rcond=None)
    coefficients, *_ = np.linalg.lstsq(terms, values, rcond=None)
    return coefficients, values[tried:] - terms[tried:] @ first, values[tried:]


def implausibility(mean: Array, observed: Array, variance: Array) -> Array:
    """Return the distance of means from observed values in standard deviations, (draws, observations).

    `variance`, (draws, observations) or (observations,), is the sum for report, discrepancy, chance and emulator.
    """
    return np.abs(mean - observed) / np.sqrt(variance)


@dataclass(frozen=True, slots=True)
class Emulator:
    """A regression of the mean of every observation on each parameter and its square.

    Attributes:
        coefficients: (terms, observations).
        residual: (observations,) residual variance of held-out means.
        explained: (observations,) explained share of the variance of held-out means.
    """

    coefficients: Array
    residual: Array
    explained: Array

    def mean(self, scores: Array) -> Array:
        """Return the mean of every observation, (draws, observations), for normal scores (draws, parameters)."""
        return terms_of(scores, scores**2) @ self.coefficients


def emulate(scores: Array, mean: Array) -> Emulator:
    """Fit an emulator to means (draws, observations) by normal scores of the parameters (draws, parameters)."""
    coefficients, missed, held_out = least_squares(terms_of(scores, scores**2), mean)
    return Emulator(coefficients, missed.var(axis=0), 1.0 - missed.var(axis=0) / held_out.var(axis=0))


def terms_of(*values: Array) -> Array:
    """Return the terms of a regression on values, (draws, values) each, and a constant."""
    return np.column_stack([np.ones(len(values[0])), *values])


@dataclass(frozen=True, slots=True)
class Names:
    """The numbers and switches that are drawn per world, and the fitted ones among them.

    Attributes:
        drawn: all that are drawn.
        places: positions in `drawn` of the fitted names, then of the names that are only reported `beside`.
        fitted: number of the fitted ones.
    """

    drawn: tuple[str, ...]
    places: tuple[int, ...]
    fitted: int

    def scores(self, quantiles: Array) -> Array:
        """Return the normal scores of `places`, (draws, places), of quantiles, (draws, drawn)."""
        return scores_of(quantiles[:, self.places])


def names_of(arm: Arm, calibration: Calibration) -> Names:
    """Return the names that an arm draws and a calibration fits."""
    drawn = (*drawn_numbers(arm), *drawn_switches(arm))
    places = tuple(drawn.index(name) for name in (*calibration.fitted, *calibration.beside))
    return Names(drawn, places, len(calibration.fitted))


def sobol(names: Names, count: int, seed: int, wave: str) -> Array:
    """Return scrambled Sobol points, (count, drawn)."""
    engine = qmc.Sobol(len(names.drawn), seed=np.random.default_rng([seed, *address(wave)]))
    return np.minimum(engine.random(2 ** int(np.ceil(np.log2(count))))[:count], 1.0 - 2.0**-53)


@dataclass(frozen=True, slots=True)
class Wave:
    """Worlds that ran the year: quantiles (draws, drawn), of one or more worlds each, and counts by name, worlds last."""

    quantiles: Array
    counts: dict[str, Array]


def run_wave(arm: Arm, names: Names, quantiles: Array, label: str, worlds: int = 1) -> Wave:
    """Run the year before an arm with quantiles (draws, drawn), several worlds per draw side by side."""
    designed = with_design(arm, Design(names.drawn, quantiles, worlds_per_row=worlds))
    year = run_whole(functools.partial(count_year_before, designed), designed.worlds, arm.compute, label)
    return Wave(quantiles, counts_of(year))


def prior_wave(arm: Arm, names: Names, draws: int, label: str) -> Wave:
    """Run the year with draws of the prior, one world per draw; the label addresses them."""
    return run_wave(arm, names, sobol(names, draws, arm.seed, label), label)


@dataclass(frozen=True, slots=True)
class Matched:
    """The result of history matching.

    Attributes:
        observations: the compared ones.
        wave: the draws, several worlds of each.
        emulator: of the means of the draws.
        implausible: (draws, observations) distances from the observed values, standard deviations.
        variance: (observations,) of a prediction by the emulator.
        cutoff: distance from which a draw is ruled out.
    """

    observations: tuple[Observation, ...]
    wave: Wave
    emulator: Emulator
    implausible: Array
    variance: Array
    cutoff: float

    def keeps(self, scores: Array) -> Array:
        """Return which draws the emulator does not rule out, (draws,) of bool; the draws are given as normal scores."""
        gap = implausibility(self.emulator.mean(scores), observed(self.observations), self.variance)
        return gap.max(axis=1) <= self.cutoff


def match(arm: Arm, calibration: Calibration, names: Names) -> Matched:
    """Run the year with draws from the prior, and rule out draws far from the observed values."""
    matching = calibration.matching
    wave = run_wave(arm, names, sobol(names, matching.draws, arm.seed, _MATCHED), _MATCHED, matching.worlds)
    seen = tuple(o for o in calibration.used if o.first < o.last)  # a month alone is mostly chance
    values = np.column_stack([o.scale.of(o.measured(wave.counts)) for o in seen])
    by_draw = values.reshape(-1, matching.worlds, len(seen))
    mean, chance = by_draw.mean(axis=1), by_draw.var(axis=1, ddof=1)
    reported = calibration.tolerance**2 * np.array([observation.variance for observation in seen])
    implausible = implausibility(mean, observed(seen), chance * (1.0 + 1.0 / matching.worlds) + reported)
    emulator = emulate(names.scores(wave.quantiles), mean)
    predicted = emulator.residual + np.median(chance, axis=0) + reported
    return Matched(seen, wave, emulator, implausible, predicted, matching.cutoff)


def plausible_wave(arm: Arm, calibration: Calibration, names: Names, matched: Matched) -> Wave:
    """Run the year with draws of the prior that are not ruled out, one world per draw; InputError if there are too few."""
    points = sobol(names, _ENOUGH * calibration.worlds, arm.seed, _PLAUSIBLE)
    kept = points[matched.keeps(names.scores(points))]
    if len(kept) < calibration.worlds:
        raise InputError(
            f"calibration.matching.cutoff={matched.cutoff:g} rules out all but {len(kept) / len(points):.1%} of the draws:"
            " raise it, or see matching.csv for the observations that no draw comes near"
        )
    return run_wave(arm, names, kept[: calibration.worlds], _PLAUSIBLE)
