"""A comparison that is finished, found again on disk: its folder, its arms and what they were composed with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr
import yaml

from experiments.errors import InputError, nearest
from experiments.store import ArmStore

_ARMS = "arms.csv"


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
            InputError: they are not there any more.
        """
        return self.store.open(self.worlds)

    def config(self) -> Mapping[str, Any]:
        """Return the config that the arm was composed to, as plain values.

        Raises:
            InputError: it cannot be read.
        """
        file = self.store.path / "config.yaml"
        try:
            return dict(yaml.safe_load(file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, yaml.YAMLError) as error:
            raise InputError(f"{file} cannot be read ({error}): run the comparison again") from None


@dataclass(frozen=True, slots=True)
class Compared:
    """A finished comparison."""

    folder: Path
    arms: tuple[ComparedArm, ...]


def read_comparison(folder: Path) -> Compared:
    """Read which arms a comparison has.

    Raises:
        InputError: the folder is none of a comparison.
    """
    try:
        rows = pd.read_csv(folder / _ARMS)[["arm", "reference", "folder", "worlds"]].to_dict("records")
    except (OSError, ValueError, KeyError):
        raise InputError(
            f"{folder} is no folder of a comparison: it has no {_ARMS};"
            f" knockon compare names the one that it writes{_others(folder)}"
        ) from None
    there = folder.parent / "arms"
    arms = tuple(
        ComparedArm(str(row["arm"]), str(row["reference"]), ArmStore(there / str(row["folder"])), int(row["worlds"]))
        for row in rows
    )
    return Compared(folder, arms)


def _others(folder: Path) -> str:
    found = [path.parent.name for path in folder.parent.glob(f"compare-*/{_ARMS}")]
    return f"; {folder.parent} has {', '.join(sorted(found))}" if found else ""


def the_only_comparison(results: Path) -> Path:
    """Return the one comparison below a folder of results.

    Raises:
        InputError: there is none, or more than one.
    """
    found = sorted(path.parent for path in results.glob(f"compare-*/{_ARMS}"))
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
            folders.append(Path(argument).expanduser())
    if len(folders) > 1:
        raise InputError(f"{job} takes one folder, not {', '.join(map(str, folders))}")
    return (folders[0] if folders else None), settings
