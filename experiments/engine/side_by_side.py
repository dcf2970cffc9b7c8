"""Arms that share their draws in one model: the same worlds once for each, so that a day costs its overhead once."""

from collections.abc import Iterator, Mapping, Sequence

import xarray as xr

from experiments.config.arm import Arm
from experiments.engine.dataset import to_dataset
from experiments.engine.initial_state import build_model
from sim.record.outcomes import OUTCOMES, Outcome
from sim.record.recorder import Recorder
from sim.state import check_finite
from sim.worlds import Worlds

_OF_POLICIES = ("policies", "model")
"""The parts of an arm's identity that its policies decide."""


def share_draws(one: Arm, other: Arm) -> bool:
    """Tell whether two arms differ in their policies alone, so that one model can carry both."""
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
    """Some worlds of arms that share their draws, on the way through their days; to the bit what each arm is alone.

    Attributes:
        arms: that differ in their policies alone.
        days: that have passed.
    """

    def __init__(self, arms: Sequence[Arm], worlds: Worlds, outcomes: Sequence[Outcome] = OUTCOMES) -> None:
        """Set up the model.

        Args:
            arms: to carry.
            worlds: of each arm.
            outcomes: to record.

        Raises:
            ValueError: the arms differ in more than their policies.
        """
        first, *others = self.arms = tuple(arms)
        if not all(share_draws(first, other) for other in others):
            raise ValueError("arms side by side differ in their policies alone")
        self.recorder = Recorder(first.days, first.record, outcomes)
        self.model = build_model(first, worlds, self.recorder, others)

    def run(self) -> Iterator[int]:
        """Run to the horizon, and yield after each day how many have passed.

        Raises:
            NotFiniteError: a state or an outcome has become NaN or infinite, so no number can be trusted.
        """
        for day in range(self.arms[0].days):
            self.model.run(1)
            yield day + 1
        check_finite(self.model)
        self.recorder.check_finite(self.model.worlds.numbers)

    def datasets(self) -> list[xr.Dataset]:
        """Label the outcomes of each arm as far as they are recorded.

        Returns:
            All outcomes, `world` first; weekly ones end in `_by_week`. Also by world: `draw`, and the variant of each switch.
        """
        columns = (self.model.worlds.columns(place) for place in range(len(self.arms)))
        return [to_dataset(arm, self.model, self.recorder, own) for arm, own in zip(self.arms, columns, strict=True)]
