"""Arms whose draws are the rows of a design."""

from dataclasses import replace

from experiments.config.arm import Arm
from experiments.errors import InputError, nearest
from sim.ledger.design import Design, DesignError
from sim.ledger.parameters import Parameter, Uncertainty


def with_design(arm: Arm, design: Design, uncertainty: Uncertainty | None = None, worlds_per_draw: int | None = None) -> Arm:
    """Return an arm whose worlds take the rows of a design, one set of worlds with a key of its own.

    Args:
        arm: one, composed.
        design: its rows; two arms with the same design and seed differ through their policies alone.
        uncertainty: of what the design does not name; as the arm has it by default.
        worlds_per_draw: how many worlds share a draw of what the design does not name; those of a row by default. With 1,
            the rest is noise within a row as chance is.

    Raises:
        InputError: the design names what is not drawn in this arm, or the arm draws from a posterior, which is a design itself.
    """
    rest = arm.ledger.uncertainty if uncertainty is None else uncertainty
    if rest is Uncertainty.POSTERIOR:
        raise InputError(f"{arm.scenario}: a design goes through the priors; use ensemble.uncertainty=prior")
    each = design.worlds_per_row if worlds_per_draw is None else worlds_per_draw
    drawn = drawn_numbers(arm)
    for name in design.names:
        if name not in drawn and not name.startswith("switches."):
            raise InputError(f"{arm.scenario}: the design names {name}, which is not drawn{nearest(name, drawn)}")
    try:
        ledger = replace(arm.ledger, uncertainty=rest, worlds_per_draw=each, design=design)
    except DesignError as error:
        raise InputError(f"{arm.scenario}: {error}") from None
    about = {
        "names": list(design.names),
        "rows": len(design.quantiles),
        "worlds_per_row": design.worlds_per_row,
        "rows_per_round": design.rows_per_round,
        "digest": design.digest,
    }
    return replace(arm, ledger=ledger, worlds=design.worlds, resolved={**arm.resolved, "design": about})


def drawn_numbers(arm: Arm) -> dict[str, Parameter]:
    """Return what an arm draws from priors, its policies' starts and strengths too, by the name that addresses the draw."""
    numbers = arm.ledger.numbers([member.name for member in arm.theatre.members])
    dials = [dial for _, policy in arm.policies for dial in (policy.start, policy.strength)]
    return numbers | {dial.name: dial for dial in dials if dial.prior is not None}


def drawn_switches(arm: Arm) -> dict[str, tuple[str, ...]]:
    """Return the switches with more than one possible form, by the name that addresses the draw, with those forms."""
    possible = {
        f"switches.{name}": tuple(form for form, weight in switch.weights if weight > 0.0)
        for name, switch in arm.ledger.switches.items()
    }
    return {name: forms for name, forms in possible.items() if len(forms) > 1}
