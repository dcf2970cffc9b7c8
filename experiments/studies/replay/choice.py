"""What to replay: which arms, and which world of them, by its number or by where it stands among the stored ones."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Annotated

from experiments.analysis.quantities import analysable
from experiments.config.arm import Arm
from experiments.config.fields import MOST_WORLDS, number, read, whole
from experiments.errors import InputError, nearest
from experiments.storage.read import ArmStore
from experiments.studies.replay.pick import Pick, pick_world

_World = Annotated[int, whole(0, MOST_WORLDS - 1)]
_Quantile = Annotated[float, number("from 0 to 1", lambda share: 0.0 <= share <= 1.0)] | None


@dataclass(frozen=True, slots=True)
class Named:
    """An arm by its scenario, and the overrides that it alone has."""

    scenario: str
    overrides: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """What to replay.

    Attributes:
        arms: the one that another is held against first, where there is one.
        world: its number; None where it is to be found.
        pick: where it stands among the stored worlds, by `outcome`; `quantile`: of `Pick.QUANTILE`.
    """

    arms: tuple[Named, ...]
    world: int | None
    pick: Pick | None = None
    outcome: str = ""
    quantile: float | None = None

    def find(self, arms: Mapping[str, Arm]) -> int:
        """Return the number of the world; where it is to be found, say which it is.

        Raises:
            InputError: nothing is stored to find it in, or the outcome has no worse direction.
        """
        if self.pick is None:
            return self.world or 0
        data = []
        for arm in arms.values():
            store = ArmStore(arm.folder)
            store.check_key(arm.key)
            if store.finished(1) == 0:
                raise InputError(f"{arm.folder} holds no finished world to pick from: knockon run the arm first")
            data.append(store.open())
        try:
            picked = pick_world(data[-1], data[0] if len(data) == 2 else None, self.outcome, self.pick, self.quantile)
        except ValueError as error:
            raise InputError(f"pick={self.pick} outcome={self.outcome}: {error}") from None
        what = self.outcome if len(arms) == 1 else f"{self.outcome}, {' less '.join(reversed(list(arms)))}"
        where = f"quantile {self.quantile:g}" if self.quantile is not None else self.pick.value
        share = "" if picked.equal == 1 else f"; {picked.equal} worlds have this value, the first of them is taken"
        print(
            f"World {picked.world}: {picked.value:,.4g} is nearest to the {where} of {what} ({picked.target:,.4g})"
            f" in {picked.of:,} stored worlds{share}",
            flush=True,
        )
        return picked.world


def read_choice(plain: Mapping[str, object], given: Collection[str]) -> Choice:
    """Check what is to be replayed."""
    roles = [role for role in ("against", "arm") if role == "arm" or plain[role] is not None]
    arms = tuple(_named(role, plain[role]) for role in roles)
    outcome = plain["outcome"]
    if plain["pick"] is None:
        for name in ("outcome", "quantile"):
            if plain[name] is not None:
                raise InputError(f"{name}={plain[name]} picks no world by itself: add pick=median, worst or quantile")
        return Choice(arms, read(_World, "world", plain["world"]))
    pick = read(Pick, "pick", plain["pick"])
    if "world" in given:
        raise InputError(f"world={plain['world']} and pick={pick} both say which world: leave one out")
    if outcome not in analysable():
        hint = nearest(str(outcome), analysable())
        raise InputError(f"outcome={outcome} is no outcome with a number in every world to pick by{hint}")
    if (pick is Pick.QUANTILE) != (plain["quantile"] is not None):
        raise InputError("quantile=0 to 1 goes with pick=quantile, and with nothing else")
    return Choice(arms, None, pick, str(outcome), read(_Quantile, "quantile", plain["quantile"]))


def _named(role: str, value: object) -> Named:
    settings = dict(value) if isinstance(value, Mapping) else {"scenario": value}
    scenario = settings.pop("scenario", None)
    if not isinstance(scenario, str):
        raise InputError(f"{role}={value} is no arm: give a scenario, or '{role}={{scenario: us_pullout, NAME: VALUE}}'")
    return Named(scenario, tuple(f"{name}={setting}" for name, setting in settings.items()))
