"""Families of worlds live through the year before: those that disagree with a month's reports give way to kin that agrees.

A family shares a draw of what is fitted; all else, and chance, differ within it. At the end of each month every world is
weighed by how well it agrees with what was reported by then, or is on the way to; where too few of a family carry the weight,
its worlds are picked by it and go on with dice of their own (a particle filter: Gordon, Salmond and Smith 1993,
doi:10.1049/ip-f-2.1993.0015). Families know nothing of each other, so that what is fitted keeps its distribution, and each
is left with states on the eve of day 0 that go with its draw and with the reports.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from experiments.analysis.weights import effective_size, normalised, systematic
from experiments.config.arm import Arm
from experiments.config.history import year_before
from experiments.engine.block import build_model
from experiments.engine.designs import with_design
from experiments.studies.calibrate.lived_year import MonthlyCounts
from experiments.studies.calibrate.year_statistics import Observation
from sim.history.year_before import carried_state
from sim.ledger.design import Design
from sim.model import IraqModel
from sim.rule import Array
from sim.state import State, check_finite, put, take
from sim.worlds import Worlds, generator

_PICK_BELOW = 0.5
"""Worlds of a family are picked anew once their weights are worth fewer than this share of them."""


@dataclass(frozen=True, slots=True)
class Way:
    """How families are filtered.

    Attributes:
        names: of the numbers and switches that differ by world. They are all that are drawn: whatever else were drawn would
            not go with a world that is picked.
        family: worlds of each, side by side.
        observations: those that are used.
        tolerance: multiplies the standard deviations of the observations.
    """

    names: tuple[str, ...]
    family: int
    observations: Sequence[Observation]
    tolerance: float = 1.0


@dataclass(frozen=True, slots=True)
class Lived:
    """Families that lived through the year, weighed by the reports.

    Attributes:
        rows: (worlds,) the world that each came from, of its own family. `quantiles`: (worlds, names) that each has.
        weights: (families, worlds of each), adding up to 1 in each family.
        state: what each world goes on with after the eve of day 0, worlds last.
        counts: by name, worlds last; of the whole year.
        sizes: (months, families) effective number of worlds at the end of each month, before picking.
    """

    rows: Array
    quantiles: Array
    weights: Array
    state: State
    counts: dict[str, Array]
    sizes: Array


def filtered(arm: Arm, way: Way, quantiles: Array, seed: int) -> Lived:
    """Let families live through the year.

    Args:
        arm: the arm that starts where the year ends.
        way: how.
        quantiles: (worlds, names) that the worlds have, whole families.
        seed: of the dice.
    """
    worlds = Worlds(0, len(quantiles))
    rows, log_weights, agreed = np.arange(worlds.count), np.zeros(worlds.count), np.zeros(worlds.count)
    before = _before(arm, way.names, quantiles, seed)
    counter = MonthlyCounts(before.theatre.start, before.days + 1)
    model = build_model(before, worlds, counter)
    state: State = {}
    sizes = []
    for month, end in enumerate(counter.ends):
        is_last = month == len(counter.ends) - 1
        model.run(end - model.day - 1 - int(is_last))
        if is_last:  # the reports cover day 0, which a scenario lives through again
            state = carried_state(model)
            model.run(1)
        agrees = sum((seen.so_far(counter.counts, month, way.tolerance) for seen in way.observations), np.zeros(worlds.count))
        log_weights, agreed = log_weights + agrees - agreed, agrees
        sizes.append([effective_size(normalised(own)) for own in log_weights.reshape(-1, way.family)])
        if not is_last and min(sizes[-1]) < _PICK_BELOW * way.family:
            uniforms = generator(seed, f"picking worlds after month {month}", 0).random(len(sizes[-1]))
            chosen, log_weights = _picks(log_weights, np.array(sizes[-1]), uniforms)
            quantiles, rows, agreed = quantiles[chosen], rows[chosen], agreed[chosen]
            counter.select(chosen)
            model = _picked(_before(arm, way.names, quantiles, seed), model, chosen, counter)
    check_finite(model)
    weights = np.array([normalised(own) for own in log_weights.reshape(-1, way.family)])
    return Lived(rows, quantiles, weights, state, counter.counts, np.array(sizes))


def _picks(log_weights: Array, sizes: Array, uniforms: Array) -> tuple[Array, Array]:
    """Return the worlds that go on and their logarithmic weights, equal in families that were picked, (worlds,) each."""
    left = log_weights.reshape(len(sizes), -1).copy()
    chosen, family = np.arange(left.size).reshape(left.shape), left.shape[1]
    for place in np.flatnonzero(sizes < _PICK_BELOW * family):
        chosen[place] = chosen[place][systematic(normalised(left[place]), family, float(uniforms[place]))]
        left[place] = 0.0
    return chosen.ravel(), left.ravel()


def _before(arm: Arm, names: Sequence[str], quantiles: Array, seed: int) -> Arm:
    """Return the year before with a world for each row of quantiles."""
    return replace(year_before(with_design(arm, Design(tuple(names), quantiles))), seed=seed)


def _picked(before: Arm, model: IraqModel, chosen: Array, counter: MonthlyCounts) -> IraqModel:
    """Return a model that goes on with the chosen worlds of another, at its day and with its dice."""
    next_model = build_model(before, model.worlds, counter)
    put(next_model, {name: values[:, chosen] for name, values in take(model).items()})
    next_model.day = model.day
    for streams, others in zip(next_model.streams, model.streams, strict=True):
        streams.go_on_from(others)
    return next_model
