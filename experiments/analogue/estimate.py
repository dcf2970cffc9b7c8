"""The parameters of the exits estimated from the observed ones, under several readings of what a mandate's end did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from experiments.analogue.runs import LEAD, PARAMETERS, drawn_parameters, replay_exits
from experiments.analogue.settings import Analogue
from experiments.analysis.likelihood import Replay
from experiments.analysis.proposals import fitted, of_prior, quantiles_of
from experiments.analysis.weighting import (
    contraction,
    correlation,
    effective_sample_size,
    log_evidence,
    weighted_mean,
    weighted_quantiles,
    weights_of,
)
from experiments.designs import drawn_numbers, drawn_switches, with_design
from experiments.history import with_fixed
from experiments.setup import Setup
from sim.design import Design
from sim.rule import Array
from sim.worlds import generator

END_OF_MANDATE = "effect of an end of mandate"
NO_MANDATE, RENEWALS, COVARIATE, CODED_APART, ALL_APART = (
    "no mandate", "yearly renewals", "end of mandate a covariate", "exits coded so apart", "those of agreements too",
)  # fmt: skip
MEANINGS = {
    NO_MANDATE: "mandates play no part: all that changed with the announcement is the lead's work",
    RENEWALS: "the model's own rule: a window before every yearly renewal has a higher hazard, the last end as well",
    COVARIATE: "besides, the days before an end of mandate have an effect of their own",
    CODED_APART: "the model's own rule; exits that the source puts down to the end of the mandate count as staying up to it",
    ALL_APART: "so do those that it puts down to the end of the agreements that replaced the mandate",
}
ROUNDS = 2
"""Rounds that fit the proposal, before the one that counts."""
TYPICAL_DEPENDENCE = 0.8


@dataclass(frozen=True, slots=True)
class Estimate:
    """Draws of the parameters with their weights under each reading.

    Attributes:
        setup: whose worlds have these draws.
        draws: by name, (worlds,).
        log_weights: by reading, (worlds,): log-likelihood plus log of prior over proposal.
        prior: weights that make the prior of the draws, (worlds,).
    """

    setup: Setup
    draws: Mapping[str, Array]
    log_weights: Mapping[str, Array]
    prior: Array

    def weights(self, reading: str) -> Array:
        """Return the weights of a reading, summing to 1, (worlds,)."""
        return weights_of(self.log_weights[reading])


def estimate(analogue: Analogue, readings: Sequence[str]) -> Estimate:
    """Draw the parameters of the exits, replay the observed ones with them, and weight the draws; in rounds.

    Args:
        analogue: the coalition.
        readings: names; with `NO_MANDATE` alone, the model's rule of mandates is off.
    """
    setup = analogue.setup
    if list(readings) == [NO_MANDATE]:
        setup = with_fixed(setup, {"coalition.effect_of_mandate_renewal": 0.0})
    names = tuple(designed_names(setup))
    proposal, near = of_prior(len(names) + 1), analogue.near_end_of_mandate()
    for number in range(ROUNDS + 1):
        random = generator(setup.seed, f"proposal of the analogue, round {number}", 0)
        z = proposal.draw(random.random(setup.worlds), random.standard_normal((setup.worlds, len(names) + 1)))
        quantiles, ratio = quantiles_of(z), proposal.log_ratio(z)
        designed = with_design(setup, Design(names, quantiles[:, :-1]))
        effect = _effect_of_end(analogue, quantiles[:, -1])
        replay = replay_exits(designed, analogue.past, near, effect if COVARIATE in readings else None)
        log_weights = {name: ratio + likelihood_of(name, analogue, replay) for name in readings}
        if number < ROUNDS:
            proposal = fitted(z, [weights_of(values) for values in log_weights.values()])
    return Estimate(designed, {**drawn_parameters(designed), END_OF_MANDATE: effect}, log_weights, weights_of(ratio))


def designed_names(setup: Setup) -> list[str]:
    """Return what the proposals are about: the parameters of the exits that are drawn, and the form of the knock-on."""
    drawn = drawn_numbers(setup)
    form = "switches.knock_on_form"
    names = [f"coalition.{name}" for name in PARAMETERS if f"coalition.{name}" in drawn]
    return names + ([form] if form in drawn_switches(setup) else [])


def _effect_of_end(analogue: Analogue, quantiles: Array) -> Array:
    if analogue.mandate is None:
        return np.zeros(quantiles.size)
    return analogue.mandate.effect.quantile(quantiles, 0.0)


def likelihood_of(reading: str, analogue: Analogue, replay: Replay) -> Array:
    """Return the log-likelihood of a replay under a reading, (worlds,)."""
    mandate = analogue.mandate
    if mandate is None or reading in (NO_MANDATE, RENEWALS):
        return replay.log_likelihood()
    if reading == COVARIATE:
        return replay.log_likelihood(covariate=True)
    apart = mandate.triggers + (mandate.agreements if reading == ALL_APART else ())
    return replay.log_likelihood(censored=analogue.with_trigger(apart))


def readings_of(analogue: Analogue) -> list[str]:
    """Return the readings that a coalition allows beside `NO_MANDATE`."""
    if analogue.mandate is None:
        return [RENEWALS]
    apart = [CODED_APART] if analogue.mandate.triggers else []
    return [RENEWALS, COVARIATE, *apart, *([ALL_APART] if analogue.mandate.agreements else [])]


def effect_of_the_lead(estimated: Sequence[tuple[date, Estimate]]) -> pd.DataFrame:
    """Return what each reading says of the lead's effect, as it acts.

    Args:
        estimated: estimates with the day of the announcement that they take.

    Returns:
        One row an announcement and reading: 5 %, 50 % and 95 % of the log effect on a fully dependent member and of the
        hazard ratio at a dependence of 0.8; `cascade`, the probability of that form; contraction; correlation with the
        effect of a mandate's end; effective sample size; log evidence, comparable where the same exits count.
    """
    rows = []
    for announced, estimate in estimated:
        for reading in estimate.log_weights:
            rows.append({"announced": announced.isoformat(), "reading": reading, **_effect(estimate, reading)})
    return pd.DataFrame(rows)


def _effect(estimate: Estimate, reading: str) -> dict[str, object]:
    effect, weights = estimate.draws[LEAD], estimate.weights(reading)
    low, median, high = map(float, weighted_quantiles(effect, weights))
    ratios = {f"ratio_{name}": float(np.exp(TYPICAL_DEPENDENCE * value))
              for name, value in (("q05", low), ("median", median), ("q95", high))}  # fmt: skip
    with_end = correlation(effect, estimate.draws[END_OF_MANDATE], weights) if reading == COVARIATE else np.nan
    return {
        "q05": low,
        "median": median,
        "q95": high,
        **ratios,
        "cascade": weighted_mean(estimate.draws["cascade"], weights) if "cascade" in estimate.draws else np.nan,
        "contraction": contraction(effect, weights, estimate.prior),
        "correlation_with_end": with_end,
        "effective_draws": effective_sample_size(weights),
        "log_evidence": log_evidence(estimate.log_weights[reading]),
    }
