"""The samples of a sensitivity analysis: the same rows and the same dice in every arm; the Morris screening of a sample."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from experiments.analysis.morris import Factors, columns_of, elementary_effects, trajectories
from experiments.analysis.paired import Datasets
from experiments.analysis.quantities import difference, value
from experiments.config.arm import Arm
from experiments.config.ledger import designed, drawn_numbers
from experiments.errors import InputError
from experiments.studies.sensitivity.settings import Settings
from sim.arrays import Array
from sim.ledger.design import Design
from sim.ledger.parameters import Uncertainty

PART = 0.2
"""Share of the rows that counts as low; the same share counts as high."""


def check_priors(arms: Mapping[str, Arm]) -> None:
    """Check that the arms draw from priors: the rows of the designs are quantiles of the priors."""
    for given in (arm.ledger.uncertainty for arm in arms.values()):
        if given is not Uncertainty.PRIOR:
            raise InputError(
                f"ensemble.uncertainty={given}: a sensitivity design varies numbers over their priors; leave it at prior"
            )


def weights_of(arm: Arm) -> Mapping[str, tuple[float, ...]]:
    """Return the weights of each switch's variants, by the switch's factor."""
    return {f"switches.{name}": tuple(w for _, w in switch.weights) for name, switch in arm.ledger.switches.items()}


def value_of_level(arms: Sequence[Arm], factor: str, level: str) -> str:
    """Return the value in the middle of a level of a tornado, or the name of the variant; dials may belong to any arm."""
    if factor.startswith("switches."):
        return arms[0].ledger.switches[factor.removeprefix("switches.")].weights[int(level)][0]
    parameter = next(numbers[factor] for arm in arms if factor in (numbers := drawn_numbers(arm)))
    ((_, value),) = parameter.items()
    middle = np.array([PART / 2.0 if level == "low" else 1.0 - PART / 2.0])
    return f"{parameter.prior.quantile(middle, value)[0]:.3g}" if parameter.prior else f"{value:.3g}"


def quantities(data: Sequence[xr.Dataset], outcomes: Sequence[str]) -> Iterator[tuple[str, str, Array]]:
    """Yield each outcome of the first arm, "outcome" and its values on their scale, (worlds,).

    With a second arm, also the outcome, "difference" and the paired differences.
    """
    for outcome in outcomes:
        yield outcome, "outcome", value(data[0], outcome)
        if len(data) > 1:
            yield outcome, "difference", difference(data[0], data[1], outcome)


def by_row(values: Array, rows: int) -> Array:
    """Return means over the worlds of each row, (rows,)."""
    return np.asarray(values.reshape(rows, -1).mean(axis=1))


def screening_arms(arms: Mapping[str, Arm], factors: Factors, settings: Settings) -> tuple[dict[str, Arm], Design]:
    """Return the arms of a screening, and its design."""
    rows = trajectories(factors, settings.trajectories, next(iter(arms.values())).seed_of_samples)
    design = Design(columns_of(factors), rows, settings.worlds_per_row, rows_per_round=settings.trajectories)
    return designed(arms, design), design


def screen(data: Datasets, design: Design, factors: Factors, settings: Settings, seed: int) -> pd.DataFrame:
    """Return the rows of `elementary_effects` of each outcome and difference.

    `relative` is mu_star in standard deviations of the quantity over all rows.
    """
    tables = []
    for outcome, of, values in quantities(list(data.values()), settings.outcomes):
        table = elementary_effects(design.quantiles, values, factors, seed + 1)
        spread = float(by_row(values, len(design.quantiles)).std(ddof=1))
        relative = table["mu_star"] / spread if spread > 0.0 else 0.0 * table["mu_star"]
        tables.append(table.assign(outcome=outcome, of=of, relative=relative))
    return pd.concat(tables).set_index(["outcome", "of", "factor"]).reset_index()


def keep(table: pd.DataFrame, count: int) -> list[str]:
    """Return the factors that matter: the strongest of each outcome and difference, then each second strongest, and so on.

    Only factors with an effect beyond chance count. The last turn keeps those with the largest relative effect.
    """
    clear = table[table["clear"]].sort_values("relative", ascending=False, kind="stable")
    turns = clear.assign(turn=clear.groupby(["outcome", "of"]).cumcount())
    ordered = turns.sort_values(["turn", "relative"], ascending=[True, False], kind="stable")
    return [str(factor) for factor in dict.fromkeys(ordered["factor"])][:count]
