"""Test the coalition sub-model on a past coalition: estimates of its parameters, free runs, and the observed exits.

The parameters of the exits are estimated under several readings of the effect of a mandate's end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from experiments.analysis.generators import generator
from experiments.analysis.weights import (
    Proposal,
    effective_size,
    log_mean,
    log_weights_in_turn,
    normalised,
    propose,
    quantiles_of,
    scores_in_turn,
    systematic,
    tempered,
    weighted_quantiles,
)
from experiments.config.arm import Arm
from experiments.config.history import with_fixed
from experiments.config.ledger import drawn_numbers, drawn_switches, with_design
from experiments.studies.analogue.exits import chronicle_of, observed_rates, score_exits, survival
from experiments.studies.analogue.likelihood import ExitLikelihood
from experiments.studies.analogue.settings import Analogue
from experiments.studies.analogue.study import LEAD, PARAMETERS, PEERS, drawn_parameters, replay_exits, run_freely
from sim.arrays import Array
from sim.ledger.design import Design

PRIOR = "prior"
LEVELS, QUANTILES = np.array([0.05, 0.5, 0.95]), ("q05", "median", "q95")
TYPICAL_DEPENDENCE = 0.8
_CURVES = 1000
"""Worlds per ensemble whose survival curves are computed."""
END_OF_MANDATE = "effect of an end of mandate"
NO_MANDATE, RENEWALS, COVARIATE, CODED_APART, ALL_APART = (
    "no mandate", "yearly renewals", "end of mandate a covariate", "exits coded so apart", "those of agreements too",
)  # fmt: skip
MEANINGS = {
    NO_MANDATE: "mandates have no effect: the lead's announcement caused all later changes",
    RENEWALS: "the model's own rule: the hazard is higher before every yearly renewal of a mandate and before its final end",
    COVARIATE: "the model's own rule, plus a separate effect of the days before an end of mandate",
    CODED_APART: (
        "the model's own rule; if the source attributes an exit to the end of the mandate, the member counts as staying until"
        " the day of its decision, and its exit is not counted"
    ),
    ALL_APART: "as before, also for exits that the source attributes to the end of the agreements after the mandate",
}
ROUNDS, ROUNDS_ON = 4, 2
"""Numbers of rounds: starting from the priors, and starting from the proposals of another estimate; the last round counts."""
_PRIOR_SHARE = 0.2
"""Share of the draws that come from the prior."""
_ENOUGH = 10.0
"""Fewest effective draws per parameter for a proposal."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Draws of the parameters with their weights under each reading.

    Attributes:
        arm: its worlds have these draws.
        draws: by name, (worlds,). `prior`: their weights under the prior, (worlds,).
        log_weights: by reading, (worlds,): log-likelihood plus log of the ratio of prior to proposal.
        proposals: sources of the draws, in turn.
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
    """Draw the parameters of the exits, replay the observed exits with them, and weight the draws; in rounds.

    Each round draws near the posteriors of the round before under each reading (population Monte Carlo: Cappe et al. 2004,
    doi:10.1198/106186004X12803). With the reading `NO_MANDATE` alone, the model's rule of mandates is off. `begin` has the
    proposals of the first round; if empty, it draws from the priors, and there are more rounds.
    """
    arm = analogue.arm
    if list(readings) == [NO_MANDATE]:
        arm = with_fixed(arm, {"coalition.effect_of_mandate_renewal": 0.0})
    names = tuple(designed_names(arm))
    size = len(names) + 1
    proposals = tuple(begin) or (Proposal(np.zeros(size), np.eye(size), 0.5),)  # both halves the prior
    rounds = ROUNDS_ON if begin else ROUNDS
    for left in range(rounds - 1, -1, -1):
        random = generator(arm.seed, f"proposal of the analogue, {left} rounds left")
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
    """Return draws with their weights; the last score is that of the effect of an end of mandate."""
    quantiles, ratio, mandate = quantiles_of(scores[:, -1]), log_weights_in_turn(proposals, scores), analogue.mandate
    effect = np.zeros(quantiles.size) if mandate is None else mandate.effect.quantile(quantiles, 0.0)
    covariate = effect if COVARIATE in readings else None
    likelihood = replay_exits(designed, analogue.past, analogue.near_end_of_mandate(), covariate)
    log_weights = {name: ratio + _log_likelihood(name, analogue, likelihood) for name in readings}
    draws = {**drawn_parameters(designed), END_OF_MANDATE: effect}
    return Estimate(designed, draws, log_weights, normalised(ratio), proposals)


def designed_names(arm: Arm) -> list[str]:
    """Return the names of a design: the drawn parameters of the exits, and the switch of the knock-on."""
    drawn = {*drawn_numbers(arm), *drawn_switches(arm)}
    return [name for name in (*(f"coalition.{name}" for name in PARAMETERS), "switches.knock_on_form") if name in drawn]


def _log_likelihood(reading: str, analogue: Analogue, likelihood: ExitLikelihood) -> Array:
    """Return the log-likelihood under a reading, (worlds,)."""
    mandate = analogue.mandate
    if mandate is None or reading in (NO_MANDATE, RENEWALS):
        return likelihood.log_likelihood()
    if reading == COVARIATE:
        return likelihood.log_likelihood(covariate=True)
    apart = mandate.triggers + (mandate.agreements if reading == ALL_APART else ())
    return likelihood.log_likelihood(censored=np.array([stay.trigger in apart for stay in analogue.past.stays]))


def readings_of(analogue: Analogue) -> list[str]:
    """Return the readings that a coalition allows besides `NO_MANDATE`."""
    if analogue.mandate is None:
        return [RENEWALS]
    apart = [CODED_APART] if analogue.mandate.triggers else []
    return [RENEWALS, COVARIATE, *apart, *([ALL_APART] if analogue.mandate.agreements else [])]


@dataclass(frozen=True, slots=True)
class Findings:
    """Results for a past coalition: tables, and `main`, the estimate with the day of the announcement in its table."""

    analogue: Analogue
    main: Estimate
    rates: pd.DataFrame
    readings: pd.DataFrame
    parameters: pd.DataFrame
    exits: pd.DataFrame
    survival: pd.DataFrame


def analyse(analogue: Analogue) -> Findings:
    """Estimate under every reading and announcement, run the coalition freely, and compare it with the observed exits."""
    readings = readings_of(analogue)
    main = estimate(analogue, readings)
    estimated = [(analogue.past.announced, estimate(analogue, [NO_MANDATE])), (analogue.past.announced, main)]
    for announced in analogue.others:
        estimated.append((announced, estimate(analogue.announced(announced), readings, main.proposals)))
    arm = analogue.arm
    even = np.full(arm.worlds, 1.0 / arm.worlds)
    simulated = {PRIOR: (run_freely(arm), even), RENEWALS: (run_freely(main.arm), main.weights(RENEWALS))}
    if COVARIATE in readings:
        ended = run_freely(main.arm, analogue.near_end_of_mandate(), main.draws[END_OF_MANDATE])
        simulated[COVARIATE] = (ended, main.weights(COVARIATE))
    equal = {name: days[systematic(weights, min(_CURVES, len(days)), 0.5)] for name, (days, weights) in simulated.items()}
    names = [*PARAMETERS, LEAD, PEERS, *([END_OF_MANDATE] if COVARIATE in readings else [])]
    draws = {name: main.draws[name] for name in names}
    tables = [prior_against_posterior(draws, main.weights(reading), main.prior).assign(reading=reading) for reading in readings]
    chronicle = chronicle_of(analogue.past, arm.theatre, arm.days)
    return Findings(
        analogue=analogue,
        main=main,
        rates=observed_rates(chronicle),
        readings=effect_of_the_lead(estimated),
        parameters=pd.concat(tables, ignore_index=True),
        exits=score_exits(simulated, chronicle),
        survival=survival(equal, chronicle),
    )


def main_reading(findings: Findings) -> str:
    """Return the main reading: the end of the mandate as a covariate, if an end is given."""
    return COVARIATE if COVARIATE in findings.main.log_weights else RENEWALS


def prior_against_posterior(draws: Mapping[str, Array], weights: Array, prior: Array) -> pd.DataFrame:
    """Return 5 %, 50 % and 95 % of prior and posterior and the `contraction`, one row per parameter.

    Draws by name, the weights of the posterior and those of the prior are (worlds,).
    """
    table = pd.DataFrame({"parameter": list(draws)})
    for which, used in (("prior", prior), ("posterior", weights)):
        names = [f"{which}_{name}" for name in QUANTILES]
        table[names] = np.array([weighted_quantiles(values, used, LEVELS) for values in draws.values()])
    return table.assign(contraction=[contraction(values, weights, prior) for values in draws.values()])


def contraction(values: Array, weights: Array, prior: Array) -> float:
    """Return the share of the prior's variance that the observations remove, at most 1; NaN: the prior does not vary."""
    before, after = (np.cov(values, aweights=used, ddof=0) for used in (prior, weights))
    return float(1.0 - after / before) if before > 0.0 else np.nan


def correlation(one: Array, other: Array, weights: Array) -> float:
    """Return the correlation of two parameters over weighted worlds; NaN: one does not vary."""
    (variance, together), (_, other_variance) = np.cov(one, other, aweights=weights, ddof=0)
    spread = np.sqrt(variance * other_variance)
    return float(together / spread) if spread > 0.0 else np.nan


def effect_of_the_lead(estimated: Sequence[tuple[date, Estimate]]) -> pd.DataFrame:
    """Return the lead's effect, as it acts, one row per day of the announcement and reading.

    Columns: 5 %, 50 % and 95 % of the log effect on a fully dependent member and of the hazard ratio at a dependence of 0.8;
    `cascade`, the probability of that variant; contraction; correlation with the effect of a mandate's end; effective draws;
    log evidence, comparable between readings in which the same exits count.
    """
    return pd.DataFrame(
        {"announced": announced.isoformat(), "reading": reading, **_effect(found, reading)}
        for announced, found in estimated
        for reading in found.log_weights
    )


def _effect(found: Estimate, reading: str) -> dict[str, object]:
    effect, weights, cascade = found.draws[LEAD], found.weights(reading), found.draws.get("cascade")
    quantiles = dict(zip(QUANTILES, weighted_quantiles(effect, weights, LEVELS), strict=True))
    with_end = correlation(effect, found.draws[END_OF_MANDATE], weights) if reading == COVARIATE else np.nan
    return {
        **quantiles,
        **{f"ratio_{name}": np.exp(TYPICAL_DEPENDENCE * value) for name, value in quantiles.items()},
        "cascade": np.nan if cascade is None else weights @ cascade,
        "contraction": contraction(effect, weights, found.prior),
        "correlation_with_end": with_end,
        "effective_draws": effective_size(weights),
        "log_evidence": log_mean(found.log_weights[reading]),
    }
