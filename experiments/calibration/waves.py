"""The two waves of a calibration: what is implausible is ruled out, and islands of what is left live through the year."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from scipy.stats import qmc

from experiments.analysis.matching import Emulator, Ensemble, emulate, ensemble_of, implausibility
from experiments.analysis.proposal import scores_of
from experiments.analysis.weights import effective_size, normalised
from experiments.analysis.year_statistics import Observation
from experiments.calibration.filter import Island, Way, filtered
from experiments.calibration.lived_year import counts_of, live_and_count
from experiments.calibration.settings import Calibration
from experiments.designs import drawn_numbers, drawn_switches, with_design
from experiments.ensemble import run_whole
from experiments.errors import InputError
from experiments.progress import PROGRESS
from experiments.setup import Setup
from sim.design import Design
from sim.rule import Array
from sim.worlds import address

_PRIOR, _POSTERIOR = "prior predictive", "posterior"
_ENOUGH = 2
"""Points for each that is wanted, of which some may be ruled out."""


@dataclass(frozen=True, slots=True)
class Names:
    """What is drawn by world, and which of it is fitted.

    Attributes:
        drawn: names of all numbers and switches that are drawn. `fitted`: their places, as many as are fitted.
    """

    drawn: tuple[str, ...]
    fitted: tuple[int, ...]

    def scores(self, quantiles: Array) -> Array:
        """Return the normal scores of what is fitted, (draws, fitted)."""
        return scores_of(quantiles[:, self.fitted])


def names_of(setup: Setup, calibration: Calibration) -> Names:
    """Return what an arm draws, and what a calibration fits of it."""
    drawn = (*drawn_numbers(setup), *drawn_switches(setup))
    return Names(drawn, tuple(drawn.index(name) for name in calibration.fitted))


@dataclass(frozen=True, slots=True)
class Matched:
    """What history matching found.

    Attributes:
        observations: that it looked at.
        quantiles: (draws, drawn). `prior`: counts of all worlds, their worlds last.
        ensemble: of the draws. `emulator`: of their means.
        implausible: (draws, observations) standard deviations from what was observed.
        cutoff: from which a draw is ruled out.
    """

    observations: tuple[Observation, ...]
    quantiles: Array
    prior: dict[str, Array]
    ensemble: Ensemble
    emulator: Emulator
    implausible: Array
    cutoff: float

    @property
    def ruled_out(self) -> Array:
        """Return which draws are ruled out, (draws,) of bool."""
        return self.implausible.max(axis=1) > self.cutoff

    def keeps(self, scores: Array) -> Array:
        """Return which draws the emulator does not rule out, (draws,) of bool, for normal scores of what is fitted."""
        variance = self.emulator.residual + np.median(self.ensemble.variance, axis=0) + _variance(self.observations)
        gap = implausibility(self.emulator.mean(scores), _observed(self.observations), variance)
        return gap.max(axis=1) <= self.cutoff


def match(setup: Setup, calibration: Calibration, names: Names) -> Matched:
    """Live through the year with draws from the prior, and rule out those far from what was observed."""
    matching = calibration.matching
    quantiles = sobol(names, matching.draws, setup.seed, _PRIOR)
    designed = with_design(setup, Design(names.drawn, quantiles, worlds_per_row=matching.worlds))
    year = run_whole(functools.partial(live_and_count, designed), designed.worlds, setup.compute, _PRIOR)
    counts = counts_of(year)
    seen = tuple(o for o in calibration.observations if o.first < o.last)  # a month alone is mostly chance
    values = np.column_stack([o.scale.of(o.measured(counts)) for o in seen])
    ensemble = ensemble_of(values, matching.worlds)
    variance = ensemble.variance * (1.0 + 1.0 / matching.worlds) + _variance(seen)
    implausible = implausibility(ensemble.mean, _observed(seen), variance)
    emulator = emulate(names.scores(quantiles), ensemble.mean)
    return Matched(seen, quantiles, counts, ensemble, emulator, implausible, matching.cutoff)


def _observed(observations: Sequence[Observation]) -> Array:
    return np.array([float(observation.scale.of(observation.value)) for observation in observations])


def _variance(observations: Sequence[Observation]) -> Array:
    return np.array([observation.variance for observation in observations])


def sobol(names: Names, count: int, seed: int, wave: str) -> Array:
    """Return scrambled Sobol points, (count, drawn)."""
    engine = qmc.Sobol(len(names.drawn), seed=np.random.default_rng([seed, *address(wave)]))
    return np.minimum(engine.random(2 ** int(np.ceil(np.log2(count))))[:count], 1.0 - 2.0**-53)


@dataclass(frozen=True, slots=True)
class Wave:
    """Islands that lived through the year, put together.

    Attributes:
        islands: as they ended; their rows count within the island.
    """

    islands: tuple[Island, ...]

    @property
    def weights(self) -> Array:
        """Return the weight of every world, (worlds,), adding up to 1."""
        return normalised(np.concatenate([island.log_weights for island in self.islands]))

    @property
    def quantiles(self) -> Array:
        """Return what every world has drawn, (worlds, drawn)."""
        return np.concatenate([island.quantiles for island in self.islands])

    @property
    def island_of(self) -> Array:
        """Return the number of the island that every world lives on, (worlds,)."""
        return np.repeat(np.arange(len(self.islands)), [len(island.rows) for island in self.islands])

    def counts(self) -> dict[str, Array]:
        """Return the counts of all worlds, worlds last."""
        names = self.islands[0].counts
        return {name: np.concatenate([island.counts[name] for island in self.islands], axis=-1) for name in names}

    def state(self) -> dict[str, Array]:
        """Return what all worlds go on with, worlds last."""
        names = self.islands[0].state
        return {name: np.concatenate([island.state[name] for island in self.islands], axis=-1) for name in names}

    def effective_worlds(self) -> float:
        """Return how many equal worlds the weighted ones are worth."""
        return effective_size(self.weights)

    def effective_islands(self) -> float:
        """Return how many equal islands they are worth, each weighed by its evidence."""
        return effective_size(np.bincount(self.island_of, self.weights))

    def effective_lines(self) -> float:
        """Return how many equal worlds of the first day they come from."""
        size = len(self.islands[0].rows)
        first = np.concatenate([island.rows + number * size for number, island in enumerate(self.islands)])
        return effective_size(np.bincount(first, self.weights))


def fill(setup: Setup, calibration: Calibration, names: Names, matched: Matched) -> Wave:
    """Let islands live through the year with draws from the prior that are not ruled out.

    Raises:
        InputError: there are not enough of them.
    """
    wanted = calibration.islands * calibration.island
    points = sobol(names, _ENOUGH * wanted, setup.seed, _POSTERIOR)
    kept = points[matched.keeps(names.scores(points))]
    if len(kept) < wanted:
        raise InputError(
            f"calibration.matching.cutoff={matched.cutoff:g} rules out all but {len(kept) / len(points):.1%} of the draws:"
            " raise it, or look at what no draw comes near in matching.csv"
        )
    return wave_of(setup, way_of(calibration, names), kept[:wanted], calibration.island, _POSTERIOR)


def way_of(calibration: Calibration, names: Names) -> Way:
    """Return how the islands of a calibration are filtered."""
    return Way(names.drawn, names.fitted, calibration.used, calibration.discount, calibration.tolerance)


def wave_of(setup: Setup, way: Way, quantiles: Array, size: int, label: str) -> Wave:
    """Let islands of so many worlds live through the year, several at once; the label addresses their dice."""
    parts = [quantiles[first : first + size] for first in range(0, len(quantiles), size)]
    seeds = np.random.SeedSequence([setup.seed, *address(label)]).generate_state(len(parts))
    done = Parallel(n_jobs=setup.compute.workers, return_as="generator")(
        delayed(filtered)(setup, way, part, int(seed)) for part, seed in zip(parts, seeds, strict=True)
    )
    islands = []
    with PROGRESS.of(Path(label), label, len(quantiles)) as progress:
        for island in done:
            islands.append(island)
            progress.update(size)
    return Wave(tuple(islands))
