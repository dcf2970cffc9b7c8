"""A particle filter over the year before: worlds that disagree with a month's reports give way to copies of those that agree.

An island of worlds lives through the year together. At the end of each month every world is weighed by how well it agrees
with what was reported by then; when too few carry the weight, worlds are picked by it, and the picked ones go on with dice of
their own. What is left at the end are draws of the parameters and of the state on the eve of day 0, given the reports
(Gordon, Salmond and Smith 1993, doi:10.1049/ip-f-2.1993.0015). Islands are independent; each is weighed by its evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

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
        rows: (worlds,) row of the quantiles that each came from.
        log_weights: (worlds,), with the evidence of the island, so that islands can be put together.
        state: what each goes on with after the eve of day 0.
        counts: by name, worlds last; of the whole year.
        sizes: effective number of worlds at the end of each month, before picking.
    """

    rows: Array
    log_weights: Array
    state: State
    counts: dict[str, Array]
    sizes: tuple[float, ...]


def filtered(
    setup: Setup,
    names: Sequence[str],
    quantiles: Array,
    observations: Sequence[Observation],
    seed: int,
    log_weights: Array,
    tolerance: float = 1.0,
) -> Island:
    """Let an island live through the year.

    Args:
        setup: the arm that starts where the year ends.
        names: of the numbers and switches that differ by world. They are all that are drawn: whatever else were drawn
            would not go with a world that is picked.
        quantiles: (worlds, names) of each world's own.
        observations: those that are used.
        seed: of the island's dice.
        log_weights: (worlds,) with which they begin: how much likelier they are than they were made.
        tolerance: multiplies the standard deviations of the observations.
    """
    worlds = Worlds(0, len(quantiles))
    rows = np.arange(worlds.count)
    before = _before(setup, names, quantiles, seed)
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
        for seen in (seen for seen in observations if seen.last == month):
            log_weights = log_weights + seen.log_likelihood(counter.counts, tolerance)
        weights = normalised(log_weights)
        sizes.append(effective_size(weights))
        if not is_last and sizes[-1] < _PICK_BELOW * worlds.count:
            uniform = generator(seed, f"picking worlds after month {month}", 0).random()
            chosen = systematic(weights, worlds.count, uniform)
            rows, log_weights = rows[chosen], np.full(worlds.count, log_mean(log_weights))
            counter.select(chosen)
            model = _picked(_before(setup, names, quantiles[rows], seed), model, chosen, counter)
    return Island(rows, log_weights, state, counter.counts, tuple(sizes))


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
