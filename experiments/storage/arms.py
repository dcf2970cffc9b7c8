"""The arms of a sweep: their labels and references."""

import re
from collections.abc import Mapping, Sequence

from experiments.config.arm import Arm
from experiments.config.defaults import names_in
from experiments.config.own import check_names
from experiments.errors import InputError, nearest
from sim.ledger.parameters import Uncertainty


def name_arms(arms: Sequence[Arm]) -> dict[str, Arm]:
    """Label the arms of a sweep by scenario and by the values that differ within the sweep."""
    _check_reference(arms)
    varying = _varying(arms)
    labels = _unique([_label(arm, varying, arms) for arm in arms])
    named = dict(zip(labels, arms, strict=True))
    _check_paired(named)
    check_names(own for arm in arms for own in arm.brought)
    return named


def references_of(arms: Mapping[str, Arm]) -> dict[str, str]:
    """Return the label of the reference by label; that of a reference is its own.

    It is the arm of the reference scenario with the same other values, but for settings of policies that it does not have; in a
    sweep without that scenario, the first arm.
    """
    first, varying = next(iter(arms)), _varying(list(arms.values()))
    if len({arm.scenario for arm in arms.values()}) == 1:
        return dict.fromkeys(arms, first)
    scenarios = {label: (arm.scenario, _values(arm, varying)) for label, arm in arms.items()}
    return {
        label: _reference_of(scenarios[label][1], arm.reference, scenarios, varying) or first for label, arm in arms.items()
    }


type _About = tuple[str, tuple[str | None, ...]]


def _reference_of(
    values: tuple[str | None, ...], scenario: str, arms: Mapping[str, _About], varying: Sequence[str]
) -> str | None:
    """Return the arm of a scenario with the same other values; settings of policies need not be there: it has none of these."""
    same = [label for label, about in arms.items() if about == (scenario, values)]
    without = [
        label
        for label, (name, others) in arms.items()
        if name == scenario
        and all(
            here == there or (there is None and setting.startswith("policies."))
            for setting, here, there in zip(varying, values, others, strict=True)
        )
    ]
    return next(iter([*same, *without]), None)


def _check_paired(arms: Mapping[str, Arm]) -> None:
    """Check that every arm has the same worlds as its reference."""
    for label, reference in references_of(arms).items():
        arm, other = arms[label], arms[reference]
        sweep = f"sweep scenario={arm.reference},... as well, so that each"
        if arm.ledger.uncertainty is not Uncertainty.NONE and arm.ledger.worlds_per_draw != other.ledger.worlds_per_draw:
            given = ",".join(dict.fromkeys(str(one.ledger.worlds_per_draw) for one in arms.values()))
            raise InputError(
                f"ensemble.worlds_per_draw={given}: world 7 of one arm would have other parameters than world 7 of the other,"
                f" so they cannot be paired; {sweep} value has a reference of its own"
            )
        if arm.seed != other.seed:
            given = ",".join(dict.fromkeys(str(one.seed) for one in arms.values()))
            raise InputError(
                f"ensemble.seed={given}: worlds of different seeds are unrelated and cannot be paired;"
                f" {sweep} seed has a reference of its own"
            )


def _check_reference(arms: Sequence[Arm]) -> None:
    """Check that arms can be compared at all."""
    scenarios = {arm.scenario for arm in arms} | set(names_in("scenario"))
    for arm in arms:
        if arm.reference not in scenarios:
            raise InputError(f"reference={arm.reference} is no scenario{nearest(arm.reference, scenarios)}")
    horizons = sorted({arm.days for arm in arms})
    if len(horizons) > 1:
        raise InputError(
            f"ensemble.days={','.join(map(str, horizons))}: arms of different horizons cannot be compared; run them separately"
        )


def _unique(labels: Sequence[str]) -> list[str]:
    """Number the labels that several arms share."""
    return [
        label if labels.count(label) == 1 else f"{label} ({labels[: place + 1].count(label)})"
        for place, label in enumerate(labels)
    ]


def _overrides(arm: Arm) -> dict[str, str]:
    pairs = (override.partition("=") for override in arm.swept)
    return {name.lstrip("+~"): value for name, _, value in pairs if name.lstrip("+") != "scenario"}


def _varying(arms: Sequence[Arm]) -> list[str]:
    names = list(dict.fromkeys(name for arm in arms for name in _overrides(arm)))
    return [name for name in names if len({_overrides(arm).get(name) for arm in arms}) > 1]


def sweep_of(arms: Sequence[Arm]) -> dict[str, list[str]]:
    """Return the settings that differ between the arms of a sweep, beside the scenario, with their values."""
    return {name: list(dict.fromkeys(value for arm in arms if (value := _overrides(arm).get(name)))) for name in _varying(arms)}


def _values(arm: Arm, varying: Sequence[str]) -> tuple[str | None, ...]:
    return tuple(_overrides(arm).get(name) for name in varying)


def _short(value: str) -> str:
    """Return a number as it was meant: a range in steps of 0.1 includes 0.8999999999999999."""
    is_long = re.fullmatch(r"-?[0-9]+\.[0-9]{11,}(?:e-?[0-9]+)?", value)
    return f"{float(value):.10g}" if is_long else value


def _label(arm: Arm, varying: Sequence[str], arms: Sequence[Arm]) -> str:
    last = [name.rpartition(".")[2] for name in {name for other in arms for name in _overrides(other)}]
    shown = {name: name if last.count(name.rpartition(".")[2]) > 1 else name.rpartition(".")[2] for name in varying}
    values = [f"{shown[name]}={_short(_overrides(arm)[name])}" for name in varying if name in _overrides(arm)]
    several = len({other.scenario for other in arms}) > 1
    return ", ".join([arm.scenario, *values] if several or not values else values)
