"""What can be varied in an arm: every number that is drawn, the switches, and the policies' starts and strengths."""

from collections.abc import Mapping, Sequence

import numpy as np

from experiments.analysis.factors import Factors
from experiments.config.arm import Setup
from experiments.engine.designs import drawn_numbers, drawn_switches
from experiments.errors import InputError
from experiments.studies.sensitivity.swings import PART
from sim.ledger.parameters import Uncertainty


def check_priors(setups: Mapping[str, Setup]) -> None:
    """Check that the arms draw from priors: the rows of the designs are quantiles of these.

    Raises:
        InputError: they do not.
    """
    for setup in setups.values():
        given = setup.ledger.uncertainty
        if given is not Uncertainty.PRIOR:
            raise InputError(
                f"ensemble.uncertainty={given}: a sensitivity design varies numbers over their priors; leave it at prior"
            )


def factors_of(setups: Sequence[Setup]) -> Factors:
    """Return the factors that arms have between them; the numbers of one parameter are one factor."""
    factors: dict[str, list[str]] = {}
    for setup in setups:
        for number, parameter in drawn_numbers(setup).items():
            numbers = factors.setdefault(parameter.name, [])
            if number not in numbers:
                numbers.append(number)
        for switch in drawn_switches(setup):
            factors[switch] = [switch]
    return factors


def weights_of(setup: Setup) -> Mapping[str, tuple[float, ...]]:
    """Return the weights of each switch's forms, by the switch's factor."""
    return {f"switches.{name}": tuple(w for _, w in switch.weights) for name, switch in setup.ledger.switches.items()}


def levels_of(setup: Setup, factor: str, level: str) -> str:
    """Return what a level of a tornado stands for: a value in the middle of the part, or the name of the form.

    Args:
        setup: of an arm that has the factor.
        factor: of one number.
        level: "low", "high" or the number of a form.
    """
    if factor.startswith("switches."):
        return setup.ledger.switches[factor.removeprefix("switches.")].weights[int(level)][0]
    parameter = drawn_numbers(setup)[factor]
    ((_, value),) = parameter.items()
    middle = np.array([PART / 2.0 if level == "low" else 1.0 - PART / 2.0])
    return f"{parameter.prior.quantile(middle, value)[0]:.3g}" if parameter.prior else f"{value:.3g}"
