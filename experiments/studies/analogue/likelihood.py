"""The likelihood of the observed exits of a past coalition, given the hazards of its members under the model's own rule.

A decision on day d has probability 1 - exp(-h_d), after a stay with probability exp(-sum of h before d). If only the day T of
the complete exit is known, the likelihood is a sum over the possible days of the decision, each weighted with the probability
that a departure takes T - d days.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from experiments.studies.analogue.exits import Chronicle
from sim.arrays import Array

LONGEST_DEPARTURE = 365
"""Days; longer departures are too improbable to matter."""


@dataclass(frozen=True, slots=True)
class ExitLikelihood:
    """The likelihood of each member's exit in each world, (hazards, members, worlds).

    The first hazards are the model's own; the second, if there are any, include the covariate.

    Attributes:
        left: log-probability of the stay and the decision. `stayed`: of the stay alone.
    """

    left: Array
    stayed: Array

    def log_likelihood(self, covariate: bool = False, censored: Array | None = None) -> Array:
        """Return the log-likelihood of each world, (worlds,), with or without the covariate.

        For `censored` members, (members,) of bool, only the stay counts: their decision has another cause.
        """
        left, stayed = self.left[int(covariate)], self.stayed[int(covariate)]
        counted = left if censored is None else np.where(censored[:, np.newaxis], stayed, left)
        return counted.sum(axis=0)


class Stays:
    """Adds up the likelihood of the known stays and exits day by day."""

    def __init__(self, known: Chronicle, median: Array, spread: Array, covariate: Array | None) -> None:
        """Begin before the first day.

        The length of a departure has a `median`, days, and a `spread` of its logarithm; the covariate is added to the log
        hazard on the days on which it acts; all (1, worlds).
        """
        self.known, self.last = known, known.last
        self.log_chance = log_chance_of_departures(median, spread)
        self.factors = [1.0] if covariate is None else [1.0, np.exp(covariate)]
        shape = (len(self.factors), known.arrival.size, median.shape[1])
        self.log_survival = np.zeros(shape)
        self.left, self.stayed = np.full(shape, -np.inf), np.full(shape, -np.inf)

    def add_day(self, day: int, hazard: Array, covariate_acts: bool) -> None:
        """Add a day with its hazard (members, worlds), 1/day, and whether the covariate acts today."""
        at_risk = (self.known.arrival <= day) & (day < self.last)
        own = np.where(at_risk[:, np.newaxis], hazard, 0.0)
        may_decide = [(row, self._log_chance_of_decision(row, day)) for row in map(int, np.flatnonzero(at_risk))]
        for number, factor in enumerate(self.factors):
            today = own * factor if covariate_acts else own
            for row, chance in may_decide:
                if chance is not None:
                    before = chance + self.log_survival[number, row]
                    left = before + np.log(-np.expm1(-today[row]))
                    np.logaddexp(self.left[number, row], left, out=self.left[number, row])
                    np.logaddexp(self.stayed[number, row], before, out=self.stayed[number, row])
            self.log_survival[number] -= today

    def _log_chance_of_decision(self, row: int, day: int) -> Array | float | None:
        """Return the log-probability that a member decided today, given the day of its exit; None if that is impossible."""
        if np.isfinite(self.known.decided[row]):
            return 0.0 if day == self.known.decided[row] else None
        left = self.known.exit[row] - day
        return self.log_chance[int(left) - 1] if 1.0 <= left <= LONGEST_DEPARTURE else None

    def likelihood(self) -> ExitLikelihood:
        """Return the likelihoods.

        For a member that stayed to the end, `left` and `stayed` are both the likelihood of the stay.
        """
        stayed_on = ~np.isfinite(self.last)
        for kept in (self.left, self.stayed):
            kept[:, stayed_on] = self.log_survival[:, stayed_on]
        return ExitLikelihood(self.left, self.stayed)


def log_chance_of_departures(median: Array, spread: Array) -> Array:
    """Return the log-probability that a departure takes 1, 2, ... days, rounded up, (days, worlds): log-normal, see `Stays`."""
    days = np.arange(1, LONGEST_DEPARTURE + 1)[:, np.newaxis]
    up_to = ndtr((np.log(days) - np.log(median)) / spread)
    return np.log(np.maximum(np.diff(up_to, axis=0, prepend=0.0), np.finfo(float).tiny))
