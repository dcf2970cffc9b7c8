"""Named members leave for good on given days."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from sim.arrays import Array
from sim.policies.policy import Direction, Effect, Policy

if TYPE_CHECKING:
    from sim.model import IraqModel


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberExits(Policy):
    """Named members decide to leave on given days, but none before the policy starts.

    Attributes:
        exits: day by member's name, e.g. `{denmark: 30, italy: 45}`.
    """

    exits: Mapping[str, int] = field(default_factory=dict)
    switch = True
    description = "Named members leave for good on given days; their dependants may follow."
    days_by_member = "exits"
    effects = (
        Effect("members_out", Direction.UP, "the members named, and their dependants"),
        Effect("members_troops_gone", Direction.UP, "the members named, and their dependants"),
    )
    example = MappingProxyType({"exits": {"denmark": 0}})

    def __post_init__(self) -> None:
        if not isinstance(self.exits, Mapping):
            raise ValueError(f"exits={self.exits!r} is not a mapping such as {{denmark: 30}}")
        for member, day in self.exits.items():
            if isinstance(day, bool) or not isinstance(day, int) or day < 0:
                raise ValueError(f"exits.{member}={day!r} is not a whole number of days")

    def act(self, model: "IraqModel", start: Array, strength: Array) -> None:
        """Let the members leave whose day is today."""
        for member, day in self.exits.items():
            due = (np.maximum(start, day) == model.day) & (strength > 0.0)
            if due.any():
                model.coalition.order_exit(member, due)
