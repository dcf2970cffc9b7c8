"""Test the coalition sub-model on a past coalition: estimates under every reading, free runs, and observed exits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from experiments.analysis.weights import effective_size, log_mean, systematic, weighted_quantiles
from experiments.studies.analogue.estimate import (
    COVARIATE,
    END_OF_MANDATE,
    NO_MANDATE,
    RENEWALS,
    Estimate,
    estimate,
    readings_of,
)
from experiments.studies.analogue.exits import observed_rates, score_exits, survival
from experiments.studies.analogue.settings import Analogue
from experiments.studies.analogue.study import LEAD, PARAMETERS, PEERS, run_freely
from sim.rule import Array

PRIOR = "prior"
LEVELS, QUANTILES = np.array([0.05, 0.5, 0.95]), ("q05", "median", "q95")
TYPICAL_DEPENDENCE = 0.8
_CURVES = 1000
"""Worlds per ensemble whose survival curves are computed."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found about a past coalition: tables, and the estimate at the announcement that its table gives (`main`)."""

    analogue: Analogue
    main: Estimate
    rates: pd.DataFrame
    readings: pd.DataFrame
    parameters: pd.DataFrame
    exits: pd.DataFrame
    survival: pd.DataFrame


def find_out(analogue: Analogue) -> Findings:
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
    chronicle = analogue.chronicle()
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
    """Return the reading to go by: with the end of the mandate as a covariate where there is one."""
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
    """Return by how much the observations narrow the prior's variance, at most 1; NaN where the prior does not vary."""
    before, after = (np.cov(values, aweights=used, ddof=0) for used in (prior, weights))
    return float(1.0 - after / before) if before > 0.0 else np.nan


def correlation(one: Array, other: Array, weights: Array) -> float:
    """Return the correlation of two parameters over weighted worlds; NaN where one does not vary."""
    (variance, together), (_, other_variance) = np.cov(one, other, aweights=weights, ddof=0)
    spread = np.sqrt(variance * other_variance)
    return float(together / spread) if spread > 0.0 else np.nan


def effect_of_the_lead(estimated: Sequence[tuple[date, Estimate]]) -> pd.DataFrame:
    """Return the lead's effect, as it acts, one row per day of the announcement and reading.

    Columns: 5 %, 50 % and 95 % of the log effect on a fully dependent member and of the hazard ratio at a dependence of 0.8;
    `cascade`, the probability of that form; contraction; correlation with the effect of a mandate's end; effective sample
    size; log evidence, comparable where the same exits count.
    """
    return pd.DataFrame(
        {"announced": announced.isoformat(), "reading": reading, **_effect(found, reading)}
        for announced, found in estimated
        for reading in found.log_weights
    )


def _effect(found: Estimate, reading: str) -> dict[str, object]:
    effect, weights, form = found.draws[LEAD], found.weights(reading), found.draws.get("cascade")
    quantiles = dict(zip(QUANTILES, weighted_quantiles(effect, weights, LEVELS), strict=True))
    with_end = correlation(effect, found.draws[END_OF_MANDATE], weights) if reading == COVARIATE else np.nan
    return {
        **quantiles,
        **{f"ratio_{name}": np.exp(TYPICAL_DEPENDENCE * value) for name, value in quantiles.items()},
        "cascade": np.nan if form is None else weights @ form,
        "contraction": contraction(effect, weights, found.prior),
        "correlation_with_end": with_end,
        "effective_draws": effective_size(weights),
        "log_evidence": log_mean(found.log_weights[reading]),
    }
