"""A comparison that is finished, found again on disk: its folder, its arms and what they were composed with."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from experiments.config.files import place_of
from experiments.errors import InputError, nearest
from experiments.storage.read import ArmStore

ARMS = "arms.csv"
"""Which arms a comparison has; written when all else of it is."""
AGAIN = "run the comparison again"
_NAMED = re.compile("compare-[0-9a-f]{10}")


@dataclass(frozen=True, slots=True)
class ComparedArm:
    """One arm of a finished comparison.

    Attributes:
        label: of the arm. `reference`: label of the arm that it is compared with.
        store: of its results. `worlds`: how many were compared.
    """

    label: str
    reference: str
    store: ArmStore
    worlds: int

    def open(self) -> xr.Dataset:
        """Open the outcomes that were compared.

        Raises:
            InputError: they are not there any more, or are of another config than the one that the folder is named by.
        """
        self.store.check_key(self.store.path.name.rpartition("-")[2])
        return self.store.open(self.worlds)

    def config(self) -> Mapping[str, Any]:
        """Return the config that the arm was composed to, as plain values.

        Raises:
            InputError: it cannot be read, or is not what was written.
        """
        if (config := self.store.config()) is None:
            raise InputError(f"{self.store.path} has no config.yaml as it was written: {AGAIN}")
        return config

    def manifest(self) -> Mapping[str, Any]:
        """Return what made the results.

        Raises:
            InputError: it cannot be read.
        """
        if (manifest := self.store.manifest()) is None:
            raise InputError(f"{self.store.path} has no manifest.json that can be read: {AGAIN}")
        return manifest


@dataclass(frozen=True, slots=True)
class Compared:
    """A finished comparison."""

    folder: Path
    arms: tuple[ComparedArm, ...]


def is_comparison(folder: Path) -> bool:
    """Tell whether a folder is that of a comparison, finished or not."""
    if _NAMED.fullmatch(folder.name):
        return True
    try:  # other jobs list their arms too, which nothing is compared with
        return "reference" in (folder / ARMS).read_text(encoding="utf-8").partition("\n")[0].split(",")
    except (OSError, UnicodeDecodeError):
        return False


def read_comparison(folder: Path) -> Compared:
    """Read which arms a comparison has.

    Raises:
        InputError: the folder is none of a comparison, or one that was not finished or is damaged.
    """
    file = folder / ARMS
    if not file.is_file():
        if (folder / "tables").is_dir() and _NAMED.fullmatch(folder.name):
            raise InputError(f"{folder} is not finished, it has no {ARMS}: {AGAIN}")
        raise InputError(
            f"{folder} is no folder of a comparison: it has no {ARMS};"
            f" knockon compare names the one that it writes{_others(folder)}"
        )
    try:
        table = pd.read_csv(file, dtype=str, keep_default_na=False)[["arm", "reference", "folder", "worlds", "key"]]
    except KeyError as error:
        raise InputError(f"{file} is damaged ({error.args[0]}): {AGAIN}") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{file} cannot be read ({str(error).strip()}): {AGAIN}") from None
    rows = [{str(name): str(value) for name, value in row.items()} for row in table.to_dict("records")]
    if why := _not_as_written(folder, rows):
        raise InputError(f"{file} is damaged ({why}): {AGAIN}")
    there = folder.parent / "arms"
    arms = tuple(ComparedArm(row["arm"], row["reference"], ArmStore(there / row["folder"]), int(row["worlds"])) for row in rows)
    return Compared(folder, arms)


def name_of(compared: Sequence[tuple[str, str, int, str]]) -> str:
    """Return the name of a comparison's folder: it says what is compared.

    Args:
        compared: of each arm its label, key, worlds, and the label of its reference.
    """
    return f"compare-{sha256(json.dumps(compared).encode()).hexdigest()[:10]}"


def _not_as_written(folder: Path, rows: Sequence[Mapping[str, str]]) -> str | None:
    """Say what is wrong with the list of a comparison's arms."""
    labels = [row["arm"] for row in rows]
    if not rows:
        return "it lists no arm"
    for row in rows:
        if not (row["worlds"].isascii() and row["worlds"].isdigit() and int(row["worlds"]) > 0):
            return f"worlds={row['worlds']!r} is no number of worlds"
        if row["reference"] not in labels:
            return f"reference={row['reference']!r} is none of its arms"
        if Path(row["folder"]).name != row["folder"] or not row["folder"].endswith(f"-{row['key']}"):
            return f"folder={row['folder']!r} is not that of key {row['key']!r}"
    found = name_of([(row["arm"], row["key"], int(row["worlds"]), row["reference"]) for row in rows])
    if _NAMED.fullmatch(folder.name) and folder.name != found:
        return f"{folder.name} had other arms, worlds or references"
    return None


def _others(folder: Path) -> str:
    found = [path.parent.name for path in folder.parent.glob(f"compare-*/{ARMS}")]
    return f"; {folder.parent} has {', '.join(sorted(found))}" if found else ""


def the_only_comparison(results: Path) -> Path:
    """Return the one comparison below a folder of results.

    Raises:
        InputError: there is none, or more than one.
    """
    found = sorted(path.parent for path in results.glob(f"compare-*/{ARMS}"))
    if not found:
        raise InputError(f"{results} holds no comparison: knockon compare first, or results=FOLDER")
    if len(found) > 1:
        raise InputError(f"{results} holds {len(found)} comparisons: name one of {', '.join(map(str, found))}")
    return found[0]


def read_arguments(job: str, arguments: Sequence[str], known: Mapping[str, str]) -> tuple[Path | None, dict[str, str]]:
    """Read the folder and the settings of a job that takes plain arguments.

    Args:
        job: its name.
        arguments: of the command line after it.
        known: settings with their defaults.

    Raises:
        InputError: more folders than one, a flag, or a setting that is not known.
    """
    settings, folders = dict(known), []
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if argument.startswith("-"):
            raise InputError(
                f"{job} has no flag {argument}: knockon {job} FOLDER {' '.join(f'{k}={v}' for k, v in known.items())}"
            )
        if equals and name not in known:
            raise InputError(f"{argument} is no setting of {job}{nearest(name, known)}; it has {', '.join(known)}")
        if equals:
            settings[name] = value
        else:
            folders.append(place_of(argument))
    if len(folders) > 1:
        raise InputError(f"{job} takes one folder, not {', '.join(map(str, folders))}")
    return (folders[0] if folders else None), settings
