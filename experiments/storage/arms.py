"""The arms of a sweep: their labels, and which of them each is compared with."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import xarray as xr

from experiments.config.arm import Setup
from experiments.config.defaults import names_in
from experiments.config.own import check_names
from experiments.errors import InputError, nearest
from experiments.storage.read import ArmStore
from sim.ledger.parameters import Uncertainty


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm of a comparison.

    Attributes:
        label: what tables and figures call it, unique in the comparison.
        setup: of the arm.
        reference: label of the arm that it is compared with; its own where it is a reference itself.
    """

    label: str
    setup: Setup
    reference: str

    @property
    def is_reference(self) -> bool:
        """Tell whether others are compared with it."""
        return self.label == self.reference

    @property
    def store(self) -> ArmStore:
        """Return the folder of its results."""
        return ArmStore(self.setup.folder)

    def worlds_missing(self) -> int:
        """Return how many of its worlds are not stored yet."""
        return sum(count for _, count in self.store.missing(self.setup.worlds))

    def open(self) -> xr.Dataset:
        """Open its stored outcomes.

        Raises:
            InputError: they are not all there, or are of something else.
        """
        self.store.check_key(self.setup.key)
        return self.store.open(self.setup.worlds)


def can_be_compared(arms: Sequence[Arm]) -> tuple[list[Arm], list[str]]:
    """Tell finished arms from others: worlds that are missing may be unlike those that are there.

    Returns:
        The arms that have all their worlds, and whose reference has; and a line on each of the others.
    """
    lacking = {}
    for arm in arms:
        finished = arm.store.finished(arm.setup.worlds)
        if finished < arm.setup.worlds:
            lacking[arm.label] = f"has {finished} of {arm.setup.worlds} worlds ({arm.setup.folder})"
    whole = [arm for arm in arms if arm.label not in lacking and arm.reference not in lacking]
    lines = [
        f"{arm.label} is not compared: {lacking.get(arm.label, f'its reference {arm.reference} is not finished')}"
        for arm in arms
        if arm not in whole
    ]
    return whole, lines


def name_arms(setups: Sequence[Setup]) -> list[Arm]:
    """Label the arms of a sweep and pair each with its reference.

    An arm is called by its scenario and by those swept values that differ within the sweep. Its reference is the arm of
    the reference scenario with the same other values; in a sweep without that scenario, the first arm.
    """
    varying = _varying(setups)
    labels = _unique([_label(setup, varying, setups) for setup in setups])
    _check_reference(setups)
    arms = []
    for setup, label in zip(setups, labels, strict=True):
        reference = labels[0]
        if any(other.scenario == setup.reference for other in setups) and len({s.scenario for s in setups}) > 1:
            mine = _values(setup, varying)
            same = [
                name
                for other, name in zip(setups, labels, strict=True)
                if other.scenario == setup.reference and _values(other, varying) == mine
            ]
            reference = same[0] if same else reference
        arms.append(Arm(label, setup, reference))
    _check_paired(arms)
    check_names(own for setup in setups for own in setup.brought)
    return arms


def _check_paired(arms: Sequence[Arm]) -> None:
    """Check that every arm has the worlds of its reference.

    Raises:
        InputError: an arm has another seed, or its worlds draw their parameters otherwise.
    """
    by_label = {arm.label: arm.setup for arm in arms}
    each = {label: setup.ledger.worlds_per_draw for label, setup in by_label.items()}
    for arm in arms:
        if arm.setup.ledger.uncertainty is not Uncertainty.NONE and each[arm.label] != each[arm.reference]:
            raise InputError(
                f"ensemble.worlds_per_draw={','.join(map(str, dict.fromkeys(each.values())))}: then world 7 of one"
                " arm has other parameters than world 7 of the other, and the two cannot be paired;"
                f" sweep scenario={arm.setup.reference},... as well, so that each value has a reference of its own"
            )
    seeds = {arm.label: arm.setup.seed for arm in arms}
    given = ",".join(map(str, dict.fromkeys(seeds.values())))
    for arm in arms:
        if seeds[arm.label] != seeds[arm.reference]:
            raise InputError(
                f"ensemble.seed={given}: worlds of different seeds are unrelated and cannot be paired;"
                f" sweep scenario={arm.setup.reference},... as well, so that each seed has a reference of its own"
            )


def _check_reference(setups: Sequence[Setup]) -> None:
    """Check that arms can be compared at all.

    Raises:
        InputError: the reference is no scenario, or the arms have different horizons.
    """
    scenarios = {setup.scenario for setup in setups} | set(names_in("scenario"))
    for setup in setups:
        if setup.reference not in scenarios:
            raise InputError(f"reference={setup.reference} is no scenario{nearest(setup.reference, scenarios)}")
    horizons = sorted({setup.days for setup in setups})
    if len(horizons) > 1:
        raise InputError(
            f"ensemble.days={','.join(map(str, horizons))}: arms of different horizons cannot be compared; run them apart"
        )


def _unique(labels: Sequence[str]) -> list[str]:
    """Number labels that stand for more than one arm."""
    return [
        label if labels.count(label) == 1 else f"{label} ({labels[: place + 1].count(label)})"
        for place, label in enumerate(labels)
    ]


def _overrides(setup: Setup) -> dict[str, str]:
    pairs = (override.partition("=") for override in setup.swept)
    return {name.lstrip("+~"): value for name, _, value in pairs if name.lstrip("+") != "scenario"}


def _varying(setups: Sequence[Setup]) -> list[str]:
    names = list(dict.fromkeys(name for setup in setups for name in _overrides(setup)))
    return [name for name in names if len({_overrides(setup).get(name) for setup in setups}) > 1]


def _values(setup: Setup, varying: Sequence[str]) -> tuple[str | None, ...]:
    return tuple(_overrides(setup).get(name) for name in varying)


def _short(value: str) -> str:
    """Return a number as it was meant: a range in steps of 0.1 has 0.8999999999999999 in it."""
    is_long = re.fullmatch(r"-?[0-9]+\.[0-9]{11,}(?:e-?[0-9]+)?", value)
    return f"{float(value):.10g}" if is_long else value


def _label(setup: Setup, varying: Sequence[str], setups: Sequence[Setup]) -> str:
    last = [name.rpartition(".")[2] for name in {name for other in setups for name in _overrides(other)}]
    shown = {name: name if last.count(name.rpartition(".")[2]) > 1 else name.rpartition(".")[2] for name in varying}
    values = [f"{shown[name]}={_short(_overrides(setup)[name])}" for name in varying if name in _overrides(setup)]
    several = len({other.scenario for other in setups}) > 1
    return ", ".join([setup.scenario, *values] if several or not values else values)
