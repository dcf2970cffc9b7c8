"""What the shipped configs hold: the ledger as its files have it, the settings and the names there are."""

import functools
from collections.abc import Mapping
from pathlib import Path

import yaml

ROOTS = (
    "policies",
    "mechanisms",
    "switches",
    "calendar",
    "history",
    "theatre",
    "ensemble",
    "compute",
    "results",
    "reference",
    "hydra",
)
"""What a composed config has beside the groups of parameters."""
OF_ONE_JOB = ("sensitivity", "discover", "decide")
"""Jobs whose own settings stand below their name, and that no other job reads."""
FIGURE = "figure"
"""Where figures are shown: of every job, and no part of an arm."""
DRY_RUN = "dry_run"
"""What only the jobs have that compute and store arms."""


def conf_folder() -> Path:
    """Return the folder of the configs: beside the packages in a checkout, inside this one when installed."""
    here = Path(__file__).parent
    beside = here.parent / "conf"
    return beside if (beside / "base.yaml").exists() else here / "conf"


@functools.cache
def declared() -> Mapping[str, Mapping[str, Mapping[str, object]]]:
    """Return the ledger as its files have it: by group, by entry."""
    files = sorted((conf_folder() / "parameters").glob("*.yaml"))
    return {file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in files}


def settings() -> set[str]:
    """Return every setting that the shipped configs have, with dots, parameters and all."""
    known = {f"{group}.{entry}" for group, entries in declared().items() for entry in entries}
    files = {
        "model": "full",
        "ensemble": "default",
        "compute": "serial",
        "switches": "default",
        "calendar": "known_2020",
        "history": "known_2019_2020",
        "theatre": "iraq_2020",
        FIGURE: "paper_double",
    }
    for group, name in files.items():
        text = (conf_folder() / group / f"{name}.yaml").read_text(encoding="utf-8")
        known |= {f"{'mechanisms' if group == 'model' else group}.{entry}" for entry in yaml.safe_load(text)}
    return known | {*ROOTS, *declared(), "scenario"}


def experiment(name: str) -> Mapping[str, object]:
    """Return a published setting as its file has it."""
    text = (conf_folder() / "experiment" / f"{name}.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def names_in(folder: str) -> list[str]:
    """Return the names of the configs of a group, such as "scenario"."""
    return sorted(file.stem for file in (conf_folder() / folder).glob("*.yaml"))
