"""The folder of a result, the same for every job: tables, figures, arms, provenance, settings and findings."""

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
"""Most arms whose keys are in the metadata of figures."""


def origin_of_comparison(provenance: pd.DataFrame) -> str:
    """Return the origin of a comparison's figures: version, commit, and the key and worlds of each arm."""
    arms = "; ".join(f"{arm.arm} {arm.key}, {arm.worlds} worlds" for arm in provenance.itertuples())
    versions, commits = listed(provenance["versions"]), listed(provenance["commits"])
    return f"Knock-on {version('knockon')}, results of version {versions}, commit {commits}: {arms}."


MANIFEST = "asked.json"
"""The file of the settings and findings, beside the list of arms."""


def result_folder(job: str, asked: Mapping[str, object], arms: Mapping[str, Arm]) -> Path:
    """Return the folder of a result, named by the job and a hash of its settings and arms.

    Settings are values for JSON, or objects that have different texts (`str`) if they differ.
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
    """Write tables as CSV, the list of arms, settings and findings, and return the folder of `result_folder`.

    Tables are by name of their file, None is left out. `found` are further findings, `files` other texts by name, and
    `every` are all arms that were run for the result, if there are more than those of the settings.
    """
    folder, run = result_folder(job, asked, arms), every or arms
    about: dict[str, object] = {"asked": dict(asked)} | ({"found": dict(found)} if found else {})
    about |= {"knockon": version("knockon"), "written": datetime.now(UTC).isoformat(timespec="seconds")}
    write_tables(folder, tables)
    rows = [(label, arm.folder.name, arm.worlds, arm.days, arm.seed, arm.key) for label, arm in run.items()]
    list_of_arms = pd.DataFrame(rows, columns=["arm", "folder", "worlds", "days", "seed", "key"])
    with writable(folder.parent):
        list_of_arms.to_csv(folder / "arms.csv", index=False)
        (folder / MANIFEST).write_text(json.dumps(about, indent=1, default=str) + "\n", encoding="utf-8")
        for name, text in (files or {}).items():
            (folder / name).write_text(text, encoding="utf-8")
        keep_own(folder, run.values())
    return folder


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame | None]) -> None:
    """Write tables of a result as CSV, by name of their file; None is left out."""
    with writable(folder.parent):
        (folder / "tables").mkdir(parents=True, exist_ok=True)
        for name, table in tables.items():
            if table is not None:
                table.to_csv(folder / "tables" / f"{name}.csv", index=False, float_format="%.6g")


@contextmanager
def figures_of(folder: Path, arms: Mapping[str, Arm]) -> Generator[Path]:
    """Draw figures for the venue of their arms, with version, commit and keys; yield the empty folder of the figures."""
    page = next(iter(arms.values())).venue
    place = figures_folder(folder, page)
    named = [f"{label} {arm.key}" for label, arm in arms.items()]
    others = [f"{len(named) - _NAMED} other arms"] if len(named) > _NAMED else []
    origin = f"Knock-on {version('knockon')}, commit {listed([short_commit(commit())])}: {'; '.join(named[:_NAMED] + others)}."
    with writable(folder.parent), drawn_for(page, origin):
        place.mkdir(parents=True, exist_ok=True)
        for old in place.iterdir():  # an earlier call may have had more pages
            old.unlink()
        yield place
