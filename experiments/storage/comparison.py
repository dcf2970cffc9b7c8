"""A comparison: the results and references of its arms, in memory and on disk."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

import pandas as pd
import xarray as xr

from experiments.analysis.dates import last_date
from experiments.analysis.matters import Matters
from experiments.analysis.paired import Datasets, compare_arms
from experiments.config.arm import Arm
from experiments.config.files import place_of, write_whole
from experiments.errors import InputError, nearest
from experiments.storage.arms import references_of
from experiments.storage.read import ArmStore
from experiments.storage.write import listed, short_commit

ARMS = "arms.csv"
"""The list of a comparison's arms; written last."""
MATTERS = "matters.json"
"""The file with the smallest differences that matter in a comparison."""
AGAIN = "run the comparison again"
COLUMNS = ["arm", "reference", "folder", "worlds", "days", "seed", "key"]
"""Columns of the list of arms on disk."""
_IN_MEMORY = 200_000_000
"""Bytes of the outcomes of a small comparison."""
_NAMED = re.compile("compare-[0-9a-f]{10}")


@dataclass(frozen=True, repr=False)
class Comparison:
    """Arms on the same worlds, each with its reference.

    Attributes:
        stores: results by label. `worlds`: how many of them are compared, by label.
        references: label of each arm's reference, by label; a reference is its own.
        matters: the smallest differences that matter.
    """

    folder: Path
    stores: Mapping[str, ArmStore]
    worlds: Mapping[str, int]
    references: Mapping[str, str]
    matters: Matters = field(default_factory=Matters)

    @classmethod
    def of(cls, arms: Mapping[str, Arm], labels: Collection[str] | None = None) -> Self:
        """Make the comparison of the arms of a sweep with these labels, by default all."""
        references = {label: reference for label, reference in references_of(arms).items() if labels is None or label in labels}
        stores = {label: ArmStore(arms[label].folder) for label in references}
        worlds = {label: arms[label].worlds for label in references}
        rows = [(label, stores[label].key, worlds[label], reference) for label, reference in references.items()]
        first = next(iter(arms.values()))
        return cls(first.results / name_of(rows), stores, worlds, references, first.matters)

    def __repr__(self) -> str:
        """Return one line, without opening the results."""
        arms = [label if reference == label else f"{label} against {reference}" for label, reference in self.references.items()]
        return f"<Comparison {self.folder.name}: {', '.join(arms)}; {max(self.worlds.values()):,} worlds per arm>"

    def _repr_html_(self) -> str:
        """Return its table, for notebooks."""
        return self.table.to_html(max_rows=60)

    @cached_property
    def data(self) -> dict[str, xr.Dataset]:
        """Return the compared outcomes by label; they are read when used."""
        for store in self.stores.values():
            store.check_key(store.key)
        return {label: store.open(self.worlds[label]) for label, store in self.stores.items()}

    @cached_property
    def in_memory(self) -> dict[str, xr.Dataset]:
        """Return `data`, loaded into memory if they are small."""
        if not are_small(self.data):
            return self.data
        return {label: store.open(self.worlds[label], in_memory=True) for label, store in self.stores.items()}

    @cached_property
    def table(self) -> pd.DataFrame:
        """Return the tidy table of `experiments.analysis.paired.compare_arms`, with the date of each day."""
        totals = {
            label: data[[name for name, values in data.data_vars.items() if "week" not in values.dims and values.ndim <= 2]]
            for label, data in self.in_memory.items()
        }
        if are_small(totals):  # read at once, since many reads of small parts take longer
            totals = {label: data.load() for label, data in totals.items()}
        table = compare_arms(totals, self.references, matters=self.matters)
        if (start := self.start) is not None:
            table.insert(list(table.columns).index("day") + 1, "date", [str(last_date(start, day)) for day in table["day"]])
        return table

    @cached_property
    def start(self) -> date | None:
        """Return the date of day 0, None if the arms differ in it."""
        found = {str((store.manifest() or {}).get("identity", {}).get("start")) for store in self.stores.values()}
        return date.fromisoformat(found.pop()) if len(found) == 1 and found != {"None"} else None

    @cached_property
    def provenance(self) -> pd.DataFrame:
        """Return the sources of the numbers, one row per arm: `COLUMNS`, `overrides`, `versions` and `commits`."""
        return pd.DataFrame(self._provenance(label, data) for label, data in self.data.items())

    def _provenance(self, label: str, data: xr.Dataset) -> dict[str, object]:
        manifest = self.stores[label].manifest() or {}
        runs = [run for run in manifest.get("runs", []) if run.get("worlds")]
        return {
            "arm": label,
            "reference": self.references[label],
            "folder": self.stores[label].path.name,
            "worlds": self.worlds[label],
            "days": int(data["day"].values.max()),
            "seed": int(data.attrs["seed"]),
            "key": self.stores[label].key,
            "overrides": " ".join(manifest.get("swept", [])),
            "versions": listed(run.get("versions", {}).get("knockon") for run in runs),
            "commits": listed(short_commit(run.get("commit")) for run in runs),
        }

    def keep_matters(self) -> None:
        """Write the smallest differences that matter into the folder, so that the figures can be drawn again with them."""
        write_whole(self.folder / MATTERS, json.dumps(asdict(self.matters), indent=1) + "\n")

    def config(self, label: str) -> Mapping[str, Any]:
        """Return the composed config of an arm, as plain values."""
        if (config := self.stores[label].config()) is None:
            raise InputError(f"the config.yaml of {self.stores[label].path} is missing or has been changed: {AGAIN}")
        return config

    def manifest(self, label: str) -> Mapping[str, Any]:
        """Return the manifest of an arm's results."""
        if (manifest := self.stores[label].manifest()) is None:
            raise InputError(f"{self.stores[label].path} has no manifest.json that can be read: {AGAIN}")
        return manifest


def are_small(arms: Datasets) -> bool:
    """Tell whether outcomes by label are small enough to fit into memory several times."""
    return sum(data.nbytes for data in arms.values()) <= _IN_MEMORY


def unfinished(arms: Mapping[str, Arm]) -> dict[str, str]:
    """Return, by label, why arms of a sweep cannot be compared; missing worlds may differ from finished ones."""
    finished = {label: ArmStore(arm.folder).finished(arm.worlds) for label, arm in arms.items()}
    lacking = {
        label: f"has {finished[label]} of {arm.worlds} worlds ({arm.folder})"
        for label, arm in arms.items()
        if finished[label] < arm.worlds
    }
    references = references_of(arms).items()
    behind = {label: f"its reference {other} is not finished" for label, other in references if other in lacking}
    return behind | lacking


def is_comparison(folder: Path) -> bool:
    """Tell whether a folder belongs to a comparison, finished or not."""
    if _NAMED.fullmatch(folder.name):
        return True
    try:  # the lists of other jobs have no references
        return "reference" in (folder / ARMS).read_text(encoding="utf-8").partition("\n")[0].split(",")
    except (OSError, UnicodeDecodeError):
        return False


def read_comparison(folder: Path) -> Comparison:
    """Read a comparison from its list of arms."""
    file = folder / ARMS
    if not file.is_file():
        if (folder / "tables").is_dir() and _NAMED.fullmatch(folder.name):
            raise InputError(f"{folder} is not finished (it has no {ARMS}): {AGAIN}")
        others = ", ".join(sorted(path.parent.name for path in folder.parent.glob(f"compare-*/{ARMS}")))
        raise InputError(
            f"{folder} is no folder of a comparison: it has no {ARMS}; knockon compare prints the folder that it"
            f" writes{f'; {folder.parent} has {others}' if others else ''}"
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
    return Comparison(
        folder,
        stores={row["arm"]: ArmStore(there / row["folder"]) for row in rows},
        worlds={row["arm"]: int(row["worlds"]) for row in rows},
        references={row["arm"]: row["reference"] for row in rows},
        matters=_read_matters(folder / MATTERS),
    )


def read_table(folder: Path, name: str = "comparison") -> pd.DataFrame:
    """Read a table that a comparison has written; names of arms may look like numbers or like missing values."""
    names = dict.fromkeys(("arm", "reference", "outcome", "date"), "object")
    return pd.read_csv(folder / "tables" / f"{name}.csv", dtype=names, keep_default_na=False, na_values=[""])


def _read_matters(file: Path) -> Matters:
    """Read the smallest differences that matter; a comparison of an earlier version has none of its own."""
    try:
        return Matters(**json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Matters()
    except (OSError, ValueError, TypeError) as error:
        raise InputError(f"{file} cannot be read ({error}): {AGAIN}") from None


def name_of(compared: Sequence[tuple[str, str, int, str]]) -> str:
    """Return the name of a comparison's folder, a hash of label, key, worlds and reference of each arm."""
    return f"compare-{sha256(json.dumps(compared).encode()).hexdigest()[:10]}"


def _not_as_written(folder: Path, rows: Sequence[Mapping[str, str]]) -> str | None:
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


def the_only_comparison(results: Path) -> Path:
    """Return the one comparison below a folder of results."""
    found = sorted(path.parent for path in results.glob(f"compare-*/{ARMS}"))
    if not found:
        raise InputError(f"{results} holds no comparison: run knockon compare first, or give results=FOLDER")
    if len(found) > 1:
        raise InputError(f"{results} holds {len(found)} comparisons: name one of {', '.join(map(str, found))}")
    return found[0]


def read_arguments(job: str, arguments: Sequence[str], known: Mapping[str, str]) -> tuple[Path | None, dict[str, str]]:
    """Read the folder and the settings, with the `known` defaults, of a job without a config."""
    if flags := [argument for argument in arguments if argument.startswith("-")]:
        settings = " ".join(f"{name}={value}" for name, value in known.items())
        raise InputError(f"{job} has no flag {flags[0]}: knockon {job} FOLDER {settings}")
    words, given = words_and_settings(job, arguments, known)
    folders = list(map(place_of, words))
    if len(folders) > 1:
        raise InputError(f"{job} takes one folder, not {', '.join(map(str, folders))}")
    return (folders[0] if folders else None), given


def words_and_settings(job: str, arguments: Sequence[str], known: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Return the words of a job without a config, and its settings, with the `known` defaults; flags are not allowed."""
    words, settings = list[str](), dict(known)
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if argument.startswith("-") or (equals and name not in known):
            raise InputError(f"{argument} is no setting of {job}{nearest(name, known)}; it has {', '.join(known)}")
        if equals:
            settings[name] = value
        else:
            words.append(argument)
    return words, settings
