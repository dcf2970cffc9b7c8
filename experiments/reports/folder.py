"""The folder of a result, of one shape for every job: tables, figures, its arms, provenance, settings and findings."""

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from experiments.config.arm import Arm
from experiments.config.files import writable
from experiments.config.own import keep_own
from experiments.figures.venue import drawn_for, figures_folder
from experiments.storage.write import commit, listed, short_commit

_NAMED = 6
"""Arms whose keys the figures of many name."""


def in_one_line(provenance: pd.DataFrame) -> str:
    """Return what figures of a comparison rest on: version, commit, and the key and worlds of each arm."""
    arms = "; ".join(f"{arm.arm} {arm.key}, {arm.worlds} worlds" for arm in provenance.itertuples())
    versions, commits = listed(provenance["versions"]), listed(provenance["commits"])
    return f"Knock-on {version('knockon')}, results of version {versions}, commit {commits}: {arms}."


def computed_of(arms: Mapping[str, Arm]) -> str:
    """Return what figures of these arms rest on, computed just now: version, commit, and the key of each.

    Args:
        arms: by label; of many the first are named.
    """
    named = [f"{label} {arm.key}" for label, arm in arms.items()]
    others = [f"{len(named) - _NAMED} other arms"] if len(named) > _NAMED else []
    return f"Knock-on {version('knockon')}, commit {listed([short_commit(commit())])}: {'; '.join(named[:_NAMED] + others)}."


MANIFEST = "asked.json"
"""What was asked and found, beside the list of arms."""


def result_folder(job: str, asked: Mapping[str, object], arms: Mapping[str, Arm]) -> Path:
    """Return the folder of a result, named by what was asked of which arms.

    Args:
        job: first part of its name.
        asked: settings of the job, values that JSON can hold or that `str` tells apart.
        arms: by label.
    """
    keys = [[label, arm.key, arm.worlds] for label, arm in arms.items()]
    digest = sha256(json.dumps([dict(asked), keys], sort_keys=True, default=str).encode()).hexdigest()[:10]
    return next(iter(arms.values())).results / f"{job}-{digest}"


def write_result(
    job: str,
    asked: Mapping[str, object],
    arms: Mapping[str, Arm],
    tables: Mapping[str, pd.DataFrame | None],
    *,
    found: Mapping[str, object] | None = None,
    files: Mapping[str, str] | None = None,
    every: Mapping[str, Arm] | None = None,
) -> Path:
    """Write tables as CSV, which arms they are about, what was asked and what was found.

    Args:
        job: first part of the folder's name.
        asked: settings of the job, as of `result_folder`.
        arms: that it was asked of, by label.
        tables: by name of their file; None: there is none.
        found: what is no table.
        files: further texts by name.
        every: arms that were run for it, where there are more.

    Returns:
        The folder.
    """
    folder, listed = result_folder(job, asked, arms), every or arms
    about = {
        "asked": dict(asked),
        **({"found": dict(found)} if found else {}),
        "knockon": version("knockon"),
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    write_tables(folder, tables)
    with writable(folder.parent):
        list_of_arms(listed).to_csv(folder / "arms.csv", index=False)
        (folder / MANIFEST).write_text(json.dumps(about, indent=1, default=str) + "\n", encoding="utf-8")
        for name, text in (files or {}).items():
            (folder / name).write_text(text, encoding="utf-8")
        keep_own(folder, listed.values())
    return folder


def list_of_arms(arms: Mapping[str, Arm]) -> pd.DataFrame:
    """Return one row per arm: its label, folder, worlds, days, seed and key."""
    return pd.DataFrame(
        {
            "arm": label,
            "folder": arm.folder.name,
            "worlds": arm.worlds,
            "days": arm.days,
            "seed": arm.seed,
            "key": arm.key,
        }
        for label, arm in arms.items()
    )


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame | None]) -> None:
    """Write tables of a result as CSV.

    Args:
        folder: of the result; made where it is missing.
        tables: by name of their file; None: there is none.
    """
    with writable(folder.parent):
        (folder / "tables").mkdir(parents=True, exist_ok=True)
        for name, table in tables.items():
            if table is not None:
                table.to_csv(folder / "tables" / f"{name}.csv", index=False, float_format="%.6g")


@contextmanager
def figures_of(folder: Path, arms: Mapping[str, Arm]) -> Generator[Path]:
    """Let figures be drawn for the venue of the arms that they rest on, with their origin.

    Args:
        folder: of the result.
        arms: by label.

    Yields:
        The folder of the figures, one per venue; made where it is missing.
    """
    page = next(iter(arms.values())).venue
    place = figures_folder(folder, page)
    with writable(folder.parent), drawn_for(page, computed_of(arms)):
        place.mkdir(parents=True, exist_ok=True)
        for old in place.iterdir():  # of an earlier call, on more pages perhaps
            old.unlink()
        yield place
