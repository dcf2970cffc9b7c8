"""Pure functions: tables in, a matplotlib Figure out. One kind of figure a file."""

import json
import sys
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import matplotlib
import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from experiments.figures.attack_map import ATTACKS, attack_map
from experiments.figures.benchmark import benchmark
from experiments.figures.calibration import predicted_year, priors_and_posteriors
from experiments.figures.fans import DEFAULT, fans
from experiments.figures.forest import forest
from experiments.figures.layout import provenance
from experiments.figures.overview import overview
from experiments.figures.style import arm_name
from experiments.figures.survival import EXIT_DAY, TROOPS, survival
from experiments.figures.timeline import timeline
from experiments.figures.weeks import is_weekly

__all__ = [
    "QUESTIONS",
    "attack_map",
    "benchmark",
    "draw_comparison",
    "fans",
    "forest",
    "overview",
    "predicted_year",
    "priors_and_posteriors",
    "read_outlines",
    "save",
    "survival",
    "timeline",
    "write",
]

PIXELS_AN_INCH = 300
QUESTIONS = {
    kind.__name__: str(sys.modules[kind.__module__].__doc__).splitlines()[0]
    for kind in (overview, fans, forest, survival, attack_map)
}
"""What each figure of a comparison asks, by its kind, the most telling first."""


def draw_comparison(folder: Path, arms: Mapping[str, xr.Dataset], table: pd.DataFrame) -> None:
    """Draw every figure of a comparison that its outcomes allow and write it as PDF and PNG.

    Args:
        folder: of the figures; made where it is missing.
        arms: dataset by label.
        table: of `compare_arms`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    references = set(table["reference"])
    everywhere = set.intersection(*({str(name) for name in data.data_vars} for data in arms.values()))
    seeds = {int(data.attrs["seed"]) for data in arms.values() if "seed" in data.attrs}
    seed = min(seeds) if len(seeds) == 1 else None
    drawn: dict[str, Callable[[], Figure]] = {}
    if any(all(is_weekly(data, name) for data in arms.values()) for name in DEFAULT):
        drawn["fans"] = lambda: fans(arms, references=references)
    if (table["arm"] != table["reference"]).any():
        drawn["forest"] = lambda: forest(table, seed=seed)
        drawn["overview"] = lambda: overview(table, seed=seed)
    if {EXIT_DAY, TROOPS} <= everywhere:
        drawn["survival"] = lambda: survival(arms, references)
    if ATTACKS in everywhere:
        drawn["attack_map"] = lambda: attack_map(arms, read_outlines())
    for name, draw in drawn.items():
        save(draw(), folder / name, arms)


def save(figure: Figure, path: Path, arms: Mapping[str, xr.Dataset]) -> None:
    """Write a figure of arms, with what it shows in the files' metadata.

    Args:
        figure: to write.
        path: of the files, without their ending.
        arms: what it shows.
    """
    title = f"{path.name.replace('_', ' ').capitalize()}: {', '.join(map(arm_name, arms))}"
    keys = "; ".join(f"{label}: {data.attrs.get('key', 'no key')}" for label, data in arms.items())
    write(figure, path, {"Title": title, "Subject": provenance(arms), "Keywords": f"arms {keys}"})


def write(figure: Figure, path: Path, about: Mapping[str, str]) -> None:
    """Write a figure as PDF, its letters as letters, and as PNG; the same figure gives the same bytes.

    Args:
        figure: to write.
        path: of the files, without their ending.
        about: metadata: `Title`, `Subject`, `Keywords`.
    """
    metadata = {**about, "Creator": "Knock-on"}
    with matplotlib.rc_context({"pdf.fonttype": 42}):
        figure.savefig(path.with_name(f"{path.name}.pdf"), metadata=metadata | {"CreationDate": None})  # type: ignore[arg-type]
        figure.savefig(path.with_name(f"{path.name}.png"), dpi=PIXELS_AN_INCH, metadata=metadata)


def read_outlines() -> Mapping[str, Any]:
    """Return the outlines of the governorates, GeoJSON."""
    return json.loads((files("sim") / "data" / "iraq_governorates.geojson").read_text(encoding="utf-8"))  # type: ignore[no-any-return]
