"""The samples of a sensitivity analysis: the same rows and the same dice in every arm; the Morris screening of a sample."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from experiments.analysis.counts import columns_first
from experiments.analysis.morris import Factors, columns_of, elementary_effects, trajectories
from experiments.analysis.quantities import difference, value
from experiments.config.arm import Arm
from experiments.config.ledger import drawn_numbers, drawn_switches, with_design
from experiments.errors import InputError
from experiments.studies.sensitivity.settings import Settings
from sim.ledger.design import Design
from sim.ledger.parameters import Uncertainty
from sim.rule import Array

PART = 0.2
"""Share of the rows that count as low, and as high."""


def check_priors(arms: Mapping[str, Arm]) -> None:
    """Check that the arms draw from priors: the rows of the designs are quantiles of these."""
    for arm in arms.values():
        given = arm.ledger.uncertainty
        if given is not Uncertainty.PRIOR:
            raise InputError(
                f"ensemble.uncertainty={given}: a sensitivity design varies numbers over their priors; leave it at prior"
            )


def factors_of(arms: Sequence[Arm]) -> Factors:
    """Return the factors that arms have between them; the numbers of one parameter are one factor."""
    factors: dict[str, list[str]] = {}
    for arm in arms:
        for number, parameter in drawn_numbers(arm).items():
            numbers = factors.setdefault(parameter.name, [])
            if number not in numbers:
                numbers.append(number)
        for switch in drawn_switches(arm):
            factors[switch] = [switch]
    return factors


def weights_of(arm: Arm) -> Mapping[str, tuple[float, ...]]:
    """Return the weights of each switch's forms, by the switch's factor."""
    return {f"switches.{name}": tuple(w for _, w in switch.weights) for name, switch in arm.ledger.switches.items()}


def levels_of(arm: Arm, factor: str, level: str) -> str:
    """Return what a level of a tornado stands for: a value in the middle of the part, or the name of the form."""
    if factor.startswith("switches."):
        return arm.ledger.switches[factor.removeprefix("switches.")].weights[int(level)][0]
    parameter = drawn_numbers(arm)[factor]
    ((_, value),) = parameter.items()
    middle = np.array([PART / 2.0 if level == "low" else 1.0 - PART / 2.0])
    return f"{parameter.prior.quantile(middle, value)[0]:.3g}" if parameter.prior else f"{value:.3g}"


def designed(arms: Mapping[str, Arm], design: Design, uncertainty: Uncertainty) -> dict[str, Arm]:
    """Return the arms with a design; an arm leaves out the policies' dials that it does not have.

    What the design does not name has another draw in every world.
    """
    found = {}
    for label, arm in arms.items():
        own = drawn_numbers(arm)
        absent = [name for name in design.names if name.startswith("policies.") and name not in own]
        rows = design.without(absent)
        if rows is None:
            raise InputError(f"{label} has none of the numbers that the design varies")
        found[label] = with_design(arm, rows, uncertainty, worlds_per_draw=1)
    return found


def quantities(data: Sequence[xr.Dataset], outcomes: Sequence[str]) -> Iterator[tuple[str, str, Array]]:
    """Yield each outcome of the first arm, and its difference from the second if there is one, on its scale.

    Yields:
        The outcome, "outcome" or "difference", and the values (worlds,).
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
