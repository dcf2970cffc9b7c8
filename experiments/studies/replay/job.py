"""Replay one world with its event log, and see when two of its arms diverge: knockon replay world=731."""

from typing import TYPE_CHECKING

from experiments.config.compose import name_of
from experiments.errors import InputError
from experiments.studies.runner import Call, Result, job

if TYPE_CHECKING:
    from experiments.config.arm import Arm
    from experiments.studies.replay.choice import Choice

_TAKES = "replay takes arm=SCENARIO, against=SCENARIO and world=NUMBER"


def work(call: Call) -> Result:
    """Find the world, run it again, compare it with the stored one, and write its events."""
    from experiments.engine.replayed import replay
    from experiments.studies.replay.choice import read_choice
    from experiments.studies.replay.report import check_stored, summary, write_replay

    choice = read_choice(call.settings(), [name_of(override) for override in call.overrides])
    arms = compose_arms(choice, call)
    replayed = replay(arms, choice.find(arms))
    checked = check_stored(arms, replayed)
    return Result(write_replay(arms, replayed, checked), summary(arms, replayed, checked), any(checked.values()))


def compose_arms(choice: "Choice", call: Call) -> "dict[str, Arm]":
    """Compose the arm and, before it, the one that it is compared with."""
    from experiments.storage.arms import name_arms

    arms = [call.arm(*named) for named in choice.arms]
    if len(arms) == 2 and arms[0].key == arms[1].key:
        raise InputError("arm and against are the same arm: name another one, or against=null")
    return name_arms(arms)


main = job(
    "replay", work, "it replays one world; name a second arm with against=SCENARIO",
    dict.fromkeys(("scenario", "reference", "ensemble.worlds"), _TAKES),
    own=("arm", "against", "world", "pick", "outcome", "quantile"),
)  # fmt: skip
