"""Families of worlds run the year before: worlds that disagree with the reports of a month are replaced by worlds that agree.

The worlds of a family share a draw of the fitted parameters; all other parameters, and chance, differ within a family. At the
end of each month every world is weighted by its agreement with the reports so far; where too few worlds of a family carry the
weight, worlds are resampled by it and continue with their own random numbers (a particle filter: Gordon, Salmond and Smith
1993, doi:10.1049/ip-f-2.1993.0015). Families do not interact, so that the fitted parameters keep their distribution. Each
family ends with states on the eve of day 0 that agree with its draw and with the reports.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from scipy.special import logsumexp

from experiments.analysis.generators import address, generator
from experiments.analysis.weights import effective_size, normalised, quantiles_of, systematic
from experiments.config.arm import Arm
from experiments.config.history import year_before
from experiments.config.ledger import with_design
from experiments.engine.block import build_model
from experiments.engine.progress import PROGRESS
from experiments.studies.calibrate.fit import Fit
from experiments.studies.calibrate.settings import Calibration
from experiments.studies.calibrate.waves import Names
from experiments.studies.calibrate.year_statistics import MonthlyCounts, Observations
from sim.arrays import Array
from sim.history.year_before import carried_state
from sim.ledger.design import Design
from sim.model import IraqModel
from sim.state import State, check_finite, put, take
from sim.worlds import Worlds

_TOGETHER = 4096
"""Approximate number of worlds that run the year in one block of whole families."""
_RESAMPLE_BELOW = 0.5
"""Worlds of a family are resampled once their effective number is below this share of them."""


@dataclass(frozen=True, slots=True)
class Families:
    """Families that ran the year, weighted by the reports.

    Attributes:
        rows: (worlds,) for each world, the world of its block and family from which it was resampled.
        quantiles: (worlds, drawn) of each.
        within: (families, worlds of each) weights, adding up to 1 in each family.
        sizes: (months, families) effective number of worlds at the end of each month, before resampling.
        evidence: (families,) log of the mean agreement of its worlds with the reports; resampling keeps it unbiased.
        counts: of the year by name, worlds last. `state`: carried over from the eve of day 0 by name, worlds last.
    """

    rows: Array
    quantiles: Array
    within: Array
    sizes: Array
    evidence: Array
    counts: dict[str, Array]
    state: State

    @property
    def weights(self) -> Array:
        """Return the weight of every world, (worlds,), adding up to 1; every family has the same weight."""
        return self.within.ravel() / len(self.within)

    def one_of_each(self, uniforms: Array) -> Array:
        """Pick one world of each family by its weight; the picks and `uniforms` are (families,)."""
        own = [int(systematic(each, 1, uniform)[0]) for each, uniform in zip(self.within, uniforms, strict=True)]
        return np.arange(len(own)) * self.within.shape[1] + np.array(own)


def filter_block(
    arm: Arm, names: Sequence[str], family: int, observations: Observations, quantiles: Array, seed: int, tolerance: float = 1.0
) -> Families:
    """Run a block of whole families through the year before an arm.

    The arm starts where the year ends. The `quantiles`, (worlds, names), are of all numbers and switches that are drawn; any
    others could not follow a resampled world. The worlds of a `family` stand side by side; the observations weight them, and
    `tolerance` multiplies their standard deviations.
    """
    worlds = Worlds(0, len(quantiles))
    rows, log_weights, agreed = np.arange(worlds.count), np.zeros(worlds.count), np.zeros(worlds.count)
    before = _before(arm, names, quantiles, seed)
    counter = MonthlyCounts(before.theatre.start, before.days + 1)
    model = build_model(before, worlds, counter)
    state: State = {}
    sizes, evidence = [], np.zeros(worlds.count // family)
    for month, end in enumerate(counter.ends):
        is_last = month == len(counter.ends) - 1
        model.run(end - model.day - 1 - int(is_last))
        if is_last:  # the reports include day 0, which a scenario runs again
            state = carried_state(model)
            model.run(1)
        agrees = sum((seen.so_far(counter.counts, month, tolerance) for seen in observations), np.zeros(worlds.count))
        log_weights, agreed = log_weights + agrees - agreed, agrees
        sizes.append([effective_size(normalised(own)) for own in log_weights.reshape(-1, family)])
        if not is_last and min(sizes[-1]) < _RESAMPLE_BELOW * family:
            uniforms = generator(seed, f"picking worlds after month {month}").random(len(sizes[-1]))
            settled = np.array(sizes[-1]) < _RESAMPLE_BELOW * family
            evidence[settled] += _log_mean(log_weights.reshape(-1, family)[settled])
            chosen, log_weights = _resampled(log_weights, settled, uniforms)
            quantiles, rows, agreed = quantiles[chosen], rows[chosen], agreed[chosen]
            counter.select(chosen)
            model = _selected(_before(arm, names, quantiles, seed), model, chosen, counter)
    check_finite(model)
    within = np.array([normalised(own) for own in log_weights.reshape(-1, family)])
    evidence += _log_mean(log_weights.reshape(-1, family))
    return Families(rows, quantiles, within, np.array(sizes), evidence, counter.counts, state)


def _log_mean(log_weights: Array) -> Array:
    """Return the log of the mean weight of each family, (families,), from log weights, (families, worlds of each)."""
    return logsumexp(log_weights, axis=1) - np.log(log_weights.shape[1])


def _resampled(log_weights: Array, settled: Array, uniforms: Array) -> tuple[Array, Array]:
    """Return the worlds that continue and their log weights; `settled` families are resampled to equal weights."""
    left = log_weights.reshape(len(settled), -1).copy()
    chosen, family = np.arange(left.size).reshape(left.shape), left.shape[1]
    for place in np.flatnonzero(settled):
        chosen[place] = chosen[place][systematic(normalised(left[place]), family, float(uniforms[place]))]
        left[place] = 0.0
    return chosen.ravel(), left.ravel()


def _before(arm: Arm, names: Sequence[str], quantiles: Array, seed: int) -> Arm:
    """Return the year before with one world per row of quantiles."""
    return replace(year_before(with_design(arm, Design(tuple(names), quantiles))), seed=seed)


def _selected(before: Arm, model: IraqModel, chosen: Array, counter: MonthlyCounts) -> IraqModel:
    """Return a model that continues with the chosen worlds of another, from its day and with its random numbers."""
    next_model = build_model(before, model.worlds, counter)
    put(next_model, {name: values[:, chosen] for name, values in take(model).items()})
    next_model.day = model.day
    return next_model


def equal_draws(found: Fit, fitted: int, count: int, random: np.random.Generator) -> Array:
    """Return quantiles of equal draws of a posterior in random order, (count, fitted)."""
    chosen = random.permutation(systematic(found.weights, count, random.random()))
    return quantiles_of(found.scores[chosen][:, :fitted])


def run_families(
    arm: Arm, calibration: Calibration, names: Names, observations: Observations, shared: Array, label: str
) -> Families:
    """Run families with shared quantiles, (families, fitted), through the year before an arm, several blocks in parallel.

    The observations weight the worlds; the label addresses their random numbers.
    """
    family = calibration.family
    quantiles = generator(arm.seed, label).random((len(shared) * family, len(names.drawn)))
    quantiles[:, names.places[: names.fitted]] = np.repeat(shared, family, axis=0)
    size = max(_TOGETHER // family, 1) * family
    parts = [quantiles[first : first + size] for first in range(0, len(quantiles), size)]
    seeds = np.random.SeedSequence([arm.seed, *address(label)]).generate_state(len(parts))
    done = Parallel(n_jobs=arm.compute.workers, return_as="generator", max_nbytes=None)(
        delayed(filter_block)(arm, names.drawn, family, observations, part, int(seed), calibration.tolerance)
        for part, seed in zip(parts, seeds, strict=True)
    )
    blocks: list[Families] = []
    with PROGRESS.of(Path(label), label, len(quantiles)) as progress:
        for block in done:
            blocks.append(block)
            progress.update(block.within.size)
    rows, quantiles, within, evidence = (
        np.concatenate([getattr(block, name) for block in blocks]) for name in ("rows", "quantiles", "within", "evidence")
    )
    sizes = np.concatenate([block.sizes for block in blocks], axis=1)
    counts = {name: np.concatenate([block.counts[name] for block in blocks], axis=-1) for name in blocks[0].counts}
    state = {name: np.concatenate([block.state[name] for block in blocks], axis=-1) for name in blocks[0].state}
    return Families(rows, quantiles, within, sizes, evidence, counts, state)
