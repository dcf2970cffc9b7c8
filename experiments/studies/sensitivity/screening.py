"""Morris screening of everything that is drawn, in one set of worlds per arm."""

from collections.abc import Mapping

import pandas as pd
import xarray as xr

from experiments.analysis.counts import columns_first
from experiments.analysis.morris import Factors, columns_of, elementary_effects, trajectories
from experiments.config.arm import Arm
from experiments.studies.sensitivity.settings import Settings
from experiments.studies.sensitivity.worlds import by_row, designed, quantities
from sim.ledger.design import Design
from sim.ledger.parameters import Uncertainty


def screening_arms(arms: Mapping[str, Arm], factors: Factors, settings: Settings) -> tuple[dict[str, Arm], Design]:
    """Return the arms of a screening, and its design."""
    seed = next(iter(arms.values())).seed_of_samples
    rows = trajectories(factors, settings.trajectories, seed)
    design = Design(columns_of(factors), rows, settings.worlds_per_row, rows_per_round=settings.trajectories)
    return designed(arms, design, Uncertainty.PRIOR), design


def screen(data: Mapping[str, xr.Dataset], design: Design, factors: Factors, settings: Settings, seed: int) -> pd.DataFrame:
    """Return how far each factor moves each outcome and difference.

    Returns:
        The rows of `elementary_effects` with `outcome` and `of`, and `relative`: mu_star in standard deviations of the
        quantity over all rows.
    """
    tables = []
    for outcome, of, values in quantities(list(data.values()), settings.outcomes):
        table = elementary_effects(design.quantiles, values, factors, seed + 1)
        spread = float(by_row(values, len(design.quantiles)).std(ddof=1))
        relative = table["mu_star"] / spread if spread > 0.0 else 0.0 * table["mu_star"]
        tables.append(table.assign(outcome=outcome, of=of, relative=relative))
    return columns_first(pd.concat(tables, ignore_index=True), "outcome", "of", "factor")


def keep(table: pd.DataFrame, count: int) -> list[str]:
    """Return the factors that matter: of every outcome and difference the strongest, then of every one the next, and so on.

    Only factors that are clear of chance count; where the places run out within a turn, those that move their quantity most
    relative to its spread are kept.
    """
    clear = table[table["clear"]].sort_values("relative", ascending=False, kind="stable")
    turns = clear.assign(turn=clear.groupby(["outcome", "of"]).cumcount())
    ordered = turns.sort_values(["turn", "relative"], ascending=[True, False], kind="stable")
    return [str(factor) for factor in dict.fromkeys(ordered["factor"])][:count]
