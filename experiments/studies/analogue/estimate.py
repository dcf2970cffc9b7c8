"""The parameters of the exits estimated from the observed ones, under several readings of what a mandate's end did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from experiments.analysis.weights import (
    Proposal,
    effective_size,
    log_mean,
    log_weights_in_turn,
    normalised,
    propose,
    quantiles_of,
    scores_in_turn,
    tempered,
    weighted_quantiles,
)
from experiments.config.arm import Arm
from experiments.config.history import with_fixed
from experiments.engine.designs import drawn_numbers, drawn_switches, with_design
from experiments.studies.analogue.likelihood import Replay
from experiments.studies.analogue.settings import Analogue
from experiments.studies.analogue.study import LEAD, PARAMETERS, drawn_parameters, replay_exits
from sim.ledger.design import Design
from sim.rule import Array
from sim.worlds import generator

LEVELS = np.array([0.05, 0.5, 0.95])


def prior_against_posterior(draws: Mapping[str, Array], weights: Array, prior: Array) -> pd.DataFrame:
    """Return prior and posterior of each parameter.

    Args:
        draws: by name, (worlds,).
        weights: of the posterior, (worlds,), adding up to 1.
        prior: weights that make the prior of the draws.

    Returns:
        One row a parameter: 5 %, 50 % and 95 % of prior and posterior, and `contraction`.
    """
    rows = []
    for name, values in draws.items():
        row: dict[str, object] = {"parameter": name}
        for which, used in (("prior", prior), ("posterior", weights)):
            quantiles = map(float, weighted_quantiles(values, used, LEVELS))
            row |= dict(zip((f"{which}_q05", f"{which}_median", f"{which}_q95"), quantiles, strict=True))
        rows.append({**row, "contraction": contraction(values, weights, prior)})
    return pd.DataFrame(rows)


def contraction(values: Array, weights: Array, prior: Array) -> float:
    """Return the part of the prior's variance that is gone; NaN where the prior does not vary.

    0 where the observations said nothing, 1 where they said all; negative where they spread it.
    """
    before, after = (np.cov(values, aweights=used, ddof=0) for used in (prior, weights))
    return float(1.0 - after / before) if before > 0.0 else np.nan


def correlation(one: Array, other: Array, weights: Array) -> float:
    """Return the correlation over weighted worlds; NaN where one of them does not vary."""
    (variance, together), (_, other_variance) = np.cov(one, other, aweights=weights, ddof=0)
    spread = np.sqrt(variance * other_variance)
    return float(together / spread) if spread > 0.0 else np.nan


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
ROUNDS, ROUNDS_ON = 4, 2
"""From the priors, and from where others were found; the last one counts."""
_PRIOR_SHARE = 0.2
"""Of the draws that come from the prior still."""
_ENOUGH = 10.0
"""Effective draws a parameter that a proposal is fitted to at least."""
TYPICAL_DEPENDENCE = 0.8


@dataclass(frozen=True, slots=True)
class Estimate:
    """Draws of the parameters with their weights under each reading.

    Attributes:
        arm: whose worlds have these draws.
        draws: by name, (worlds,).
        log_weights: by reading, (worlds,): log-likelihood plus log of prior over proposal.
        prior: weights that make the prior of the draws, (worlds,).
        proposals: that the draws are from, in turn.
    """

    arm: Arm
    draws: Mapping[str, Array]
    log_weights: Mapping[str, Array]
    prior: Array
    proposals: tuple[Proposal, ...]

    def weights(self, reading: str) -> Array:
        """Return the weights of a reading, summing to 1, (worlds,)."""
        return normalised(self.log_weights[reading])


def estimate(analogue: Analogue, readings: Sequence[str], begin: Sequence[Proposal] = ()) -> Estimate:
    """Draw the parameters of the exits, replay the observed ones with them, and weight the draws; in rounds.

    Each round draws near what the one before found under each reading (population Monte Carlo: Cappe et al. 2004,
    doi:10.1198/106186004X12803); the last one counts.

    Args:
        analogue: the coalition.
        readings: names; with `NO_MANDATE` alone, the model's rule of mandates is off.
        begin: proposals of the first round; without any, it draws from the priors, and there are more rounds.
    """
    arm = analogue.arm
    if list(readings) == [NO_MANDATE]:
        arm = with_fixed(arm, {"coalition.effect_of_mandate_renewal": 0.0})
    names = tuple(designed_names(arm))
    size = len(names) + 1
    proposals = tuple(begin) or (Proposal(np.zeros(size), np.eye(size), 0.5),)  # both halves the prior
    rounds = ROUNDS_ON if begin else ROUNDS
    for left in range(rounds - 1, -1, -1):
        random = generator(arm.seed, f"proposal of the analogue, {left} rounds left", 0)
        uniforms = random.random((arm.worlds, size + 1))
        scores = scores_in_turn(proposals, uniforms[:, 0], uniforms[:, 1:])
        found = _weigh(analogue, with_design(arm, Design(names, quantiles_of(scores[:, :-1]))), readings, scores, proposals)
        if left:
            least = min(_ENOUGH * size, arm.worlds / 2.0)
            flattened = [tempered(values, least) for values in found.log_weights.values()]
            proposals = tuple(propose(scores, weights, _PRIOR_SHARE) for weights in flattened)
    return found


def _weigh(
    analogue: Analogue, designed: Arm, readings: Sequence[str], scores: Array, proposals: tuple[Proposal, ...]
) -> Estimate:
    """Return draws with their weights; the last of their scores is that of the effect of an end of mandate."""
    effect, ratio = _effect_of_end(analogue, quantiles_of(scores[:, -1])), log_weights_in_turn(proposals, scores)
    covariate = effect if COVARIATE in readings else None
    replay = replay_exits(designed, analogue.past, analogue.near_end_of_mandate(), covariate)
    log_weights = {name: ratio + likelihood_of(name, analogue, replay) for name in readings}
    draws = {**drawn_parameters(designed), END_OF_MANDATE: effect}
    return Estimate(designed, draws, log_weights, normalised(ratio), proposals)


def designed_names(arm: Arm) -> list[str]:
    """Return what the proposals are about: the parameters of the exits that are drawn, and the form of the knock-on."""
    drawn = drawn_numbers(arm)
    form = "switches.knock_on_form"
    names = [f"coalition.{name}" for name in PARAMETERS if f"coalition.{name}" in drawn]
    return names + ([form] if form in drawn_switches(arm) else [])


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
    low, median, high = map(float, weighted_quantiles(effect, weights, LEVELS))
    ratios = {f"ratio_{name}": float(np.exp(TYPICAL_DEPENDENCE * value))
              for name, value in (("q05", low), ("median", median), ("q95", high))}  # fmt: skip
    with_end = correlation(effect, estimate.draws[END_OF_MANDATE], weights) if reading == COVARIATE else np.nan
    return {
        "q05": low,
        "median": median,
        "q95": high,
        **ratios,
        "cascade": float(weights @ estimate.draws["cascade"]) if "cascade" in estimate.draws else np.nan,
        "contraction": contraction(effect, weights, estimate.prior),
        "correlation_with_end": with_end,
        "effective_draws": effective_size(weights),
        "log_evidence": log_mean(estimate.log_weights[reading]),
    }
