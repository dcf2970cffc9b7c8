"""The sources of an outcome's spread: chance, parameters and structure.

Worlds with the same draw of parameters and variants differ by chance alone. The variance between draws has two parts: between
combinations of variants of the switches it is structure, within a combination it is parameters.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from experiments.analysis.paired import Datasets, common_worlds
from experiments.analysis.quantities import difference, scale_of, value, variants_by_world
from sim.arrays import Array

CHANCE, PARAMETERS, STRUCTURE = "chance", "parameters", "structure"
UNDIVIDED = "chance and parameters"
"""A source: chance and parameters cannot be separated where every world has a draw of its own."""
_GROUPS = 40  # groups of draws; the jackknife leaves out one at a time


def split_variance(arms: Datasets, reference_of: Mapping[str, str], outcomes: tuple[str, ...]) -> pd.DataFrame:
    """Split the variance of outcomes with one number in every world, and of their paired differences from the reference.

    The arms, by label, have `draw` and the variants of the switches.

    Returns:
        One row per arm, outcome, `of` ("outcome" or "difference") and `source`: its `variance` on the `scale` named, its
        `share` of the whole, and the `share_error`. A source named after a switch is the part of structure that its
        variants explain by themselves.
    """
    rows = []
    for label, data in arms.items():
        reference = arms[reference_of[label]]
        common, _ = common_worlds(data, reference)
        draws = {
            of: Draws.of(where["draw"].values, variants_by_world(where))
            for of, where in (("outcome", data), ("difference", common))
        }
        for outcome in outcomes:
            asked = {"outcome": value(data, outcome)}
            if label != reference_of[label]:
                asked["difference"] = difference(data, reference, outcome)
            for of, values in asked.items():
                about = {"arm": label, "outcome": outcome, "of": of, "scale": scale_of(outcome).value}
                rows += [about | row for row in split(values, draws[of])]
    return pd.DataFrame(rows)


@dataclass(frozen=True, slots=True)
class Draws:
    """Draws: `of_world`, the number of each world's draw, (worlds,); by switch, the number of each draw's variant, (draws,)."""

    of_world: Array
    variants: Mapping[str, Array]

    @classmethod
    def of(cls, draws: Array, variants: Mapping[str, Array]) -> Self:
        """Number the draws, their variants, and for `STRUCTURE` the combinations of variants.

        By world, (worlds,): the number of its draw; by switch the number of its variant, which all worlds of a draw share.
        """
        _, first, of_world = np.unique(draws, return_index=True, return_inverse=True)
        found = {switch: np.unique(numbers[first], return_inverse=True)[1] for switch, numbers in variants.items()}
        if found:
            found[STRUCTURE] = np.unique(np.stack([*found.values()]), axis=1, return_inverse=True)[1]
        return cls(of_world, found)


def split(values: Array, draws: Draws) -> list[dict[str, object]]:
    """Split the variance of one quantity, (worlds,).

    The estimate is bias-corrected: the mean over the worlds of a draw still contains chance, and the mean over the draws of a
    variant still contains parameters; both are removed (analysis of variance by the method of moments: Searle, Casella and
    McCulloch 1992, Variance Components, chapter 3). So the estimate of a part that is zero can lie a little below zero.
    Errors come from a jackknife over groups of draws.

    Returns:
        One row per source: `source`, `variance`, `share`, `share_error`, `draws`, `worlds`.
    """
    sizes = np.bincount(draws.of_world)
    means = np.bincount(draws.of_world, values) / sizes
    squares = np.bincount(draws.of_world, (values - means[draws.of_world]) ** 2)
    parts = _parts(sizes, means - means.mean(), squares, draws.variants)
    shares = _shares(parts)
    count = len(shares[STRUCTURE]) - 1
    errors = {source: np.sqrt(count - 1) * each[1:].std() if count > 1 else np.nan for source, each in shares.items()}
    size = {"draws": means.size, "worlds": values.size}
    return [
        {"source": source, "variance": part[0], "share": shares[source][0], "share_error": errors[source], **size}
        for source, part in parts.items()
    ]


def _parts(sizes: Array, means: Array, squares: Array, variants: Mapping[str, Array]) -> dict[str, Array]:
    """Return the variance by source, of all draws and then without each group of them, (1 + groups,).

    Of each draw, (draws,): its number of worlds, the mean of their values minus that of all, the sum of squares around it, and
    by switch the number of its variant.
    """
    alike = np.zeros(means.size, dtype=int)
    between = _within(means, alike)
    structure = {name: between - _within(means, numbers) for name, numbers in variants.items()}
    structure = {STRUCTURE: structure.pop(STRUCTURE, np.zeros_like(between)), **structure}
    within = between - structure[STRUCTURE]
    draws, worlds, around, inverse = (_sums(each, alike)[:, 0] for each in (np.ones(means.size), sizes, squares, 1.0 / sizes))
    if worlds[0] == draws[0]:
        return {UNDIVIDED: within, **structure}
    with np.errstate(invalid="ignore", divide="ignore"):
        chance = around / (worlds - draws)
        return {CHANCE: chance, PARAMETERS: within - chance * inverse / draws, **structure}


def _within(means: Array, variants: Array) -> Array:
    """Return the pooled variance of draws around the mean of their variant, (1 + groups,); NaN where none has two draws."""
    sizes, sums, squares = (_sums(each, variants) for each in (np.ones(means.size), means, means**2))
    freedom = (sizes - (sizes > 0.0)).sum(axis=1)
    around = squares.sum(axis=1) - (sums**2 / np.maximum(sizes, 1.0)).sum(axis=1)
    return np.where(freedom < 1.0, np.nan, np.maximum(around, 0.0) / np.maximum(freedom, 1.0))


def _sums(values: Array, variants: Array) -> Array:
    """Return sums over draws by variant, of all draws and then without each group of them, (1 + groups, variants)."""
    groups, kinds = min(_GROUPS, values.size), int(variants.max()) + 1
    place = np.arange(values.size) % groups * kinds + variants
    by_group = np.bincount(place, values, groups * kinds).reshape(groups, kinds)
    return by_group.sum(axis=0) - np.vstack([np.zeros(kinds), by_group])


def _shares(parts: Mapping[str, Array]) -> dict[str, Array]:
    whole = sum((parts[source] for source in (CHANCE, PARAMETERS, UNDIVIDED, STRUCTURE) if source in parts), np.zeros(1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return {source: np.where(whole > 0.0, part / whole, np.nan) for source, part in parts.items()}
