"""The worlds that the page shows, and the interface of whatever runs them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from experiments.config.arm import Arm

if TYPE_CHECKING:
    import xarray as xr

    from experiments.engine.labelled import Labelled
    from experiments.engine.replayed import Replayed

BY_PLACE = "attacks_by_governorate"


class SupersededError(Exception):
    """A newer request has arrived."""


def name_of(arm: Arm) -> str:
    """Return the name under which the worlds of an arm are kept: the key does not say how many they are."""
    return f"{arm.key} {arm.worlds}"


@dataclass(frozen=True)
class Seen:
    """The worlds of all arms so far.

    Attributes:
        outcomes: by arm, in plain arrays.
        day: the last completed day of the running arms. `is_done`: whether the run is complete.
        anew: number of arms that were run for this result.
    """

    outcomes: "tuple[Labelled, ...]"
    day: int
    is_done: bool
    anew: int

    @cached_property
    def data(self) -> "tuple[xr.Dataset, ...]":
        """Return the outcomes as datasets."""
        return tuple(one.dataset() for one in self.outcomes)


class Runner(Protocol):
    """Runs the worlds of the page, in this process or in a second process."""

    completed: int
    """Number of completed runs."""

    def see(self, arms: Sequence[Arm], is_wanted: Callable[[], bool]) -> Iterator[Seen]:
        """Run the missing arms, and yield all arms as they progress.

        Raises:
            SupersededError: the request is out of date; this is tested before the first day and after each day.
        """
        ...

    def get_ready(self, arms: Sequence[Arm]) -> None:
        """Set up the models that a move of the last arm needs."""
        ...

    def story(self, arms: Sequence[Arm], world: int) -> "Replayed":
        """Run one world of two arms, the reference first, and record its events."""
        ...
