"""What can be varied in an arm: every number that is drawn, the switches, and the policies' starts and strengths."""

from collections.abc import Mapping, Sequence

import numpy as np

from experiments.analysis.factors import Factors
from experiments.config.arm import Arm
from experiments.engine.designs import drawn_numbers, drawn_switches
from experiments.errors import InputError
from experiments.studies.sensitivity.swings import PART
from sim.ledger.parameters import Uncertainty


def check_priors(arms: Mapping[str, Arm]) -> None:
    """Check that the arms draw from priors: the rows of the designs are quantiles of these.

    Raises:
        InputError: they do not.
    """
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
