"""The likelihood of the observed exits of a past coalition, given the hazards of its members under the model's own rule.

A member that decided on day d has probability 1 - exp(-h_d) on that day, after a stay with probability exp(-sum of h
before it). Where only its complete exit on day T is known, the days on which it may have decided are summed over, each
with the probability that a departure takes T - d days.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from sim.rule import Array

LONGEST_DEPARTURE = 365
"""Days; longer ones are too improbable to add."""


@dataclass(frozen=True, slots=True)
class KnownDays:
    """What is known of each member, in days of the model, (members,).

    Attributes:
        arrival: of its first day at risk. `exit`: day on which it was gone, NaN where it stayed to the end.
        decided: day of its decision, NaN where it is not known.
    """

    arrival: Array
    exit: Array
    decided: Array

    @property
    def last(self) -> Array:
        """Return the first day on which each member can decide no more; infinite where it stayed."""
        last: Array = np.where(np.isfinite(self.decided), self.decided + 1.0, self.exit)
        return np.where(np.isfinite(last), last, np.inf)


@dataclass(frozen=True, slots=True)
class Replay:
    """The likelihood of each member's exit in each world, (hazards, members, worlds).

    `hazards` has the model's own ones first, then those with the covariate where there is one.

    Attributes:
        left: log-probability of staying as long as it did and deciding when it did. `stayed`: of the stay alone.
    """

    left: Array
    stayed: Array

    def log_likelihood(self, covariate: bool = False, censored: Array | None = None) -> Array:
        """Return the log-likelihood of each world, (worlds,), with or without the covariate.

        The decision of `censored` members, (members,) of bool, is attributed to something else: only their stay counts.
        """
        left, stayed = self.left[int(covariate)], self.stayed[int(covariate)]
        counted = left if censored is None else np.where(censored[:, np.newaxis], stayed, left)
        return counted.sum(axis=0)


class Stays:
    """Adds up, day by day, how likely the known stays and exits are."""

    def __init__(self, known: KnownDays, median: Array, spread: Array, covariate: Array | None) -> None:
        """Begin before the first day.

        The days of a departure have a `median` and a `spread` of their logarithm; the covariate is added to the log hazard on
        the days on which it acts; all (1, worlds).
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
        lived = np.where(at_risk[:, np.newaxis], hazard, 0.0)
        may_decide = [(row, self._log_chance_of_decision(row, day)) for row in map(int, np.flatnonzero(at_risk))]
        for number, factor in enumerate(self.factors):
            today = lived * factor if covariate_acts else lived
            for row, chance in may_decide:
                if chance is not None:
                    before = chance + self.log_survival[number, row]
                    left = before + np.log(-np.expm1(-today[row]))
                    np.logaddexp(self.left[number, row], left, out=self.left[number, row])
                    np.logaddexp(self.stayed[number, row], before, out=self.stayed[number, row])
            self.log_survival[number] -= today

    def _log_chance_of_decision(self, row: int, day: int) -> Array | float | None:
        """Return the log-probability that a member decided today, given when it was gone; None where it cannot have."""
        if np.isfinite(self.known.decided[row]):
            return 0.0 if day == self.known.decided[row] else None
        left = self.known.exit[row] - day
        return self.log_chance[int(left) - 1] if 1.0 <= left <= LONGEST_DEPARTURE else None

    def replay(self) -> Replay:
        """Return the likelihoods; of members that stayed to the end, both are of the stay."""
        stayed_on = ~np.isfinite(self.last)
        for kept in (self.left, self.stayed):
            kept[:, stayed_on] = self.log_survival[:, stayed_on]
        return Replay(self.left, self.stayed)


def log_chance_of_departures(median: Array, spread: Array) -> Array:
    """Return the log-probability that a departure takes 1, 2, ... started days, (days, worlds).

    Log-normal, with a median in days and the spread of the logarithm, (1, worlds).
    """
    days = np.arange(1, LONGEST_DEPARTURE + 1)[:, np.newaxis]
    up_to = ndtr((np.log(days) - np.log(median)) / spread)
    return np.log(np.maximum(np.diff(up_to, axis=0, prepend=0.0), np.finfo(float).tiny))
