"""What a policy is: a lever with a start day and a strength, each a number or a prior."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.arrays import Array
from sim.ledger.parameters import Domain, Parameter
from sim.ledger.priors import LARGEST, SMALLEST, sane

if TYPE_CHECKING:
    from sim.model import IraqModel


class Direction(StrEnum):
    """The direction in which a policy moves an outcome, on the same worlds with and without the policy."""

    UP = "up"
    DOWN = "down"
    OPEN = "either way"
    """In a good share of the worlds up, in a good share down: nothing assumes the sign."""
    UNMOVED = "unmoved"


@dataclass(frozen=True, slots=True)
class Effect:
    """The expected effect of a policy on an outcome.

    Attributes:
        outcome: its name.
        why: the mechanism, or the reason why the sign is open.
        beside: policy that is in force with and without it; empty for none.
    """

    outcome: str
    direction: Direction
    why: str
    beside: str = ""


def check_setting(name: str, value: object, domain: Domain) -> None:
    """Check a policy's own setting; None means that the named parameter is read instead.

    Raises:
        ValueError: it is no number, or not one of the domain.
    """
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{name}={value!r} is not a number")
    if not domain.allows(float(value)):
        raise ValueError(f"{name}={value:g} is not allowed: it must be {domain}")
    if not sane(value):
        raise ValueError(f"{name}={value:g} is not allowed: it must be 0, or of a size from {SMALLEST:g} to {LARGEST:g}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy(ABC):
    """A lever that is pulled on its start day.

    Attributes:
        start: day on which the lever is pulled; may differ by world. A start drawn from a prior is rounded to the nearest day.
        strength: 0 is no policy; each policy defines the meaning of 1. May differ by world.
    """

    start: Parameter
    strength: Parameter

    strength_domain: ClassVar[Domain] = Domain.SHARE
    switch: ClassVar[bool] = False
    """Whether strength is 0 or 1 and nothing between."""
    description: ClassVar[str] = ""
    effects: ClassVar[tuple[Effect, ...]] = ()
    """What it is expected to move, with its settings as shipped but for the example."""
    reads: ClassVar[Mapping[str, str]] = {}
    """By setting that may be None, the parameter that is read instead."""
    alone: ClassVar[tuple[str, ...]] = ()
    """Parameters that do nothing where it is not in force, though the model has them at hand."""
    neutral_strength: ClassVar[float] = 0.0
    """The strength at which it changes nothing."""
    needs: ClassVar[tuple[str, ...]] = ()
    """Mechanisms without which it has nothing to act on."""
    withdrawable: ClassVar[bool] = False
    """Whether it announces something that can be withdrawn."""
    withdraws: ClassVar[bool] = False
    """Whether it withdraws what is announced, and so does nothing by itself."""
    days_by_member: ClassVar[str] = ""
    """Its setting that is a day for each of some members, if it has one."""
    caveat: ClassVar[str] = ""
    """What to know before its results are read: an effect that is put in, a cost that is left out."""
    example: ClassVar[Mapping[str, object]] = {}
    """Settings with which it does something, where it does not as shipped."""

    @abstractmethod
    def act(self, model: "IraqModel", start: Array, strength: Array) -> None:
        """Act today, where there is something to do.

        Args:
            model: the theatre.
            start: (1, worlds) the start day of each world.
            strength: (1, worlds).
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyOfOneDay(Policy):
    """A lever that is pulled on its start day and at no other time."""

    def act(self, model: "IraqModel", start: Array, strength: Array) -> None:
        """Begin in the worlds in which today is the start day."""
        where = start == model.day
        if where.any():
            self.begin(model, where, strength)

    @abstractmethod
    def begin(self, model: "IraqModel", where: Array, strength: Array) -> None:
        """Pull the lever in some worlds.

        Args:
            model: the theatre.
            where: (1, worlds) the worlds in which today is the start day.
            strength: (1, worlds).
        """


class Dial(PolicyOfOneDay):
    """A lever that sets a state of the model to its strength."""

    sets: ClassVar[str]
    """The state: kind and name, such as "lead.restraint"."""

    def begin(self, model: "IraqModel", where: Array, strength: Array) -> None:
        """Set the state."""
        kind, _, state = self.sets.partition(".")
        np.copyto(getattr(getattr(model, kind), state), strength, where=where)


class Lever:
    """A policy in a block of worlds: start day and strength as (1, worlds); it never starts in the worlds of another arm."""

    def __init__(self, policy: Policy, model: "IraqModel", arm: int = 0) -> None:
        self.policy = policy
        own = model.worlds.columns(arm)
        self.start = np.full((1, model.worlds.count), np.inf)
        self.start[:, own] = np.round(model.parameters.values(policy.start)[""])[:, own]
        self.strength = model.parameters.values(policy.strength)[""]

    def act(self, model: "IraqModel") -> None:
        """Let the policy act today."""
        self.policy.act(model, self.start, self.strength)
