"""The figures of a comparison drawn again from what is stored of it, for any venue: no world is run, no config composed."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from experiments.analysis.paired import compare_arms
from experiments.errors import InputError, nearest
from experiments.figures import QUESTIONS, draw_comparison
from experiments.figures.overview import SHOWN
from experiments.files import check_writable
from experiments.origins import Origin, in_one_line, origin_of
from experiments.store import ArmStore
from experiments.venue import Venue, drawn_for, read_venue

_KEYS = ("arm", "reference", "folder", "worlds")


def redraw(plain: Mapping[str, Any]) -> Path:
    """Draw what a config of the job `figures` asks for.

    Args:
        plain: the composed config as plain values.

    Returns:
        The folder of the figures.

    Raises:
        InputError: there is no such comparison, its arms are not all stored any more, or a setting cannot be used.
    """
    venue, kinds = read_venue(plain), _kinds(plain["kinds"])
    comparison = find_comparison(Path(str(plain["results"])).expanduser(), plain["comparison"])
    folder = figures_folder(comparison, venue)
    check_writable(folder)
    arms, origins = open_arms(comparison)
    shown = [column.outcome for column in SHOWN]  # those of the forest are among them
    table = compare_arms(arms, {origin.label: origin.reference for origin in origins}, shown)
    with drawn_for(venue, in_one_line(origins)):
        draw_comparison(folder, arms, table, kinds)
    return folder


def figures_folder(comparison: Path, venue: Venue) -> Path:
    """Return the folder of a comparison's figures: one a venue."""
    return comparison / ("figures" if venue.name == Venue().name else f"figures-{venue.name}")


def find_comparison(results: Path, named: object) -> Path:
    """Return the folder of the comparison that is named, by default of the latest one.

    Raises:
        InputError: there is none.
    """
    if named is not None:
        folder = Path(str(named)).expanduser()
        if not (folder / "arms.csv").is_file():
            raise InputError(
                f"comparison={folder} is no folder of a comparison: it has no arms.csv; such are {results}/compare-*"
            )
        return folder
    found = sorted(results.glob("compare-*/arms.csv"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise InputError(f"results={results} holds no comparison: knockon compare makes one")
    return found[-1].parent


def open_arms(comparison: Path) -> tuple[dict[str, xr.Dataset], list[Origin]]:
    """Open the arms of a comparison, and say where each comes from.

    Raises:
        InputError: they are not all there, or are of another config.
    """
    try:
        listed = pd.read_csv(comparison / "arms.csv", dtype={"arm": str, "reference": str})
        rows = listed[list(_KEYS)].to_dict("records")
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{comparison / 'arms.csv'} cannot be read ({error}): knockon compare writes it anew") from None
    arms: dict[str, xr.Dataset] = {}
    origins = []
    for row in rows:
        label, store = str(row["arm"]), ArmStore(comparison.parent / "arms" / str(row["folder"]))
        store.check_key(store.path.name.rpartition("-")[2])
        arms[label] = store.open(int(row["worlds"]))
        origins.append(origin_of(label, str(row["reference"]), store, arms[label]))
    return arms, origins


def _kinds(given: object) -> Collection[str]:
    """Return which kinds of figures are asked for.

    Raises:
        InputError: one that is none.
    """
    if given is None:
        return tuple(QUESTIONS)
    kinds = [str(kind) for kind in given] if isinstance(given, list) else [str(given)]
    for kind in kinds:
        if kind not in QUESTIONS:
            raise InputError(
                f"kinds={kind} is no figure of a comparison{nearest(kind, QUESTIONS)}; they are {', '.join(QUESTIONS)}"
            )
    return kinds
