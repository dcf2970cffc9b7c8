"""Where the numbers of a comparison come from: config, seed, version and commit of each arm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import xarray as xr

from experiments.config.arm import Setup
from experiments.storage.manifest import commit
from experiments.storage.read import ArmStore

_NAMED = 6
"""Arms whose keys the figures of many name."""


@dataclass(frozen=True, slots=True)
class Origin:
    """One arm of a comparison, as its folder has it.

    Attributes:
        label: of the arm. `reference`: label of the arm that it is compared with.
        folder: of its results, its name alone. `key`: hash of what changes a world's numbers.
        overrides: with which it was composed.
        versions, commits: of the program that computed its worlds, each named once.
    """

    label: str
    reference: str
    folder: str
    key: str
    worlds: int
    days: int
    seed: int
    overrides: str
    versions: str
    commits: str


def origin_of(label: str, reference: str, store: ArmStore, data: xr.Dataset) -> Origin:
    """Return where an arm's numbers come from."""
    manifest = store.manifest() or {}
    runs: Sequence[Mapping[str, Any]] = [run for run in manifest.get("runs", []) if isinstance(run, dict) and run.get("worlds")]
    return Origin(
        label=label,
        reference=reference,
        folder=store.path.name,
        key=str(data.attrs.get("key", "")),
        worlds=data.sizes["world"],
        days=int(data["day"].values.max()),
        seed=int(data.attrs["seed"]),
        overrides=" ".join(map(str, manifest.get("swept", []))),
        versions=_named(run.get("versions", {}).get("knockon") for run in runs),
        commits=_named(_short(run.get("commit")) for run in runs),
    )


def in_one_line(origins: Sequence[Origin]) -> str:
    """Return what figures of these arms rest on: version, commit, and the key and worlds of each."""
    versions, commits = (_named(getattr(origin, what) for origin in origins) for what in ("versions", "commits"))
    arms = "; ".join(f"{origin.label} {origin.key}, {origin.worlds} worlds" for origin in origins)
    return f"Knock-on {version('knockon')}, results of version {versions}, commit {commits}: {arms}."


def computed_of(arms: Mapping[str, Setup]) -> str:
    """Return what figures of these arms rest on, computed just now: version, commit, and the key of each.

    Args:
        arms: by label; of many the first are named.
    """
    named = [f"{label} {setup.key}" for label, setup in arms.items()]
    others = [f"{len(named) - _NAMED} other arms"] if len(named) > _NAMED else []
    return f"Knock-on {version('knockon')}, commit {_short(commit()) or 'unknown'}: {'; '.join(named[:_NAMED] + others)}."


def _short(commit: object) -> str:
    name, dirty, _ = str(commit or "").partition("-dirty")
    return name[:10] + dirty


def _named(values: Any) -> str:
    return ", ".join(dict.fromkeys(str(value) for value in values if value)) or "unknown"
