"""Where the spread of an outcome comes from: chance, parameters or structure.

Worlds that share a draw of parameters and forms differ by chance alone. What is left between draws is divided by the forms
of the switches: what differs between combinations of forms is structure, what differs within one is parameters.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from experiments.analysis.quantities import difference, forms_by_world, scale_of, value
from sim.rule import Array

CHANCE, PARAMETERS, STRUCTURE = "chance", "parameters", "structure"
UNDIVIDED = "chance and parameters"
"""Where every world has a draw of its own, the two cannot be told apart."""
_GROUPS = 40  # groups of draws that the jackknife leaves out one after the other


def split_variance(arms: Mapping[str, xr.Dataset], reference_of: Mapping[str, str], outcomes: tuple[str, ...]) -> pd.DataFrame:
    """Split the variance of outcomes, and of their paired differences from the reference.

    Args:
        arms: dataset by label, with `draw` and the forms of the switches.
        reference_of: label of each arm's reference.
        outcomes: names of outcomes with one number in every world.

    Returns:
        One row per arm, outcome, `of` ("outcome" or "difference") and `source`: its `variance` on the `scale` named, its
        `share` of the whole and the `share_error` of that. Sources named after a switch are parts of structure: what its
        forms explain by themselves.
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
                rows += [about | row for row in split(values, where["draw"].values, forms_by_world(where))]
    return pd.DataFrame(rows)


def split(values: Array, draws: Array, forms: Mapping[str, Array]) -> list[dict[str, object]]:
    """Split the variance of one quantity.

    Bias-corrected: the mean over the worlds of a draw still carries chance, the mean over the draws of a form carries
    parameters, and both are taken out (analysis of variance by the method of moments: Searle, Casella and McCulloch
    1992, Variance Components, chapter 3). A part can therefore come out a little below zero where it is none. Errors are
    those of a jackknife that leaves out groups of draws.

    Args:
        values: (worlds,).
        draws: (worlds,) number of the draw.
        forms: (worlds,) number of its form by switch; the worlds of a draw have the same.

    Returns:
        A row a source: `source`, `variance`, `share`, `share_error`, `draws`, `worlds`.
    """
    by_draw = _Draws.of(values, draws, forms)
    parts, errors = _parts(by_draw), _jackknife(by_draw)
    whole = _whole(parts, forms)
    about = {"draws": by_draw.means.size, "worlds": values.size}
    return [
        {
            "source": source,
            "variance": part,
            "share": part / whole if whole > 0.0 else np.nan,
            "share_error": errors[source],
            **about,
        }
        for source, part in parts.items()
    ]


@dataclass(frozen=True, slots=True)
class _Draws:
    """What the split needs of each draw: its worlds, their mean, the sum of squares around it, and its forms by switch."""

    sizes: Array
    means: Array
    squares: Array
    forms: Mapping[str, Array]

    @classmethod
    def of(cls, values: Array, draws: Array, forms: Mapping[str, Array]) -> "_Draws":
        _, first, groups = np.unique(draws, return_index=True, return_inverse=True)
        sizes = np.bincount(groups)
        means = np.bincount(groups, values) / sizes
        squares = np.bincount(groups, (values - means[groups]) ** 2)
        return cls(sizes, means, squares, {switch: form[first] for switch, form in forms.items()})

    def kept(self, kept: Array) -> "_Draws":
        forms = {switch: form[kept] for switch, form in self.forms.items()}
        return _Draws(self.sizes[kept], self.means[kept], self.squares[kept], forms)


def _parts(draws: _Draws) -> dict[str, float]:
    """Return the variance by source."""
    forms, means = draws.forms, draws.means
    between = float(means.var(ddof=1)) if means.size > 1 else np.nan
    combined = np.zeros(means.size, dtype=np.int64)
    for form in forms.values():
        combined = combined * (int(form.max()) + 1) + form
    within = _within(means, combined) if forms else between
    structure = between - within
    switches = {switch: between - _within(means, form) for switch, form in forms.items()}
    freedom = int(draws.sizes.sum()) - means.size
    if freedom == 0:
        return {UNDIVIDED: within, STRUCTURE: structure, **switches}
    chance = float(draws.squares.sum()) / freedom
    carried = chance * float(np.mean(1.0 / draws.sizes))
    return {CHANCE: chance, PARAMETERS: within - carried, STRUCTURE: structure, **switches}


def _within(means: Array, forms: Array) -> float:
    """Return the variance of draws around the mean of their form, pooled; NaN where no form has two draws."""
    number = np.unique(forms, return_inverse=True)[1]
    sizes = np.bincount(number)
    freedom = means.size - sizes.size
    if freedom < 1:
        return np.nan
    centres = np.bincount(number, means) / sizes
    return float(np.sum((means - centres[number]) ** 2) / freedom)


def _whole(parts: Mapping[str, float], switches: Collection[str]) -> float:
    return sum(part for source, part in parts.items() if source not in switches)


def _jackknife(draws: _Draws) -> dict[str, float]:
    """Return the standard error of each source's share."""
    count = min(_GROUPS, draws.means.size)
    shares: dict[str, list[float]] = {}
    for left_out in range(count if count > 1 else 0):
        parts = _parts(draws.kept(np.arange(draws.means.size) % count != left_out))
        whole = _whole(parts, draws.forms)
        for source, part in parts.items():
            shares.setdefault(source, []).append(part / whole if whole > 0.0 else np.nan)
    found = {source: np.array(values) for source, values in shares.items()}
    spread = {source: np.sum((values - values.mean()) ** 2) for source, values in found.items()}
    return {source: float(np.sqrt((count - 1) / count * spread.get(source, np.nan))) for source in _parts(draws)}
