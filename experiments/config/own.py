"""The analyst's own files (configs, tables, draws and policies): how they are recorded and kept."""

import dataclasses
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import QuotedString

from experiments.config.arm import Arm
from experiments.config.defaults import own_folder
from experiments.config.files import leaves, read_yaml
from experiments.config.sources import source_files
from experiments.errors import InputError
from sim.theatre.tables import DATA, table_path

OWN, FILES = "own", "files"
_CONFIGS, _SOURCES = "conf", "python"
_SHIPPED = ("sim", "experiments")


def recorded(value: Any) -> Any:
    """Return a value for the record, without paths of a user or a machine.

    A path below the working folder, or below the folder of the analyst's configs, becomes relative; other paths are cut to
    the name of the file. Other texts are unchanged.
    """
    if isinstance(value, str):
        return _recorded_text(value)
    if isinstance(value, Mapping):
        return {recorded(key): recorded(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [recorded(entry) for entry in value]
    if isinstance(value, QuotedString):
        return dataclasses.replace(value, text=recorded(value.text))
    return value


def _recorded_text(value: str) -> str:
    if "\n" in value or not (os.path.isabs(value) or (".." in value and ".." in Path(value).parts)):
        return value
    whole = Path(os.path.abspath(value))
    for folder in filter(None, (Path.cwd(), own_folder())):
        if whole.is_relative_to(folder):
            return f"./{whole.relative_to(folder).as_posix()}"
    return f"./{whole.name}"


def recorded_override(override: str) -> str:
    """Return an override for the record."""
    if "/" not in override and os.sep not in override:
        return override
    parsed = OverridesParser.create().parse_override(override)
    if (value := recorded(parsed._value)) == parsed._value:
        return override
    parsed._value = value
    return f"{parsed.get_key_element()}={parsed.get_value_element_as_str()}"


def brought(files: Iterable[str]) -> tuple[tuple[str, Path], ...]:
    """Return the tables and draws that are not shipped, each by its recorded name and its path."""
    found = [(str(PurePosixPath(recorded(file))), table_path(file).absolute()) for file in files]
    own = tuple((name, path) for name, path in found if path.parent != DATA)
    check_names(own)
    return own


def check_names(own: Iterable[tuple[str, Path]]) -> None:
    """Check that the analyst's own files have different recorded names."""
    known: dict[str, Path] = {}
    for name, path in own:
        if (other := known.setdefault(name, path)) != path:
            raise InputError(
                f"{other} and {path} are both recorded as {name}: give them different names, or run knockon in a folder above"
                " both"
            )


def keep_own(folder: Path, arms: Iterable[Arm]) -> None:
    """Copy the analyst's own files that the arms of a result need into its folder, and remove earlier copies."""
    several = list(arms)
    shutil.rmtree(folder / OWN, ignore_errors=True)
    if (configs := own_folder()) is not None:
        for file in sorted(configs.rglob("*.yaml")):
            _write(kept(file).encode(), folder / OWN / _CONFIGS / file.relative_to(configs))
    for name, path in {pair for arm in several for pair in arm.brought}:
        if not path.is_file():
            raise InputError(f"{path} does not exist any more, but the result needs it: restore it, and run the command again")
        _write(path.read_bytes(), folder / OWN / FILES / name)
    modules = source_files(frozenset[str]().union(*(arm.modules for arm in several)))
    for name, file in modules.items():
        if name.partition(".")[0] not in _SHIPPED:
            path = Path(*name.split("."))
            path = path / file.name if file.name == "__init__.py" else path.with_suffix(".py")
            _write(file.read_bytes(), folder / OWN / _SOURCES / path)


def kept(config: Path) -> str:
    """Return the text of a config with its paths as recorded."""
    text = config.read_text(encoding="utf-8-sig", errors="replace")
    try:
        content = read_yaml(config)
    except InputError:  # it is part of no run
        return text
    entries = {name: entry for name, entry in content.items() if name != "defaults"} if isinstance(content, Mapping) else {}
    texts = {leaf for _, leaf in leaves("", entries) if isinstance(leaf, str)}
    for path in sorted((text for text in texts if recorded(text) != text), key=len, reverse=True):
        text = text.replace(path, recorded(path))
    return text


def flag_of(folder: Path, below: str) -> tuple[str, str]:
    """Return the prefix and the flag with which a command finds the own files of a result; empty without any.

    `below` is the path of the result's files, relative to the folder of the command.
    """
    configs, sources = folder / OWN / _CONFIGS, folder / OWN / _SOURCES
    flag = f" --config-dir {below}/{OWN}/{_CONFIGS}" if configs.is_dir() else ""
    return (f"PYTHONPATH={below}/{OWN}/{_SOURCES} " if sources.is_dir() else ""), flag


def _write(content: bytes, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_bytes(content)
