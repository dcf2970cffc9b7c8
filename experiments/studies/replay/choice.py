"""The arms and the world to replay: the world is chosen by its number, or by its rank among stored worlds."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import numpy as np
import xarray as xr

from experiments.analysis.paired import common_worlds
from experiments.config.arm import Arm
from experiments.config.fields import MOST_WORLDS, number, read, whole
from experiments.errors import InputError, nearest
from experiments.storage.read import ArmStore
from sim.record.outcomes import BY_NAME, Worse, analysable

_World = Annotated[int, whole(0, MOST_WORLDS - 1)]
_Quantile = Annotated[float, number("from 0 to 1", lambda share: 0.0 <= share <= 1.0)] | None


class Pick(StrEnum):
    """The rank of the world among the stored worlds."""

    MEDIAN = "median"
    WORST = "worst"
    QUANTILE = "quantile"


type Named = tuple[str, ...]
"""An arm by its scenario and its own overrides."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The arms and the world to replay.

    Attributes:
        arms: one arm, or the arm to compare with and then the other arm.
        world: its number; None to find it.
        pick: its rank among the stored worlds, by `outcome`; `quantile`: of `Pick.QUANTILE`.
    """

    arms: tuple[Named, ...]
    world: int | None
    pick: Pick | None = None
    outcome: str = ""
    quantile: float | None = None

    def find(self, arms: Mapping[str, Arm]) -> int:
        """Return the number of the world; print how it was found."""
        if self.pick is None:
            return self.world or 0
        data = []
        for arm in arms.values():
            store = ArmStore(arm.folder)
            store.check_key(arm.key)
            if store.finished(1) == 0:
                raise InputError(f"{arm.folder} holds no finished world to pick from: run the arm first, with knockon run")
            data.append(store.open())
        try:
            picked = pick_world(data[-1], data[0] if len(data) == 2 else None, self.outcome, self.pick, self.quantile)
        except ValueError as error:
            raise InputError(f"pick={self.pick} outcome={self.outcome}: {error}") from None
        what = self.outcome if len(arms) == 1 else f"{self.outcome}, {' minus '.join(reversed(list(arms)))}"
        where = f"quantile {self.quantile:g}" if self.quantile is not None else self.pick.value
        share = "" if picked.equal == 1 else f"; it is the first of {picked.equal} worlds with this value"
        print(
            f"World {picked.world}: {picked.value:,.4g} is nearest to the {where} of {what} ({picked.target:,.4g})"
            f" in {picked.of:,} stored worlds{share}",
            flush=True,
        )
        return picked.world


def read_choice(plain: Mapping[str, object], given: Collection[str]) -> Choice:
    """Check the settings of a replay."""
    roles = [role for role in ("against", "arm") if role == "arm" or plain[role] is not None]
    arms = tuple(_named(role, plain[role]) for role in roles)
    outcome = plain["outcome"]
    if plain["pick"] is None:
        for name in ("outcome", "quantile"):
            if plain[name] is not None:
                raise InputError(f"{name}={plain[name]} does not pick a world alone: add pick=median, worst or quantile")
        return Choice(arms, read(_World, "world", plain["world"]))
    pick = read(Pick, "pick", plain["pick"])
    if "world" in given:
        raise InputError(f"world={plain['world']} and pick={pick} both choose the world: leave one of them out")
    if outcome not in analysable():
        hint = nearest(str(outcome), analysable())
        raise InputError(f"outcome={outcome} is no outcome to pick by: it needs one number in every world{hint}")
    if (pick is Pick.QUANTILE) != (plain["quantile"] is not None):
        raise InputError("quantile (0 to 1) is only for pick=quantile")
    return Choice(arms, None, pick, str(outcome), read(_Quantile, "quantile", plain["quantile"]))


def _named(role: str, value: object) -> Named:
    settings = dict(value) if isinstance(value, Mapping) else {"scenario": value}
    scenario = settings.pop("scenario", None)
    if not isinstance(scenario, str):
        raise InputError(f"{role}={value} is no arm: give a scenario, or '{role}={{scenario: us_pullout, NAME: VALUE}}'")
    return scenario, *(f"{name}={setting}" for name, setting in settings.items())


@dataclass(frozen=True, slots=True)
class Picked:
    """A picked world.

    Attributes:
        world: its number, the lowest of equal worlds. `value`: of its outcome or difference.
        target: the exact quantile, which can lie between two worlds.
        equal: number of worlds with the same value. `of`: number of all worlds.
    """

    world: int
    value: float
    target: float
    equal: int
    of: int


def pick_world(
    data: xr.Dataset, reference: xr.Dataset | None, outcome: str, pick: Pick, quantile: float | None = None
) -> Picked:
    """Pick a world by an outcome, or its difference from a reference, at the last reporting day.

    The `quantile`, 0 to 1, is that of `Pick.QUANTILE`.

    Raises:
        ValueError: the outcome has no worse direction, or no number in any world.
    """
    arms = (data,) if reference is None else common_worlds(data, reference)
    values, *others = (arm[outcome].isel(day=-1).values.astype(float) for arm in arms)
    values = values - others[0] if others else values
    known = np.isfinite(values)
    if not known.any():
        raise ValueError(f"{outcome} has no number in any world")
    worse = BY_NAME[outcome].worse
    if pick is Pick.WORST and worse is Worse.NEITHER:
        raise ValueError("this outcome has no direction that is worse")
    if pick is Pick.WORST:
        quantile = 1.0 if worse is Worse.MORE else 0.0
    target = float(np.median(values[known]) if quantile is None else np.quantile(values[known], quantile))
    distance = np.where(known, np.abs(values - target), np.inf)
    place = int(np.argmin(distance))
    equal = int(np.sum(values == values[place]))
    return Picked(int(arms[0]["world"].values[place]), float(values[place]), target, equal, int(known.sum()))
