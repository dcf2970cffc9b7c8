"""All that is found out about a past coalition: estimates under every reading, free runs, and both beside what was observed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.analysis.weights import systematic
from experiments.studies.analogue.estimate import (
    COVARIATE,
    END_OF_MANDATE,
    NO_MANDATE,
    RENEWALS,
    Estimate,
    effect_of_the_lead,
    estimate,
    prior_against_posterior,
    readings_of,
)
from experiments.studies.analogue.exits import observed_rates, score_exits, survival
from experiments.studies.analogue.settings import Analogue
from experiments.studies.analogue.study import LEAD, PARAMETERS, PEERS, run_freely
from sim.rule import Array

PRIOR = "prior"
CURVES = 1000
"""Worlds of an ensemble whose curves of survival are drawn up."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found out about a past coalition.

    Attributes:
        main: the estimate at the table's day of announcement.
        rates: observed, before and after the announcement. `readings`: of the lead's effect.
        parameters: prior against posterior by reading. `exits`: simulated ones against the observed.
        survival: day by day, observed and simulated.
    """

    analogue: Analogue
    main: Estimate
    rates: pd.DataFrame
    readings: pd.DataFrame
    parameters: pd.DataFrame
    exits: pd.DataFrame
    survival: pd.DataFrame


def find_out(analogue: Analogue) -> Findings:
    """Estimate under every reading and announcement, run the coalition freely, and hold it against its exits."""
    readings = readings_of(analogue)
    main = estimate(analogue, readings)
    estimated = [(analogue.past.announced, estimate(analogue, [NO_MANDATE])), (analogue.past.announced, main)]
    for announced in analogue.others:
        estimated.append((announced, estimate(analogue.announced(announced), readings, main.proposals)))
    simulated = _run_on(analogue, main, readings)
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
        survival=survival({name: _even(*run) for name, run in simulated.items()}, chronicle),
    )


def _run_on(analogue: Analogue, main: Estimate, readings: Sequence[str]) -> Mapping[str, tuple[Array, Array]]:
    """Return exit days of free runs and weights of their worlds: of the priors, and of what two readings make of them."""
    even = np.full(analogue.arm.worlds, 1.0 / analogue.arm.worlds)
    simulated = {PRIOR: (run_freely(analogue.arm), even), RENEWALS: (run_freely(main.arm), main.weights(RENEWALS))}
    if COVARIATE in readings:
        ended = run_freely(main.arm, analogue.near_end_of_mandate(), main.draws[END_OF_MANDATE])
        simulated[COVARIATE] = (ended, main.weights(COVARIATE))
    return simulated


def _even(exit_days: Array, weights: Array) -> Array:
    """Return so many worlds, each as good as another."""
    return exit_days[systematic(weights, min(CURVES, len(exit_days)), 0.5)]


def main_reading(findings: Findings) -> str:
    """Return the reading whose posterior is the one to go by: with the mandate's end where there is one."""
    return COVARIATE if COVARIATE in findings.main.log_weights else RENEWALS
