"""A particle filter over the year before: worlds that disagree with a month's reports give way to copies of those that agree.

An island of worlds lives through the year together. At the end of each month every world is weighed by how well it agrees
with what was reported by then, or is on the way to; when too few carry the weight, worlds are picked by it, the parameters
that are fitted are set apart a little (`experiments.analysis.jitter`), and they go on with dice of their own. What is left
at the end are draws of the parameters and of the state on the eve of day 0, given the reports (Gordon, Salmond and Smith
1993, doi:10.1049/ip-f-2.1993.0015). Islands are independent; each is weighed by its evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from experiments.analysis.jitter import set_apart
from experiments.analysis.proposal import quantiles_of, scores_of
from experiments.analysis.weights import effective_size, log_mean, normalised, systematic
from experiments.analysis.year_statistics import Observation
from experiments.block import build_model
from experiments.calibration.lived_year import MonthlyCounts
from experiments.designs import with_design
from experiments.history import year_before
from experiments.setup import Setup
from sim.design import Design
from sim.model import IraqModel
from sim.rule import Array
from sim.state import State, put, take
from sim.worlds import Worlds, generator
from sim.year_before import what_goes_on

_PICK_BELOW = 0.5
"""Worlds are picked anew once their weights are worth fewer than this share of them."""


@dataclass(frozen=True, slots=True)
class Island:
    """Worlds that lived through the year, weighed by the reports.

    Attributes:
        rows: (worlds,) the world that each came from. `quantiles`: (worlds, names) that each has in the end.
        log_weights: (worlds,), with the evidence of the island, so that islands can be put together.
        state: what each goes on with after the eve of day 0.
        counts: by name, worlds last; of the whole year.
        sizes: effective number of worlds at the end of each month, before picking.
    """

    rows: Array
    quantiles: Array
    log_weights: Array
    state: State
    counts: dict[str, Array]
    sizes: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """How an island is filtered.

    Attributes:
        names: of the numbers and switches that differ by world. They are all that are drawn: whatever else were drawn would
            not go with a world that is picked.
        fitted: places of those that are set apart; the others stay with their world.
        observations: those that are used.
        discount: of `set_apart`. `tolerance`: multiplies the standard deviations of the observations.
    """

    names: tuple[str, ...]
    fitted: tuple[int, ...]
    observations: Sequence[Observation]
    discount: float
    tolerance: float = 1.0


def filtered(setup: Setup, way: Way, quantiles: Array, seed: int) -> Island:
    """Let an island live through the year.

    Args:
        setup: the arm that starts where the year ends.
        way: how.
        quantiles: (worlds, names) that the worlds begin with.
        seed: of the island's dice.
    """
    worlds = Worlds(0, len(quantiles))
    rows, log_weights, agreed = np.arange(worlds.count), np.zeros(worlds.count), np.zeros(worlds.count)
    before = _before(setup, way.names, quantiles, seed)
    counter = MonthlyCounts(before.theatre.start, before.days + 1)
    model = build_model(before, worlds, counter)
    state: State = {}
    sizes = []
    for month, end in enumerate(counter.ends):
        is_last = month == len(counter.ends) - 1
        model.run(end - model.day - 1 - int(is_last))
        if is_last:  # the reports cover day 0, which a scenario lives through again
            state = what_goes_on(model)
            model.run(1)
        agrees = sum((seen.so_far(counter.counts, month, way.tolerance) for seen in way.observations), np.zeros(worlds.count))
        log_weights, agreed = log_weights + agrees - agreed, agrees
        weights = normalised(log_weights)
        sizes.append(effective_size(weights))
        if not is_last and sizes[-1] < _PICK_BELOW * worlds.count:
            random = generator(seed, f"picking worlds after month {month}", 0)
            chosen = systematic(weights, worlds.count, random.random())
            quantiles = _apart(way, quantiles, weights, chosen, random)
            rows, agreed, log_weights = rows[chosen], agreed[chosen], np.full(worlds.count, log_mean(log_weights))
            counter.select(chosen)
            model = _picked(_before(setup, way.names, quantiles, seed), model, chosen, counter)
    return Island(rows, quantiles, log_weights, state, counter.counts, tuple(sizes))


def _apart(way: Way, quantiles: Array, weights: Array, chosen: Array, random: np.random.Generator) -> Array:
    """Return the quantiles of the picked worlds, with those of the fitted parameters set apart."""
    place, picked = list(way.fitted), quantiles[chosen]
    normals = random.standard_normal((len(chosen), len(place)))
    scores = set_apart(scores_of(quantiles[:, place]), weights, chosen, normals, way.discount)
    picked[:, place] = quantiles_of(scores)
    return picked


def _before(setup: Setup, names: Sequence[str], quantiles: Array, seed: int) -> Setup:
    """Return the year before with a world for each row of quantiles."""
    return replace(year_before(with_design(setup, Design(tuple(names), quantiles))), seed=seed)


def _picked(before: Setup, model: IraqModel, chosen: Array, counter: MonthlyCounts) -> IraqModel:
    """Return a model that goes on with the chosen worlds of another, at its day and with its dice."""
    next_model = build_model(before, model.worlds, counter)
    put(next_model, {name: values[:, chosen] for name, values in take(model).items()})
    next_model.day = model.day
    for streams, others in zip(next_model.streams, model.streams, strict=True):
        streams.go_on_from(others)
    return next_model
