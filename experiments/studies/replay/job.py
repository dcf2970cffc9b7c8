"""Replay one world with its event log, and see when two of its arms diverge: knockon replay world=731."""

from experiments.config.compose import name_of
from experiments.errors import InputError
from experiments.studies.runner import Call, Result, job

_TAKES = "replay takes arm=SCENARIO, against=SCENARIO and world=NUMBER"


def work(call: Call) -> Result:
    """Find the world, run it again, compare it with the stored one, and write its events."""
    from experiments.engine.replayed import replay
    from experiments.storage.arms import name_arms
    from experiments.studies.replay.choice import read_choice
    from experiments.studies.replay.report import check_stored, summary, write_replay

    choice = read_choice(call.settings(), [name_of(override) for override in call.overrides])
    composed = [call.arm(*named) for named in choice.arms]  # the one to compare with first
    if len(composed) == 2 and composed[0].key == composed[1].key:
        raise InputError("arm and against are the same arm: name another arm, or set against=null")
    arms = name_arms(composed)
    replayed = replay(arms, choice.find(arms))
    checked = check_stored(arms, replayed)
    return Result(write_replay(arms, replayed, checked), summary(arms, replayed, checked), any(checked.values()))


main = job(
    "replay", work, "it replays one world; name a second arm with against=SCENARIO",
    dict.fromkeys(("scenario", "reference", "ensemble.worlds"), _TAKES),
    own=("arm", "against", "world", "pick", "outcome", "quantile"),
)  # fmt: skip
