"""The contents of the shipped configs: the ledger, the names of settings and files, the headline outcomes."""

import functools
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.config.files import read_yaml, shown
from experiments.errors import note

_OF_AN_ARM = ("policies", "mechanisms", "switches", "calendar", "history", "theatre", "ensemble")
ROOTS = (*_OF_AN_ARM, "compute", "results", "reference", "hydra")
"""The sections of a composed config beside the groups of parameters."""
OF_ONE_JOB = ("sensitivity", "discover", "decide", "watch", "design")
"""Jobs with a section of their name that no other job reads."""
BESIDE_AN_ARM = ("dry_run", "figure", "title", "labels", "show", "matters", "references")
"""Settings of every job with arms that change no world: the comparison, the shown outcomes, and names for readers."""


def shipped_reference() -> str:
    """Return the default scenario for comparisons."""
    return str(read_yaml(conf_folder() / "base.yaml")["reference"])


def conf_folder() -> Path:
    """Return the folder of the configs: beside the packages in a checkout, inside this one when installed."""
    here = Path(__file__).parents[1]
    beside = here.parent / "conf"
    return beside if (beside / "base.yaml").exists() else here / "conf"


_OWN: list[Path] = []
_ANNOUNCED: set[Path] = set()


def use_own_folder(folder: Path | None) -> None:
    """Prefer the configs in the analyst's folder to the shipped ones, and let them name classes from its Python files."""
    if (given := [] if folder is None else [folder]) != _OWN:
        for before in _OWN:
            sys.path[:] = [place for place in sys.path if place != str(before)]
        sys.path += map(str, given)  # its Python files, last: they hide no installed module
        _OWN[:] = given
        _ANNOUNCED.clear()


def own_folder() -> Path | None:
    """Return the analyst's folder of configs, if there is one."""
    return _OWN[0] if _OWN else None


def conf_file(name: str) -> Path:
    """Return the file of a config such as "policy/full_pullout": the analyst's, or else the shipped one."""
    shipped = conf_folder() / f"{name}.yaml"
    for own in (folder / f"{name}.yaml" for folder in _OWN):
        if own.is_file():
            if shipped.is_file() and own not in _ANNOUNCED:
                _ANNOUNCED.add(own)
                note(f"{shown(own)} is read in place of the shipped {shown(shipped)}")
            return own
    return shipped


@functools.cache
def declared() -> Mapping[str, Mapping[str, Mapping[str, object]]]:
    """Return the entries of the shipped ledger by group and name."""
    files = sorted((conf_folder() / "parameters").glob("*.yaml"))
    return {file.stem: read_yaml(file) for file in files}


@functools.cache
def parameters() -> Mapping[str, Mapping[str, Any]]:
    """Return the entries of the shipped ledger by full name."""
    return {f"{group}.{entry}": about for group, entries in declared().items() for entry, about in entries.items()}


def settings() -> set[str]:
    """Return the dotted names of all settings in the shipped configs, with the parameters."""
    known = set(parameters())
    files = {
        "model": "full",
        "ensemble": "default",
        "compute": "serial",
        "switches": "default",
        "calendar": "known_2020",
        "history": "known_2019_2020",
        "theatre": "iraq_2020",
        "figure": "nature_183",
        "matters": "default",
    }
    for group, name in files.items():
        entries = read_yaml(conf_folder() / group / f"{name}.yaml")
        known |= {f"{'mechanisms' if group == 'model' else group}.{entry}" for entry in entries}
    return known | {*ROOTS, *declared(), "scenario"}


def settings_of(job: str) -> set[str]:
    """Return the dotted names of the settings of a job, from its config and the configs that only this job includes."""
    file = conf_folder() / f"{job}.yaml"
    content = dict(read_yaml(file)) if file.is_file() else {}
    chosen = [pair for entry in content.pop("defaults", ()) if isinstance(entry, Mapping) for pair in entry.items()]
    places = {group: conf_folder() / group / f"{name}.yaml" for group, name in chosen}
    included = {group: read_yaml(place) for group, place in places.items() if place.is_file()}
    return {
        f"{section}.{entry}" if isinstance(entries, Mapping) else section
        for section, entries in (content | included).items()
        for entry in (entries if isinstance(entries, Mapping) else [""])
    }


def experiment(name: str) -> Mapping[str, object]:
    """Return the contents of a published setting."""
    return dict(read_yaml(conf_file(f"experiment/{name}")) or {})


def names_in(folder: str) -> list[str]:
    """Return the names of the configs of a group, such as "scenario", shipped and the analyst's."""
    return sorted({file.stem for place in (*_OWN, conf_folder()) for file in (place / folder).glob("*.yaml")})


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline outcome.

    Attributes:
        heading: its name for a reader. `short`: of its column in the terminal; by default the heading.
        group: of its row on a page; `FOLLOWS` for what follows from leaving, in any model.
        more, fewer: clauses for worlds with more or fewer of the outcome.
        scale: multiplies it in tables. `spec`: the format of its numbers. `unit`: written behind them.
        in_tables: another outcome that replaces this one in tables.
        by_week: the outcome that replaces it in figures by week; None for none.
    """

    outcome: str
    heading: str
    group: str
    more: str
    fewer: str
    short: str = ""
    scale: float = 1.0
    unit: str = ""
    spec: str = ".0f"
    in_tables: str | None = None
    by_week: str | None = None


COALITION, FOLLOWS = "coalition", "follows"
"""Groups of headlines."""
HEADLINES = tuple(
    Headline(outcome, **entry) for outcome, entry in read_yaml(conf_folder() / "headlines" / "default.yaml").items()
)
HEADLINE_OUTCOMES = tuple(headline.outcome for headline in HEADLINES)
