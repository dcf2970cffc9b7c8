"""Sobol indices: what share of a quantity's variance over parameters does each factor explain?

Saltelli's sample (2010, doi:10.1016/j.cpc.2009.09.018), analysed by SALib on means over the worlds of a row. Rows that
differ in one factor share their dice; the two base samples have different dice. So chance adds nothing to a first-order
index. Chance adds to the variance of means, and to a total index where chance interacts with the factor. This part is
estimated from the worlds within rows and subtracted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from SALib.analyze.sobol import analyze
from SALib.sample.sobol import sample

from experiments.analysis.monte_carlo import error_of_mean
from experiments.analysis.morris import Factors, by_point, columns_of, in_rounds, problem, worlds_of
from experiments.analysis.paired import Datasets
from experiments.config.arm import Arm
from experiments.config.ledger import designed
from experiments.studies.sensitivity.samples import PART, by_row, quantities, value_of_level, weights_of
from experiments.studies.sensitivity.settings import Settings
from sim.arrays import Array
from sim.ledger.design import Design

_COVERED, _RESAMPLES = 0.95, 500


def saltelli(factors: Factors, points: int, seed: int) -> Array:
    """Return the quantiles of Saltelli's sample, (rounds x points, numbers), round by round.

    The first round is base sample A. The last round is base sample B, turned by half of the points. Each round between is A
    with the numbers of one factor from B; the numbers of a factor vary together. The seed scrambles the Sobol' sequence. The
    `points` of the base samples are a power of 2 of at least 4, so that the sequence is balanced.
    """
    rows = sample(problem(factors), points, calc_second_order=False, seed=seed)
    return _turned(in_rounds(rows, len(factors) + 2), points)


@dataclass(frozen=True, slots=True)
class Indices:
    """The Sobol indices of one quantity.

    Attributes:
        table: one row per factor: `first` order and `total` index with their 95 % intervals (`_low`, `_high`), and
            `first_clear` and `total_clear`: whether the interval lies above 0. NaN where the rows do not differ beyond
            chance.
        variance: of the quantity over parameters. `chance`: the variance within a row, which the table leaves out.
    """

    table: pd.DataFrame
    variance: float
    chance: float


def indices(values: Array, factors: Factors, points: int, seed: int) -> Indices:
    """Return first-order and total indices.

    The values, (worlds,), are in the order of the rows of `saltelli`, with equally many worlds per row; worlds at the same
    place in a round share dice. With one world per row, chance remains in the variance and in the total indices. Factors and
    points are as sampled; the seed, 1 or more, is for the bootstrap of the intervals.
    """
    rounds = len(factors) + 2
    worlds = _turned(worlds_of(values, rounds * points), points)
    base = np.concatenate([worlds[:points], worlds[-points:]])
    each = worlds.shape[1]
    chance = float(base.var(axis=1, ddof=1).mean()) if each > 1 else 0.0
    spread = float(base.mean(axis=1).var())
    variance = spread - chance / each
    found = {name: np.full(len(factors), np.nan) for name in ("S1", "S1_conf", "ST", "ST_conf")}
    scale = 1.0
    if variance > 1e-12 * max(spread, 1e-300):
        means = by_point(worlds, rounds).mean(axis=1)
        found = analyze(
            problem(factors), means, calc_second_order=False, num_resamples=_RESAMPLES, conf_level=_COVERED, seed=seed
        )
        scale = spread / variance
        if each > 1:  # the part of chance in half the mean squared difference from A
            by_round = worlds.reshape(rounds, points, each)
            apart = (by_round[1:-1] - by_round[0]).var(axis=2, ddof=1)
            found["ST"] = found["ST"] - apart.mean(axis=1) / each / 2.0 / spread
    table = pd.DataFrame({"factor": list(factors)})
    for name, short in (("first", "S1"), ("total", "ST")):
        index, reach = found[short] * scale, found[f"{short}_conf"] * scale
        table[name], table[f"{name}_low"], table[f"{name}_high"] = index, index - reach, index + reach
        table[f"{name}_clear"] = table[f"{name}_low"] > 0.0
    return Indices(table, max(variance, 0.0), chance)


def base_rows(quantiles: Array, points: int) -> Array:
    """Return which rows of a sample belong to its two base samples, independent and uniform, (rows,) bool."""
    rows = np.arange(len(quantiles))
    return (rows < points) | (rows >= len(quantiles) - points)


def _turned(rows: Array, points: int) -> Array:
    """Turn the last round by half of its points; turning twice restores it."""
    return np.concatenate([rows[:-points], np.roll(rows[-points:], points // 2, axis=0)])


def swings(quantiles: Mapping[str, Array], values: Array, weights: Mapping[str, Sequence[float]]) -> pd.DataFrame:
    """Return conditional means of a quantity, for each factor alone.

    Args:
        quantiles: (rows,) independent and uniform, by factor; a factor of several numbers has no low and high.
        values: (rows,) mean of the quantity over the worlds of a row.
        weights: of the variants of a switch, in order, by factor. A switch has means by variant.

    Returns:
        One row per factor and level ("low" and "high", or the number of the variant): `mean`, its Monte Carlo `error`, its
        `difference` from the mean of all rows, and `rows`.
    """
    whole = float(values.mean())
    rows: list[dict[str, object]] = []
    for factor, column in quantiles.items():
        if factor in weights:
            number = np.searchsorted(np.cumsum(weights[factor])[:-1], column, side="right")
            levels = {str(variant): number == variant for variant, weight in enumerate(weights[factor]) if weight > 0.0}
        else:
            levels = {"low": column < PART, "high": column >= 1.0 - PART}
        for level, here in levels.items():
            mean = float(values[here].mean()) if here.any() else np.nan
            about = {"factor": factor, "level": level, "mean": mean, "error": error_of_mean(values[here])}
            rows.append({**about, "difference": mean - whole, "rows": here.sum()})
    return pd.DataFrame(rows)


@dataclass(frozen=True, slots=True)
class Found:
    """The tables of a Sobol sample.

    Attributes:
        indices: one row per outcome, `of` and factor. `variances`: one row per outcome and `of`: the `variance` over the kept
            factors, the variance within rows (`chance`, with the rest of the numbers where they are drawn), and the
            `share` of a single world's variance that the kept factors explain.
        swings: means where a factor is low and high, with the `value` of that level.
    """

    indices: pd.DataFrame
    variances: pd.DataFrame
    swings: pd.DataFrame


def sobol_arms(arms: Mapping[str, Arm], factors: Factors, settings: Settings) -> tuple[dict[str, Arm], Design]:
    """Return the arms of a Sobol sample, and its design."""
    rows = saltelli(factors, settings.points, next(iter(arms.values())).seed_of_samples)
    design = Design(columns_of(factors), rows, settings.worlds_per_row, rows_per_round=settings.points)
    return designed(arms, design, settings.rest), design


def analyse(data: Datasets, design: Design, factors: Factors, settings: Settings, arms: Mapping[str, Arm]) -> Found:
    """Return indices and swings of each outcome and difference."""
    first_arm = next(iter(arms.values()))
    base = base_rows(design.quantiles, settings.points)
    single = {factor: numbers[0] for factor, numbers in factors.items() if len(numbers) == 1}
    columns = {factor: design.quantiles[base, design.names.index(number)] for factor, number in single.items()}
    found, variances, means = [], [], []
    for outcome, of, values in quantities(list(data.values()), settings.outcomes):
        about = {"outcome": outcome, "of": of}
        of_this = indices(values, factors, settings.points, first_arm.seed_of_samples + 1)
        found.append(of_this.table.assign(**about))
        whole = of_this.variance + of_this.chance
        share = of_this.variance / whole if whole > 0.0 else float("nan")
        variances.append({**about, "variance": of_this.variance, "chance": of_this.chance, "share": share})
        by_factor = swings(columns, by_row(values, len(design.quantiles))[base], weights_of(first_arm))
        means.append(by_factor.assign(**about))
    levels = pd.concat(means, ignore_index=True)
    pairs = zip(levels["factor"], levels["level"], strict=True)
    levels["value"] = [value_of_level(list(arms.values()), str(factor), str(level)) for factor, level in pairs]
    table, by_level = (each.set_index(["outcome", "of", "factor"]).reset_index() for each in (pd.concat(found), levels))
    return Found(table, pd.DataFrame(variances), by_level)
