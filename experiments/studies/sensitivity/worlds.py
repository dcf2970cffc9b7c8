"""The worlds of a design: the same rows in every arm, on the same dice."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import xarray as xr

from experiments.analysis.morris import Factors
from experiments.analysis.quantities import difference, value
from experiments.config.arm import Arm
from experiments.config.ledger import drawn_numbers, drawn_switches, with_design
from experiments.errors import InputError
from experiments.studies.sensitivity.sobol import PART
from sim.ledger.design import Design
from sim.ledger.parameters import Uncertainty
from sim.rule import Array


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
    """Return what a level of a tornado stands for: a value in the middle of the part, or the name of the form.

    Args:
        arm: of an arm that has the factor.
        factor: of one number.
        level: "low", "high" or the number of a form.
    """
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
