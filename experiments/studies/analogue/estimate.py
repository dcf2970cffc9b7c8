"""Estimate the parameters of the exits from observed ones, under several readings of what the end of a mandate did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from experiments.analysis.weights import (
    Proposal,
    log_weights_in_turn,
    normalised,
    propose,
    quantiles_of,
    scores_in_turn,
    tempered,
)
from experiments.config.arm import Arm
from experiments.config.history import with_fixed
from experiments.engine.designs import drawn_numbers, drawn_switches, with_design
from experiments.studies.analogue.likelihood import Replay
from experiments.studies.analogue.settings import Analogue
from experiments.studies.analogue.study import PARAMETERS, drawn_parameters, replay_exits
from sim.ledger.design import Design
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
ROUNDS, ROUNDS_ON = 4, 2
"""From the priors, and from proposals of another estimate; the last round counts."""
_PRIOR_SHARE = 0.2
"""Share of the draws that still come from the prior."""
_ENOUGH = 10.0
"""Fewest effective draws per parameter that a proposal is fitted to."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Draws of the parameters with their weights under each reading.

    Attributes:
        arm: its worlds have these draws.
        draws: by name, (worlds,). `prior`: weights that make their prior, (worlds,).
        log_weights: by reading, (worlds,): log-likelihood plus log of prior over proposal.
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
    """Draw the parameters of the exits, replay the observed exits with them, and weight the draws; in rounds.

    Each round draws near what the one before found under each reading (population Monte Carlo: Cappe et al. 2004,
    doi:10.1198/106186004X12803). With the reading `NO_MANDATE` alone, the model's rule of mandates is off. `begin` has the
    proposals of the first round; without any, it draws from the priors, and there are more rounds.
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
    """Return draws with their weights; the last score is that of the effect of an end of mandate."""
    quantiles, ratio, mandate = quantiles_of(scores[:, -1]), log_weights_in_turn(proposals, scores), analogue.mandate
    effect = np.zeros(quantiles.size) if mandate is None else mandate.effect.quantile(quantiles, 0.0)
    covariate = effect if COVARIATE in readings else None
    replay = replay_exits(designed, analogue.past, analogue.near_end_of_mandate(), covariate)
    log_weights = {name: ratio + likelihood_of(name, analogue, replay) for name in readings}
    draws = {**drawn_parameters(designed), END_OF_MANDATE: effect}
    return Estimate(designed, draws, log_weights, normalised(ratio), proposals)


def designed_names(arm: Arm) -> list[str]:
    """Return what is proposed: the parameters of the exits that are drawn, and the form of the knock-on."""
    drawn, form = drawn_numbers(arm), "switches.knock_on_form"
    names = [name for name in (f"coalition.{parameter}" for parameter in PARAMETERS) if name in drawn]
    return names + ([form] if form in drawn_switches(arm) else [])


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
