"""The arms of a sweep: their labels and references."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from experiments.config.arm import Arm
from experiments.config.defaults import names_in
from experiments.config.own import check_names
from experiments.errors import InputError, nearest
from sim.ledger.parameters import Uncertainty


def name_arms(arms: Sequence[Arm]) -> dict[str, Arm]:
    """Label the arms of a sweep by scenario and by the values that differ within the sweep."""
    _check_reference(arms)
    entries = Counter(map(_entry, {name for arm in arms for name in _overrides(arm)}))
    has_scenario = len({arm.scenario for arm in arms}) > 1
    labels = []
    for arm, differing in zip(arms, _differing(arms), strict=True):
        pairs = ((name if entries[_entry(name)] > 1 else _entry(name), value) for name, value in differing.items())
        values = [f"{name}={_short(value)}" for name, value in pairs]
        labels.append(", ".join([arm.scenario, *values] if has_scenario or not values else values))
    named = dict(zip(_unique(labels), arms, strict=True))
    _check_paired(named)
    check_names(own for arm in arms for own in arm.brought)
    return named


def references_of(arms: Mapping[str, Arm]) -> dict[str, str]:
    """Return the label of each arm's reference, by label; a reference is its own reference.

    The reference is the arm of the reference scenario with the same other values, except settings of policies that it lacks. In
    a sweep without that scenario, it is the first arm.
    """
    first, found = next(iter(arms)), {}
    differing = dict(zip(arms, _differing(list(arms.values())), strict=True))
    has_scenario = len({arm.scenario for arm in arms.values()}) > 1
    for label, arm in arms.items():
        mine = differing[label]
        those = [other for other in arms if arms[other].scenario == arm.reference] if has_scenario else []
        same = [other for other in those if differing[other] == mine]
        without = [other for other in those if _is_same_without_policies(mine, differing[other])]
        found[label] = next(iter([*same, *without]), first)
    return found


def _is_same_without_policies(mine: Mapping[str, str], other: Mapping[str, str]) -> bool:
    return all(
        mine.get(name) == other.get(name) or (name.startswith("policies.") and name not in other) for name in {**mine, **other}
    )


def _check_paired(arms: Mapping[str, Arm]) -> None:
    """Check that every arm has the same worlds as its reference."""
    for label, reference in references_of(arms).items():
        arm, other = arms[label], arms[reference]
        sweep = f"sweep scenario={arm.reference},... as well, so that each"
        if arm.ledger.uncertainty is not Uncertainty.NONE and arm.ledger.worlds_per_draw != other.ledger.worlds_per_draw:
            given = ",".join(dict.fromkeys(str(one.ledger.worlds_per_draw) for one in arms.values()))
            raise InputError(
                f"ensemble.worlds_per_draw={given}: worlds with the same number would have different parameters"
                f" in the two arms, so they cannot be paired; {sweep} value has a reference of its own"
            )
        if arm.seed != other.seed:
            given = ",".join(dict.fromkeys(str(one.seed) for one in arms.values()))
            raise InputError(
                f"ensemble.seed={given}: worlds of different seeds are unrelated and cannot be paired;"
                f" {sweep} seed has a reference of its own"
            )


def _check_reference(arms: Sequence[Arm]) -> None:
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


def _differing(arms: Sequence[Arm]) -> list[dict[str, str]]:
    """Return the settings of each arm that differ within the sweep, besides the scenario."""
    given = [_overrides(arm) for arm in arms]
    names = dict.fromkeys(name for one in given for name in one)
    varying = [name for name in names if len({one.get(name) for one in given}) > 1]
    return [{name: one[name] for name in varying if name in one} for one in given]


def sweep_of(arms: Sequence[Arm]) -> dict[str, list[str]]:
    """Return the settings, besides the scenario, that differ between the arms of a sweep, with their values."""
    found: dict[str, dict[str, None]] = {}
    for differing in _differing(arms):
        for name, value in differing.items():
            found.setdefault(name, {}).update({value: None} if value else {})
    return {name: list(values) for name, values in found.items()}


def _entry(name: str) -> str:
    return name.rpartition(".")[2]


def _short(value: str) -> str:
    """Return a number as the analyst meant it: a range in steps of 0.1 includes 0.8999999999999999."""
    is_long = re.fullmatch(r"-?[0-9]+\.[0-9]{11,}(?:e-?[0-9]+)?", value)
    return f"{float(value):.10g}" if is_long else value
