"""Where the spread of an outcome comes from: chance, parameters or structure.

Worlds with the same draw of parameters and variants differ by chance alone. The variance between draws is divided by the
variants of the switches: between combinations of variants it is structure, within one it is parameters.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
import xarray as xr

from experiments.analysis.quantities import difference, scale_of, value, variants_by_world
from sim.arrays import Array

CHANCE, PARAMETERS, STRUCTURE = "chance", "parameters", "structure"
UNDIVIDED = "chance and parameters"
"""The two cannot be separated where every world has a draw of its own."""
_GROUPS = 40  # groups of draws; the jackknife leaves out one at a time


def split_variance(arms: Mapping[str, xr.Dataset], reference_of: Mapping[str, str], outcomes: tuple[str, ...]) -> pd.DataFrame:
    """Split the variance of outcomes with one number in every world, and of their paired differences from the reference.

    The arms, by label, have `draw` and the variants of the switches.

    Returns:
        One row per arm, outcome, `of` ("outcome" or "difference") and `source`: its `variance` on the `scale` named, its
        `share` of the whole and the `share_error` of that. A source named after a switch is the part of structure that its
        variants explain by themselves.
    """
    rows = []
    for label, data in arms.items():
        reference = arms[reference_of[label]]
        worlds = np.intersect1d(data["world"].values, reference["world"].values)
        for outcome in outcomes:
            asked = {"outcome": (value(data, outcome), data)}
            if label != reference_of[label]:
                asked["difference"] = (difference(data, reference, outcome), data.sel(world=worlds))
            for of, (values, where) in asked.items():
                about = {"arm": label, "outcome": outcome, "of": of, "scale": scale_of(outcome).value}
                rows += [about | row for row in split(values, where["draw"].values, variants_by_world(where))]
    return pd.DataFrame(rows)


def split(values: Array, draws: Array, variants: Mapping[str, Array]) -> list[dict[str, object]]:
    """Split the variance of one quantity.

    Bias-corrected: the mean over the worlds of a draw still carries chance, the mean over the draws of a variant carries
    parameters, and both are taken out (analysis of variance by the method of moments: Searle, Casella and McCulloch
    1992, Variance Components, chapter 3). A part that is zero can therefore be estimated a little below zero. Errors are
    those of a jackknife over groups of draws.

    `values`, `draws`, the number of each world's draw, and `variants`, by switch the number of its variant, the same for all
    worlds of a draw, are (worlds,).

    Returns:
        One row per source: `source`, `variance`, `share`, `share_error`, `draws`, `worlds`.
    """
    _, first, groups = np.unique(draws, return_index=True, return_inverse=True)
    sizes = np.bincount(groups)
    means = np.bincount(groups, values) / sizes
    squares = np.bincount(groups, (values - means[groups]) ** 2)
    of_draws = {switch: numbers[first] for switch, numbers in variants.items()}
    if of_draws:
        of_draws[STRUCTURE] = np.unique(np.stack([*of_draws.values()]), axis=1, return_inverse=True)[1]
    by_draw = _Draws(sizes, means, squares, {name: np.unique(own, return_inverse=True)[1] for name, own in of_draws.items()})
    parts, errors = _parts(by_draw), _jackknife(by_draw)
    shares = _shares(parts)
    return [
        {
            "source": source,
            "variance": part,
            "share": shares[source],
            "share_error": errors.get(source, np.nan),
            "draws": means.size,
            "worlds": values.size,
        }
        for source, part in parts.items()
    ]


@dataclass(frozen=True, slots=True)
class _Draws:
    """Draws of parameters, (draws,) each: worlds, their mean, squares around it, and a number for the variant by switch."""

    sizes: Array
    means: Array
    squares: Array
    variants: Mapping[str, Array]

    def without(self, left_out: Array) -> Self:
        """Return all draws but some."""
        kept = ~left_out
        variants = {name: numbers[kept] for name, numbers in self.variants.items()}
        return type(self)(self.sizes[kept], self.means[kept], self.squares[kept], variants)


def _parts(draws: _Draws) -> dict[str, float]:
    """Return the variance by source."""
    means = draws.means
    between = float(means.var(ddof=1)) if means.size > 1 else np.nan
    structure = {name: between - _within(means, numbers) for name, numbers in draws.variants.items()}
    structure = {STRUCTURE: structure.pop(STRUCTURE, 0.0), **structure}
    within = between - structure[STRUCTURE]
    freedom = int(draws.sizes.sum()) - means.size
    if freedom == 0:
        return {UNDIVIDED: within, **structure}
    chance = float(draws.squares.sum()) / freedom
    return {CHANCE: chance, PARAMETERS: within - chance * float(np.mean(1.0 / draws.sizes)), **structure}


def _within(means: Array, variants: Array) -> float:
    """Return the pooled variance of draws around the mean of their variant; NaN where no variant has two draws."""
    sizes = np.bincount(variants)
    freedom = means.size - int(np.count_nonzero(sizes))
    if freedom < 1:
        return np.nan
    centres = np.bincount(variants, means) / np.maximum(sizes, 1)
    return float(np.sum((means - centres[variants]) ** 2) / freedom)


def _shares(parts: Mapping[str, float]) -> dict[str, float]:
    whole = sum(parts[source] for source in (CHANCE, PARAMETERS, UNDIVIDED, STRUCTURE) if source in parts)
    return {source: part / whole if whole > 0.0 else np.nan for source, part in parts.items()}


def _jackknife(draws: _Draws) -> dict[str, float]:
    """Return the standard error of the share of each source; nothing for a single draw."""
    count = min(_GROUPS, draws.means.size)
    group = np.arange(draws.means.size) % count
    shares = pd.DataFrame([_shares(_parts(draws.without(group == left_out))) for left_out in range(count if count > 1 else 0)])
    return {str(source): float(error) for source, error in (np.sqrt(count - 1) * shares.std(ddof=0, skipna=False)).items()}
