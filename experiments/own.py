"""What an analyst brought to a comparison: configs of `--config-dir`, and Python sources of policies, beside its tables."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from experiments.arms import Arm
from experiments.shipped import own_folder
from experiments.sources import source_files

OWN = "own"
_CONFIGS, _SOURCES = "conf", "python"
_SHIPPED = ("sim", "experiments")


def keep_own(folder: Path, arms: Sequence[Arm]) -> None:
    """Copy into the folder of a comparison what its arms need beside the program; without any, leave no copy.

    Args:
        folder: of the comparison.
        arms: of it.
    """
    shutil.rmtree(folder / OWN, ignore_errors=True)
    brought = own_folder()
    if brought is not None:
        for file in sorted(brought.rglob("*.yaml")):
            _copy(file, folder / OWN / _CONFIGS / file.relative_to(brought))
    modules = source_files(frozenset[str]().union(*(arm.setup.modules for arm in arms)))
    for name, file in modules.items():
        if name.partition(".")[0] not in _SHIPPED:
            path = Path(*name.split("."))
            _copy(file, folder / OWN / _SOURCES / (path / file.name if file.name == "__init__.py" else path.with_suffix(".py")))


def flag_of(folder: Path, below: str) -> tuple[str, str]:
    """Return what stands before and in a command so that it finds what was brought: both empty where nothing was.

    Args:
        folder: of the comparison.
        below: where its files lie when the command is called.
    """
    configs, sources = folder / OWN / _CONFIGS, folder / OWN / _SOURCES
    flag = f" --config-dir {below}/{OWN}/{_CONFIGS}" if configs.is_dir() else ""
    return (f"PYTHONPATH={below}/{OWN}/{_SOURCES} " if sources.is_dir() else ""), flag


def _copy(file: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, to)
