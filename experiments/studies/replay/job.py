"""One world of an ensemble again, with its event log; two arms of it side by side, and the first day on which they part."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from experiments.errors import InputError

if TYPE_CHECKING:
    from experiments.config.arm import Arm
    from experiments.studies.replay.choice import Choice

_OWN = ("arm", "against", "world", "pick", "outcome", "quantile")


def main(config: DictConfig) -> None:
    """Find the world, live through it again, compare it with the stored one, print and write what happened."""
    from experiments.config.compose import in_one_line
    from experiments.config.files import check_writable
    from experiments.studies.replay.choice import read_choice
    from experiments.studies.replay.report import check_stored, replay_folder, told, write_replay
    from experiments.studies.replay.study import replay

    hydra = HydraConfig.get()
    given = list(hydra.overrides.task)
    with in_one_line():
        check_overrides(given, hydra.mode is RunMode.MULTIRUN)
        own = cast(dict[str, object], OmegaConf.to_container(OmegaConf.masked_copy(config, list(_OWN)), resolve=True))
        choice = read_choice(own, names_of(given))
        arms = compose_arms(choice, given)
        check_writable(next(iter(arms.values())).results)
        world = choice.find(arms)
        replayed = replay(arms, world)
        checked = check_stored(arms, replayed)
        folder = replay_folder(arms, world)
        write_replay(folder, arms, replayed, checked)
    print(f"{told(arms, replayed, checked)}\n\nEvent log and timeline: {folder}", flush=True)
    if any(checked.values()):
        raise SystemExit(1)


def names_of(overrides: Sequence[str]) -> list[str]:
    """Return the names that overrides set."""
    return [override.partition("=")[0].lstrip("+~") for override in overrides]


def check_overrides(overrides: Sequence[str], is_sweep: bool) -> None:
    """Refuse what would change nothing, or the wrong thing.

    Raises:
        InputError: a sweep, or a scenario.
    """
    if is_sweep:
        raise InputError("replay is no sweep: it replays one world; leave out -m, and name a second arm with against=...")
    for override, name in zip(overrides, names_of(overrides), strict=True):
        if name in ("scenario", "reference", "ensemble.worlds"):
            raise InputError(f"{override} would change nothing: replay takes arm=SCENARIO, against=SCENARIO and world=NUMBER")


def compose_arms(choice: "Choice", overrides: Sequence[str]) -> "dict[str, Arm]":
    """Compose and check the arm and, before it, the one that it is held against, with the overrides of the command line.

    Raises:
        InputError: one of them cannot be used, or they cannot be laid side by side.
    """
    from experiments.config.compose import compose_arm
    from experiments.storage.arms import name_arms

    arms = [compose_arm("replay", named.scenario, [*overrides, *named.overrides], _OWN) for named in choice.arms]
    if len(arms) == 2 and arms[0].key == arms[1].key:
        raise InputError("arm and against are the same arm: name another one, or against=null")
    return name_arms(arms)
