"""Hydra puts the files of one choice of groups together once in all tests: that is most of what a composition takes.

What it made is kept in .pytest_cache for the other workers and later runs, until a config, our rules or a version changes.
"""

import shutil
import sys
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from experiments.config import compose, compositions
from experiments.config.defaults import conf_folder
from experiments.config.files import write_whole


def _state() -> str:
    """Return a hash of all that a composition of shipped files depends on."""
    rules = Path(compose.__file__).parent
    files = [*sorted(conf_folder().rglob("*.yaml")), *sorted(rules.glob("*.py")), Path(__file__)]
    made_of = [(str(file), file.read_bytes()) for file in files]
    return sha256(repr((made_of, sys.version, version("hydra-core"), version("omegaconf"))).encode()).hexdigest()[:16]


_ALL = Path(__file__).parents[1] / ".pytest_cache" / "composed"
_FOLDER = _ALL / _state()


class _OnDisk(dict[tuple[object, ...], bytes]):
    """Compositions that are kept in files too, but for those of an analyst's folder, which is a test's own."""

    def __contains__(self, key: object) -> bool:
        if not super().__contains__(key) and (file := _file_of(key)).exists():
            super().__setitem__(key, file.read_bytes())
        return super().__contains__(key)

    def __setitem__(self, key: tuple[object, ...], made: bytes) -> None:
        super().__setitem__(key, made)
        if not any(str(part).startswith("command-line ") for part in key):
            write_whole(_file_of(key), made)


def _file_of(key: object) -> Path:
    return _FOLDER / sha256(repr(key).encode()).hexdigest()


def compose_once() -> None:
    """Keep what Hydra makes of shipped files alone."""
    for earlier in set(_ALL.glob("*")) - {_FOLDER}:
        shutil.rmtree(earlier, ignore_errors=True)
    _FOLDER.mkdir(parents=True, exist_ok=True)
    compositions.KEPT = _OnDisk()
