"""Arms that share their draws run in one model, with the same worlds for each arm; so the overhead of a day occurs once."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from experiments.config.arm import Arm
from experiments.engine.dataset import labelled
from experiments.engine.initial_state import build_model
from experiments.engine.labelled import Labelled
from sim.model import Levers
from sim.record.outcomes import OUTCOMES, Outcome
from sim.record.recorder import Recorder
from sim.state import check_finite, put, take
from sim.worlds import Worlds

if TYPE_CHECKING:
    import xarray as xr

_OF_POLICIES = ("policies", "model")
"""The parts of an arm's identity that its policies decide."""


def share_draws(one: Arm, other: Arm) -> bool:
    """Tell whether two arms differ only in their policies, so that one model can carry both."""
    first, second = ({name: part for name, part in arm.identity.items() if name not in _OF_POLICIES} for arm in (one, other))
    return first == second


def families(arms: Mapping[str, Arm]) -> list[dict[str, Arm]]:
    """Return arms by label in groups that one model can carry, in the order of their first arms."""
    found: list[dict[str, Arm]] = []
    for label, arm in arms.items():
        family = next((family for family in found if share_draws(next(iter(family.values())), arm)), None)
        if family is None:
            found.append({label: arm})
        else:
            family[label] = arm
    return found


class SideBySide:
    """Some worlds of arms that share their draws, during their run; results are the same, bit for bit, as of each arm alone.

    Attributes:
        arms: that differ in their policies alone.
        days: that have passed.
    """

    def __init__(self, arms: Sequence[Arm], worlds: Worlds, outcomes: Sequence[Outcome] = OUTCOMES) -> None:
        """Set up the model of so many worlds of each arm; ValueError: the arms differ in more than their policies."""
        first, *others = self.arms = tuple(arms)
        if not all(share_draws(first, other) for other in others):
            raise ValueError("arms side by side may differ only in their policies")
        self.outcomes = tuple(outcomes)
        self.recorder = Recorder(first.days, first.record, outcomes)
        self.model = build_model(first, worlds, self.recorder, others)
        self._day, self._begun = self.model.day, take(self.model)

    def become(self, arms: Sequence[Arm]) -> None:
        """Start again before the first day, with equally many other arms.

        This saves the set-up of a new model, which takes a third of the time of a year's run.

        Raises:
            ValueError: these arms differ from the previous ones in more than their policies, or in their number.
        """
        if len(arms) != len(self.arms) or not all(share_draws(self.arms[0], arm) for arm in arms):
            raise ValueError("arms can replace others only if their number is the same and they differ only in their policies")
        self.arms = tuple(arms)
        self.recorder = Recorder(arms[0].days, arms[0].record, self.outcomes)
        model, policies = self.model, [[policy for _, policy in arm.policies] for arm in arms]
        put(model, self._begun)
        model.day = arms[0].days
        for kind in model.kinds().values():  # dice know their day: those of a day that comes again must be thrown again
            for decision in kind.decisions:
                kind.draws[decision]
        model.day, model.records.recorder = self._day, self.recorder
        model.levers.levers = Levers(model, policies, [event for _, event in arms[0].forcings]).levers

    def run(self) -> Iterator[int]:
        """Run to the horizon, and yield after each day the number of completed days.

        Raises:
            NotFiniteError: a state or an outcome has become NaN or infinite, so no number can be trusted.
            RuntimeError: other arms have begun in its place.
        """
        recorder = self.recorder
        for day in range(self.arms[0].days):
            if recorder is not self.recorder:
                raise RuntimeError("other arms have replaced these")
            self.model.run(1)
            yield day + 1
        check_finite(self.model)
        self.recorder.check_finite(self.model.worlds.numbers)

    def datasets(self) -> "list[xr.Dataset]":
        """Label the outcomes of each arm as far as they are recorded.

        Returns:
            All outcomes, `world` first; weekly ones end in `_by_week`. Also by world: `draw`, and the variant of each switch.
        """
        return [outcomes.dataset() for outcomes in self.labelled()]

    def labelled(self) -> list[Labelled]:
        """Label the outcomes as `datasets` does, in plain arrays."""
        columns = (self.model.worlds.columns(place) for place in range(len(self.arms)))
        return [labelled(arm, self.model, self.recorder, own) for arm, own in zip(self.arms, columns, strict=True)]
