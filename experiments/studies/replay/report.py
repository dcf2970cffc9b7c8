"""What a replay leaves: a summary on the screen, the event log, the parting of two arms and the timeline on disk."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path

import pandas as pd

from experiments.errors import InputError
from experiments.figures.draw import on_pages, write
from experiments.reports.folder import figures_of
from experiments.storage.arms import Arm
from experiments.studies.replay.study import BEFORE_THE_START, Replayed, unlike_stored
from experiments.studies.replay.timeline import timeline


def replay_folder(arms: Sequence[Arm], world: int) -> Path:
    """Return the folder of a replay, named by what is replayed."""
    replayed = json.dumps([[arm.label, arm.setup.key] for arm in arms] + [world])
    return arms[0].setup.results / f"replay-{world}-{sha256(replayed.encode()).hexdigest()[:10]}"


def check_stored(arms: Sequence[Arm], replayed: Replayed) -> dict[str, list[str] | None]:
    """Return for each arm the outcomes in which the replay differs from what is stored of the world; None: nothing is.

    Raises:
        InputError: the arm's folder holds something else.
    """
    found: dict[str, list[str] | None] = {}
    for arm in arms:
        arm.store.check_key(arm.setup.key)
        there = arm.store.finished(replayed.world + 1)
        if there <= replayed.world:
            found[arm.label] = None
            continue
        stored = arm.store.open(replayed.world + 1).sel(world=[replayed.world])
        found[arm.label] = unlike_stored(replayed.outcomes[arm.label], stored)
    return found


def write_replay(folder: Path, arms: Sequence[Arm], replayed: Replayed, checked: Mapping[str, list[str] | None]) -> None:
    """Write the event log, the parting, what was replayed, and the timeline.

    Raises:
        InputError: the folder cannot be written.
    """
    seed = arms[0].setup.seed
    about = {
        "world": replayed.world,
        "seed": seed,
        "days": replayed.days,
        "parts_on": replayed.parts_on,
        "arms": [
            {"arm": arm.label, "folder": arm.setup.folder.name, "swept": list(arm.setup.swept), **_said(checked[arm.label])}
            for arm in arms
        ],
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "replay.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
        replayed.events.to_csv(folder / "events.csv", index=False, float_format="%.6g")
        if len(arms) == 2:
            replayed.parting.to_csv(folder / "parting.csv", index=False, float_format="%.6g")
    except OSError as error:
        raise InputError(f"results={folder.parent}: the folder cannot be written ({error.strerror})") from None
    keys = "; ".join(f"{arm.label}: {arm.setup.key}" for arm in arms)
    subject = f"World {replayed.world}, {replayed.days} days from 30 September 2020, seed {seed}."
    labels = [arm.label for arm in arms]
    with figures_of(folder, {arm.label: arm.setup for arm in arms}) as place:
        draw = partial(timeline, replayed.events, replayed.days, replayed.world, seed, replayed.parts_on, labels)
        write(on_pages(labels, draw), place / "timeline", {"Title": "Timeline", "Subject": subject, "Keywords": f"arms {keys}"})


def _said(unlike: list[str] | None) -> dict[str, object]:
    return {"stored": unlike is not None, "identical": None if unlike is None else not unlike, "unlike": unlike or []}


def told(arms: Sequence[Arm], replayed: Replayed, checked: Mapping[str, list[str] | None]) -> str:
    """Return what an analyst reads: whether it is the stored world, when the arms part, what happened how often."""
    lines = [_identity(arm, replayed, checked[arm.label]) for arm in arms]
    if len(arms) == 2:
        lines += ["", *_parting(arms, replayed)]
    return "\n".join([*lines, "", "Events:", _counts(arms, replayed)])


def _identity(arm: Arm, replayed: Replayed, unlike: list[str] | None) -> str:
    head = f"World {replayed.world} of {arm.label}, {replayed.days} days, seed {arm.setup.seed}"
    outcomes = len(replayed.outcomes[arm.label].data_vars)
    if unlike is None:
        return f"{head}: not stored in {arm.setup.folder}, so there is nothing to check it against"
    if unlike:
        return f"{head}: NOT the stored world, {len(unlike)} of {outcomes} outcomes differ: {', '.join(unlike[:5])}"
    return f"{head}: the stored world, bit for bit, in all {outcomes} outcomes"


def _parting(arms: Sequence[Arm], replayed: Replayed) -> list[str]:
    day = replayed.parts_on
    names = f"{arms[0].label} and {arms[1].label}"
    if day is None:
        return [f"{names} never part: every state is the same on every day."]
    first = replayed.parting[replayed.parting["day"] == day]
    kinds = ", ".join(dict.fromkeys(first["kind"]))
    lines = [f"{names} part {_when(arms[0], day)}, in {len(first)} states of {kinds}.", *_alone(replayed, day)]
    later = replayed.parting.groupby("kind", sort=False)["day"].min()
    spread = ", ".join(f"{kind} {on}" for kind, on in later.items() if on > day)
    if spread:
        lines.append(f"Then, by day: {spread}.")
    return lines


def _alone(replayed: Replayed, day: int) -> list[str]:
    """Tell the events of the day on which the arms part that only one of them has."""
    today = replayed.events[replayed.events["day"] == day]
    told = today["actor"].str.cat(today["event"], sep=": ").groupby(today["arm"], sort=False).agg(list)
    lines = []
    for arm, events in told.items():
        others = {event for other, theirs in told.items() if other != arm for event in theirs}
        if alone := [event for event in events if event not in others]:
            lines.append(f"That day in {arm} alone: {'; '.join(alone)}.")
    return lines


def _when(arm: Arm, day: int) -> str:
    if day == BEFORE_THE_START:
        return "before the first day, by what they start with"
    return f"on day {day}, {(arm.setup.theatre.start + timedelta(days=day)).isoformat()}"


def _counts(arms: Sequence[Arm], replayed: Replayed) -> str:
    """Return the sum of magnitudes of what is counted, and the number of other events, by arm."""
    events = replayed.events
    counted = events["unit"].isin(["attacks", "deaths"]) | (events["event"] == "wounded")
    amount = events["magnitude"].where(counted, 1.0)
    table = amount.groupby([events["event"], events["arm"]], sort=False).sum().unstack(fill_value=0)
    table = table.reindex(columns=[arm.label for arm in arms], fill_value=0.0)
    return pd.DataFrame(table).rename_axis(index=None, columns=None).to_string(float_format=lambda value: f"{value:,.4g}")
