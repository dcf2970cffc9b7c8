"""Check whether the present sources would write a result again unchanged; if so, it is not drawn again."""

import json
import sys
from collections.abc import Mapping
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from experiments.config.defaults import conf_folder, own_folder
from experiments.config.files import write_whole

_NOTE = "written.json"
"""The file with the origin of a result and its files."""
_WRITTEN_BY = (".py", ".yaml", ".yml", ".j2", ".css", ".js", ".svg")
"""Endings of code, configs and templates."""
_CODE = ("experiments", "sim")
_DRAWN_BY = ("matplotlib", "numpy", "pandas", "scipy", "xarray")


def origin(content: Mapping[str, object]) -> str:
    """Return a hash of the whole origin of a result: code, configs, templates, libraries, and content.

    The content has values for JSON, or objects that have different texts (`str`) if they differ. Any change of any file
    counts: drawing again costs less than finding out what a change of the code means.
    """
    folders = [conf_folder(), *(Path(__file__).parents[2] / name for name in _CODE), *filter(None, [own_folder()])]
    files = [
        (path.relative_to(folder).as_posix(), _digest(path))
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.suffix in _WRITTEN_BY and path.is_file()
    ]
    libraries = [sys.version, *(version(name) for name in ("knockon", *_DRAWN_BY))]
    return sha256(json.dumps([files, libraries, dict(content)], sort_keys=True, default=str).encode()).hexdigest()[:16]


def note(folder: Path, made_from: str) -> None:
    """Note the origin of a result, with the present state of its files."""
    files = {path.relative_to(folder).as_posix(): _digest(path) for path in sorted(folder.rglob("*")) if path.is_file()}
    files.pop(_NOTE, None)
    write_whole(folder / _NOTE, json.dumps({"made_from": made_from, "files": files}, indent=1) + "\n")


def is_unchanged(folder: Path, made_from: str) -> bool:
    """Tell whether a result has the same origin, and none of its files has changed."""
    try:
        noted = json.loads((folder / _NOTE).read_text(encoding="utf-8"))
        return noted["made_from"] == made_from and all(_digest(folder / name) == was for name, was in noted["files"].items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()[:16]
