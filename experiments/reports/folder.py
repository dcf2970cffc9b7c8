"""What a job leaves that asks more of arms than their comparison: tables and what was asked, and a folder of figures."""

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from experiments.config.arm import Arm
from experiments.config.own import keep_own
from experiments.errors import InputError
from experiments.figures.venue import drawn_for, figures_folder
from experiments.reports.provenance import computed_of


def answer_folder(job: str, asked: Mapping[str, object], arms: Mapping[str, Arm]) -> Path:
    """Return the folder of an answer, named by what was asked of which arms."""
    keys = [[label, arm.key, arm.worlds] for label, arm in arms.items()]
    digest = sha256(json.dumps([dict(asked), keys], sort_keys=True).encode()).hexdigest()[:10]
    return next(iter(arms.values())).results / f"{job}-{digest}"


def write_answer(
    folder: Path, asked: Mapping[str, object], arms: Mapping[str, Arm], tables: Mapping[str, pd.DataFrame]
) -> None:
    """Write tables as CSV, which arms they are about, and what was asked.

    Args:
        folder: of the answer; made where it is missing.
        asked: settings of the job, plain values.
        arms: by label.
        tables: by name of their file.

    Raises:
        InputError: the folder cannot be written.
    """
    listed = [
        {
            "arm": label,
            "folder": arm.folder.name,
            "worlds": arm.worlds,
            "days": arm.days,
            "seed": arm.seed,
            "key": arm.key,
        }
        for label, arm in arms.items()
    ]
    about = {"asked": dict(asked), "knockon": version("knockon"), "written": datetime.now(UTC).isoformat(timespec="seconds")}
    try:
        (folder / "tables").mkdir(parents=True, exist_ok=True)
        pd.DataFrame(listed).to_csv(folder / "arms.csv", index=False)
        (folder / "asked.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
        keep_own(folder, arms.values())
        for name, table in tables.items():
            table.to_csv(folder / "tables" / f"{name}.csv", index=False, float_format="%.6g")
    except OSError as error:
        raise InputError(f"results={folder.parent}: the folder cannot be written ({error.strerror})") from None


@contextmanager
def figures_of(folder: Path, arms: Mapping[str, Arm]) -> Generator[Path]:
    """Let figures be drawn for the venue of the arms that they rest on, with their origin.

    Args:
        folder: of the result.
        arms: by label.

    Yields:
        The folder of the figures, one a venue; made where it is missing.

    Raises:
        InputError: the folder cannot be written.
    """
    page = next(iter(arms.values())).venue
    place = figures_folder(folder, page)
    try:
        place.mkdir(parents=True, exist_ok=True)
        for old in place.iterdir():  # of an earlier call, on more pages perhaps
            old.unlink()
        with drawn_for(page, computed_of(arms)):
            yield place
    except OSError as error:
        raise InputError(f"results={folder.parent}: the folder cannot be written ({error.strerror})") from None
