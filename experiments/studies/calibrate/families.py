"""Draws of what is fitted live through the year again, each with a family of worlds, to find what they go on with."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed

from experiments.analysis.weights import quantiles_of, systematic
from experiments.config.arm import Arm
from experiments.engine.progress import PROGRESS
from experiments.studies.calibrate.filter import Lived, Way, filtered
from experiments.studies.calibrate.fit import Fit
from experiments.studies.calibrate.settings import Calibration
from experiments.studies.calibrate.waves import Names
from experiments.studies.calibrate.year_statistics import Observation
from sim.rule import Array
from sim.worlds import address, generator

_TOGETHER = 4096
"""Worlds that live through the year in one block, about: whole families."""


@dataclass(frozen=True, slots=True)
class Families:
    """Families that lived through the year.

    Attributes:
        shared: (families, fitted) quantiles of what each family shares.
        parts: the families, some a block, in order.
    """

    shared: Array
    parts: tuple[Lived, ...]

    @property
    def weights(self) -> Array:
        """Return the weight of every world, (worlds,), adding up to 1; families count the same."""
        return np.concatenate([part.weights.ravel() for part in self.parts]) / len(self.shared)

    @property
    def sizes(self) -> Array:
        """Return the effective number of worlds of a family, (months, families), before picking."""
        return np.concatenate([part.sizes for part in self.parts], axis=1)

    def counts(self) -> dict[str, Array]:
        """Return the counts of all worlds, worlds last."""
        return {name: np.concatenate([part.counts[name] for part in self.parts], axis=-1) for name in self.parts[0].counts}

    def quantiles(self, worlds: Array) -> Array:
        """Return the quantiles of all that is drawn that some worlds have, (worlds, drawn)."""
        return np.concatenate([part.quantiles for part in self.parts])[worlds]

    def state(self, worlds: Array) -> dict[str, Array]:
        """Return what some worlds go on with, worlds last."""
        names = self.parts[0].state
        return {name: np.concatenate([part.state[name] for part in self.parts], axis=-1)[:, worlds] for name in names}

    def one_of_each(self, uniforms: Array) -> Array:
        """Pick a world of each family by its weight, (families,).

        Args:
            uniforms: (families,).
        """
        weights = np.concatenate([part.weights for part in self.parts])
        own = [int(systematic(each, 1, uniform)[0]) for each, uniform in zip(weights, uniforms, strict=True)]
        return np.arange(len(weights)) * weights.shape[1] + np.array(own)


def equal_draws(found: Fit, fitted: int, count: int, random: np.random.Generator) -> Array:
    """Return quantiles of equal draws of a posterior, (count, fitted), of which the first ones are a fair sample too."""
    chosen = random.permutation(systematic(found.weights, count, random.random()))
    return quantiles_of(found.scores[chosen][:, :fitted])


def live_again(
    arm: Arm, calibration: Calibration, names: Names, observations: Sequence[Observation], shared: Array, label: str
) -> Families:
    """Let families live through the year, some blocks at once.

    Args:
        arm: the arm that starts where the year ends.
        calibration: the worlds of a family, and the tolerance.
        names: of what is drawn.
        observations: that worlds are weighed by.
        shared: (families, fitted) quantiles.
        label: addresses the dice.
    """
    family = calibration.family
    quantiles = generator(arm.seed, label, 0).random((len(shared) * family, len(names.drawn)))
    quantiles[:, names.places[: names.fitted]] = np.repeat(shared, family, axis=0)
    size = max(_TOGETHER // family, 1) * family
    parts = [quantiles[first : first + size] for first in range(0, len(quantiles), size)]
    seeds = np.random.SeedSequence([arm.seed, *address(label)]).generate_state(len(parts))
    way = Way(names.drawn, family, observations, calibration.tolerance)
    done = Parallel(n_jobs=arm.compute.workers, return_as="generator")(
        delayed(filtered)(arm, way, part, int(seed)) for part, seed in zip(parts, seeds, strict=True)
    )
    lived = []
    with PROGRESS.of(Path(label), label, len(quantiles)) as progress:
        for part in done:
            lived.append(part)
            progress.update(part.weights.size)
    return Families(shared, tuple(lived))
