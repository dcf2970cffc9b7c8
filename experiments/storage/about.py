"""The description of a comparison: title, readable names, sweep, dates; it is `about.json` in the folder."""

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from experiments.analysis.dates import last_date
from experiments.config.arm import Arm
from experiments.config.display import display_of
from experiments.config.files import read_json, write_whole
from experiments.config.show import read_show, showing
from experiments.errors import InputError, nearest
from experiments.figures.names import in_words, named, sentence_case
from experiments.storage.arms import sweep_of

ABOUT = "about.json"


def about_of(arms: Mapping[str, Arm]) -> dict[str, Any]:
    """Return the description of a comparison of arms, by label, as values for JSON; the same command gives the same values."""
    first = next(iter(arms.values()))
    return {
        "title": first.title,
        "names": names_of(arms),
        "labels": dict(first.labels),
        "scenarios": list(dict.fromkeys(arm.scenario for arm in arms.values())),
        "about": {arm.scenario: display_of(arm.scenario).about for arm in arms.values()},
        "sweep": sweep_of(list(arms.values())),
        "start": first.theatre.start.isoformat(),
        "until": last_date(first.theatre.start, first.days).isoformat(),
        "days": first.days,
        "seed": first.seed,
        "show": first.show.plain(),
        "references": list(first.references),
        "knockon": version("knockon"),
    }


def names_of(arms: Mapping[str, Arm]) -> dict[str, str]:
    """Return the readable name of each arm: from `labels`, or the name of its scenario with the values that differ."""
    given = dict(next(iter(arms.values())).labels)
    known = {*arms, *(arm.scenario for arm in arms.values())}
    for label in given:
        if label not in known:
            raise InputError(f"labels.{label} names no arm{nearest(label, known)}; the arms are {', '.join(arms)}")
    names = {label: _name(label, arm, given) for label, arm in arms.items()}
    for label, name in names.items():
        if list(names.values()).count(name) > 1:
            raise InputError(f"labels: several arms would be called {name!r}; {label} needs another name")
    return names


def _name(label: str, arm: Arm, given: Mapping[str, str]) -> str:
    if label in given:
        return given[label]
    scenario = given.get(arm.scenario) or display_of(arm.scenario).name or sentence_case(in_words(arm.scenario))
    parts = label.split(", ")
    rest = parts[1:] if parts[0] == arm.scenario else parts if "=" in parts[0] else []
    if not rest:
        return scenario if parts[0] == arm.scenario else sentence_case(in_words(label))
    told = ", ".join(" = ".join(map(in_words, part.split("=", maxsplit=1))) for part in rest)
    return f"{scenario}, {told}" if parts[0] == arm.scenario else sentence_case(told)


@contextmanager
def as_asked(about: Mapping[str, Any]) -> Generator[None]:
    """Let tables and figures use the names and outcomes that were requested for a comparison."""
    with named(about.get("names", {})), showing(read_show(about)):
        yield


def write_about(folder: Path, about: Mapping[str, Any]) -> None:
    """Write the description of a comparison into its folder."""
    write_whole(folder / ABOUT, json.dumps(about, indent=1, ensure_ascii=False) + "\n")


def read_about(folder: Path) -> dict[str, Any]:
    """Return the description of a comparison; empty if an earlier version wrote the comparison without one."""
    content = read_json(folder / ABOUT)
    return content if isinstance(content.get("names", {}), dict) else {}
