"""Sobol indices of the factors that were kept, in one set of worlds per arm, and the tornado that goes with them."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import xarray as xr

from experiments.analysis.counts import columns_first
from experiments.analysis.morris import Factors, columns_of
from experiments.config.arm import Arm
from experiments.studies.sensitivity.settings import Rest, Settings
from experiments.studies.sensitivity.sobol import base_rows, indices, saltelli, swings
from experiments.studies.sensitivity.worlds import by_row, designed, levels_of, quantities, weights_of
from sim.ledger.design import Design
from sim.ledger.parameters import Uncertainty


@dataclass(frozen=True, slots=True)
class Found:
    """What a Sobol sample says.

    Attributes:
        indices: one row per outcome, `of` and factor. `variances`: one row per outcome and `of`: the `variance` over the kept
            factors, the variance within rows (`chance`, with the rest of the numbers where they are drawn), and the
            `share` of a single world's variance that the kept factors explain.
        swings: means where a factor is low and high, with the `value` that stands for it.
    """

    indices: pd.DataFrame
    variances: pd.DataFrame
    swings: pd.DataFrame


def sobol_arms(arms: Mapping[str, Arm], factors: Factors, settings: Settings) -> tuple[dict[str, Arm], Design]:
    """Return the arms of a Sobol sample, and its design."""
    seed = next(iter(arms.values())).seed_of_samples
    rows = saltelli(factors, settings.points, seed)
    design = Design(columns_of(factors), rows, settings.worlds_per_row, rows_per_round=settings.points)
    uncertainty = Uncertainty.PRIOR if settings.rest is Rest.DRAWN else Uncertainty.NONE
    return designed(arms, design, uncertainty), design


def analyse(
    data: Mapping[str, xr.Dataset], design: Design, factors: Factors, settings: Settings, arms: Mapping[str, Arm]
) -> Found:
    """Return indices and swings of each outcome and difference."""
    seed = next(iter(arms.values())).seed_of_samples
    weights = weights_of(next(iter(arms.values())))
    base = base_rows(design.quantiles, settings.points)
    single = {factor: numbers[0] for factor, numbers in factors.items() if len(numbers) == 1}
    columns = {factor: design.quantiles[base, design.names.index(number)] for factor, number in single.items()}
    found, variances, means = [], [], []
    for outcome, of, values in quantities(list(data.values()), settings.outcomes):
        about = {"outcome": outcome, "of": of}
        of_this = indices(values, factors, settings.points, seed + 1)
        found.append(of_this.table.assign(**about))
        whole = of_this.variance + of_this.chance
        share = of_this.variance / whole if whole > 0.0 else float("nan")
        variances.append({**about, "variance": of_this.variance, "chance": of_this.chance, "share": share})
        means.append(swings(columns, by_row(values, len(design.quantiles))[base], weights).assign(**about))
    levels = pd.concat(means, ignore_index=True)
    levels["value"] = [_value_of(arms, str(row["factor"]), str(row["level"])) for row in levels.to_dict("records")]
    first = ("outcome", "of", "factor")
    table = columns_first(pd.concat(found, ignore_index=True), *first)
    return Found(table, pd.DataFrame(variances), columns_first(levels, *first))


def _value_of(arms: Mapping[str, Arm], factor: str, level: str) -> str:
    """Return what a level stands for; the first arm has every factor but the dials of the second's policies."""
    first, *others = arms.values()
    for arm in (first, *others):
        try:
            return levels_of(arm, factor, level)
        except KeyError:
            continue
    raise KeyError(factor)
