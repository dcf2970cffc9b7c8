"""Report a replay: a summary on the screen; the event log, the divergence of two arms and the timeline on disk."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path

import pandas as pd
import xarray as xr

from experiments.config.arm import Arm
from experiments.engine.replayed import BEFORE_THE_START, Replayed
from experiments.figures.draw import on_pages, write
from experiments.figures.names import named
from experiments.reports.folder import figures_of, write_result
from experiments.storage.about import names_of
from experiments.storage.read import ArmStore
from experiments.studies.replay.timeline import lanes_of, timeline


def check_stored(arms: Mapping[str, Arm], replayed: Replayed) -> dict[str, list[str] | None]:
    """Return by arm the outcomes that differ between the replay and the stored world; None for a world that is not stored."""
    found: dict[str, list[str] | None] = {}
    for label, arm in arms.items():
        store = ArmStore(arm.folder)
        store.check_key(arm.key)
        if store.finished(replayed.world + 1) <= replayed.world:
            found[label] = None
            continue
        stored = store.open(replayed.world + 1).sel(world=[replayed.world])
        found[label] = unlike_stored(replayed.outcomes[label], stored)
    return found


def write_replay(arms: Mapping[str, Arm], replayed: Replayed, checked: Mapping[str, list[str] | None]) -> Path:
    """Write the event log, the divergence of the arms, the comparison with the stored world, and the timeline."""
    seed = next(iter(arms.values())).seed
    identity = {
        label: {"stored": unlike is not None, "identical": None if unlike is None else not unlike, "unlike": unlike or []}
        for label, unlike in checked.items()
    }
    found = {"parts_on": replayed.parts_on, "arms": identity}
    tables = {"events": replayed.events, "parting": replayed.parting if len(arms) == 2 else None}
    folder = write_result(f"replay-{replayed.world}", {"world": replayed.world}, arms, tables, found=found)
    keys = "; ".join(f"{label}: {arm.key}" for label, arm in arms.items())
    subject = f"World {replayed.world}, {replayed.days} days from 30 September 2020, seed {seed}."
    about = {"Title": "Timeline", "Subject": subject, "Keywords": f"arms {keys}"}
    with figures_of(folder, arms) as place, named(names_of(arms)):
        draw = partial(timeline, replayed.events, replayed.days, replayed.world, seed, replayed.parts_on, list(arms))
        write(on_pages(lanes_of(replayed.events), draw), place / "timeline", about)
    return folder


def summary(arms: Mapping[str, Arm], replayed: Replayed, checked: Mapping[str, list[str] | None]) -> str:
    """Return the findings in words: is this the stored world, when do the arms diverge, and how many events were there?"""
    lines = [_identity(label, arm, replayed, checked[label]) for label, arm in arms.items()]
    if len(arms) == 2:
        lines += ["", *_parting(arms, replayed)]
    return "\n".join([*lines, "", "Events:", _counts(arms, replayed)])


def _identity(label: str, arm: Arm, replayed: Replayed, unlike: list[str] | None) -> str:
    head = f"World {replayed.world} of {label}, {replayed.days} days, seed {arm.seed}"
    outcomes = len(replayed.outcomes[label].data_vars)
    if unlike is None:
        return f"{head}: not stored in {arm.folder}, so it cannot be checked"
    if unlike:
        return f"{head}: NOT the stored world, {len(unlike)} of {outcomes} outcomes differ: {', '.join(unlike[:5])}"
    return f"{head}: the stored world, bit for bit, in all {outcomes} outcomes"


def _parting(arms: Mapping[str, Arm], replayed: Replayed) -> list[str]:
    day = replayed.parts_on
    names = " and ".join(arms)
    if day is None:
        return [f"{names} never diverge: every state is the same on every day."]
    first = replayed.parting[replayed.parting["day"] == day]
    date = next(iter(arms.values())).theatre.start + timedelta(days=day)
    when = "before the first day, in their initial states" if day == BEFORE_THE_START else f"on day {day}, {date.isoformat()}"
    kinds = ", ".join(dict.fromkeys(first["kind"]))
    lines = [f"{names} diverge {when}, in {len(first)} states of {kinds}.", *_alone(replayed, day)]
    later = replayed.parting.groupby("kind", sort=False)["day"].min()
    spread = ", ".join(f"{kind} {on}" for kind, on in later.items() if on > day)
    if spread:
        lines.append(f"Kinds of agents that first differ later, with the day: {spread}.")
    return lines


def _alone(replayed: Replayed, day: int) -> list[str]:
    """Return lines on the events that only one arm has on the day of the divergence."""
    today = replayed.events[replayed.events["day"] == day]
    by_arm = today["actor"].str.cat(today["event"], sep=": ").groupby(today["arm"], sort=False).agg(list)
    lines = []
    for arm, events in by_arm.items():
        others = {event for other, theirs in by_arm.items() if other != arm for event in theirs}
        if alone := [event for event in events if event not in others]:
            lines.append(f"That day in {arm} alone: {'; '.join(alone)}.")
    return lines


def _counts(arms: Mapping[str, Arm], replayed: Replayed) -> str:
    """Return the sums of counts of attacks and casualties, and the numbers of other events, by arm."""
    events = replayed.events
    counted = events["unit"].isin(["attacks", "deaths"]) | (events["event"] == "wounded")
    amount = events["magnitude"].where(counted, 1.0)
    table = amount.groupby([events["event"], events["arm"]], sort=False).sum().unstack(fill_value=0)
    shown = pd.DataFrame(table.reindex(columns=list(arms), fill_value=0.0)).rename_axis(index=None, columns=None)
    return shown.to_string(float_format=lambda value: f"{value:,.0f}" if abs(value) >= 100.0 else f"{value:.4g}")


def unlike_stored(outcomes: xr.Dataset, stored: xr.Dataset) -> list[str]:
    """Return the outcomes of a world that differ in any bit from the stored ones."""
    names = sorted({*map(str, outcomes.data_vars), *map(str, stored.data_vars)})
    values = [{name: data[name].values for name in names if name in data} for data in (outcomes, stored)]
    bits = [{name: (array.dtype, array.tobytes()) for name, array in arrays.items()} for arrays in values]
    return [name for name in names if bits[0].get(name) != bits[1].get(name)]
